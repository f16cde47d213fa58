"""From the Report button to a file: asks, writes it in a worker, offers to open it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from xray_desktop.training_tab.report_dialog import ReportChoice, ask_open, ask_report
from xray_desktop.training_tab.store import Store, message_of
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread


class ReportControl(QObject):
    """Writes reports of what the tab shows.

    Args:
        store: The tab's state.
        parent: The tab.
    """

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._window = parent
        self.ask: Callable[[QWidget, Path], ReportChoice | None] = ask_report
        self.ask_open: Callable[[QWidget, Path], bool] = ask_open
        self._jobs = JobThread("training report", self)
        self._jobs.done.connect(self._on_done)

    @Slot()
    def request(self) -> None:
        """Ask what and where, then write it."""
        folder = shown_folder(self._store)
        if folder is None or not self._store.allowed.report:
            return
        choice = self.ask(self._window, folder)
        if choice is not None:
            self._jobs.submit("report", _write, folder, choice.target, choice.pictures)

    def is_busy(self) -> bool:
        """True while a report is written."""
        return self._jobs.is_busy()

    def shut_down(self) -> None:
        """End the thread after the report it writes; never waits."""
        self._jobs.stop()

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if isinstance(outcome, JobFailed):
            message = message_of(outcome.error, "The report could not be written.")
            self._store.put(self._store.state.with_message(message))
        elif self.ask_open(self._window, outcome.result):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(outcome.result)))


def shown_folder(store: Store) -> Path | None:
    """The folder of the run, cross-validation or study that is shown."""
    state = store.state
    if state.study is not None:
        return state.study.folder
    if state.crossval is not None:
        return state.crossval.folder
    return state.run.folder if state.run is not None else None


def _write(folder: Path, target: Path, pictures: bool) -> Path:
    from training.report.make import write_report

    write_report(folder, target, pictures=pictures)
    return target
