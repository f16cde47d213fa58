"""What is made of all verdicts together: agreement figures and the table for spreadsheets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from training.errors import UserError
from xray_desktop.review.agreement import Comparison, comparisons_of
from xray_desktop.review.export import export_rows
from xray_desktop.review.store import VerdictStore
from xray_desktop.tables import write_rows
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.verdict.agreement_dialog import AgreementDialog
from xray_desktop.viewer_tab.verdict.verdict_panel import VerdictPanel
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_AGREEMENT, _EXPORT = "agreement", "export"


class VerdictFigures(QObject):
    """Answers the panel's two buttons.

    Args:
        panel: The reader's panel.
        thread: A worker; not the one that writes verdicts, for figures take their time.
        store: The file of verdicts.

    Signals:
        said: ``str, Kind``, for the message bar.
    """

    said = Signal(str, object)

    def __init__(self, panel: VerdictPanel, thread: JobThread, store: VerdictStore) -> None:
        super().__init__(panel)
        self._panel = panel
        self._thread = thread
        self._store = store
        self.dialog: AgreementDialog | None = None
        self._files: QFileDialog | None = None
        thread.done.connect(self._on_done)
        panel.agreement_asked.connect(self._on_agreement_asked)
        panel.export_asked.connect(self.ask_for_table)

    @Slot()
    def _on_agreement_asked(self) -> None:
        self._thread.submit(_AGREEMENT, _compare, self._store)

    @Slot()
    def ask_for_table(self) -> None:
        """Ask where the table of all verdicts is to go."""
        self._files = QFileDialog(self._panel, "Export verdicts", str(Path.home()))
        self._files.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self._files.setNameFilter("Tables (*.csv)")
        self._files.setDefaultSuffix("csv")
        self._files.selectFile("verdicts.csv")
        self._files.fileSelected.connect(self.export_to)
        self._files.open()

    @Slot(str)
    def export_to(self, target: str) -> None:
        """Write all verdicts to a CSV file; what came of it is ``said``."""
        self._thread.submit(_EXPORT, _export, self._store, Path(target))

    def close(self) -> None:
        """Close the window of figures."""
        if self.dialog is not None:
            self.dialog.close()

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key not in (_AGREEMENT, _EXPORT):
            # Looked up for someone else by the same worker.
            return
        if isinstance(outcome, JobFailed):
            self.said.emit(words_of(outcome.error), Kind.ERROR)
            return
        found, remark = outcome.result
        if outcome.key == _EXPORT:
            self.said.emit(found, Kind.NOTE)
        else:
            self.close()
            self.dialog = AgreementDialog(found, self._panel.window())
            self.dialog.destroyed.connect(self._on_closed)
            self.dialog.show()
        if remark:
            self.said.emit(remark, Kind.WARNING)

    @Slot()
    def _on_closed(self) -> None:
        self.dialog = None


def _compare(store: VerdictStore) -> tuple[tuple[Comparison, ...], str]:
    # There may be no file yet: no film was opened.
    remark = store.prepare()
    return comparisons_of(store.history()), remark


def _export(store: VerdictStore, target: Path) -> tuple[str, str]:
    remark = store.prepare()
    history = store.history()
    try:
        write_rows(target, export_rows(history))
    except OSError as error:
        raise UserError(f"{target.name} cannot be written: {error.strerror}.") from error
    verdicts = "1 verdict" if len(history) == 1 else f"{len(history):,} verdicts"
    return f"Written: {verdicts} to {target.name}.", remark
