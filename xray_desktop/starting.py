"""What can go wrong before there is a window, in words for a terminal instead of a trace.

Qt ends the process where it cannot show anything; here it is made to say why first. Called by
``app`` around the making of the application.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontDatabase

NO_FONTS = (
    "X-ray Desktop cannot start: no fonts are installed, so no text can be shown.\n"
    "On Debian and Ubuntu, type: sudo apt-get install fonts-dejavu-core fontconfig\n"
)
_NO_WINDOW = "X-ray Desktop cannot open a window here.\n"
_ADVICE = (
    "Look whether the screen that DISPLAY or WAYLAND_DISPLAY names can be reached from this "
    "session.\n"
)
_XCB = "On Debian and Ubuntu, type: sudo apt-get install libxcb-cursor0\n"


@contextmanager
def readable_failure() -> Iterator[None]:
    """While the application is made: if Qt gives up, say why and exit with status 1."""
    heard: list[str] = []

    def on_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            heard.append(text)
            return
        sys.stderr.write(why_no_window(heard))
        sys.stderr.flush()
        # Qt would abort next: a crash report for a screen that is not there.
        os._exit(1)

    before = qInstallMessageHandler(on_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def why_no_window(heard: list[str]) -> str:
    """What to tell people when Qt found no way to show a window.

    Args:
        heard: What Qt had said before it gave up, oldest first.
    """
    causes = [text.strip() for text in heard if text.strip()]
    said = "".join(f"  {text}\n" for text in dict.fromkeys(causes))
    # Qt names that library whatever the cause is.
    is_reached = "could not connect to display" not in said
    advice = _XCB if is_reached and "libxcb-cursor0" in said else _ADVICE
    return _NO_WINDOW + (f"Qt says:\n{said}" if said else "") + advice


def has_fonts() -> bool:
    """True where there is a font to write with; needs the application."""
    return bool(QFontDatabase.families())
