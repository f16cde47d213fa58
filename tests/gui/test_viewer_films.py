"""Opening films in the viewer tab: transactions, stepping, what is said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, show_tab, wait_for, write_film

from training.films.film import Film
from training.films.reader import read_film
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.tab import ViewerTab

MakeTab = Callable[..., ViewerTab]


@pytest.fixture
def make_tab(qtbot: QtBot) -> MakeTab:
    def make(**functions: Any) -> ViewerTab:
        engine = Engine(**({"load_predictor": make_model()} | functions))
        return show_tab(qtbot, ViewerTab(engine=engine))

    return make


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    return [write_film(tmp_path / "films" / f"film {n}.png", 20 * n) for n in (1, 2, 10)]


def press(tab: ViewerTab, key: Qt.Key) -> None:
    tab._view.setFocus()
    QTest.keyClick(tab._view, key)


def test_that_a_folder_opens_in_counting_order_with_its_first_film_in_sight(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    (three[0].parent / "notes.txt").write_text("read me", encoding="utf-8")
    write_film(three[0].parent / "below" / "film 11.png", 200)
    (three[0].parent / ".hidden").write_bytes(b"x")
    open_films(qtbot, tab, three[0].parent)
    names = [path.name for path in tab.state.films]
    assert names == ["film 1.png", "film 2.png", "film 10.png", "film 11.png"]
    assert tab.state.film is not None
    assert tab.state.film.path.name == "film 1.png"
    assert tab._bar.message == "notes.txt is no film"
    assert tab._place.text() == "1 / 4"


def test_that_a_film_that_cannot_be_read_leaves_the_last_one_standing_and_says_why(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    open_films(qtbot, tab, three[0])
    before = tab.state.loaded
    bad = three[0].parent / "cut.png"
    bad.write_bytes(three[0].read_bytes()[:60])
    open_films(qtbot, tab, bad)
    assert tab.state.loaded is before
    assert tab.state.films == (three[0],)
    assert "cut.png" in tab._bar.message


def test_that_opening_something_that_is_no_film_keeps_list_and_film(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path], tmp_path: Path
) -> None:
    tab = make_tab()
    open_films(qtbot, tab, *three)
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "text.jpg"
    text.write_text("not a picture", encoding="utf-8")
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in "ab":
        (texts / name).write_text("not a picture", encoding="utf-8")
    for opened, words in (
        (empty, "no files"),
        (text, "text.jpg cannot be opened"),
        (texts, "2 files are no films"),
    ):
        open_films(qtbot, tab, opened)
        assert words in tab._bar.message
        assert tab.state.films == tuple(three)
    open_films(qtbot, tab, tmp_path / "gone.png")
    assert "gone.png" in tab._bar.message


def test_that_unreadable_files_at_the_head_of_a_list_are_passed_over_and_named(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    bad = three[0].parent / "a.png"
    bad.write_bytes(three[0].read_bytes()[:60])
    open_films(qtbot, tab, bad, *three)
    assert (tab.state.shown, tab.state.films[1]) == (1, three[0])
    assert "a.png" in tab._bar.message
    assert bad in tab.state.unreadable


def test_that_keys_step_through_the_films_past_unreadable_ones(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    open_films(qtbot, tab, *three)
    three[1].write_bytes(three[0].read_bytes()[:60])
    # What was read ahead is as it was when read; step over it and come back.
    press(tab, Qt.Key.Key_End)
    wait_for(qtbot, lambda: tab.state.shown == 2)
    tab._loader.cancel()
    press(tab, Qt.Key.Key_Up)
    wait_for(qtbot, lambda: "film 2.png" in tab._bar.message)
    assert (tab.state.shown, tab.state.wanted) == (2, 2)
    press(tab, Qt.Key.Key_PageUp)
    wait_for(qtbot, lambda: tab.state.shown == 0)
    press(tab, Qt.Key.Key_PageDown)
    wait_for(qtbot, lambda: tab.state.shown == 2)
    press(tab, Qt.Key.Key_Home)
    wait_for(qtbot, lambda: tab.state.shown == 0)
    press(tab, Qt.Key.Key_Left)
    assert tab.state.wanted == 0


def test_that_a_newer_request_wins_over_a_slow_film(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    gate = threading.Event()

    def slow(path: Path) -> Film:
        if path == three[1]:
            assert gate.wait(10)
        return read_film(path)

    tab = make_tab(read_film=slow)
    tab.open_paths(three)
    wait_for(qtbot, lambda: tab.state.shown == 0)
    press(tab, Qt.Key.Key_Down)
    assert tab.state.film is not None
    assert tab.state.film.path == three[0]
    press(tab, Qt.Key.Key_Down)
    gate.set()
    wait_for(qtbot, lambda: not tab.is_busy())
    assert tab.state.film.path == three[2]
    assert tab.state.shown == 2


def test_that_dropped_files_are_opened(qtbot: QtBot, make_tab: MakeTab, three: list[Path]) -> None:
    tab = make_tab()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in three[:2]])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    tab._view.dropEvent(event)
    wait_for(qtbot, lambda: tab.state.films == tuple(three[:2]))


def test_that_clicking_in_the_list_shows_that_film_and_frames_it(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    open_films(qtbot, tab, *three)
    rect = tab._list.visualRect(tab._list.film_model.index(1))
    QTest.mouseClick(tab._list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    wait_for(qtbot, lambda: tab.state.shown == 1)
    assert [index.row() for index in tab._list.selectionModel().selectedIndexes()] == [1]


def test_that_thumbnails_are_made_for_the_films_in_sight_only(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    first, *rest = three
    copies = []
    for number in range(60):
        copy = first.parent / f"copy {number}.png"
        copy.write_bytes(first.read_bytes())
        copies.append(copy)
    open_films(qtbot, tab, *copies, *rest)
    wait_for(qtbot, lambda: tab._thumbnails.get(copies[0]) is not None)
    wait_for(qtbot, lambda: not tab._list._rest.isActive() and not tab.is_busy())
    assert tab._thumbnails.get(copies[-1]) is None
    tab._list.scrollToBottom()
    wait_for(qtbot, lambda: tab._thumbnails.get(rest[-1]) is not None)


def test_that_shutting_down_with_work_pending_ends_every_thread(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    gate, begun = threading.Event(), threading.Event()

    def held(path: Path) -> Film:
        begun.set()
        assert gate.wait(10)
        return read_film(path)

    tab = make_tab(read_film=held)
    tab.open_paths(three)
    # A job that has not begun is only forgotten.
    wait_for(qtbot, begun.is_set)
    tab.choose_model(Path("best.keras"))
    with qtbot.waitSignal(tab.became_idle):
        tab.shut_down()
        assert tab.is_busy()
        gate.set()
    assert not any(thread.isRunning() for thread in tab._threads)
    tab.open_paths(three)
    assert not tab.is_busy()
    assert tab.state.films == ()


def test_that_the_film_information_can_be_searched(
    qtbot: QtBot, make_tab: MakeTab, three: list[Path]
) -> None:
    tab = make_tab()
    open_films(qtbot, tab, three[0])
    press(tab, Qt.Key.Key_T)
    lines = list(tab._information.tree.lines())
    assert tab._information.isVisible()
    tab._information.search.setText(lines[0].text(1))
    assert not lines[0].isHidden()
    tab._information.search.setText("no tag has this text")
    assert all(line.isHidden() for line in lines)
