"""Gamma: the curve against its formula, the slider, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider
from pytestqt.qtbot import QtBot
from viewer_desk import VALUES, Desk
from viewer_fakes import part

from training.films.film import Window
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.viewer_tab.film.window_menu import WindowMenu


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.2])
def test_that_the_screens_grey_follows_the_power_law(gamma: float, inverted: bool) -> None:
    pixels = indexed(np.arange(256, dtype=np.float32).reshape(16, 16))
    table = pixels.grey_table(Window.between(0.0, 255.0), inverted, gamma)
    for value in range(256):
        share = (255 - value if inverted else value) / 255
        index = round((value - pixels.offset) / pixels.step)
        assert abs(int(table[index]) - 255 * share ** (1 / gamma)) <= 0.51


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def slide(desk: Desk, place: int) -> float:
    part(desk.tab, WindowMenu, "windowMenu").aboutToShow.emit()
    part(desk.tab, QSlider, "gammaSlider").setValue(place)
    return gamma_of(desk)


def gamma_of(desk: Desk) -> float:
    assert desk.tab.state.look is not None
    assert desk.tab._view._look == desk.tab.state.look
    return desk.tab.state.look.gamma


def test_that_the_slider_goes_from_a_third_to_three_and_catches_one(desk: Desk) -> None:
    assert slide(desk, 100) == pytest.approx(3.0)
    assert slide(desk, -100) == pytest.approx(1.0 / 3.0)
    assert slide(desk, 2) == 1.0


def test_that_figures_and_the_networks_input_do_not_know_it(desk: Desk) -> None:
    film = desk.tab.state.film
    assert film is not None
    grey = film.grey().copy()
    desk.press(Qt.Key.Key_B)
    desk.drag((20.0, 20.0), (60.0, 50.0))
    told = desk.layer.label_of(desk.drawn[0])
    slide(desk, 60)
    assert desk.layer.label_of(desk.drawn[0]) == told
    assert (film.grey() == grey).all()
    assert (film.pixels == VALUES).all()


def test_that_reset_and_the_next_film_have_none_unless_it_is_kept(desk: Desk) -> None:
    slider = part(desk.tab, QSlider, "gammaSlider")
    menu = part(desk.tab, WindowMenu, "windowMenu")
    slide(desk, 60)
    desk.press(Qt.Key.Key_Space)
    assert gamma_of(desk) == 1.0
    menu.aboutToShow.emit()
    assert slider.value() == 0
    kept = slide(desk, 60)
    desk.press(Qt.Key.Key_PageDown)
    assert gamma_of(desk) == 1.0
    menu.keep.trigger()
    slide(desk, 60)
    desk.press(Qt.Key.Key_PageUp)
    assert gamma_of(desk) == pytest.approx(kept)
