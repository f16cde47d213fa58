"""What a user sees when something goes wrong: one dialog, in plain words, that never blocks.

A ``UserError`` is shown as it is. Anything else is a bug: it is logged with its traceback,
kept as a crash file (``logs``) and told once.
"""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from training.errors import UserError
from xray_desktop import paths
from xray_desktop.logs import discreet_traceback, environment, write_crash_file

log = logging.getLogger(__name__)


def show_error(parent: QWidget | None, title: str, error: UserError) -> QMessageBox:
    """Tell the user what happened and what to do, without blocking.

    Args:
        parent: The window it belongs to.
        title: A few words: "Film not opened".
        error: What to tell.

    Returns:
        The open dialog; it deletes itself when closed.
    """
    return _open(parent, QMessageBox.Icon.Warning, title, error.what, error.advice)


def _open(
    parent: QWidget | None, symbol: QMessageBox.Icon, title: str, text: str, advice: str
) -> QMessageBox:
    box = QMessageBox(symbol, title, text, QMessageBox.StandardButton.Close, parent)
    # Names of files are text, never mark-up.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(advice)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setModal(False)
    box.show()
    return box


class BugReporter(QObject):
    """Takes every exception that nobody caught, from any thread: log, crash file, one dialog.

    Make one in the GUI thread and call ``install``. While its dialog is open, further errors
    are logged and counted, not shown: a bug in a paint event would bury the screen.
    """

    _bug_found = Signal(object)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder or paths.log_folder()
        self._dialog: QMessageBox | None = None
        # Queued from other threads, because this object lives in the GUI thread.
        self._bug_found.connect(self._tell)

    @property
    def dialog(self) -> QMessageBox | None:
        """The open dialog, or None."""
        return self._dialog

    def install(self) -> None:
        """Become the hook for uncaught exceptions of the main and of all other threads."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            QCoreApplication.quit()
            return
        self.report(error)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self.report(args.exc_value)

    def report(self, error: BaseException) -> None:
        """Log, keep and show one error. Any thread."""
        if isinstance(error, UserError):
            # Nobody showed it where it happened, so it is shown here; still no bug.
            log.warning("a %s reached the top", type(error).__name__)
        else:
            log.critical("uncaught", exc_info=error)
            write_crash_file(self._folder, error)
        self._bug_found.emit(error)

    @Slot(object)
    def _tell(self, error: BaseException) -> None:
        if self._dialog is not None or QApplication.instance() is None:
            return
        parent = QApplication.activeWindow()
        if isinstance(error, UserError):
            self._dialog = show_error(parent, "That did not work", error)
        else:
            self._dialog = self._bug_dialog(parent, error)
        self._dialog.destroyed.connect(self._on_dialog_gone)

    def _bug_dialog(self, parent: QWidget | None, error: BaseException) -> QMessageBox:
        box = _open(
            parent,
            QMessageBox.Icon.Critical,
            "A mistake in this program",
            "Something went wrong inside the program. Your films are untouched.",
            "You can go on working. If it happens again, close the program and start it anew. "
            "The details name no patient and no film; please send them to whoever looks after "
            "this program.",
        )
        details = f"{environment()}\n\n{discreet_traceback(error)}"
        copy = box.addButton("Copy details", QMessageBox.ButtonRole.ActionRole)
        copy.setObjectName("copyDetailsButton")
        # A message box closes on any of its buttons; this one keeps it open.
        copy.clicked.disconnect()
        copy.clicked.connect(_Copier(details, copy).copy)
        return box

    @Slot()
    def _on_dialog_gone(self) -> None:
        self._dialog = None


class _Copier(QObject):
    """Puts a text on the clipboard; lives as long as its button."""

    def __init__(self, text: str, parent: QObject) -> None:
        super().__init__(parent)
        self._text = text

    @Slot()
    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
