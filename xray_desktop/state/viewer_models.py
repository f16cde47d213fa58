"""Which models can be chosen, and what a model's card says in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from training.fit.run_folder import ModelResult, Run
from training.models.card import ModelCard
from training.models.prediction import Band, MapKind, Prediction
from training.models.starter import STARTER
from training.sharing.facts import stated_limits as stated_limits

LEGEND = "where the network looked, not where the fracture is"
MAP_NAMES = {
    MapKind.SITE: "Likely site",
    MapKind.FOR: "Where it looked",
    MapKind.AGAINST: "What spoke against",
}
"""The model's maps in words for the window."""

_SHORT_NAMES = {
    MapKind.SITE: "where a fracture most likely lies",
    MapKind.FOR: "where it looked, not where it is",
    MapKind.AGAINST: "what spoke against",
}


def map_words(prediction: Prediction, kind: MapKind, *, short: bool = False) -> str:
    """What one of a prediction's maps shows, or why there is nothing to see, for the legend.

    Args:
        prediction: With its maps.
        kind: Which.
        short: For a narrow view.
    """
    card, shown = prediction.card, prediction.map_of(kind)
    named = prediction.word if prediction.is_many else card.classes[1]
    if kind is MapKind.SITE and shown is None:
        return f'The model says "{prediction.word}": it shows no site.'
    if shown is None or shown.is_empty:
        way = "against" if kind is MapKind.AGAINST else "for"
        return f'The heat map is empty: nothing spoke {way} "{named}".'
    if short:
        return _SHORT_NAMES[kind]
    if kind is MapKind.SITE and card.site is not None:
        near, centre = 100 * card.site.near, 100 * card.site.centre
        return (
            f"likely site: near the fracture in {near:.0f} of 100 films (centre guess {centre:.0f})"
        )
    if kind is MapKind.AGAINST:
        return f'where the network looked and saw no "{card.classes[1]}"'
    if prediction.is_many:
        return f'where the network looked for "{named}", not where anything is'
    return LEGEND


def map_facts(card: ModelCard | None, kind: MapKind) -> str:
    """What a model's map is worth, in full, for the panel."""
    if kind is MapKind.SITE and card is not None and card.site is not None:
        return f"Where a fracture most likely lies, if there is one. {card.site.words}"
    if kind is MapKind.AGAINST and card is not None:
        return f'It shows where the network looked and saw no "{card.classes[1]}".'
    if card is not None and card.is_many:
        return (
            "It shows where the network looked for the class that it names, not where anything is."
        )
    return f"It shows {LEGEND}."


@dataclass(frozen=True)
class ModelChoice:
    """One line of the model chooser.

    Args:
        path: The model file.
        label: "compact, 23 Nov 14:02: best (epoch 15)".
    """

    path: Path
    label: str


def choices_of(runs: Iterable[Run]) -> tuple[ModelChoice, ...]:
    """Best and final model of each run, in the runs' order."""
    return tuple(
        ModelChoice(result.path, _label(run, result))
        for run in runs
        for result in (run.best, run.final)
        if result is not None
    )


def starter_choice() -> ModelChoice:
    """The model that comes with the program."""
    return ModelChoice(STARTER, "Starter model")


def file_choice(path: Path) -> ModelChoice:
    """A model file from anywhere."""
    return ModelChoice(path, f"file: {path.name}")


def _label(run: Run, result: ModelResult) -> str:
    epoch = f" (epoch {result.epoch})" if result.epoch else ""
    return f"{run.config.network.name}, {_when(run.started)}: {result.kind}{epoch}"


def _when(started: str) -> str:
    try:
        return f"{datetime.fromisoformat(started):%d %b %H:%M}"
    except ValueError:
        return started


@dataclass(frozen=True)
class Answer:
    """What a prediction comes to, as it is shown: never by colour alone.

    Args:
        word: The class as the model knows it, or "unsure".
        icon: Its sign; empty of more than two classes.
        band: Which band the score lies in; None of more than two classes.
    """

    word: str
    icon: str
    band: Band | None


_ICONS = {Band.NEGATIVE: "no-fracture", Band.UNSURE: "unsure", Band.POSITIVE: "fracture"}


def answer_of(prediction: Prediction) -> Answer:
    """The band of a prediction in a word and a sign."""
    if prediction.is_many:
        return Answer(prediction.word, "", None)
    band = prediction.band
    word = "unsure" if band is Band.UNSURE else prediction.word
    return Answer(word, _ICONS[band], band)


def facts_of(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """A model's facts as (name, value) pairs in plain words; unknown ones are left out."""
    facts = [
        (
            "Network",
            " ".join(part for part in (card.network, card.kind and f"({card.kind})") if part),
        ),
        ("Says", _says(card)),
        ("Trained on", _trained_on(card)),
        # The starter model chose nothing on the films that its figure is of.
        ("Held-out" if card.kind == "starter" else "Validation", _accuracy(card.figures)),
        ("Began from", card.start.words if card.start else ""),
        ("Mind", _flattered(card) or (card.start.warning if card.start else "")),
        ("Cannot", "" if card.refuses else "tell films unlike those that it learnt from"),
        ("Learnt from", "; ".join(card.learnt_sets)),
        ("Input", _input(card)),
    ]
    return tuple((name, value) for name, value in facts if value)


def _says(card: ModelCard) -> str:
    if card.is_many:
        return f"{', '.join(card.classes[:-1])} or {card.classes[-1]}"
    return f"{card.classes[1]} or {card.classes[0]}"


def _flattered(card: ModelCard) -> str:
    if not card.known_to_start:
        return ""
    files = "file is" if card.known_to_start == 1 else "files are"
    name = card.start.name if card.start else "the starter model"
    return (
        f"{card.known_to_start:,} validation {files} among those that its start, {name}, "
        "learnt from: these figures flatter it."
    )


def _trained_on(card: ModelCard) -> str:
    if not card.num_train_files:
        return ""
    files = f"{card.num_train_files:,} files"
    return f"{files}, {card.num_train_films:,} different films" if card.num_train_films else files


def _accuracy(figures: dict[str, Any]) -> str:
    """Accuracy by film with its interval; a card of another program may lack any of it."""
    share = figures.get("film_accuracy")
    if not isinstance(share, int | float):
        return ""
    text = f"{share * 100:.0f} % of films right"
    interval = figures.get("film_accuracy_interval")
    if isinstance(interval, dict) and {"low", "high"} <= interval.keys():
        text += f" (95 %: {interval['low'] * 100:.0f} to {interval['high'] * 100:.0f} %)"
    films = figures.get("num_films")
    return f"{text}, {films} films" if isinstance(films, int) else text


def _input(card: ModelCard) -> str:
    size = card.preprocessing.size
    shape = "padded" if card.preprocessing.keep_aspect else "squashed"
    return f"{size} x {size}, {shape}"
