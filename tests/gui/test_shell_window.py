"""The frame: menus, keys, drops, wiring of the tabs, and closing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from shell_fakes import FakeTrainingTab, FakeViewerTab, make_run

from training.fit.events import Event, RunCancelled
from xray_desktop import main_window
from xray_desktop.about import AboutDialog, parts
from xray_desktop.main_window import SMALLEST, MainWindow
from xray_desktop.settings import Settings
from xray_desktop.workers.running import running_threads


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    enter = QDragEnterEvent(
        QPoint(9, 9),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(
        QDropEvent(
            QPointF(9, 9),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )


def until_stopped(started: threading.Event) -> Callable[..., None]:
    def train(config: Any, report: Callable[[Event], None], control: Any) -> None:
        started.set()
        assert control.stop.wait(10)
        report(RunCancelled())

    return train


def test_that_the_tabs_come_after_the_first_paint(qtbot: QtBot, settings: Settings) -> None:
    order: list[str] = []

    def make(settings: Settings) -> FakeTrainingTab:
        order.append("tab")
        return FakeTrainingTab(settings)

    window = MainWindow(settings, make_training_tab=make, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(window)
    window.first_painted.connect(lambda: order.append("painted"))
    with qtbot.waitSignal(window.tabs_ready):
        window.show()
    assert order == ["painted", "tab"]
    assert window.training_tab.calls == ["start"]
    with qtbot.waitSignal(window.closed):
        window.close()


def test_that_the_viewers_keys_hold_as_soon_as_it_is_shown(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.tabs.tabBar().setFocus()
    window.own_actions.show_viewer.trigger()
    assert window.viewer_tab.hasFocus()


def test_that_films_named_at_the_start_are_opened_when_the_viewer_is_there(
    qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    window = MainWindow(settings, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(window)
    films = [tmp_path / "a.dcm", tmp_path / "b.dcm"]
    window.open_paths(films)
    with qtbot.waitSignal(window.tabs_ready):
        window.show()
    qtbot.waitUntil(lambda: ("open_paths", films) in window.viewer_tab.calls)
    assert not window.is_training_in_front
    # Only the folder is remembered, never a film's name.
    assert settings.film_folder == tmp_path
    settings.keeps_film_folder = True
    settings.save()
    written = settings.file.read_text(encoding="utf-8")
    assert tmp_path.name in written
    assert "a.dcm" not in written
    with qtbot.waitSignal(window.closed):
        window.close()


def test_that_the_notice_and_the_device_are_always_in_the_status_bar(window: MainWindow) -> None:
    notice = window.findChild(QLabel, "noticeLabel")
    device = window.findChild(QLabel, "deviceLabel")
    assert notice.text() == "Research and teaching aid. Not a medical device."
    assert "CPU" in device.text() or "GPU" in device.text()
    window.statusBar().showMessage("something else")
    assert notice.isVisible()
    assert device.isVisible()


def test_that_the_keys_switch_tabs(qtbot: QtBot, window: MainWindow) -> None:
    assert window.is_training_in_front
    window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert not window.is_training_in_front
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.is_training_in_front


def test_that_every_action_has_words_and_its_own_key(window: MainWindow) -> None:
    keys = []
    for action in window.own_actions.all():
        assert action.text()
        assert action.toolTip()
        assert action.statusTip()
        assert not action.icon().isNull()
        if not action.shortcut().isEmpty():
            text = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            assert f"({text})" in action.toolTip()
            keys.append(text)
    assert len(keys) == len(set(keys))


def test_that_the_smallest_window_is_1280_by_720(window: MainWindow) -> None:
    room = window.screen().availableSize()
    assert window.minimumSize() == SMALLEST.boundedTo(room)


def test_that_a_saved_run_reaches_the_viewer_once(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: not window._jobs.is_busy())
    first, second = make_run(tmp_path / "1"), make_run(tmp_path / "2")
    for run in (first, second, second):
        window.training_tab.run_saved.emit(run)
    assert [run.run_id for run in window.viewer_tab.runs] == ["2", "1"]


def test_that_requested_films_open_in_the_viewer_with_their_model(
    window: MainWindow, tmp_path: Path
) -> None:
    films, model = [tmp_path / "a.png"], tmp_path / "best.keras"
    window.training_tab.films_requested.emit(films, model)
    assert window.viewer_tab.calls == [("choose_model", model), ("open_paths", films)]
    assert not window.is_training_in_front


def test_that_a_folder_of_classes_dropped_on_the_training_tab_is_trained_on(
    window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "fractured").mkdir()
    drop(window, [tmp_path])
    assert window.training_tab.calls[-1] == ("open_folder", tmp_path)
    assert window.viewer_tab.calls == []


@pytest.mark.parametrize("what", ["films", "folder of films", "classes on the viewer"])
def test_that_all_other_drops_are_viewed(window: MainWindow, tmp_path: Path, what: str) -> None:
    (tmp_path / "a.png").touch()
    (tmp_path / "b.png").touch()
    dropped = [tmp_path / "a.png", tmp_path / "b.png"] if what == "films" else [tmp_path]
    if what == "classes on the viewer":
        (tmp_path / "fractured").mkdir()
        window.show_viewer()
    drop(window, dropped)
    assert window.viewer_tab.calls == [("open_paths", dropped)]
    assert not window.is_training_in_front


def test_that_open_folder_goes_to_the_tab_in_front(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "choose_folder", lambda parent, start: tmp_path)
    window.own_actions.open_folder.trigger()
    assert window.training_tab.calls[-1] == ("open_folder", tmp_path)
    window.show_viewer()
    window.own_actions.open_folder.trigger()
    assert window.viewer_tab.calls == [("open_paths", [tmp_path])]


def test_that_a_cancelled_file_dialog_changes_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_window, "choose_films", lambda parent, start: [])
    window.own_actions.open_films.trigger()
    assert window.viewer_tab.calls == []
    assert window.is_training_in_front


def test_that_closing_keeps_the_window_when_the_user_wants_to_go_on_training(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    started = threading.Event()
    window.training_tab.train(until_stopped(started), tmp_path)
    assert started.wait(10)
    window.training_tab.may_close = False
    window.close()
    assert window.isVisible()
    assert window.training_tab.is_busy()
    assert not window.training_tab.thread.is_stopping
    assert "shut_down" not in window.viewer_tab.calls
    window.training_tab.may_close = True


def test_that_the_window_stays_where_the_reader_does_not_want_to_lose_verdicts(
    window: MainWindow,
) -> None:
    window.viewer_tab.may_close = False
    window.close()
    assert window.isVisible()
    assert "shut_down" not in window.viewer_tab.calls
    window.viewer_tab.may_close = True


def test_that_closing_during_a_run_stops_it_and_closes_when_it_has_ended(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    started = threading.Event()
    window.training_tab.train(until_stopped(started), tmp_path)
    assert started.wait(10)
    with qtbot.waitSignal(window.closed):
        window.close()
        # Not at once: the run has to end first, and nothing blocks.
        assert window.isVisible()
        assert "Closing" in window.statusBar().currentMessage()
    assert not window.isVisible()
    assert not window.training_tab.thread.isRunning()
    assert window.training_tab.calls[-2:] == ["request_close", "shut_down"]


def test_that_closing_waits_for_a_busy_viewer_without_blocking(
    qtbot: QtBot, window: MainWindow
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def read() -> None:
        started.set()
        go_on.wait(10)

    window.viewer_tab.jobs.submit("film", read)
    assert started.wait(10)
    window.close()
    assert window.isVisible()
    with qtbot.waitSignal(window.closed):
        go_on.set()
    assert running_threads(window) == []


def test_that_the_place_of_the_window_is_remembered(
    qtbot: QtBot, window: MainWindow, settings: Settings
) -> None:
    assert settings.geometry("window/geometry") is None
    # The off-screen platform's screen is 800 by 800, and Qt brings windows back onto it.
    window.resize(800, 740)
    with qtbot.waitSignal(window.closed):
        window.close()
    again = MainWindow(settings, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(again)
    assert again.size() == window.size()


def test_that_about_names_the_versions_licences_and_the_notice(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.own_actions.about.trigger()
    dialog = window.findChild(AboutDialog)
    assert "not a medical device" in dialog.findChild(QLabel, "notice").text()
    listed = {part[0]: part for part in parts()}
    assert listed["tensorflow"][1].startswith("2.")
    assert listed["keras"][1].startswith("3.")
    assert all(part[1] != "not installed" and part[3] for part in listed.values())
    # GPL code must never become a part.
    assert not any("GPL" in part[3] and "LGPL" not in part[3] for part in listed.values())
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
