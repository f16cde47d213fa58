"""The facts of a cross-validation in the training tab: its folds, and how far it is. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from training.fit.crossval_events import (
    CrossValEvent,
    CrossValFinished,
    CrossValStopped,
    FoldFinished,
    FoldStarted,
)
from training.fit.crossval_folder import CrossValidation
from training.fit.run_folder import Run
from xray_desktop.state.training_share import RunShare


@dataclass(frozen=True)
class CrossValState:
    """A cross-validation under way, or one that has ended.

    Args:
        network: Its network's name.
        count: Number of folds.
        number: The fold that trains, from 1; 0 before the first.
        runs: The finished run of each fold, None where there is none yet.
        folder: Its folder, or None before the first fold began.
        result: With pooled figures, once all folds are done.
    """

    network: str
    count: int
    number: int = 0
    runs: tuple[Run | None, ...] = ()
    folder: Path | None = None
    result: CrossValidation | None = None

    @classmethod
    def of_folder(cls, crossval: CrossValidation) -> CrossValState:
        """A finished one, as its folder tells it."""
        return cls(
            network=crossval.config.network.name,
            count=crossval.count,
            number=crossval.count,
            runs=crossval.runs,
            folder=crossval.folder,
            result=crossval,
        )

    @property
    def num_finished(self) -> int:
        """Folds that are done."""
        return sum(run is not None for run in self.runs)

    @property
    def synthetic(self) -> bool:
        """True for the sample set."""
        return any(run is not None and run.synthetic for run in self.runs)

    def after(self, event: CrossValEvent) -> CrossValState:
        """The state after an event; those of a run in it change nothing here."""
        match event:
            case FoldStarted():
                return replace(self, number=event.number, folder=event.folder)
            case FoldFinished():
                runs = list(self.runs or (None,) * self.count)
                runs[event.number - 1] = event.run
                return replace(self, runs=tuple(runs), folder=event.run.folder.parent)
            case CrossValFinished():
                result = event.result
                return replace(self, result=result, runs=result.runs, folder=result.folder)
            case CrossValStopped():
                return replace(self, folder=event.folder)
            case _:
                return self


class CrossValShare:
    """How much of a cross-validation is done, and the time left for all of it.

    Args:
        count: Number of folds.
        num_epochs: Epochs of each.
    """

    def __init__(self, count: int, num_epochs: int) -> None:
        self._count = count
        self._num_epochs = num_epochs
        self._fold = RunShare(num_epochs)
        self._num_done = 0
        self._num_trained = 0
        self._began = 0.0
        self._seconds = 0.0
        self.share: float | None = 0.0
        """Done, 0-1."""
        self.seconds_left: float | None = None
        """Or None while that is not known."""

    def add(self, event: CrossValEvent, now: float) -> None:
        """Take in an event.

        Args:
            event: Of this cross-validation.
            now: Clock in seconds when it came.
        """
        match event:
            case FoldStarted():
                self._fold = RunShare(self._num_epochs)
                self._began = now
            case FoldFinished():
                self._num_done += 1
                if not event.is_earlier:
                    self._num_trained += 1
                    self._seconds += now - self._began
                self._fold = RunShare(self._num_epochs)
            case CrossValFinished() | CrossValStopped():
                return
            case _:
                self._fold.add(event, now)
        # Reading films fills the bar of a run once before it trains; that is none of the whole.
        within = self._fold.share if self._fold.seconds_left is not None else 0.0
        self.share = min(1.0, (self._num_done + (within or 0.0)) / self._count)
        self.seconds_left = self._left(now)

    def _left(self, now: float) -> float | None:
        """Of the fold that trains, and as much for each to come as the past ones took."""
        to_come = self._count - self._num_done - 1
        fold = self._fold.seconds_left
        if to_come < 0:
            return None
        if self._num_trained:
            each = self._seconds / self._num_trained
            present = max(0.0, each - (now - self._began)) if fold is None else fold
            return present + to_come * each
        if fold is None:
            return None
        return fold + to_come * (now - self._began + fold)
