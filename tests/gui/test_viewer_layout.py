"""Where the parts stand: widths remembered, the film alone, the film in a window of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QSplitter, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from shell_fakes import FakeTrainingTab, FakeViewerTab
from verdict_bench import Bench
from viewer_fakes import part, wait_for

from xray_desktop.main_window import MainWindow
from xray_desktop.review.verdicts import Opinion
from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.listing.film_list import WIDTH_PX


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    made = Bench(qtbot, tmp_path)
    made.open()
    return made


def drag(bench: Bench, name: str, across: int) -> None:
    """The edge behind the first part of a splitter."""
    splitter = part(bench.tab, QSplitter, name)
    handle = splitter.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(across, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle + QPoint(across, 0))


def test_that_list_and_panels_are_as_wide_as_they_were_left(bench: Bench) -> None:
    assert bench.tab._list.width() == WIDTH_PX
    before = bench.tab._panel.width()
    drag(bench, "listSplitter", 60)
    drag(bench, "panelSplitter", -50)
    assert bench.tab._list.width() == WIDTH_PX + 60
    assert bench.tab._panel.width() == before + 50
    again = bench.show()
    assert (again._list.width(), again._panel.width()) == (WIDTH_PX + 60, before + 50)
    again.layout_of_parts.standard()
    QApplication.processEvents()
    assert (again._list.width(), again._panel.width()) == (WIDTH_PX, before)
    assert bench.settings.integer("viewer/list_width", 0) == 0


def test_that_no_part_can_be_dragged_away(bench: Bench) -> None:
    drag(bench, "listSplitter", -400)
    drag(bench, "panelSplitter", 400)
    assert bench.tab._list.width() > 100
    assert bench.tab._panel.width() > 200


def test_that_the_film_has_the_tab_for_itself_and_gives_it_back(bench: Bench) -> None:
    told: list[bool] = []
    bench.tab.layout_of_parts.alone.connect(told.append)
    bench.choose()
    bench.tab._tools.entries["variants"].trigger()
    bench.settle()
    narrow = bench.tab._view.width()
    QTest.keyClick(bench.tab._view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert not bench.tab._list.isVisible()
    assert not bench.tab._panel.isVisible()
    assert not bench.tab._strip.isVisible()
    wait_for(bench.qtbot, lambda: bench.tab._view.width() == bench.tab.width())
    # Keys hold as before: the verdict, too.
    bench.press(Qt.Key.Key_F)
    assert [opinion for _, opinion in bench.kept()] == [Opinion.FRACTURE]
    bench.press(Qt.Key.Key_Escape)
    assert bench.tab._list.isVisible()
    assert bench.tab._strip.isVisible()
    wait_for(bench.qtbot, lambda: bench.tab._view.width() == narrow)
    assert told == [True, False]


def test_that_the_film_goes_into_a_window_of_its_own_with_its_tools_and_keys(bench: Bench) -> None:
    bench.press(Qt.Key.Key_I)
    bench.tab._tools.entries["film_window"].trigger()
    window = part(bench.tab, QWidget, "filmWindow")
    assert window.isVisible()
    for moved in (bench.tab._view, bench.tab._tools, bench.tab._bar):
        assert moved.window() is window
        assert moved.isVisible()
    assert bench.tab._list.window() is not window
    look = bench.tab.state.look
    assert look is not None
    assert look.inverted
    window.activateWindow()
    wait_for(bench.qtbot, window.isActiveWindow)
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_PageDown)
    assert [opinion for _, opinion in bench.kept()] == [Opinion.NO_FRACTURE]
    assert bench.tab.state.film.path.name == "b bright.png"
    # Closing it closes nothing but the window.
    window.close()
    assert bench.tab._view.window() is bench.tab
    assert bench.tab._view.isVisible()
    assert not bench.tab._tools.entries["film_window"].isChecked()


def test_that_the_film_is_brought_back_from_where_it_was(bench: Bench) -> None:
    action = bench.tab._tools.entries["film_window"]
    action.trigger()
    window = part(bench.tab, QWidget, "filmWindow")
    window.resize(640, 500)
    part(bench.tab, QPushButton, "bringBackButton").click()
    assert not window.isVisible()
    assert bench.settings.geometry("viewer/film_window") is not None
    again = bench.show()
    again._tools.entries["film_window"].trigger()
    other = part(again, QWidget, "filmWindow")
    assert (other.width(), other.height()) == (640, 500)


def test_that_the_film_window_closes_with_the_tab(bench: Bench) -> None:
    bench.tab._tools.entries["film_window"].trigger()
    window = part(bench.tab, QWidget, "filmWindow")
    bench.tab.shut_down()
    assert not window.isVisible()
    wait_for(bench.qtbot, lambda: not bench.tab.is_busy())


def test_that_tools_without_room_are_behind_the_arrow_at_the_end(bench: Bench) -> None:
    bench.tab.resize(760, 600)
    QApplication.processEvents()
    more = part(bench.tab, QToolButton, "qt_toolbar_ext_button")
    wait_for(bench.qtbot, more.isVisible)
    menu = more.menu()
    assert menu is not None
    texts = {action.text() for action in menu.actions()}
    assert {"Film information", "More", "Film alone: hide list and panels"} <= texts
    # What stands in a button's menu is there as a menu.
    beside = next(action for action in menu.actions() if action.text().startswith("Next film"))
    assert [one.text() for one in beside.menu().actions()] == [
        "Next film beside this one",
        "Heat map beside the film",
    ]


# The main window -------------------------------------------------------------------------------


def test_that_menus_and_tabs_make_room_for_the_film_alone(window: MainWindow) -> None:
    window.viewer_tab.layout_of_parts.alone.emit(True)
    assert not window.is_training_in_front
    assert not window.menuBar().isVisible()
    assert not window.tabs.tabBar().isVisible()
    # The notice stays, whatever else goes.
    assert window.statusBar().isVisible()
    window.viewer_tab.layout_of_parts.alone.emit(False)
    assert window.menuBar().isVisible()
    assert window.tabs.tabBar().isVisible()
    window.show_training()
    assert "leave_alone" in window.viewer_tab.layout_of_parts.calls


def test_that_the_tab_in_front_is_the_one_it_was(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    window.show_viewer()
    with qtbot.waitSignal(window.closed):
        window.close()
    again = MainWindow(settings, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(again)
    again.build_tabs()
    assert not again.is_training_in_front
    with qtbot.waitSignal(again.closed):
        again.close()


def test_that_the_standard_layout_comes_back(window: MainWindow) -> None:
    window.resize(700, 720)
    window.own_actions.full_screen.trigger()
    window.own_actions.standard_layout.trigger()
    assert not window.isFullScreen()
    assert window.screen().availableGeometry().contains(window.geometry().center())
    assert window.viewer_tab.layout_of_parts.calls[-1] == "standard"
