"""Calibration by a known length: arithmetic against closed forms, the dialog, undo, the scale bar."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from viewer_desk import Desk
from viewer_fakes import part

from training.films.film import Spacing
from xray_desktop.state.calibration import calibrated, can_calibrate, coarseness
from xray_desktop.state.measure_figures import area, label, length
from xray_desktop.state.measure_hits import distance_to
from xray_desktop.state.measurements import Kind, Measurement
from xray_desktop.state.viewer_geometry import Affine
from xray_desktop.viewer_tab.measure.calibration_dialog import CalibrationDialog
from xray_desktop.viewer_tab.measure.measuring import MeasureMenu

LINE = Measurement(Kind.LENGTH, ((10.0, 10.0), (40.0, 50.0)))
CONTROL = Qt.KeyboardModifier.ControlModifier


def test_that_the_line_is_as_long_as_was_said_and_all_else_follows() -> None:
    spacing = calibrated(LINE, 25.0, None)
    # 50 pixels are 25 mm.
    assert (spacing.row_mm, spacing.column_mm) == pytest.approx((0.5, 0.5))
    box = Measurement(Kind.RECTANGLE, ((0.0, 0.0), (20.0, 10.0)))
    assert area(box, spacing) == pytest.approx(50.0)
    assert label(LINE, spacing, None) == ("25.0 mm calibrated by hand",)


def test_that_pixels_that_are_not_square_keep_their_shape() -> None:
    spacing = calibrated(LINE, 12.0, Spacing(0.4, 0.2, "at detector"))
    assert length(*LINE.points, spacing) == pytest.approx(12.0)
    assert spacing.row_mm / spacing.column_mm == pytest.approx(2.0)


def test_that_only_a_length_calibrates_and_a_short_one_says_how_coarse_it_is() -> None:
    assert can_calibrate(LINE)
    assert not can_calibrate(None)
    assert not can_calibrate(Measurement(Kind.ELLIPSE, LINE.points))
    assert "2 %" in coarseness(LINE)
    assert coarseness(Measurement(Kind.LENGTH, ((0.0, 0.0), (400.0, 0.0)))) == ""


def test_that_the_distance_is_to_the_line_and_not_beyond_its_ends() -> None:
    line = Measurement(Kind.LENGTH, ((10.0, 10.0), (20.0, 10.0)))
    double = Affine.scaling(2.0, 2.0)
    assert distance_to(line, double, 30.0, 25.0) == pytest.approx(5.0)
    assert distance_to(line, double, 43.0, 24.0) == pytest.approx(5.0)


def set_true_length(desk: Desk, true_mm: float) -> None:
    part(desk.tab, MeasureMenu, "measureMenu").calibrate.trigger()
    [dialog] = desk.tab.findChildren(CalibrationDialog)
    [button] = [one for one in dialog.findChildren(QPushButton) if one.text() == "Set"]
    assert not button.isEnabled()
    dialog.field.setValue(true_mm)
    with desk.qtbot.waitSignal(dialog.destroyed):
        button.click()


@pytest.fixture
def bare(qtbot: QtBot, tmp_path: Path) -> Desk:
    """Films whose files know no millimetres, with one length drawn."""
    desk = Desk(qtbot, tmp_path, None)
    desk.press(Qt.Key.Key_D)
    desk.drag((30.0, 30.0), (80.0, 30.0))
    return desk


def told(desk: Desk) -> str:
    return desk.layer.label_of(desk.drawn[0])[0]


def spacing_in_view(desk: Desk) -> Spacing | None:
    assert desk.tab._view._picture is not None
    return desk.tab._view._picture.spacing


def test_that_a_true_length_gives_lengths_and_the_scale_bar_millimetres(bare: Desk) -> None:
    bare.press(Qt.Key.Key_Plus)
    place = bare.tab._view.film_geometry
    assert told(bare).endswith(" px")
    assert spacing_in_view(bare) is None
    set_true_length(bare, 100.0)
    assert told(bare) == "100.0 mm calibrated by hand"
    found = spacing_in_view(bare)
    assert found is not None
    assert found.column_mm == pytest.approx(2.0, rel=0.02)
    assert bare.tab._view.film_geometry == place


def test_that_it_is_undone_made_again_and_removed(bare: Desk) -> None:
    set_true_length(bare, 100.0)
    bare.press(Qt.Key.Key_Z, CONTROL)
    assert told(bare).endswith(" px")
    bare.press(Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert told(bare) == "100.0 mm calibrated by hand"
    menu = part(bare.tab, MeasureMenu, "measureMenu")
    menu.uncalibrate.trigger()
    assert told(bare).endswith(" px")
    assert not menu.uncalibrate.isEnabled()
    assert spacing_in_view(bare) is None


def test_that_it_holds_for_this_film_only_and_is_there_on_return(bare: Desk) -> None:
    set_true_length(bare, 100.0)
    bare.press(Qt.Key.Key_PageDown)
    assert spacing_in_view(bare) is None
    bare.press(Qt.Key.Key_PageUp)
    assert spacing_in_view(bare) is not None
    assert told(bare) == "100.0 mm calibrated by hand"


def test_that_deleting_the_line_keeps_the_calibration(bare: Desk) -> None:
    set_true_length(bare, 100.0)
    bare.press(Qt.Key.Key_Delete)
    assert bare.drawn == ()
    assert spacing_in_view(bare) is not None


def test_that_a_films_own_millimetres_are_overridden_with_plain_words(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.press(Qt.Key.Key_D)
    desk.drag((30.0, 30.0), (80.0, 30.0))
    menu = part(desk.tab, MeasureMenu, "measureMenu")
    menu.calibrate.trigger()
    dialog = part(desk.tab, CalibrationDialog, "calibrationDialog")
    known = part(dialog, QLabel, "calibrationKnown").text()
    assert known.startswith("By the film's file this line is 1")
    assert "takes its place" in known
    with desk.qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert told(desk).endswith(" mm")
    set_true_length(desk, 30.0)
    assert told(desk) == "30.0 mm calibrated by hand"


@pytest.mark.parametrize("tool", [Qt.Key.Key_D, Qt.Key.Key_W])
def test_that_a_right_click_on_a_line_offers_it_and_beside_it_nothing(
    bare: Desk, tool: Qt.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    popped: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _place: popped.append(menu))
    bare.press(tool)
    under = bare.layer if tool == Qt.Key.Key_D else bare.tab._view
    QTest.mouseClick(under, Qt.MouseButton.RightButton, pos=bare.place(50.0, 60.0))
    assert popped == []
    QTest.mouseClick(under, Qt.MouseButton.RightButton, pos=bare.place(50.0, 30.0))
    assert popped == [part(bare.tab, MeasureMenu, "measureMenu").for_one]
    assert bare.tab.state.measures.selected == 0
    offered = [action for action in popped[0].actions() if action.isEnabled()]
    offered[0].trigger()
    [dialog] = bare.tab.findChildren(CalibrationDialog)
    with bare.qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
