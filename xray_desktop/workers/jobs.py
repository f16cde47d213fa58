"""Small jobs off the GUI thread: reading films, thumbnails, scanning, prediction.

One ``JobThread`` is one long-lived worker with a queue, so what its jobs share (a
``Predictor``, say) belongs to a single thread. The object itself lives in the GUI thread:
connect its signals to ``@Slot`` methods of objects that live there too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from training.errors import UserError

log = logging.getLogger(__name__)

STACK_BYTES = 16 * 2**20
"""Secondary threads get 512 KiB on macOS; decoders and TensorFlow want more."""

_PROGRESS_INTERVAL_S = 0.05


@dataclass(frozen=True, eq=False)
class JobDone:
    """A job's result.

    Args:
        request_id: What ``submit`` gave.
        key: The key it was submitted with.
        result: What the function returned.
    """

    request_id: int
    key: Hashable
    result: Any


@dataclass(frozen=True, eq=False)
class JobFailed:
    """A job that raised.

    Args:
        request_id: What ``submit`` gave.
        key: The key it was submitted with.
        error: A ``UserError`` to be shown as it is, or anything else: a bug, already logged.
    """

    request_id: int
    key: Hashable
    error: Exception


@dataclass(frozen=True)
class JobProgress:
    """How far a long job is.

    Args:
        request_id: What ``submit_long`` gave.
        key: The key it was submitted with.
        done: Units done.
        total: Of how many, or 0 where that is unknown.
    """

    request_id: int
    key: Hashable
    done: int
    total: int


@dataclass(eq=False)
class _Job:
    """One queued call. ``cancelled`` is set from the GUI thread and read by the worker."""

    request_id: int
    key: Hashable
    function: Callable[..., Any]
    args: tuple[Any, ...]
    is_long: bool = False
    cancelled: threading.Event = field(default_factory=threading.Event)


class JobThread(QThread):
    """A queue of jobs in one worker thread, newest first wins per key.

    The thread starts with the first job. ``done`` and ``progressed`` are emitted in the GUI
    thread, and never for a job that was replaced, cancelled or stopped in the meantime: the
    check is made at delivery, so a result cannot overtake a newer request.

    Args:
        name: Shown in debuggers and logs.
        parent: The owner. It must not be destroyed before ``finished``.

    Signals:
        done: ``JobDone`` or ``JobFailed``.
        progressed: ``JobProgress``, at most every 50 ms a job.
        became_idle: The queue is empty and nothing runs.
    """

    done = Signal(object)
    progressed = Signal(object)
    became_idle = Signal()
    _job_ended = Signal(object, object)
    _job_progressed = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setStackSize(STACK_BYTES)
        self._ids = count(1)
        self._condition = threading.Condition()
        self._queue: deque[_Job] = deque()
        self._stopping = False
        # Jobs submitted and not yet delivered; GUI thread only.
        self._pending: dict[int, _Job] = {}
        # Signals of an object that lives in the GUI thread, emitted by the worker: queued.
        self._job_ended.connect(self._deliver)
        self._job_progressed.connect(self._deliver_progress)

    def submit(
        self, key: Hashable, function: Callable[..., Any], *args: Any, replace: bool = True
    ) -> int:
        """Queue ``function(*args)``.

        Args:
            key: What the job is about.
            function: Called in the worker. Its result must not be used there afterwards.
            args: Its arguments.
            replace: Forget earlier jobs of the same key, also one that runs just now: its
                result will not be delivered.

        Returns:
            The request's id, unique in this thread.
        """
        return self._put(_Job(next(self._ids), key, function, args), replace)

    def submit_long(
        self, key: Hashable, function: Callable[..., Any], *args: Any, replace: bool = True
    ) -> int:
        """Like ``submit``, for functions that report and can be told to end.

        The function is called with the keywords ``progress(done, total)`` and
        ``cancelled() -> bool`` besides (``scan_folder``, ``make_demo_set``).
        """
        return self._put(_Job(next(self._ids), key, function, args, is_long=True), replace)

    def _put(self, job: _Job, replace: bool) -> int:
        if replace:
            self.cancel(job.key)
        with self._condition:
            if self._stopping:
                return job.request_id
            self._pending[job.request_id] = job
            self._queue.append(job)
            self._condition.notify()
        if not self.isRunning():
            self.start()
        return job.request_id

    def cancel(self, key: Hashable) -> None:
        """Forget all jobs of a key: none of them will be delivered."""
        for job in [job for job in self._pending.values() if job.key == key]:
            self._forget(job)

    def cancel_all(self) -> None:
        """Forget every job."""
        for job in list(self._pending.values()):
            self._forget(job)

    def _forget(self, job: _Job) -> None:
        job.cancelled.set()
        with self._condition:
            if job in self._queue:
                self._queue.remove(job)
                del self._pending[job.request_id]
        # One that runs stays pending until it ends, so is_busy() stays true to the fact.

    def is_busy(self) -> bool:
        """True while a job waits, runs or is on its way back."""
        return bool(self._pending)

    def is_waiting_for(self, key: Hashable) -> bool:
        """True while a job of this key may still be delivered."""
        return any(job.key == key and not job.cancelled.is_set() for job in self._pending.values())

    def stop(self) -> None:
        """Forget every job and end the thread after the one that runs; never waits.

        Ends with ``finished`` where ``isRunning()`` was true, else nothing follows.
        """
        self.cancel_all()
        with self._condition:
            self._stopping = True
            self._condition.notify()

    def run(self) -> None:
        """The worker: takes jobs until stopped."""
        while (job := self._next_job()) is not None:
            outcome = self._outcome(job)
            self._job_ended.emit(job, outcome)
            # An idle worker must not keep the last film or model alive.
            del job, outcome

    def _next_job(self) -> _Job | None:
        with self._condition:
            while not self._queue and not self._stopping:
                self._condition.wait()
            return None if self._stopping else self._queue.popleft()

    def _outcome(self, job: _Job) -> JobDone | JobFailed:
        try:
            if job.is_long:
                result = job.function(
                    *job.args,
                    progress=_ProgressGate(job, self._job_progressed.emit),
                    cancelled=job.cancelled.is_set,
                )
            else:
                result = job.function(*job.args)
        except UserError as error:
            return JobFailed(job.request_id, job.key, error)
        except Exception as error:
            # Broad: a bug in one job must not end the worker for all later ones.
            if not job.cancelled.is_set():
                log.exception("job of %s failed", self.objectName())
            return JobFailed(job.request_id, job.key, error)
        return JobDone(job.request_id, job.key, result)

    @Slot(object, object)
    def _deliver(self, job: _Job, outcome: JobDone | JobFailed) -> None:
        self._pending.pop(job.request_id, None)
        if not job.cancelled.is_set():
            self.done.emit(outcome)
        if not self._pending:
            self.became_idle.emit()

    @Slot(object, object)
    def _deliver_progress(self, job: _Job, progress: JobProgress) -> None:
        if not job.cancelled.is_set():
            self.progressed.emit(progress)


class _ProgressGate:
    """Lets progress through at most every 50 ms, and always the last."""

    def __init__(self, job: _Job, emit: Callable[[_Job, JobProgress], None]) -> None:
        self._job = job
        self._emit = emit
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now >= self._next or done == total:
            self._next = now + _PROGRESS_INTERVAL_S
            self._emit(self._job, JobProgress(self._job.request_id, self._job.key, done, total))
