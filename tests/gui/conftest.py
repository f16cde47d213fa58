"""What all tests of the window share."""

from __future__ import annotations

from collections.abc import Iterator
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
def window(qtbot: QtBot, settings: Settings) -> Iterator[MainWindow]:
    """The main window, shown, with light tabs; closed afterwards whatever the test did."""
    shown = MainWindow(settings, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(shown)
    with qtbot.waitSignal(shown.tabs_ready):
        shown.show()
    yield shown
    if shown.isVisible():
        shown.training_tab.may_close = True
        with qtbot.waitSignal(shown.closed):
            shown.close()
