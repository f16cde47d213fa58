"""The work of the data check's window, in worker threads of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from training.audit.repairs import Repair
from training.data.dataset import DataSet
from xray_desktop.film_grid.thumbnails import small_films
from xray_desktop.state.data_check_state import Checked
from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread


class CheckJobs(QObject):
    """Checks sets and makes repairs; has the small pictures made.

    ``thumbnails`` makes them, those in sight first.

    Signals:
        progressed: (films done, of how many).
        checked: ``Checked``.
        failed: The error.
    """

    progressed = Signal(int, int)
    checked = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._checks = JobThread("data check", self)
        self._pictures = JobThread("data check pictures", self)
        self.thumbnails = small_films(self._pictures, self)
        self._checks.done.connect(self._on_done)
        self._checks.progressed.connect(self._on_progressed)

    def check(self, data: DataSet, share: float, seed: int) -> None:
        """Check a set and keep what is found, with the repairs of an earlier check."""
        self._checks.submit_long("check", _check, data, share, seed)

    def repair(self, checked: Checked, repairs: tuple[Repair, ...]) -> None:
        """Apply and keep a set's repairs."""
        self._checks.submit("check", _repair, checked, repairs)

    def cancel(self) -> None:
        """Give the check up; nothing is told of it afterwards."""
        self._checks.cancel("check")

    def is_busy(self) -> bool:
        """True while anything runs or waits."""
        return self._checks.is_busy() or self._pictures.is_busy()

    def stop(self) -> None:
        """Give everything up and end the threads after their present job; never waits."""
        self._checks.stop()
        self._pictures.stop()

    @Slot(object)
    def _on_progressed(self, progress: JobProgress) -> None:
        self.progressed.emit(progress.done, progress.total)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if isinstance(outcome, JobFailed):
            self.failed.emit(outcome.error)
        else:
            self.checked.emit(outcome.result)


def _check(
    data: DataSet,
    share: float,
    seed: int,
    *,
    progress: Callable[[int, int], None],
    cancelled: Callable[[], bool],
) -> Checked:
    from training.audit.check import check_data
    from training.audit.kept import default_path

    path = default_path(data)
    repairs = _kept_repairs(data, path)
    audit = check_data(
        data,
        validation_share=share,
        seed=seed,
        progress=lambda _, done, total: progress(done, total),
        cancelled=cancelled,
    )
    return _repair(Checked(path, audit, audit), repairs)


def _kept_repairs(data: DataSet, path: Path) -> tuple[Repair, ...]:
    from training.audit.kept import read_check, repairs_for

    return repairs_for(data, read_check(path)) if path.exists() else ()


def _repair(checked: Checked, repairs: tuple[Repair, ...]) -> Checked:
    from training.audit.check import with_repairs
    from training.audit.kept import keep_audit

    now = with_repairs(checked.found, repairs)
    keep_audit(checked.path, checked.found, repairs)
    return Checked(checked.path, checked.found, now, repairs)
