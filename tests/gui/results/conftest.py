"""The results window on real run folders, made by the stand-in for training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.report.report_builders import make_crossval, make_run
from xray_desktop.results.window import ResultsWindow
from xray_desktop.settings import Settings
from xray_desktop.state.results_state import Page
from xray_desktop.workers.running import running_threads


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "run")


@pytest.fixture
def crossval(tmp_path: Path) -> Path:
    return make_crossval(tmp_path / "crossval")


@pytest.fixture
def results_window(qtbot: QtBot, settings: Settings) -> ResultsWindow:
    shown = ResultsWindow(settings)

    def finish(_: object) -> None:
        shown.shut_down()
        qtbot.waitUntil(lambda: not running_threads(shown))

    qtbot.addWidget(shown, before_close_func=finish)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


@pytest.fixture
def opened(qtbot: QtBot, results_window: ResultsWindow) -> Callable[[Path, Page], ResultsWindow]:
    def open_folder(folder: Path, page: Page) -> ResultsWindow:
        window = results_window
        window.open_folder(folder, page)
        qtbot.waitUntil(lambda: window.state.loaded is not None or bool(window.state.problem))
        qtbot.waitUntil(lambda: not window.is_busy())
        return window

    return open_folder
