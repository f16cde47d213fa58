"""What may be pressed when, and what each event makes of the facts. No Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from training.augmentation.config import NONE
from training.data.dataset import DataSet, Item, Split
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig, notebook_preset, transfer_preset
from training.fit.events import (
    BatchEnded,
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
)
from training.fit.run_folder import Run, RunStatus
from xray_desktop.state.training_controls import Controls, controls, worth_asking
from xray_desktop.state.training_settings import problem, remarks
from xray_desktop.state.training_state import Message, Outcome, Stage, TrainingState

CONFIG = TrainConfig(data=Path("films"), runs=Path("runs"))
DATA = DataSet(
    Path("films"),
    ("not fractured", "fractured"),
    tuple(Item(Path(f"{n}.png"), n % 2, Split.TRAIN, str(n)) for n in range(4)),
)
BATCH = BatchEnded(1, 1, 10, 0.7, 0.5, 30.0)
EPOCH = EpochEnded(1, 0.6, 0.7, 0.6, 0.7, 0.8, 1e-3, 12.0, True)


def run_of(status: RunStatus = RunStatus.FINISHED) -> Run:
    return Run(Path("runs/a"), CONFIG, status, "2026-11-23T14:02:00+00:00")


def after(*events: Event, state: TrainingState | None = None) -> TrainingState:
    state = state or TrainingState(data=DATA).run_requested(20, 1e-3)
    for event in events:
        state = state.after(event)
    return state


def pressable(state: TrainingState) -> set[str]:
    allowed = controls(state)
    names = set(Controls.__dataclass_fields__) - {"train_hint"}
    return {name for name in names if getattr(allowed, name)}


IDLE = {"train", "choose_films", "settings", "reopen"}
WITH_FILMS = IDLE | {"preview", "cross_validate"}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (TrainingState(), IDLE),
        (TrainingState(data=DATA), WITH_FILMS),
        (TrainingState(data=DATA, settings_problem="No."), IDLE - {"train"} | {"preview"}),
        (
            TrainingState(data=DATA).reading("Looking"),
            {"choose_films", "cancel_reading", "settings", "reopen"},
        ),
        (TrainingState(data=DATA, run=run_of()), WITH_FILMS | {"show_folder"}),
        (after(), {"cancel"}),
        (after(PhaseChanged(Phase.READING, 1, 9)), {"cancel"}),
        (after(BATCH), {"stop", "cancel"}),
        (after(BATCH).stop_requested(), {"cancel"}),
        (after(BATCH).cancel_requested(), set()),
        (after(BATCH, RunCancelled()), WITH_FILMS),
        (after(BATCH, RunFailed("The disk is full.")), WITH_FILMS),
        (after(BATCH, RunFinished(run_of())), WITH_FILMS | {"show_folder"}),
    ],
)
def test_that_what_may_be_pressed_follows_from_the_facts(
    state: TrainingState, expected: set[str]
) -> None:
    assert pressable(state) == expected


def test_that_events_advance_the_progress() -> None:
    state = after(RunStarted("a", Path("runs/a")), PhaseChanged(Phase.READING, 3, 9, "2 left out"))
    assert state.progress is not None
    assert (state.progress.run_id, state.progress.phase) == ("a", Phase.READING)
    assert (state.progress.phase_done, state.progress.phase_total) == (3, 9)
    state = after(BATCH, replace(EPOCH, learning_rate=1e-4), state=state)
    assert state.progress is not None
    assert (state.progress.phase, state.progress.epoch) == (Phase.TRAINING, 1)
    assert state.progress.learning_rate == 1e-4
    assert [epoch.epoch for epoch in state.progress.history] == [1]


def test_that_events_after_the_end_change_nothing() -> None:
    ended = after(BATCH, RunCancelled())
    assert ended.after(BATCH) is ended
    assert ended.after(RunFailed("Late.")) is ended


def test_that_cancel_wins_over_stop() -> None:
    state = after(BATCH).stop_requested().cancel_requested()
    assert state.stage is Stage.CANCELLING
    assert state.stop_requested().stage is Stage.CANCELLING


def test_that_a_stopped_run_is_told_apart_from_a_finished_one() -> None:
    assert after(RunFinished(run_of())).outcome is Outcome.FINISHED
    assert after(RunFinished(run_of(RunStatus.STOPPED))).outcome is Outcome.STOPPED


def test_that_a_failure_says_what_to_do_and_what_was_kept() -> None:
    state = after(RunFailed("The disk is full.", "Free some space.", "trace", "Epoch 3 was kept."))
    assert state.message == Message("The disk is full.", "Free some space. Epoch 3 was kept.")


def test_that_a_bad_folder_leaves_the_films_that_were_there() -> None:
    state = TrainingState(data=DATA).reading("Looking").reading_failed(Message("Empty."))
    assert state.data is DATA
    assert state.work is None
    assert state.message == Message("Empty.")


def test_that_cancel_asks_only_when_more_than_a_minute_would_be_lost() -> None:
    assert not worth_asking(after(BATCH), 59.0)
    assert worth_asking(after(BATCH), 61.0)
    assert not worth_asking(TrainingState(), 500.0)


def test_that_train_without_films_announces_the_sample_set() -> None:
    assert "sample set" in controls(TrainingState()).train_hint
    assert "4 films" in controls(TrainingState(data=DATA)).train_hint


# Settings


def test_that_the_presets_have_no_problem() -> None:
    assert problem(CONFIG) == ""
    assert problem(notebook_preset(Path(), Path())) == ""


@pytest.mark.parametrize(
    ("network", "size"),
    [
        (NetworkConfig(name="notebook", kernel_size=9), 96),
        (NetworkConfig(name="notebook", num_blocks=8), 224),
    ],
)
def test_that_networks_too_deep_for_their_films_are_explained(
    network: NetworkConfig, size: int
) -> None:
    config = replace(CONFIG, network=network, preprocessing=Preprocessing(size))
    assert "too small" in problem(config)


def test_that_an_unusable_value_is_explained_in_the_engines_words() -> None:
    config = replace(CONFIG, network=NetworkConfig(kernel_size=4))
    assert problem(config) == "The kernel size must be odd."


def test_that_settings_without_effect_are_remarked_on() -> None:
    config = replace(
        CONFIG,
        epochs=4,
        batch_size=64,
        early_stopping_patience=9,
        augmentation=NONE,
        plateau_patience=4,
    )
    said = remarks(config, num_train=30)
    for part in ("larger than the 30", "Early stopping after 9", "never lowered", "by heart"):
        assert any(part in sentence for sentence in said), part
    assert remarks(CONFIG, num_train=1000) == ()


def test_that_films_need_no_changes_where_a_head_alone_learns() -> None:
    config = transfer_preset(Path("films"), Path("runs"))
    assert remarks(config, num_train=1000) == ()
    more = replace(config, network=replace(config.network, trained_parts=1))
    assert "by heart" in remarks(more, num_train=1000)[0]
