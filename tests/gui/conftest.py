"""What all tests of the window share."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shell_fakes import FakeTrainingTab, FakeViewerTab

from xray_desktop import theme
from xray_desktop.main_window import MainWindow
from xray_desktop.settings import Settings


@pytest.fixture(scope="session")
def qapp(qapp):  # type: ignore[no-untyped-def]
    """The application in the program's own dress."""
    theme.apply(qapp)
    return qapp


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def window(qtbot: QtBot, settings: Settings) -> MainWindow:
    """The main window, shown, with light tabs; closed afterwards whatever the test did."""

    def end(closing: MainWindow) -> None:
        if closing.isVisible():
            closing.training_tab.may_close = True
            with qtbot.waitSignal(closing.closed):
                closing.close()

    shown = MainWindow(settings, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    # pytest-qt destroys widgets before fixtures are torn down, so a fixture's end comes too late.
    qtbot.addWidget(shown, before_close_func=end)
    with qtbot.waitSignal(shown.tabs_ready):
        shown.show()
    return shown
