"""The log and the crash files: what they hold, and what they must not.

They name no patient and no film. ``DiscreetFormatter`` blanks paths and quoted values out of
every line, so that a log can be sent to a stranger.
"""

from __future__ import annotations

import copy
import faulthandler
import logging
import logging.handlers
import platform
import re
import sys
import traceback
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from training import __version__
from training.errors import UserError
from xray_desktop import paths

log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LOG_BYTES = 1_000_000
_LOG_FILES = 4
_KEPT_CRASH_FILES = 10
_OURS = ("xray_desktop", "training", "qt")

# Code names only: the one kind of quoted text that is safe to keep.
_CODE_ERRORS = (AttributeError, NameError, ImportError)
_CODE_FILE = re.compile(r'^\s*File "[^"]+\.pyc?", line \d+')
_QUOTED = re.compile(r"""(['"])(?:(?!\1).)*\1""")
_PATH = re.compile(r"""(?<![\w.])(?:[A-Za-z]:[\\/]|\\\\|~?/)(?=[^\s/\\])[^'"\n:;<>|]*""")


def discreet(text: str, *, keep_quoted: bool = False) -> str:
    """The text without what could name a patient or a film.

    Args:
        text: Lines for the log.
        keep_quoted: Keep quoted words that are no paths (our own messages).

    Returns:
        The text with paths, and unless kept quoted values, replaced by ``<...>``; the places
        in source files that a traceback names stay.
    """
    lines = []
    for line in text.splitlines():
        if not _CODE_FILE.match(line):
            if not keep_quoted:
                line = _QUOTED.sub("<...>", line)
            line = _PATH.sub("<path>", line)
        lines.append(line)
    return "\n".join(lines)


def discreet_traceback(error: BaseException) -> str:
    """An exception's traceback; its message only as far as it cannot name a patient or film."""
    parts = []
    chain: BaseException | None = error
    while chain is not None:
        frames = "".join(traceback.format_tb(chain.__traceback__)).rstrip()
        message = discreet(str(chain), keep_quoted=isinstance(chain, _CODE_ERRORS))
        if isinstance(chain, UserError):
            message = "(told to the user)"
        parts.append(f"{frames}\n{type(chain).__name__}: {message}".lstrip("\n"))
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    return "\n\nwhile handling:\n".join(parts)


class DiscreetFormatter(logging.Formatter):
    """Formats records so that a log can be sent to a stranger.

    Our own messages name no films by rule and keep their words; those of other packages lose
    quoted values too (pydicom quotes what it cannot parse).
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(threadName)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The record's lines."""
        # A formatter before this one may have left its own, unblanked traceback there.
        record = copy.copy(record)
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with the message blanked."""
        ours = record.name.split(".", 1)[0] in _OURS
        record.message = discreet(record.message, keep_quoted=ours)
        return super().formatMessage(record)

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The traceback, blanked."""
        return discreet_traceback(ei[1]) if ei[1] is not None else ""


def environment() -> str:
    """Version, system and Python in one line."""
    return (
        f"X-ray Desktop {__version__}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.release()} {platform.machine()}"
    )


def write_crash_file(folder: Path, error: BaseException) -> Path | None:
    """Keep an error's traceback; the newest ten are kept.

    Returns:
        The file, or None where the disk would not take it: an error report must not be the
        cause of the next error.
    """
    now = datetime.now().astimezone()
    file = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
    text = f"{now.isoformat(timespec='seconds')}\n{environment()}\n\n{discreet_traceback(error)}\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT_CRASH_FILES]:
            old.unlink()
    except OSError as problem:
        log.warning("no crash file: %s", problem.strerror)
        return None
    return file


def start_logging(folder: Path | None = None) -> logging.Handler:
    """Log into a rotating file, or to stderr where the folder cannot be written.

    Args:
        folder: Where; the user's log folder if left out.

    Returns:
        The handler, already added to the root logger.
    """
    folder = folder or paths.log_folder()
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "x-ray-desktop.log",
            maxBytes=_LOG_BYTES,
            backupCount=_LOG_FILES,
            encoding="utf-8",
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)
    return handler


def open_native_crash_file(folder: Path | None = None) -> IO[str] | None:
    """Let Python write its stacks there if Qt or TensorFlow crash the process.

    Returns:
        The open file, to be kept open as long as the program runs, or None where the disk
        would not take it.
    """
    folder = folder or paths.log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "native-crash.txt").open("a", encoding="utf-8")
    except OSError:
        faulthandler.enable()
        return None
    faulthandler.enable(file)
    return file


def route_qt_messages() -> None:
    """Send what Qt has to say into the log."""
    qInstallMessageHandler(_on_qt_message)


_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    # Qt quotes file names ("Cannot open ..."), so its quoted words go as well.
    _qt_log.log(_QT_LEVELS.get(kind, logging.WARNING), "%s", discreet(message))
    if kind is QtMsgType.QtFatalMsg:
        sys.stderr.write(f"{message}\n")
