"""``evaluate`` for a model of more than two classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from training.commands.output import SYNTHETIC, say, table
from training.errors import UserError
from training.evaluation.figures import Figures
from training.evaluation.many_wording import LEFT_OUT, READING, confusion_rows, many_rows
from training.evaluation.wording import few_films_words
from training.models.card import ModelCard

if TYPE_CHECKING:
    from training.commands.scoring import FilmScore
    from training.data.dataset import DataSet, Item
    from training.evaluation.many_classes import ManyMeasurement


def check_classes(data: DataSet, card: ModelCard) -> None:
    """Refuse a folder whose classes are not the model's, where either has more than two.

    Raises:
        UserError: They are not.
    """
    if [name.casefold() for name in data.class_names] != [name.casefold() for name in card.classes]:
        raise UserError(
            f"The folder has the classes {_listed(data.class_names)}, "
            f"but the model tells {_listed(card.classes)}.",
            "Name the folder's classes as the model's, or choose a model of these classes.",
        )


def measure(measured: Sequence[tuple[Item, FilmScore]]) -> tuple[Figures, ManyMeasurement]:
    """The figures of a run's table, and all of them."""
    import numpy as np

    from training.evaluation.many_classes import brief_figures, measure_many

    labels = [item.label for item, _ in measured]
    films = [item.film for item, _ in measured]
    scores = np.array([result.scores for _, result in measured])
    return brief_figures(labels, scores, films), measure_many(labels, scores, films)


def say_figures(head: str, card: ModelCard, full: ManyMeasurement) -> None:
    """The result for people.

    Args:
        head: What was measured on what.
        card: The model's.
        full: All figures.
    """
    say(head)
    if card.synthetic:
        say(SYNTHETIC)
    if full.has_few_films:
        say(few_films_words(full.by_film.count))
    say(table(many_rows(full, card.classes)))
    say()
    say("films by their class (down) and by what the model calls them (across)")
    say(table(confusion_rows(full.by_film, card.classes)))
    say()
    say(READING)
    say(LEFT_OUT)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
