"""Dividing a set into folds by film, the classes evenly, for cross-validation.

Written here rather than taken from a library: films are ranked by a hash, as ``split`` ranks them,
so the folds are the same on every system and version; and a fold always gets its share of the
films of both classes. Called by a run that is one fold of a cross-validation.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from training.data.dataset import DataError, DataSet, Item, Split
from training.data.split import split_by_film


class Pool(StrEnum):
    """Which films of a set are divided into folds."""

    ALL = "all"
    TRAIN = "train"


def fold_of_films(items: Sequence[Item], *, count: int, seed: int) -> dict[str, int]:
    """Deal films to folds: equally many of each class, and files as evenly as films allow.

    Args:
        items: The files of all classes. Files of one film stay together.
        count: Number of folds, two at least.
        seed: Of the order in which films of as many files are dealt.

    Returns:
        The fold of each film, 1 to ``count``, by the film's name.

    Raises:
        DataError: Where a class has fewer films than folds.
        ValueError: For fewer than two folds.
    """
    if count < 2:
        raise ValueError(f"{count} folds")
    num_files = Counter(item.film for item in items)
    labels = {item.film: item.label for item in items}
    folds: dict[str, int] = {}
    total = [0] * count
    for label in sorted({0, 1} | set(labels.values())):
        films = [film for film in num_files if labels[film] == label]
        if len(films) < count:
            raise DataError(
                f"{count} folds need {count} films of each class, "
                f"but one class has only {len(films)} different films by their names.",
                "Choose fewer folds, or add films.",
            )
        # The films with most files first: the small ones can still make up for them.
        films.sort(key=lambda film: (-num_files[film], _rank(film, seed)))
        num_films, of_class = [0] * count, [0] * count
        for film in films:
            fold = min(
                range(count),
                key=lambda number: (num_films[number], of_class[number], total[number], number),
            )
            folds[film] = fold + 1
            num_films[fold] += 1
            of_class[fold] += num_files[film]
            total[fold] += num_files[film]
    return folds


def take_fold(
    data: DataSet, *, number: int, count: int, pool: Pool, validation_share: float, seed: int
) -> DataSet:
    """One fold's set: its films to test, the others to train, some of these to validate.

    The validation films come from the training side: the best epoch, the learning rate and the
    temperature are chosen by them, and what is chosen by a film cannot be measured on it.

    Args:
        data: The set as scanned; its test films take no part.
        number: Which fold is tested, 1 to ``count``.
        count: Number of folds.
        pool: All training and validation films of the set, or its training films only.
        validation_share: Share of the films outside the fold that validate.
        seed: Of the folds and of the validation films.

    Returns:
        The set with new splits.

    Raises:
        DataError: Where a class has too few films.
        ValueError: For a fold that cannot be.
    """
    if not 1 <= number <= count:
        raise ValueError(f"fold {number} of {count}")
    taken = (Split.TRAIN, Split.VALIDATION) if pool is Pool.ALL else (Split.TRAIN,)
    items = [item for item in data.items if item.split in taken]
    folds = fold_of_films(items, count=count, seed=seed)
    test = [replace(item, split=Split.TEST) for item in items if folds[item.film] == number]
    others = [replace(item, split=Split.TRAIN) for item in items if folds[item.film] != number]
    # Another seed a fold, or the same films would validate in most of them.
    inner = split_by_film(others, share=validation_share, seed=seed + number)
    parts = list(Split)
    ordered = sorted([*inner, *test], key=lambda item: (parts.index(item.split), item.label))
    return replace(data, items=tuple(ordered))


def _rank(film: str, seed: int) -> bytes:
    return hashlib.sha256(f"fold\n{seed}\n{film}".encode("utf-8", "surrogatepass")).digest()
