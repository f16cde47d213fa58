"""Arrows and texts on the film: drawing, writing, moving, undo, and turns of the film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from viewer_desk import Desk
from viewer_fakes import grab, part, wait_for

from xray_desktop.state.measure_figures import label
from xray_desktop.state.measurements import Kind, Measurement
from xray_desktop.state.viewer_geometry import Affine
from xray_desktop.viewer_tab.measure.measure_painter import label_plate
from xray_desktop.viewer_tab.measure.text_editor import TextEditor

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def editor(desk: Desk) -> TextEditor:
    found = part(desk.tab, TextEditor, "annotationField")
    assert isinstance(found, TextEditor)
    return found


def write(desk: Desk, words: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    assert editor(desk).isVisible()
    QTest.keyClicks(editor(desk), words)
    QTest.keyClick(editor(desk), key)


def put_text(desk: Desk, x: float, y: float, words: str) -> None:
    desk.press(Qt.Key.Key_T, SHIFT)
    desk.click(x, y)
    write(desk, words)


def texts(desk: Desk) -> list[str]:
    return [one.text for one in desk.drawn]


def test_that_an_arrow_points_from_tail_to_where_it_was_begun(desk: Desk) -> None:
    desk.press(Qt.Key.Key_A, SHIFT)
    desk.drag((40.0, 30.0), (90.0, 60.0))
    [arrow] = desk.drawn
    assert arrow.kind is Kind.ARROW
    assert np.allclose(arrow.points, ((40.0, 30.0), (90.0, 60.0)), atol=0.4)
    assert label(arrow, None, None) == ()
    assert not desk.tab.state.variants_open


def test_that_a_text_stands_where_it_was_clicked(desk: Desk) -> None:
    put_text(desk, 50.0, 40.0, "  old fracture  ")
    [note] = desk.drawn
    assert (note.kind, note.text) == (Kind.TEXT, "old fracture")
    assert np.allclose(note.points, ((50.0, 40.0),), atol=0.4)
    assert not editor(desk).isVisible()


def test_that_keys_of_the_program_are_letters_while_writing(desk: Desk) -> None:
    put_text(desk, 50.0, 40.0, "FINd 1")
    assert texts(desk) == ["FINd 1"]
    look = desk.tab.state.look
    assert look is not None
    assert not look.inverted


@pytest.mark.parametrize("words", ["", "   "])
def test_that_no_words_are_no_text(desk: Desk, words: str) -> None:
    put_text(desk, 50.0, 40.0, words)
    assert desk.drawn == ()
    assert not desk.tab.state.measures.can_undo


def test_that_escape_gives_the_words_up(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, SHIFT)
    desk.click(50.0, 40.0)
    write(desk, "no", Qt.Key.Key_Escape)
    assert desk.drawn == ()
    assert not editor(desk).isVisible()


def test_that_a_click_elsewhere_keeps_the_words(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, SHIFT)
    desk.click(50.0, 40.0)
    QTest.keyClicks(editor(desk), "first")
    desk.click(50.0, 90.0)
    write(desk, "second")
    assert texts(desk) == ["first", "second"]


@pytest.mark.parametrize("tool", [Qt.Key.Key_T, Qt.Key.Key_W])
def test_that_a_double_click_writes_anew_whatever_tool_is_chosen(desk: Desk, tool: Qt.Key) -> None:
    put_text(desk, 50.0, 40.0, "left")
    if tool == Qt.Key.Key_W:
        desk.press(tool)
    under = desk.tab._view if tool == Qt.Key.Key_W else desk.layer
    QTest.mouseDClick(under, Qt.MouseButton.LeftButton, pos=desk.place(51.0, 40.0))
    assert editor(desk).text() == "left"
    write(desk, "right")
    assert texts(desk) == ["right"]
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert texts(desk) == ["left"]


def test_that_emptied_words_take_the_text_away_but_leave_the_arrow(desk: Desk) -> None:
    put_text(desk, 50.0, 40.0, "left")
    desk.press(Qt.Key.Key_F2)
    write(desk, " ")
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_A, SHIFT)
    desk.drag((40.0, 30.0), (90.0, 60.0))
    desk.press(Qt.Key.Key_F2)
    write(desk, "callus")
    assert texts(desk) == ["callus"]
    desk.press(Qt.Key.Key_F2)
    write(desk, " ")
    assert texts(desk) == [""]


def test_that_a_whole_measurement_moves_by_its_line_or_words(desk: Desk) -> None:
    desk.press(Qt.Key.Key_A, SHIFT)
    desk.drag((40.0, 30.0), (90.0, 30.0))
    desk.drag((65.0, 30.0), (75.0, 50.0))
    [arrow] = desk.drawn
    assert np.allclose(arrow.points, ((50.0, 50.0), (100.0, 50.0)), atol=0.8)
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert np.allclose(desk.drawn[0].points, ((40.0, 30.0), (90.0, 30.0)), atol=0.4)
    put_text(desk, 50.0, 80.0, "moved with me")
    desk.drag((58.0, 80.0), (68.0, 100.0))
    assert np.allclose(desk.drawn[1].points, ((60.0, 100.0),), atol=0.8)


def test_that_delete_and_undo_hold_for_annotations(desk: Desk) -> None:
    put_text(desk, 50.0, 40.0, "left")
    desk.press(Qt.Key.Key_Delete)
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert texts(desk) == ["left"]


def test_that_words_being_written_stay_with_their_film(desk: Desk) -> None:
    desk.press(Qt.Key.Key_T, SHIFT)
    desk.click(50.0, 40.0)
    QTest.keyClicks(editor(desk), "first film")
    desk.tab._tools.entries["next"].trigger()
    wait_for(desk.qtbot, lambda: desk.tab.state.shown == 1 and not desk.tab.is_busy())
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_PageUp)
    assert texts(desk) == ["first film"]


@pytest.mark.parametrize("keys", ["R", "RR", "L", "M", "V"])
def test_that_words_stay_upright_and_at_their_place_through_turns(desk: Desk, keys: str) -> None:
    note = Measurement(Kind.TEXT, ((80.0, 60.0),), "callus")
    metrics, view = QFontMetricsF(desk.layer.font()), QRectF(desk.layer.rect())

    def plate() -> tuple[QRectF, QPointF]:
        geometry = desk.tab._view.film_geometry
        assert geometry is not None
        ratio = desk.tab._view.devicePixelRatioF()
        to_view = geometry.film_to_view().then(Affine.scaling(1.0 / ratio, 1.0 / ratio))
        found = label_plate(metrics, view, to_view, note, (note.text,))
        assert found is not None
        return found, QPointF(*to_view.apply(80.0, 60.0))

    before, _ = plate()
    for key in keys:
        desk.press(Qt.Key(ord(key)))
    after, anchor = plate()
    assert after.size() == before.size()
    assert after.center().y() == pytest.approx(anchor.y(), abs=0.5)
    assert 0.0 < after.left() - anchor.x() < 10.0


def test_that_long_words_are_broken_into_lines() -> None:
    note = Measurement(Kind.TEXT, ((0.0, 0.0),), "one word after another " * 5)
    lines = label(note, None, None)
    assert len(lines) > 1
    assert max(len(line) for line in lines) <= 40


def test_that_annotations_are_seen_on_the_film(desk: Desk) -> None:
    bare = grab(desk.tab._view)
    put_text(desk, 50.0, 40.0, "left")
    assert not np.array_equal(grab(desk.tab._view), bare)
