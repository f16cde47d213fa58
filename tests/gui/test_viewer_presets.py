"""Window presets: which there are, and what keys and menu do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, part, show_tab, wait_for

from training.films.film import Film, Window
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.state.viewer_state import LoadedFilm
from xray_desktop.state.window_presets import preset_names, preset_window
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.film.window_menu import WindowMenu
from xray_desktop.viewer_tab.tab import ViewerTab

BONE, SOFT = Window(2000.0, 1000.0, name="BONE"), Window(900.0, 600.0, name="SOFT")
VALUES = np.random.default_rng(5).gamma(4.0, 250.0, (90, 120)).astype(np.float32).round()


def film_of(*windows: Window, path: Path = Path("film.dcm")) -> Film:
    own = windows[0] if windows else Window(1000.0, 500.0)
    return Film(path, VALUES, own, windows, bits=12)


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> ViewerTab:
    eight = Film(Path("3.dcm"), VALUES / 16.0, Window(128.0, 256.0), bits=8)
    films = {"1.dcm": film_of(BONE, SOFT), "2.dcm": film_of(), "3.dcm": eight}
    for name in films:
        (tmp_path / name).write_bytes(b"")

    def read(path: Path) -> Film:
        return films[path.name]

    engine = Engine(
        read_film=read,
        read_grey=lambda path: read(path).grey(),
        sniff=lambda _path: "DICOM",
        load_predictor=make_model(),
    )
    shown = show_tab(qtbot, ViewerTab(engine=engine))
    open_films(qtbot, shown, *(tmp_path / name for name in films))
    return shown


def press(tab: ViewerTab, key: Qt.Key) -> Window:
    tab._view.setFocus()
    QTest.keyClick(tab._view, key)
    assert tab.state.look is not None
    return tab.state.look.window


def test_that_automatic_leaves_half_a_percent_at_each_end() -> None:
    loaded = LoadedFilm(film_of(), indexed(VALUES))
    low, high = preset_window(loaded, 1).limits
    assert (low, high) == pytest.approx(np.percentile(VALUES, (0.5, 99.5)))


def test_that_full_range_draws_the_lowest_black_and_the_highest_white() -> None:
    loaded = LoadedFilm(film_of(), indexed(VALUES))
    grey = preset_window(loaded, 2).apply(np.array([VALUES.min(), VALUES.max()]))
    assert grey == pytest.approx([0.0, 1.0], abs=1e-4)


def test_that_a_blank_film_has_all_presets() -> None:
    pixels = np.full((4, 5), 7.0, np.float32)
    loaded = LoadedFilm(Film(Path("blank"), pixels, Window(7.0, 1.0)), indexed(pixels))
    for index in range(len(preset_names(loaded.film))):
        assert np.isfinite(preset_window(loaded, index).apply(pixels)).all()


def test_that_the_files_other_windows_follow_the_three_that_every_film_has() -> None:
    names = preset_names(film_of(BONE, SOFT))
    assert names[:3] == ("As recorded", "Automatic", "Full range")
    assert names[3:] == ("W 600  L 900  SOFT",)
    assert len(preset_names(film_of(*(Window(100.0 + n, 50.0) for n in range(20))))) == 9


def test_that_digits_set_windows_and_leave_the_networks_input_alone(tab: ViewerTab) -> None:
    film = tab.state.film
    assert film is not None
    before = film.grey().copy()
    assert press(tab, Qt.Key.Key_4) == SOFT
    assert press(tab, Qt.Key.Key_2).name == "automatic"
    assert press(tab, Qt.Key.Key_3).name == "full range"
    assert press(tab, Qt.Key.Key_1) == BONE
    assert press(tab, Qt.Key.Key_9) == BONE
    assert (film.grey() == before).all()


def test_that_the_menu_shows_the_presets_of_the_film_in_sight(qtbot: QtBot, tab: ViewerTab) -> None:
    menu = part(tab, WindowMenu, "windowMenu")

    def offered() -> list[str]:
        shown = [action.text() for action in menu.actions() if action.isVisible()]
        return [text for text in shown if text.startswith("Window: ")]

    assert offered()[-1] == "Window: W 600  L 900  SOFT"
    press(tab, Qt.Key.Key_PageDown)
    wait_for(qtbot, lambda: tab.state.shown == 1 and not tab.is_busy())
    assert [text.removeprefix("Window: ") for text in offered()] == [
        "As recorded",
        "Automatic",
        "Full range",
    ]
    assert press(tab, Qt.Key.Key_4) == Window(1000.0, 500.0)


def test_that_a_kept_window_goes_to_the_next_film_of_the_same_bits_only(
    qtbot: QtBot, tab: ViewerTab
) -> None:
    def next_window() -> Window:
        before = tab.state.shown
        press(tab, Qt.Key.Key_PageDown)
        wait_for(qtbot, lambda: tab.state.shown != before and not tab.is_busy())
        assert tab.state.look is not None
        return tab.state.look.window

    part(tab, WindowMenu, "windowMenu").keep.trigger()
    kept = press(tab, Qt.Key.Key_4)
    assert next_window() == kept
    assert tab._view._look is not None
    assert tab._view._look.window == kept
    assert press(tab, Qt.Key.Key_Space) == Window(1000.0, 500.0)
    press(tab, Qt.Key.Key_2)
    assert next_window() == Window(128.0, 256.0)


def test_that_a_digit_in_the_note_is_a_digit(tab: ViewerTab) -> None:
    note = part(tab, QLineEdit, "noteField")
    note.setFocus()
    QTest.keyClicks(note, "T12 3")
    assert note.text() == "T12 3"
    assert tab.state.look is not None
    assert tab.state.look.window == BONE
