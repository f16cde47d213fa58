"""The loupe: what it shows and where, its size, and its key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from viewer_desk import Desk
from viewer_fakes import grab, make_model, open_films, part, show_tab, write_film

from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.film import loupe as loupe_module
from xray_desktop.viewer_tab.film.loupe import Loupe
from xray_desktop.viewer_tab.tab import ViewerTab


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> ViewerTab:
    """A film whose grey is its column."""
    ramp = np.tile(np.arange(256, dtype=np.uint8), (256, 1))
    shown = show_tab(qtbot, ViewerTab(engine=Engine(load_predictor=make_model())))
    open_films(qtbot, shown, write_film(tmp_path / "ramp.png", ramp))
    shown._view.setFocus()
    return shown


def turn_wheel(tab: ViewerTab, steps: int, held: Qt.KeyboardModifier) -> None:
    place = QPointF(tab._view.rect().center())
    event = QWheelEvent(
        place,
        QPointF(tab._view.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(tab._view, event)


def grey_at(tab: ViewerTab, place: QPoint) -> int:
    return int(grab(tab._view)[place.y(), place.x(), 0])


@pytest.mark.parametrize("times", [2.0, 3.0])
def test_that_it_enlarges_about_the_pointer(tab: ViewerTab, times: float) -> None:
    geometry = tab._view.film_geometry
    assert geometry is not None
    centre = tab._view.rect().center()
    before = grey_at(tab, centre)
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    found = part(tab, Loupe, "loupe")
    found.times = times
    QTest.mouseMove(tab._view, centre)
    assert grey_at(tab, centre) == pytest.approx(before, abs=1)
    # 80 pixels of the screen beside it: so many columns of the film, and each is one grey.
    for beside in (-80, 80):
        wanted = before + beside / (geometry.zoom * times)
        assert grey_at(tab, centre + QPoint(beside, 0)) == pytest.approx(wanted, abs=1.5)
    outside = centre + QPoint(found.side_px // 2 + 10, 0)
    bare = before + (found.side_px // 2 + 10) / geometry.zoom
    assert grey_at(tab, outside) == pytest.approx(bare, abs=1.5)


def test_that_it_shows_the_film_through_the_present_window(tab: ViewerTab) -> None:
    centre = tab._view.rect().center()
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    QTest.mouseMove(tab._view, centre + QPoint(20, 0))
    before = grey_at(tab, centre)
    QTest.keyClick(tab._view, Qt.Key.Key_I)
    assert grey_at(tab, centre) == pytest.approx(255 - before, abs=1)


def test_that_the_wheel_sets_its_size_and_with_ctrl_how_much_it_enlarges(tab: ViewerTab) -> None:
    geometry = tab._view.film_geometry
    found = part(tab, Loupe, "loupe")
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    size = found.side_px
    turn_wheel(tab, 1, Qt.KeyboardModifier.NoModifier)
    assert (found.side_px > size, found.times) == (True, 2.0)
    for _ in range(9):
        turn_wheel(tab, 1, Qt.KeyboardModifier.ControlModifier)
    assert found.times == 4.0
    for _ in range(30):
        turn_wheel(tab, -1, Qt.KeyboardModifier.NoModifier)
    assert found.side_px == 120
    assert tab._view.film_geometry == geometry
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    turn_wheel(tab, 1, Qt.KeyboardModifier.NoModifier)
    assert tab._view.film_geometry != geometry


def test_that_its_key_pressed_leaves_it_and_held_takes_it_away_again(
    tab: ViewerTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = part(tab, Loupe, "loupe")
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    assert found.isVisible()
    QTest.keyClick(tab._view, Qt.Key.Key_Q)
    assert not found.isVisible()
    monkeypatch.setattr(loupe_module, "_HOLD_S", 0.0)
    QTest.keyPress(tab._view, Qt.Key.Key_Q)
    assert found.isVisible()
    QTest.keyRelease(tab._view, Qt.Key.Key_Q)
    assert not found.isVisible()
    assert not tab._tools.entries["loupe"].isChecked()


def test_that_it_follows_while_a_length_is_drawn_and_leaves_the_mouse_to_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.press(Qt.Key.Key_D)
    desk.press(Qt.Key.Key_Q)
    desk.drag((40.0, 30.0), (70.0, 70.0))
    assert len(desk.drawn) == 1
    found = part(desk.tab, Loupe, "loupe")
    assert found._at is not None
    assert found._at.toPoint() == desk.place(70.0, 70.0)
