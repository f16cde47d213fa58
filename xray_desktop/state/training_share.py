"""How much of a run is done, told from its events. No Qt."""

from __future__ import annotations

from training.fit.crossval_events import CrossValEvent
from training.fit.events import BatchEnded, DataReady, Phase, PhaseChanged
from xray_desktop.state.training_eta import TimeLeft, Workload


class RunShare:
    """Follows one run.

    Args:
        num_epochs: Epochs asked for.
    """

    def __init__(self, num_epochs: int) -> None:
        self._num_epochs = num_epochs
        self._work: Workload | None = None
        self._time_left = TimeLeft()
        self._features_left = TimeLeft()
        self._epoch = 1
        self.share: float | None = 0.0
        """Done, 0-1; None while that is not known."""
        self.seconds_left: float | None = None
        """Or None while the first steps settle."""

    def add(self, event: CrossValEvent, now: float) -> None:
        """Take in an event.

        Args:
            event: Of this run; those of a cross-validation change nothing.
            now: Clock in seconds when it came.
        """
        match event:
            case DataReady():
                self._work = Workload(event.num_train, event.num_validation, self._num_epochs)
            case BatchEnded() if self._work is not None:
                self._epoch = event.epoch
                done = self._work.training_done(event.epoch, event.step, event.steps)
                self._follow(self._work, done, now)
            case PhaseChanged():
                self._enter(event, now)
            case _:
                pass

    def _enter(self, event: PhaseChanged, now: float) -> None:
        work = self._work
        if event.phase in (Phase.STARTING, Phase.BUILDING, Phase.FIRST_STEP):
            self.share = None
        elif event.phase in (Phase.SCANNING, Phase.READING):
            self.share = event.done / event.total if event.total else None
        elif event.phase is Phase.FEATURES:
            # Nearly all of such a run: the epochs after it take seconds.
            self.share = event.done / event.total if event.total else None
            self.seconds_left = self._features_left.update(now, event.done, event.total)
        elif work is None:
            self.share = None
        elif event.phase is Phase.VALIDATING and event.total:
            self._follow(work, work.validating_done(self._epoch, event.done, event.total), now)
        elif event.phase is Phase.SAVING:
            self._show(work, work.measuring_done(0, 1))
        elif event.phase is Phase.EVALUATING:
            # After "Stop and keep" the bar jumps ahead once; the speed must not learn from it.
            self._show(work, work.measuring_done(event.done, event.total))

    def _follow(self, work: Workload, done: float, now: float) -> None:
        self._show(work, done)
        self.seconds_left = self._time_left.update(now, done, work.total)

    def _show(self, work: Workload, done: float) -> None:
        self.share = min(1.0, max(0.0, done / work.total)) if work.total else None
