"""What a run tells while it works. Frozen values that may cross threads.

Order: ``RunStarted``, then phases, batches and epochs, then exactly one of
``RunFinished``, ``RunCancelled``, ``RunFailed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.fit.run_folder import Run


class Phase(StrEnum):
    """What a run is doing, in the order it happens."""

    STARTING = "starting"
    SCANNING = "looking through the folder"
    READING = "reading films"
    BUILDING = "building the network"
    SITE = "learning from outlines"
    FEATURES = "computing features"
    FIRST_STEP = "first step"
    TRAINING = "training"
    VALIDATING = "validating"
    SAVING = "saving both models"
    EVALUATING = "measuring both models"


@dataclass(frozen=True)
class RunStarted:
    """The run folder exists.

    Args:
        run_id: The run folder's name.
        folder: The run folder.
    """

    run_id: str
    folder: Path


@dataclass(frozen=True)
class PhaseChanged:
    """A new phase, or progress within it.

    Args:
        phase: The phase.
        done: Films (or steps) done in this phase.
        total: Of how many, or 0 where that is unknown.
        detail: A few words more ("412 films left out"), or empty.
    """

    phase: Phase
    done: int = 0
    total: int = 0
    detail: str = ""


@dataclass(frozen=True)
class DataReady:
    """The films are read.

    Args:
        num_train: Files to train on.
        num_validation: Files to validate on.
        constant_guess: Accuracy on the validation files of always naming their commoner class, 0-1.
        constant_class: That class's name.
        num_skipped: Files left out.
    """

    num_train: int
    num_validation: int
    constant_guess: float
    constant_class: str
    num_skipped: int


@dataclass(frozen=True)
class BatchEnded:
    """One training step.

    Args:
        epoch: From 1.
        step: Step within the epoch, from 1.
        steps: Steps per epoch.
        loss: Of this batch alone.
        accuracy: Of this batch alone, 0-1.
        films_per_second: Over the last steps, without validation.
    """

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float
    films_per_second: float


@dataclass(frozen=True)
class EpochEnded:
    """One epoch with its validation; a line of the history.

    Args:
        epoch: From 1.
        loss: Mean training loss, augmented films, weights as they were at each step.
        accuracy: Likewise, 0-1.
        val_loss: Validation loss at the epoch's end.
        val_accuracy: Validation accuracy, 0-1.
        val_auc: Area under the ROC curve on validation, 0-1.
        learning_rate: Used in this epoch.
        seconds: Time since training started.
        is_best: The best so far by the run's monitor.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    val_auc: float
    learning_rate: float
    seconds: float
    is_best: bool


@dataclass(frozen=True)
class RunFinished:
    """Both models are saved, proven by reload and measured. ``run.status`` tells whether it was stopped early."""

    run: Run


@dataclass(frozen=True)
class RunCancelled:
    """The user discarded the run; its folder is gone."""


@dataclass(frozen=True)
class RunFailed:
    """The run could not go on.

    Args:
        what: What happened, in words for a reader of films.
        advice: What to do, or empty.
        details: Traceback for the log, or empty where the cause is the user's to mend.
        kept: What was saved of the run, in words, or empty.
    """

    what: str
    advice: str = ""
    details: str = ""
    kept: str = ""


Event = (
    RunStarted
    | PhaseChanged
    | DataReady
    | BatchEnded
    | EpochEnded
    | RunFinished
    | RunCancelled
    | RunFailed
)
