"""A stand-in for training: run folders as the real one writes them, within milliseconds."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from training.data.dataset import Item, Split
from training.evaluation.baselines import BrightnessGuess
from training.evaluation.figures import measure
from training.evaluation.many_classes import brief_figures
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.events import (
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFinished,
    RunStarted,
)
from training.fit.preparing import find_films
from training.fit.run_folder import MANY_CLASSES_FORMAT, ModelResult, RunStatus, read_run
from training.fit.run_writer import RunWriter
from training.formats import head
from training.models.card import ModelCard


def score_of(item: Item) -> float:
    """Right for most films, the same for a film in any fold."""
    wobble = zlib.crc32(item.film.encode()) % 1000 / 1000
    return round(0.1 + 0.15 * item.label + 0.7 * wobble, 3)


def same_scores(item: Item, _config: TrainConfig) -> float:
    return score_of(item)


class FakeTrain:
    """Counts its calls; ``before`` may set switches or raise what a fold reports as its end."""

    def __init__(
        self,
        before: Callable[[TrainConfig], Event | None] = lambda config: None,
        score: Callable[[Item, TrainConfig], float] = same_scores,
    ) -> None:
        self.folds: list[int] = []
        self.configs: list[TrainConfig] = []
        self._before = before
        self._score = score

    def __call__(
        self, config: TrainConfig, report: Callable[[Event], None], control: RunControl
    ) -> None:
        self.configs.append(config)
        if config.fold is not None:
            self.folds.append(config.fold.number)
        end = self._before(config)
        if control.cancel.is_set():
            end = RunCancelled()
        if end is not None:
            report(end)
            return
        writer = RunWriter(config)
        report(RunStarted(writer.run_id, writer.folder))
        report(PhaseChanged(Phase.STARTING))
        _write(config, writer, self._score)
        writer.update(status=RunStatus.FINISHED.value)
        writer.close()
        report(RunFinished(read_run(writer.folder)))


def _write(
    config: TrainConfig, writer: RunWriter, score: Callable[[Item, TrainConfig], float]
) -> None:
    data, _ = find_films(config)
    facts = {"classes": data.class_names, "synthetic": data.synthetic, "precision": "float32"}
    writer.update(**facts, constant_guess=0.5)
    for epoch in (1, 2):
        loss = 1.0 / epoch
        writer.append_epoch(EpochEnded(epoch, loss, 0.6, loss, 0.7, 0.8, 0.001, epoch, epoch == 2))
    is_many = data.num_classes > 2
    if is_many:
        writer.update(**head(MANY_CLASSES_FORMAT))
    of = many_scores if is_many else score
    scores = np.array([of(item, config) for item in data.items], np.float32)

    def figures(split: Split) -> Any:
        chosen = [number for number, item in enumerate(data.items) if item.split is split]
        items = [data.items[number] for number in chosen]
        labels, films = [item.label for item in items], [item.film for item in items]
        if is_many:
            return brief_figures(labels, scores[chosen], films)
        return measure(labels, scores[chosen], films, 0.5)

    results = []
    for kind in ("best", "final"):
        path = writer.folder / f"{kind}.keras"
        _write_model(path, config, data.class_names)
        parts = [figures(split) if data.count(split) else None for split in Split]
        results.append(ModelResult(kind, path, 2, *parts))
    greys = np.array([100 + 20 * item.label for item in data.items], np.float32)
    both = {"best": scores, "final": scores}
    writer.write_scores(config.data.absolute(), data.items, both, greys, data.class_names)
    writer.write_results(results)


def many_scores(item: Item, config: TrainConfig) -> list[float]:
    """Of three classes; the first file of each class is called the next class."""
    del config
    is_wrong = item.path.stem.endswith(" 1")
    scores = [0.1, 0.1, 0.1]
    scores[(item.label + is_wrong) % 3] = 0.8
    return scores


def _write_model(path: Path, config: TrainConfig, classes: tuple[str, ...]) -> None:
    card = ModelCard(
        classes=classes,
        preprocessing=config.preprocessing,
        brightness=BrightnessGuess(0.1, -11.0, 8) if len(classes) == 2 else None,
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"xray_card": card.to_json()}))
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
