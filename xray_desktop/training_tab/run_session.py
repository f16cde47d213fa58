"""One run and its thread, so that the tab can tell its events from those of a run before it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from training.fit.config import TrainConfig
from training.fit.crossval_events import CrossValEvent
from xray_desktop.workers.training_thread import TrainingThread, WorkFunction


class RunSession(QObject):
    """A ``TrainingThread`` whose events carry the session they belong to.

    Args:
        config: The run's settings.
        train: Stands in for the engine in tests.
        parent: The tab; it must live until ``ended``.

    Signals:
        reported: (session, event).
        ended: session; its thread is over.
    """

    reported = Signal(object, object)
    ended = Signal(object)

    def __init__(
        self, config: TrainConfig, train: WorkFunction | None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.config = config
        self._thread = TrainingThread(config, train, self)
        self._thread.event_reported.connect(self._on_event)
        self._thread.finished.connect(self._on_finished)

    def start(self) -> None:
        """Start the run."""
        self._thread.start()

    def stop_and_keep(self) -> None:
        """End after the current step and keep both models."""
        self._thread.stop_and_keep()

    def cancel(self) -> None:
        """Discard the run."""
        self._thread.cancel()

    def wait(self, milliseconds: int) -> bool:
        """Wait for the thread; False where it still works."""
        return self._thread.wait(milliseconds)

    @Slot(object)
    def _on_event(self, event: CrossValEvent) -> None:
        self.reported.emit(self, event)

    @Slot()
    def _on_finished(self) -> None:
        self.ended.emit(self)
