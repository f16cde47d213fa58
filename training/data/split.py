"""Drawing validation films from a folder that names none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from training.data.dataset import DataError, Item, Split


def split_by_film(items: Sequence[Item], *, share: float, seed: int) -> tuple[Item, ...]:
    """Draw validation films, the same share of each class, never parting files of one film.

    Films are ranked by a hash of seed and name, not by a random generator: the draw is the same
    on every system and version, and a film added later moves few of the others.

    Args:
        items: Items of all classes; only those for training are drawn from.
        share: Share of each class's films to draw, above 0 and under 1; at least one film is
            drawn from each class and at least one left.
        seed: Of the draw.

    Returns:
        All items in the given order, the drawn ones with ``Split.VALIDATION``.

    Raises:
        DataError: Where a class has fewer than two films.
    """
    drawn: set[str] = set()
    pool = [item for item in items if item.split is Split.TRAIN]
    for label in sorted({0, 1} | {item.label for item in items}):
        films = sorted({item.film for item in pool if item.label == label})
        if len(films) < 2:
            raise _too_few(films, sum(item.label == label for item in pool))
        ranked = sorted(films, key=lambda film: _rank(film, seed))
        drawn.update(ranked[: min(max(1, round(share * len(films))), len(films) - 1)])
    return tuple(
        replace(item, split=Split.VALIDATION)
        if item.split is Split.TRAIN and item.film in drawn
        else item
        for item in items
    )


def _rank(film: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}\n{film}".encode("utf-8", "surrogatepass")).digest()


def _too_few(films: list[str], num_files: int) -> DataError:
    advice = (
        "Add films of this class (some tens of each class at the very least), "
        'or make "train" and "val" folders yourself.'
    )
    if num_files > 1:
        return DataError(
            f"By their names, all {num_files:,} files of one class are copies of one film "
            f'("{films[0]}"), so none can be kept back to check the model.',
            advice,
        )
    name = f' ("{films[0]}")' if films else ""
    return DataError(
        f"One class has only {num_files} film{name}; "
        "two at least are needed, one to learn from and one to check the model.",
        advice,
    )
