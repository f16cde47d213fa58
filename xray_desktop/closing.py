"""Closing the window without losing a run, blocking, or killing a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from xray_desktop.workers.jobs import JobThread
from xray_desktop.workers.running import running_threads

_INTERVAL_MS = 50


class TrainingWork(Protocol):
    """What closing asks of the training tab."""

    def is_busy(self) -> bool:
        """True while a run trains, saves or measures."""

    def request_close(self) -> bool:
        """Ask the user where a run trains; False to stay open. True: it ends, or none was."""


class Work(Protocol):
    """What else may still be at work."""

    def shut_down(self) -> None:
        """End all jobs as soon as can be; never waits."""


class Closing(QObject):
    """Ends the work below a window and tells when nothing runs any more.

    Ends of runs, scans and jobs come from several threads in any order, so a timer looks at
    all of them instead of counting their signals: what counts is that no thread is left.

    Args:
        window: The window; its worker threads are its children, at any depth.

    Signals:
        done: Nothing runs any more: the window may be closed now.
    """

    done = Signal()

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._window = window
        self._training: TrainingWork | None = None
        self._work: Sequence[Work | JobThread] = ()
        self._is_told = False
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def is_under_way(self) -> bool:
        """True from the user's wish to close until nothing runs."""
        return self._timer.isActive()

    def may_close(self, training: TrainingWork | None, work: Sequence[Work | JobThread]) -> bool:
        """Take the wish to close.

        Args:
            training: The tab that may have to ask, or None.
            work: Everything to be ended.

        Returns:
            True where the window may close at once. Else ``done`` follows, unless the user
            chose to stay (then ``is_under_way`` is False). A second wish asks again, so that a
            run which takes long to save can still be thrown away.
        """
        self._training, self._work = training, work
        if training is not None and training.is_busy() and not training.request_close():
            self._timer.stop()
            return False
        if self._is_idle():
            self._timer.stop()
            return True
        self._timer.start()
        return False

    def _is_idle(self) -> bool:
        if self._training is not None and self._training.is_busy():
            return False
        if not self._is_told:
            # Only now, so that the tabs still show how the run ends.
            self._is_told = True
            for work in self._work:
                if isinstance(work, JobThread):
                    work.stop()
                else:
                    work.shut_down()
        return not running_threads(self._window)

    @Slot()
    def _on_tick(self) -> None:
        if self._is_idle():
            self._timer.stop()
            self.done.emit()
