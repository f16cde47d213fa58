"""The sharing worker's front: short jobs, and long ones with a window of progress and Stop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread

# Quicker than this, a window of its own would only flicker.
_SLOW_MS = 600
_WIDTH_PX = 380


class SharingWorker(QObject):
    """One long job at a time; reading goes on beside it.

    Args:
        thread: A worker of its own.
        window: Over which the progress appears.

    Signals:
        done: ``JobDone`` or ``JobFailed``; also of a job that was stopped.
    """

    done = Signal(object)

    def __init__(self, thread: JobThread, window: QWidget) -> None:
        super().__init__(window)
        self._thread = thread
        self._window = window
        self._stop = threading.Event()
        self._words = ""
        self.progress: QProgressDialog | None = None
        thread.done.connect(self._on_done)
        thread.progressed.connect(self._on_progressed)

    def submit(self, key: str, function: Callable[..., object], *given: object) -> None:
        """Have a short job done."""
        self._thread.submit(key, function, *given)

    def submit_long(
        self, key: str, words: str, function: Callable[..., object], *given: object
    ) -> None:
        """Have a long job done; the function takes ``progress`` and ``cancelled`` besides.

        Args:
            key: What the job is about.
            words: What is going on: "Making the report".
            function: Called in the worker; once ``cancelled`` it tells what it has so far.
            given: Its arguments.
        """
        self.close()
        self._stop = threading.Event()
        self._words = words
        self._thread.submit_long(key, _stoppable, function, self._stop, given)
        progress = QProgressDialog(f"{words}...", "Stop", 0, 0, self._window)
        progress.setObjectName("sharingProgress")
        progress.setWindowTitle(words)
        progress.setWindowModality(Qt.WindowModality.NonModal)
        progress.setMinimumDuration(_SLOW_MS)
        progress.setAutoReset(False)
        progress.setMinimumWidth(_WIDTH_PX)
        progress.canceled.connect(self.stop)
        self.progress = progress

    @Slot()
    def stop(self) -> None:
        """End the long job at its next film; what it has so far is delivered."""
        self._stop.set()

    def close(self) -> None:
        """End what is going on, and its window."""
        self._stop.set()
        self._end_progress()

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        if self.progress is not None and not self._stop.is_set():
            self.progress.setMaximum(progress.total)
            self.progress.setValue(progress.done)
            done, total = f"{progress.done:,}", f"{progress.total:,}"
            self.progress.setLabelText(f"{self._words}: {done} of {total} films")

    def _end_progress(self) -> None:
        progress, self.progress = self.progress, None
        if progress is not None:
            # Closing counts as cancelling.
            progress.canceled.disconnect(self.stop)
            progress.close()
            progress.deleteLater()

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if not self._thread.is_busy():
            self._end_progress()
        self.done.emit(outcome)


def _stoppable(
    function: Callable[..., object],
    stop: threading.Event,
    given: tuple[object, ...],
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> object:
    """Run a long function that the user may stop; unlike one that was cancelled it is delivered."""
    return function(*given, progress=progress, cancelled=partial(_either, stop, cancelled))


def _either(stop: threading.Event, cancelled: Callable[[], bool]) -> bool:
    return stop.is_set() or cancelled()
