"""What may be pressed in the training tab, and when. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.dataset import Split
from xray_desktop.state.training_state import Stage, TrainingState


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
        report: Write a report of the run, cross-validation or study that is shown.
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
    run, crossval, study = state.run, state.crossval, state.study
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
        show_folder=idle
        and (run is not None or study is not None or bool(crossval and crossval.folder)),
        report=idle and _can_report(state),
        export=idle and run is not None and run.best is not None and not state.is_exporting,
        # A study's folder is none that the results window reads; its variants' are.
        results=study is None
        and _can_report(state),  # Takes a second only, so also while another run trains.
        train_hint=_train_hint(state),
    )


def _can_report(state: TrainingState) -> bool:
    if state.study is not None:
        return bool(state.study.rows)
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
