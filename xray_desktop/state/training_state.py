"""The facts of the training tab. No Qt.

The tab holds one ``TrainingState``, replaces it on every event and renders the panels from it;
what may be pressed when is said by ``training_controls``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from training.data.dataset import DataSet
from training.fit.crossval_events import (
    CrossValEvent,
    CrossValFinished,
    CrossValStopped,
    FoldStarted,
)
from training.fit.crossval_folder import CrossValidation
from training.fit.events import (
    BatchEnded,
    DataReady,
    EpochEnded,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
)
from training.fit.run_folder import Run, RunStatus
from training.fit.study_folder import StudyState
from xray_desktop.state.crossval_state import CrossValState


class Stage(StrEnum):
    """Where the tab stands."""

    IDLE = "idle"
    RUNNING = "running"
    STOPPING = "stopping"
    CANCELLING = "cancelling"


class Outcome(StrEnum):
    """How the last run of this session ended."""

    NONE = ""
    FINISHED = "Finished"
    STOPPED = "Stopped and kept"
    PAUSED = "Stopped; finished folds are kept"
    CANCELLED = "Cancelled; nothing of the run was kept"
    FAILED = "Failed"


@dataclass(frozen=True)
class Message:
    """What the message bar says.

    Args:
        what: What happened, a sentence.
        advice: What to do next, or empty.
        is_error: False for a mere notice.
    """

    what: str
    advice: str = ""
    is_error: bool = True


@dataclass(frozen=True)
class Work:
    """Reading a folder or drawing the sample set.

    Args:
        what: "Looking through wrist".
        done: Files done.
        total: Of how many, or 0 where unknown.
    """

    what: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Progress:
    """Where the run is.

    Args:
        epochs: Epochs asked for.
        learning_rate: In use.
        phase: What the run does.
        phase_done: Done within the phase.
        phase_total: Of how many, or 0.
        detail: A few words more.
        epoch: The epoch that runs, from 1; 0 before the first step.
        step: Steps done of it.
        steps: Steps per epoch.
        films_per_second: While training; 0 while unknown.
        data: What the run found in the folder.
        run_id: The run folder's name, or empty.
        folder: The run folder.
        history: The epochs that ended.
    """

    epochs: int
    learning_rate: float
    phase: Phase = Phase.STARTING
    phase_done: int = 0
    phase_total: int = 0
    detail: str = ""
    epoch: int = 0
    step: int = 0
    steps: int = 0
    films_per_second: float = 0.0
    data: DataReady | None = None
    run_id: str = ""
    folder: Path | None = None
    history: tuple[EpochEnded, ...] = ()


@dataclass(frozen=True)
class TrainingState:
    """All facts of the training tab.

    Args:
        data: The films chosen, with their data check where one was kept, or None.
        scanned: The same films as folder and names tell, or None.
        data_check: The data check's file that runs go by, or None.
        work: Reading or drawing films just now, or None.
        train_when_ready: Train as soon as the sample set is there.
        stage: Whether a run is under way.
        progress: Of the run under way, or of the last one in this session.
        outcome: How the last one ended.
        run: The run whose curves and table are shown, or None.
        runs: All runs in the runs folder, newest first.
        crossvals: All finished cross-validations in it, newest first.
        studies: All finished studies in it, newest first.
        overlays: Ids of runs laid over the curves.
        message: What the message bar says, or None.
        settings_problem: Why these settings cannot be used, or empty.
        crossval: The cross-validation under way or shown, or None; it takes the place of a run.
        study: The study shown, or None; it takes the place of a run too.
        is_exporting: A model is being written for other programs.
    """

    data: DataSet | None = None
    scanned: DataSet | None = None
    data_check: Path | None = None
    work: Work | None = None
    train_when_ready: bool = False
    stage: Stage = Stage.IDLE
    progress: Progress | None = None
    outcome: Outcome = Outcome.NONE
    run: Run | None = None
    runs: tuple[Run, ...] = ()
    crossvals: tuple[CrossValidation, ...] = ()
    studies: tuple[StudyState, ...] = ()
    overlays: frozenset[str] = field(default_factory=frozenset)
    message: Message | None = None
    settings_problem: str = ""
    crossval: CrossValState | None = None
    study: StudyState | None = None
    is_exporting: bool = False

    @property
    def is_training(self) -> bool:
        """True from Train until the run's thread told its end."""
        return self.stage is not Stage.IDLE

    # Films

    def reading(self, what: str, done: int = 0, total: int = 0) -> TrainingState:
        """Films are being read or drawn; the old ones stay until new ones are there."""
        return replace(self, work=Work(what, done, total))

    def with_data(
        self, data: DataSet, scanned: DataSet | None = None, check: Path | None = None
    ) -> TrainingState:
        """New films are there.

        Args:
            data: As runs take them.
            scanned: As folder and names tell, where that differs.
            check: The data check's file.
        """
        scanned = scanned or data
        return replace(self, data=data, scanned=scanned, data_check=check, work=None, message=None)

    def with_check(self, data: DataSet, check: Path) -> TrainingState:
        """The films that are there were checked, or repaired."""
        return replace(self, data=data, data_check=check)

    def with_message(self, message: Message | None) -> TrainingState:
        """Something is to be said, or nothing any more."""
        return replace(self, message=message)

    def reading_failed(self, message: Message) -> TrainingState:
        """The folder cannot be used: the old films stay."""
        return replace(self, work=None, train_when_ready=False, message=message)

    def reading_cancelled(self) -> TrainingState:
        """The user stopped the reading: the old films stay."""
        return replace(self, work=None, train_when_ready=False)

    # The run

    def run_requested(self, epochs: int, learning_rate: float) -> TrainingState:
        """Train was pressed with films at hand."""
        return replace(
            self,
            stage=Stage.RUNNING,
            progress=Progress(epochs, learning_rate),
            outcome=Outcome.NONE,
            run=None,
            crossval=None,
            study=None,
            message=None,
            train_when_ready=False,
        )

    def crossval_requested(
        self, epochs: int, learning_rate: float, crossval: CrossValState
    ) -> TrainingState:
        """A cross-validation was asked for."""
        return replace(self.run_requested(epochs, learning_rate), crossval=crossval)

    def with_run(self, run: Run) -> TrainingState:
        """Another run is to be seen."""
        return replace(self, run=run, crossval=None, study=None)

    def with_crossval(self, crossval: CrossValidation) -> TrainingState:
        """A finished cross-validation is to be seen."""
        return replace(self, run=None, crossval=CrossValState.of_folder(crossval), study=None)

    def with_study(self, study: StudyState) -> TrainingState:
        """A finished study is to be seen."""
        return replace(self, run=None, crossval=None, study=study)

    def stop_requested(self) -> TrainingState:
        """Stop and keep was pressed; without a run nothing changes."""
        return replace(self, stage=Stage.STOPPING) if self.stage is Stage.RUNNING else self

    def cancel_requested(self) -> TrainingState:
        """Cancel was pressed; it wins over stopping."""
        return replace(self, stage=Stage.CANCELLING) if self.is_training else self

    def after(self, event: CrossValEvent) -> TrainingState:
        """The state after an event of the run under way; without a run nothing changes."""
        progress = self.progress
        if not self.is_training or progress is None:
            return self
        crossval = self.crossval.after(event) if self.crossval is not None else None
        if isinstance(event, (RunFailed, CrossValStopped)) and not _has_folds(crossval):
            # Nothing of it is left on the disk.
            crossval = None
        state = replace(self, crossval=crossval)
        match event:
            case RunFinished(run):
                stopped = run.status is RunStatus.STOPPED
                outcome = Outcome.STOPPED if stopped else Outcome.FINISHED
                return replace(state, stage=Stage.IDLE, outcome=outcome, run=run)
            case RunCancelled():
                return replace(state, stage=Stage.IDLE, outcome=Outcome.CANCELLED)
            case RunFailed(what, advice, _, kept):
                advice = " ".join(part for part in (advice, kept) if part)
                message = Message(what, advice)
                return replace(state, stage=Stage.IDLE, outcome=Outcome.FAILED, message=message)
            case CrossValFinished():
                return replace(state, stage=Stage.IDLE, outcome=Outcome.FINISHED)
            case CrossValStopped():
                outcome = Outcome.PAUSED if event.num_finished else Outcome.CANCELLED
                return replace(state, stage=Stage.IDLE, outcome=outcome)
            case FoldStarted():
                fresh = Progress(progress.epochs, progress.learning_rate)
                return replace(state, progress=fresh)
            case _:
                return replace(state, progress=_advance(progress, event))


def _has_folds(crossval: CrossValState | None) -> bool:
    return crossval is not None and crossval.num_finished > 0


def _advance(progress: Progress, event: CrossValEvent) -> Progress:
    match event:
        case RunStarted(run_id, folder):
            return replace(progress, run_id=run_id, folder=folder)
        case PhaseChanged(phase, done, total, detail):
            return replace(progress, phase=phase, phase_done=done, phase_total=total, detail=detail)
        case DataReady():
            return replace(progress, data=event)
        case BatchEnded():
            return replace(
                progress,
                phase=Phase.TRAINING,
                phase_done=event.step,
                phase_total=event.steps,
                detail="",
                epoch=event.epoch,
                step=event.step,
                steps=event.steps,
                films_per_second=event.films_per_second,
            )
        case EpochEnded():
            return replace(
                progress,
                epoch=event.epoch,
                learning_rate=event.learning_rate,
                history=(*progress.history, event),
            )
        case _:
            return progress
