"""Tiny data sets and settings for the tests of training runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.augmentation.config import AugmentationConfig
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.events import Event, RunCancelled, RunFailed, RunFinished
from training.fit.train import train

SIZE = 64
CLASSES = ("fractured", "not fractured")


def make_films(root: Path, num_train: int = 12, num_validation: int = 6) -> Path:
    """Noise with a bright square where fractured: learnt in a few steps."""
    random = np.random.default_rng(0)
    for split, count in (("train", num_train), ("val", num_validation)):
        for name in CLASSES:
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                grey = random.integers(0, 90, (SIZE, SIZE)).astype(np.uint8)
                if name == "fractured":
                    grey[20:44, 20:44] += 120
                Image.fromarray(grey).save(folder / f"{split} {number}.png")
    return root


def tiny_config(root: Path, **changes: Any) -> TrainConfig:
    """A run of some seconds on ``make_films(root / "films")``."""
    plain = TrainConfig(
        data=root / "films",
        runs=root / "runs",
        network=NetworkConfig(width=0.125, num_blocks=3),
        preprocessing=Preprocessing(size=SIZE),
        augmentation=AugmentationConfig(horizontal_flip=True, rotation=5.0),
        epochs=2,
        batch_size=8,
        precision="float32",
    )
    return replace(plain, **changes)


def run(
    config: TrainConfig,
    on_event: Callable[[Event, RunControl], None] = lambda event, control: None,
) -> list[Event]:
    """Train and return all events; ``on_event`` may set the switches."""
    events: list[Event] = []
    control = RunControl()

    def report(event: Event) -> None:
        events.append(event)
        on_event(event, control)

    train(config, report, control)
    ends = [e for e in events if isinstance(e, (RunFinished, RunCancelled, RunFailed))]
    assert ends == events[-1:], "exactly one end event, and it is the last"
    return events


def of_type(events: list[Event], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def finished(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished), events[-1]
    return events[-1]


def failed(events: list[Event]) -> RunFailed:
    assert isinstance(events[-1], RunFailed), events[-1]
    return events[-1]


def other_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.daemon}


def runs_of(root: Path) -> list[Path]:
    """What a run left in the runs folder of a tiny config."""
    return list((root / "runs").iterdir()) if (root / "runs").is_dir() else []
