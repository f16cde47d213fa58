"""The real window, off screen, for programs that measure it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

TIMEOUT_S = 600.0


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window live until the condition holds."""
    ends = time.monotonic() + TIMEOUT_S
    ticker = QTimer()
    ticker.start(1)
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError("the window did not get there")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    ticker.stop()


@contextmanager
def open_window(home: Path) -> Iterator:
    """The main window with both tabs made and at rest; closed on leaving."""
    os.environ["XRAY_DESKTOP_HOME"] = str(home)
    from xray_desktop.app import make_application, prepare_environment
    from xray_desktop.main_window import MainWindow

    prepare_environment()
    application = make_application()
    window = MainWindow()
    closed: list[bool] = []
    window.closed.connect(lambda: closed.append(True))
    window.resize(1600, 900)
    window.show()
    wait_until(lambda: window.viewer_tab is not None)
    wait_until(lambda: not window.viewer_tab.is_busy() and not window.training_tab.is_busy())
    try:
        yield window
    finally:
        window.close()
        wait_until(lambda: bool(closed))
        window.deleteLater()
        application.processEvents()
