"""Runs and cross-validations to report on, made by the stand-in for training."""

from __future__ import annotations

from pathlib import Path

from tests.builders.three_classes import squares
from tests.fit.crossval_fakes import FakeTrain
from tests.fit.fit_builders import make_films, tiny_config
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.crossval import cross_validate
from training.fit.crossval_events import CrossValEvent, CrossValFinished
from training.fit.events import Event, RunFinished


def films_and_config(root: Path) -> TrainConfig:
    make_films(root / "films", num_train=8, num_validation=4)
    return tiny_config(root)


def make_run(root: Path) -> Path:
    events: list[Event] = []
    FakeTrain()(films_and_config(root), events.append, RunControl())
    assert isinstance(events[-1], RunFinished)
    return events[-1].run.folder


def make_crossval(root: Path) -> Path:
    events: list[CrossValEvent] = []
    config = films_and_config(root)
    cross_validate(config, 3, events.append, RunControl(), train=FakeTrain())
    assert isinstance(events[-1], CrossValFinished)
    return events[-1].result.folder


def make_many_run(root: Path) -> Path:
    """Of three classes; of each class one validation film of four is called another class."""
    squares(root / "films", train=6, validation=4)
    events: list[Event] = []
    FakeTrain()(tiny_config(root), events.append, RunControl())
    assert isinstance(events[-1], RunFinished)
    return events[-1].run.folder


def make_many_crossval(root: Path) -> Path:
    squares(root / "films", train=6, validation=4)
    events: list[CrossValEvent] = []
    cross_validate(tiny_config(root), 2, events.append, RunControl(), train=FakeTrain())
    assert isinstance(events[-1], CrossValFinished)
    return events[-1].result.folder
