"""Side by side: what stands beside, moving together, and whose verdict it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from viewer_fakes import grab, make_model, open_films, part, show_tab, wait_for, write_film

from training.films.film import Window
from xray_desktop.state.linked_views import aligned, followed, linked_look
from xray_desktop.state.viewer_geometry import Geometry, Orientation
from xray_desktop.state.viewer_state import Look
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.listing.film_list import FilmList
from xray_desktop.viewer_tab.tab import ViewerTab

SMALL = Geometry(200, 300, 400, 500).fitted()
LARGE = Geometry(2000, 2500, 400, 500).fitted()


# Moving together -------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", [Orientation(), Orientation(1), Orientation(2, True)])
def test_that_a_followed_zoom_keeps_the_point_below_the_pointer(orientation: Orientation) -> None:
    other = replace(LARGE, orientation=orientation).fitted().zoomed_to(0.5)
    at = (90.0, 120.0)
    kept = other.view_to_film().apply(*at)
    moved = followed(SMALL, SMALL.zoomed_to(SMALL.zoom * 1.5, at), other)
    assert moved.zoom == pytest.approx(0.75)
    # A pixel of the screen is some film pixels at this zoom.
    assert moved.view_to_film().apply(*at) == pytest.approx(kept, abs=2.0 / 0.75)


@pytest.mark.parametrize("orientation", [Orientation(), Orientation(3), Orientation(0, True)])
def test_that_a_followed_move_goes_the_same_way_on_the_screen(orientation: Orientation) -> None:
    mine = SMALL.zoomed_to(4.0)
    other = replace(LARGE, orientation=orientation).fitted().zoomed_to(0.8)
    point = other.film_to_view().apply(1000.0, 1250.0)
    moved = followed(mine, mine.panned(30.0, -20.0), other).film_to_view().apply(1000.0, 1250.0)
    assert (moved[0] - point[0], moved[1] - point[1]) == pytest.approx((30.0, -20.0), abs=1.5)


def test_that_a_fitted_film_brings_the_other_to_its_fit() -> None:
    assert followed(SMALL.zoomed_to(3.0), SMALL, LARGE.zoomed_to(1.0)) == LARGE
    assert aligned(SMALL, LARGE.zoomed_to(1.0)) == LARGE


def test_that_an_aligned_film_shows_as_much_of_the_same_part() -> None:
    mine = SMALL.zoomed_to(SMALL.fit_zoom * 3.0).centred_on((50.0, 60.0))
    other = aligned(mine, LARGE)
    assert other.zoom == pytest.approx(LARGE.fit_zoom * 3.0)
    assert other.center == pytest.approx((500.0, 500.0))


def test_that_a_window_is_carried_over_by_its_share() -> None:
    look, other = Look(Window(100.0, 50.0)), Look(Window(2000.0, 1000.0))
    wider = replace(look, window=Window(110.0, 75.0), gamma=1.5, inverted=True)
    carried = linked_look(look, wider, other)
    assert (carried.window.center, carried.window.width) == pytest.approx((2200.0, 1500.0))
    assert (carried.gamma, carried.inverted) == (1.5, True)
    assert linked_look(look, wider, look) == wider
    back = linked_look(wider, look, carried)
    assert (back.window.center, back.window.width) == pytest.approx((2000.0, 1000.0))


def test_that_turns_are_each_films_own() -> None:
    turned = Look(Window(1.0, 2.0), orientation=Orientation(1))
    assert linked_look(Look(Window(1.0, 2.0)), turned, Look(Window(5.0, 9.0))) == Look(
        Window(5.0, 9.0)
    )


# In the tab ------------------------------------------------------------------------------------


class Pair:
    """A tab with three films of unlike sizes."""

    def __init__(self, qtbot: QtBot, folder: Path, **model: Any) -> None:
        self.qtbot = qtbot
        noise = np.random.default_rng(4).integers(0, 255, (300, 240), dtype=np.uint8)
        self.films = [
            write_film(folder / "a.png", noise),
            write_film(folder / "b.png", noise[:200, ::2].copy()),
            write_film(folder / "c.png", 90),
        ]
        (folder / "d.png").write_bytes(self.films[0].read_bytes()[:90])
        engine = Engine(load_predictor=make_model(**model))
        self.tab = show_tab(qtbot, ViewerTab(engine=engine))
        self.tab.resize(1200, 700)
        open_films(qtbot, self.tab, *self.films, folder / "d.png")
        self.beside = self.tab._comparing.view

    def rest(self) -> None:
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.tab._view.setFocus()
        QTest.keyClick(self.tab._view, key, held)
        self.rest()

    def compare(self) -> None:
        self.press(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)

    def push(self, name: str) -> None:
        part(self.tab, QToolButton, name).click()
        self.rest()

    @property
    def shown(self) -> str:
        assert self.tab.state.film is not None
        return self.tab.state.film.path.name

    @property
    def other(self) -> str | None:
        film = self.tab.state.beside.film
        return None if film is None else film.film.path.name


@pytest.fixture
def pair(qtbot: QtBot, tmp_path: Path) -> Pair:
    return Pair(qtbot, tmp_path)


def test_that_one_key_opens_the_next_film_beside_and_closes_it_again(pair: Pair) -> None:
    assert not pair.beside.isVisible()
    assert pair.tab._view.size() == pair.tab._comparing.area.size()
    pair.compare()
    assert (pair.shown, pair.other) == ("a.png", "b.png")
    assert pair.beside.isVisible()
    assert abs(pair.beside.width() - pair.tab._view.width()) <= 1
    assert pair.beside.height() == pair.tab._view.height()
    assert part(pair.tab, QLabel, "captionRight").text() == "Beside: b.png"
    pair.compare()
    assert pair.other is None
    assert not pair.beside.isVisible()
    assert not part(pair.tab, QWidget, "compareBar").isVisible()
    pair.qtbot.waitUntil(lambda: pair.tab._view.size() == pair.tab._comparing.area.size())


def test_that_a_ctrl_click_in_the_list_chooses_the_film_beside(pair: Pair) -> None:
    films = part(pair.tab, FilmList, "filmList")
    place = films.visualRect(films.film_model.index(2)).center()
    QTest.mouseClick(
        films.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place
    )
    pair.rest()
    assert (pair.shown, pair.other) == ("a.png", "c.png")


def test_that_a_film_that_cannot_be_read_says_why_and_changes_nothing(pair: Pair) -> None:
    pair.compare()
    pair.tab._comparing.compare_with(3)
    pair.rest()
    assert pair.other == "b.png"
    assert "d.png" in pair.tab._bar.message
    assert pair.shown == "a.png"


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("left", [True, False])
def test_that_linked_films_are_zoomed_moved_and_windowed_together(
    pair: Pair, linked: bool, left: bool
) -> None:
    pair.compare()
    if not linked:
        pair.push("linkButton")
    main, beside = pair.tab._view, pair.beside
    led, following = (main, beside) if left else (beside, main)
    assert following.film_geometry is not None
    zoom, centre = following.film_geometry.zoom, following.film_geometry.center
    look = following._look
    led.zoom_by(2.0)
    QTest.mousePress(led, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    QTest.mouseMove(led, QPoint(130, 140))
    QTest.mouseRelease(led, Qt.MouseButton.MiddleButton, pos=QPoint(130, 140))
    QTest.mousePress(led, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(led, QPoint(160, 120))
    QTest.mouseRelease(led, Qt.MouseButton.LeftButton, pos=QPoint(160, 120))
    assert (following.film_geometry.zoom == pytest.approx(zoom * 2.0)) is linked
    assert (following.film_geometry.center != centre) is linked
    assert (following._look != look) is linked
    if linked:
        assert following._look == led._look
    assert pair.tab.state.look == main._look
    assert pair.tab.state.beside.look == beside._look


def test_that_keys_of_the_tools_act_on_both_but_turn_the_film_in_sight_only(pair: Pair) -> None:
    pair.compare()
    pair.press(Qt.Key.Key_I)
    pair.press(Qt.Key.Key_Plus)
    pair.press(Qt.Key.Key_R)
    look = pair.beside._look
    assert look is not None
    assert look.inverted
    assert look.orientation == Orientation()
    assert pair.beside.film_geometry is not None
    assert not pair.beside.film_geometry.is_fitted
    pair.press(Qt.Key.Key_Equal)
    assert pair.beside.film_geometry.is_fitted


def test_that_verdict_and_steps_are_of_the_film_in_sight(pair: Pair) -> None:
    pair.compare()
    QTest.keyClick(pair.beside, Qt.Key.Key_F)
    pair.rest()
    signs = pair.tab.state.verdicts.signs
    assert [path.name for path in signs] == ["a.png"]
    pair.tab._tools.entries["next"].trigger()
    pair.rest()
    assert (pair.shown, pair.other) == ("b.png", "b.png")


def test_that_exchange_makes_the_other_film_the_one_in_sight_with_its_looks(pair: Pair) -> None:
    pair.compare()
    pair.push("linkButton")
    pair.press(Qt.Key.Key_I)
    pair.tab._view.zoom_by(2.0)
    mine = pair.tab._view.film_geometry
    assert mine is not None
    pair.push("exchangeButton")
    assert (pair.shown, pair.other) == ("b.png", "a.png")
    assert pair.tab.state.look is not None
    assert not pair.tab.state.look.inverted
    assert pair.beside._look is not None
    assert pair.beside._look.inverted
    assert pair.beside.film_geometry is not None
    assert pair.beside.film_geometry.zoom == mine.zoom
    assert part(pair.tab, QLabel, "captionLeft").text().endswith(": b.png")


def test_that_another_list_and_escape_close_it(pair: Pair) -> None:
    pair.compare()
    QTest.keyClick(pair.beside, Qt.Key.Key_Escape)
    assert pair.other is None
    pair.compare()
    open_films(pair.qtbot, pair.tab, pair.films[2])
    assert pair.other is None
    assert not pair.tab._tools.entries["compare"].isEnabled()


def heat_pair(qtbot: QtBot, folder: Path) -> Pair:
    heat = np.zeros((7, 7), np.float32)
    heat[3, 3] = 1.0
    pair = Pair(qtbot, folder, heat=heat)
    pair.tab.choose_model(Path("best.keras"))
    pair.rest()
    return pair


def test_that_the_heat_map_stands_beside_the_bare_film_and_follows_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    pair = heat_pair(qtbot, tmp_path)
    pair.press(Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert not pair.tab.state.overlay_on
    assert pair.beside._heat is not None
    assert pair.tab._view._heat is None
    assert part(pair.tab, QLabel, "captionRight").text() == "Beside: where it looked"
    coloured = grab(pair.beside).astype(int)
    assert np.ptp(coloured, axis=2).max() > 60
    pair.press(Qt.Key.Key_Plus)
    pair.press(Qt.Key.Key_M)
    pair.press(Qt.Key.Key_I)
    assert pair.beside._look == pair.tab._view._look
    mine, its = pair.tab._view.film_geometry, pair.beside.film_geometry
    assert mine is not None
    assert its is not None
    assert its.orientation == mine.orientation
    assert (its.zoom, *its.center) == pytest.approx((mine.zoom, *mine.center))


def test_that_a_new_film_and_a_blind_reader_have_no_heat_map_beside(
    qtbot: QtBot, tmp_path: Path
) -> None:
    pair = heat_pair(qtbot, tmp_path)
    pair.press(Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    assert pair.beside.isVisible()
    pair.press(Qt.Key.Key_PageDown)
    assert not pair.beside.isVisible()
    pair.tab.state.verdicts.blind = True
    pair.tab._refresh()
    assert not pair.tab._tools.entries["heat_beside"].isEnabled()
