"""The facts of the training tab and every rule about what may be pressed when. No Qt.

The tab holds one ``TrainingState``, replaces it on every event and renders the panels from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from training.data.dataset import DataSet, Split
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
        overlays: Ids of runs laid over the curves.
        message: What the message bar says, or None.
        settings_problem: Why these settings cannot be used, or empty.
        crossval: The cross-validation under way or shown, or None; it takes the place of a run.
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
    overlays: frozenset[str] = field(default_factory=frozenset)
    message: Message | None = None
    settings_problem: str = ""
    crossval: CrossValState | None = None
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
        return replace(self, run=run, crossval=None)

    def with_crossval(self, crossval: CrossValidation) -> TrainingState:
        """A finished cross-validation is to be seen."""
        return replace(self, run=None, crossval=CrossValState.of_folder(crossval))

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


@dataclass(frozen=True)
class Controls:
    """What may be pressed. The only source of enabled flags.

    Args:
        train: Start a run.
        cross_validate: Start a cross-validation, or go on with one.
        stop: Stop and keep.
        cancel: Discard the run.
        choose_films: Folder, Choose, Sample set, drop.
        cancel_reading: Stop looking through a folder.
        settings: All settings of a run.
        preview: Draw augmented films.
        reopen: Show another run's curves and table.
        open_viewer: Open films of the shown run in the viewer with its best model.
        show_folder: Show the shown run's folder.
        report: Write a report of the run or cross-validation that is shown.
        export: Write a model of the shown run for other programs.
        results: Look at it in the results window.
        train_hint: What Train will do, or why it cannot; empty while training.
    """

    train: bool
    cross_validate: bool
    stop: bool
    cancel: bool
    choose_films: bool
    cancel_reading: bool
    settings: bool
    preview: bool
    reopen: bool
    open_viewer: bool
    show_folder: bool
    report: bool
    export: bool
    results: bool
    train_hint: str


def controls(state: TrainingState) -> Controls:
    """Every enabled flag of the tab, from the facts alone."""
    idle = not state.is_training
    free = idle and state.work is None
    run, crossval = state.run, state.crossval
    return Controls(
        train=free and not state.settings_problem,
        cross_validate=free and not state.settings_problem and state.data is not None,
        stop=state.stage is Stage.RUNNING and _can_keep(state),
        cancel=state.stage in (Stage.RUNNING, Stage.STOPPING),
        choose_films=idle,
        cancel_reading=idle and state.work is not None,
        settings=idle and not state.train_when_ready,
        preview=free and state.data is not None,
        reopen=idle,
        open_viewer=idle and run is not None and run.best is not None,
        show_folder=idle and (run is not None or bool(crossval and crossval.folder)),
        report=idle and _can_report(state),
        export=idle and run is not None and run.best is not None and not state.is_exporting,
        results=_can_report(state),  # Takes a second only, so also while another run trains.
        train_hint=_train_hint(state),
    )


def _can_report(state: TrainingState) -> bool:
    if state.crossval is not None:
        return state.crossval.result is not None
    return state.run is not None and state.run.best is not None


def _can_keep(state: TrainingState) -> bool:
    if state.crossval is not None:
        # It ends after the fold that is going on, whatever that fold does.
        return True
    # Before the first step there are no weights worth keeping.
    return state.progress is not None and state.progress.step > 0


def _train_hint(state: TrainingState) -> str:
    if state.is_training:
        return ""
    if state.work is not None:
        return "Training starts when the sample set is drawn." if state.train_when_ready else ""
    if state.settings_problem:
        return state.settings_problem
    if state.data is None:
        return "No folder chosen: Train uses the built-in sample set."
    num = state.data.count(Split.TRAIN)
    kind = "drawn films of the sample set" if state.data.synthetic else "films"
    return f"Ready to train on {num:,} {kind}."


def worth_asking(state: TrainingState, seconds_trained: float) -> bool:
    """True where Cancel should ask first: more than a minute of work would be lost."""
    return state.is_training and seconds_trained > 60.0
