"""What a cross-validation tells, beside the events of the runs in it. Frozen values.

Order: for each fold ``FoldStarted``, the run's own events without its end, ``FoldFinished``; a fold
that was finished earlier tells ``FoldFinished`` alone. Then exactly one of ``CrossValFinished``,
``CrossValStopped``, ``RunFailed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.fit.events import Event

if TYPE_CHECKING:
    from training.fit.crossval_folder import CrossValidation
    from training.fit.run_folder import Run


@dataclass(frozen=True)
class FoldStarted:
    """A fold's run begins.

    Args:
        number: From 1.
        count: Number of folds.
        folder: The cross-validation's folder.
    """

    number: int
    count: int
    folder: Path


@dataclass(frozen=True)
class FoldFinished:
    """A fold's run is saved and measured.

    Args:
        number: From 1.
        count: Number of folds.
        run: The run; ``run.best.test`` are the figures on the fold.
        is_earlier: True where it was finished before and was not trained again.
    """

    number: int
    count: int
    run: Run
    is_earlier: bool


@dataclass(frozen=True)
class CrossValFinished:
    """All folds are done and pooled."""

    result: CrossValidation


@dataclass(frozen=True)
class CrossValStopped:
    """The user ended it early; finished folds are kept and need not be trained again.

    Args:
        folder: Its folder, or None where nothing was finished and nothing is kept.
        num_finished: Folds that are finished.
        count: Number of folds.
    """

    folder: Path | None
    num_finished: int
    count: int


CrossValEvent = Event | FoldStarted | FoldFinished | CrossValFinished | CrossValStopped
