"""What there is to draw of one run: under way or read back from its folder. No Qt."""

from __future__ import annotations

import numpy as np

from training.fit.crossval_events import CrossValEvent
from training.fit.events import BatchEnded, DataReady, EpochEnded, Phase, PhaseChanged
from training.fit.run_folder import Run
from xray_desktop.state.training_curves import BatchHistory, Values

MEASURES = ("loss", "accuracy", "val_loss", "val_accuracy")


class RunCurves:
    """The curves of one run.

    Args:
        num_epochs: Epochs asked for.
        name: What its legend calls it, or empty for the run under way.
    """

    def __init__(self, num_epochs: int, name: str = "") -> None:
        self.num_epochs = num_epochs
        self.name = name
        self.batches = BatchHistory()
        self.epochs: list[EpochEnded] = []
        self.constant_guess: float | None = None
        self.constant_class = ""
        self._zero: float | None = None
        self._position = 0.0
        self._seconds = 0.0

    @classmethod
    def of_run(cls, run: Run) -> RunCurves:
        """The curves of a run as its folder tells them; batches are not kept there."""
        curves = cls(run.config.epochs, f"{run.config.network.name} {run_moment(run)}")
        curves.epochs = list(run.history)
        curves.constant_guess = run.constant_guess
        return curves

    def add(self, event: CrossValEvent, now: float) -> bool:
        """Take in an event.

        Args:
            event: Of this run; those of a cross-validation draw nothing.
            now: Clock in seconds when it came.

        Returns:
            True where something to draw has changed.
        """
        match event:
            case PhaseChanged(phase) if phase is Phase.FIRST_STEP:
                self._zero = now
                return False
            case DataReady():
                self.constant_guess = event.constant_guess
                self.constant_class = event.constant_class
                return True
            case BatchEnded():
                if self._zero is None:
                    self._zero = now
                self._position = event.epoch - 1 + event.step / max(1, event.steps)
                # The engine's clock sets ours right once an epoch; time never runs back.
                self._seconds = max(self._seconds, now - self._zero)
                self.batches.add(self._position, self._seconds, event.loss)
                return True
            case EpochEnded():
                # The engine's clock is the one in the history: batches follow it.
                self._zero = now - event.seconds
                self.epochs.append(event)
                return True
            case _:
                return False

    @property
    def seconds(self) -> float:
        """How long the run has trained, in seconds."""
        batches = self.batches.x(by_time=True)
        ended = self.epochs[-1].seconds if self.epochs else 0.0
        return max(float(batches[-1]) if batches.size else 0.0, ended)

    @property
    def position(self) -> float:
        """How far the run is, in epochs."""
        return max(self._position, float(self.epochs[-1].epoch) if self.epochs else 0.0)

    def x(self, *, by_time: bool) -> Values:
        """Positions of the epochs, float64 (n,): epochs, or seconds since training started."""
        return np.array([e.seconds if by_time else e.epoch for e in self.epochs], np.float64)

    def values(self, measure: str) -> Values:
        """One of ``MEASURES`` per epoch, float64 (n,)."""
        return np.array([getattr(epoch, measure) for epoch in self.epochs], np.float64)

    @property
    def best(self) -> EpochEnded | None:
        """The best epoch so far by the run's own rule, or None."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.is_best), None)

    def nearest(self, x: float, *, by_time: bool) -> EpochEnded | None:
        """The epoch nearest to a place on the axis, or None without epochs."""
        if not self.epochs:
            return None
        return self.epochs[int(np.argmin(np.abs(self.x(by_time=by_time) - x)))]


def run_moment(run: Run) -> str:
    """When a run started, short: "11-23 14:02"; empty where its folder does not say."""
    text = run.started
    return f"{text[5:10]} {text[11:16]}" if len(text) >= 16 else ""
