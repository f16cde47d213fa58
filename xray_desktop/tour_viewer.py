"""The tour's last part: each tool of the viewer once, by its keys and buttons, with a picture."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from xray_desktop import paths
from xray_desktop.main_window import MainWindow
from xray_desktop.shortcuts_dialog import ShortcutsDialog
from xray_desktop.state.list_filter import ListFilter
from xray_desktop.tour import SMALL, Script, Tour, Wait, expect

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_NO_KEY = Qt.KeyboardModifier.NoModifier
_NUM_COPIES = 3


def viewer_tools(tour: Tour) -> Script:
    """Verdict, measuring, loupe, side by side, filter, copies, shortcuts, film alone, own window.

    Args:
        tour: The guide; a model was trained and the sample set is there.
    """
    yield from _open(tour, [paths.sample_set_folder()])
    # Opened for an earlier picture; the film needs the room.
    tour.window.viewer_tab.findChild(QToolButton, "variantsButton").click()
    yield from _verdict(tour)
    yield from _measuring(tour)
    yield from _filter(tour)
    yield from _copies(tour)
    yield from _shortcuts(tour)
    yield from _film_alone(tour)
    yield from _film_window(tour)


def _open(tour: Tour, films: list[Path]) -> Script:
    window = tour.window
    window.activateWindow()
    yield Wait("the window has the keys", window.isActiveWindow)
    window.open_paths(films)
    viewer = window.viewer_tab
    opened = {path.parent for path in films} | set(films)
    yield Wait(
        "the films are listed",
        lambda: any(path in opened or opened & set(path.parents) for path in viewer.state.films),
    )
    yield Wait("the list is at rest", lambda: not viewer.is_busy(), 60.0)


def _view(window: MainWindow) -> QWidget:
    view = window.viewer_tab.findChild(QWidget, "filmView")
    assert view is not None
    view.setFocus()
    return view  # type: ignore[no-any-return]


def _verdict(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    QTest.keyClick(_view(tour.window), Qt.Key.Key_F)
    yield Wait("the verdict is kept", lambda: not viewer.state.verdicts.unsaved)
    expect(viewer.state.verdicts.current is not None, "the verdict was not taken")
    yield from tour.picture("verdicts", SMALL)
    tour.passed("a verdict is given by its key and kept")


def _measuring(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    view = _view(tour.window)
    QTest.keyClick(view, Qt.Key.Key_C, _SHIFT)
    yield Wait("another film stands beside", lambda: viewer.state.beside.film is not None)
    QTest.keyClick(_view(tour.window), Qt.Key.Key_D)
    layer: Any = view.findChild(QWidget, "measureLayer")
    middle = layer.rect().center()
    start, end = middle - QPoint(70, 60), middle + QPoint(60, 90)
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, _NO_KEY, start)
    QTest.mouseMove(layer, end)
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, _NO_KEY, end)
    expect(len(viewer.state.measures.now) == 1, "the length was not drawn")
    QTest.keyClick(_view(tour.window), Qt.Key.Key_W)
    QTest.keyClick(_view(tour.window), Qt.Key.Key_Q)
    beside: Any = viewer.findChild(QWidget, "filmViewBeside")
    QTest.mouseMove(beside, beside.rect().center() + QPoint(30, 20))
    yield from tour.picture("tools", SMALL)
    QTest.keyClick(_view(tour.window), Qt.Key.Key_Q)
    QTest.keyClick(_view(tour.window), Qt.Key.Key_C, _SHIFT)
    yield Wait("one film is shown again", lambda: not viewer.state.beside.is_open)
    tour.passed("a length is measured, and a second film looked at under the loupe")


def _filter(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    field = viewer.findChild(QLineEdit, "searchField")
    assert field is not None
    total = len(viewer.state.films)
    words = viewer.state.films[-1].stem[-2:]
    QTest.keyClick(_view(tour.window), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, words)
    yield Wait("the list is searched", lambda: viewer.state.work.filter.text == words)
    expect(len(viewer.state.films) < total, "the search has found every film")
    yield from tour.picture("filter", SMALL)
    viewer.findChild(QToolButton, "filterButton").setFocus()
    field.clear()
    yield Wait("all films are listed again", lambda: len(viewer.state.films) == total)
    expect(viewer.state.work.filter == ListFilter(), "the filter is still on")
    tour.passed(f"the list of {total} films is searched by name")


def _copies(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    folder = paths.user_data() / "copies"
    folder.mkdir(parents=True, exist_ok=True)
    for path in viewer.state.films[:4]:
        shutil.copy(path, folder / path.name)
        for copy in range(_NUM_COPIES):
            shutil.copy(path, folder / f"{path.stem}-rotated{copy}{path.suffix}")
    yield from _open(tour, [folder])
    yield Wait("copies stand as one row", lambda: len(viewer.state.films) == 4)
    QTest.keyClick(_view(tour.window), Qt.Key.Key_O)
    yield Wait("the copies are listed", lambda: len(viewer.state.films) == 4 + _NUM_COPIES)
    yield from tour.picture("copies", SMALL)
    tour.passed(f"{_NUM_COPIES + 1} files of one film stand as one row, and are listed by a key")


def _shortcuts(tour: Tour) -> Script:
    QTest.keyClick(tour.window, Qt.Key.Key_F1)
    dialog = tour.window.findChild(ShortcutsDialog)
    expect(dialog is not None, "the page of shortcuts did not open")
    assert dialog is not None
    yield from tour.picture("shortcuts", of=dialog)
    dialog.close()
    tour.window.activateWindow()
    yield Wait("the window has the keys", tour.window.isActiveWindow)
    tour.passed("the keys are listed, to be changed")


def _film_alone(tour: Tour) -> Script:
    window = tour.window
    films = window.viewer_tab.findChild(QWidget, "filmList")
    assert films is not None
    QTest.keyClick(_view(window), Qt.Key.Key_F, _SHIFT)
    yield Wait("the list is hidden", lambda: not films.isVisible())
    expect(not window.menuBar().isVisible(), "the menus are still there")
    yield from tour.picture("film-alone", SMALL)
    QTest.keyClick(_view(window), Qt.Key.Key_Escape)
    yield Wait("the list is back", films.isVisible)
    tour.passed("the film has the window for itself")


def _film_window(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    QTest.keyClick(_view(tour.window), Qt.Key.Key_W, _SHIFT)
    own = viewer.findChild(QWidget, "filmWindow")
    expect(own is not None, "the film has no window of its own")
    assert own is not None
    own.resize(SMALL)
    yield from tour.picture("film-window", of=own)
    own.close()
    expect(_view(tour.window).window() is tour.window, "the film did not come back")
    tour.passed("the film was in a window of its own")
