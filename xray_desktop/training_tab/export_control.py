"""From the Export button to a folder: asks, writes it in a worker, tells how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from training.models.export_formats import ExportFormat
from training.models.export_parity import Parity
from xray_desktop.state.training_state import Message
from xray_desktop.training_tab.export_dialog import ExportChoice, ask_export, tell_export
from xray_desktop.training_tab.store import Store, message_of
from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread

_JOB = "export"


class ExportControl(QObject):
    """Exports models of the run that is shown.

    Args:
        store: The tab's state.
        parent: The tab.
    """

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._window = parent
        self.ask: Callable[[QWidget, Path, Sequence[str]], ExportChoice | None] = ask_export
        self.tell: Callable[[QWidget, Path, Parity], bool] = tell_export
        self.export: Callable[..., Parity] = _export
        self._choice: ExportChoice | None = None
        self._jobs = JobThread("model export", self)
        self._jobs.done.connect(self._on_done)
        self._jobs.progressed.connect(self._on_progressed)

    @Slot()
    def request(self) -> None:
        """Ask which, as what and where; then write it."""
        run = self._store.state.run
        if run is None or not self._store.allowed.export:
            return
        models = [result.kind for result in (run.best, run.final) if result is not None]
        choice = self.ask(self._window, run.folder, models)
        if choice is None:
            return
        self._choice = choice
        path = next(
            result.path
            for result in (run.best, run.final)
            if result and result.kind == choice.model
        )
        self._say("Writing the file; this takes about half a minute.", is_exporting=True)
        self._jobs.submit_long(_JOB, self.export, path, choice.target, choice.kind)

    def is_busy(self) -> bool:
        """True while a model is exported."""
        return self._jobs.is_busy()

    def shut_down(self) -> None:
        """End the thread as soon as the export heeds it; never waits."""
        self._jobs.stop()

    def _say(self, words: str, *, is_exporting: bool) -> None:
        choice = self._choice
        assert choice is not None
        message = Message(
            f"Exporting the {choice.model} model as {choice.kind.full_name}.", words, is_error=False
        )
        state = self._store.state
        self._store.put(replace(state, is_exporting=is_exporting).with_message(message))

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        self._say(f"Comparing films: {progress.done:,} of {progress.total:,}.", is_exporting=True)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        choice, self._choice = self._choice, None
        state = replace(self._store.state, is_exporting=False)
        if isinstance(outcome, JobFailed):
            message = message_of(outcome.error, "The model could not be exported.")
            self._store.put(state.with_message(message))
            return
        self._store.put(state.with_message(None))
        if choice is not None and self.tell(self._window, choice.target, outcome.result):
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(choice.target)))


class _Cancelled(Exception):  # noqa: N818 - no error: the window closes
    """Nobody waits for the export any more."""


def _export(
    path: Path,
    target: Path,
    kind: ExportFormat,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Parity:
    """In the worker."""
    from xray_desktop.workers.smooth_import import import_tensorflow

    import_tensorflow()
    from training.fit.export_films import films_to_compare
    from training.models.export import export_model

    films = films_to_compare(path)

    def after_film(done: int) -> None:
        if cancelled():
            raise _Cancelled
        progress(done, len(films))

    return export_model(path, target, kind, films, origin=films.origin, after_film=after_film)
