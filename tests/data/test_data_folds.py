"""Folds by film, against scikit-learn's grouped and stratified folds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.model_selection import StratifiedGroupKFold

from training.data.dataset import DataError, DataSet, Item, Split
from training.data.folds import Pool, fold_of_films, take_fold


def items_of(films: dict[str, tuple[int, int]], split: Split = Split.TRAIN) -> list[Item]:
    """Films by name: (label, number of files)."""
    return [
        Item(Path(f"{name}-{number}.png"), label, split, name)
        for name, (label, count) in films.items()
        for number in range(count)
    ]


def uneven(seed: int, positives: int = 31, negatives: int = 17) -> list[Item]:
    random = np.random.default_rng(seed)
    films = {f"p{n}": (1, int(random.integers(1, 60))) for n in range(positives)}
    films |= {f"n{n}": (0, int(random.integers(1, 60))) for n in range(negatives)}
    return items_of(films)


def published() -> DataSet:
    """The shape of the published set: many films with many files, a film in two parts."""
    train = {f"f/{n}": (1, 7) for n in range(112)} | {f"n/{n}": (0, 34) for n in range(65)}
    validation = {f"f/v{n}": (1, 40) for n in range(9)} | {f"n/{n}": (0, 39) for n in range(4)}
    test = {"f/t": (1, 3), "n/t": (0, 3)}
    items = items_of(train) + items_of(validation, Split.VALIDATION) + items_of(test, Split.TEST)
    return DataSet(Path(), ("not fractured", "fractured"), tuple(items))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("count", [2, 5, 10])
def test_that_each_fold_has_its_share_of_films_of_both_classes(count: int, seed: int) -> None:
    items = uneven(seed)
    folds = fold_of_films(items, count=count, seed=seed)
    assert set(folds) == {item.film for item in items}
    for kind, total in (("p", 31), ("n", 17)):
        sizes = Counter(fold for film, fold in folds.items() if film.startswith(kind))
        assert set(sizes) == set(range(1, count + 1))
        assert max(sizes.values()) - min(sizes.values()) <= 1
        assert sum(sizes.values()) == total


@pytest.mark.parametrize("seed", range(4))
def test_that_files_are_spread_about_as_evenly_as_scikit_learn_spreads_them(seed: int) -> None:
    items = uneven(seed)
    labels = np.array([item.label for item in items])
    films = np.array([item.film for item in items])

    def unevenness(fold_of_file: np.ndarray) -> float:
        counts = np.array(
            [np.bincount(fold_of_file[labels == label], minlength=5) for label in (0, 1)]
        )
        return float((counts.std(axis=1) / counts.mean(axis=1)).max())

    ours = fold_of_films(items, count=5, seed=seed)
    theirs = np.zeros(len(items), int)
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for number, (_, test) in enumerate(splitter.split(labels, labels, films)):
        theirs[test] = number
    assert unevenness(np.array([ours[film] - 1 for film in films])) < unevenness(theirs) + 0.1


def test_that_the_seed_decides_and_the_order_of_the_files_does_not() -> None:
    films = {f"p{n}": (1, 2) for n in range(20)} | {f"n{n}": (0, 2) for n in range(20)}
    items = items_of(films)
    once, again, other = (
        fold_of_films(given, count=5, seed=seed)
        for given, seed in ((items, 1), (items[::-1], 1), (items, 2))
    )
    assert once == again
    assert once != other


def test_that_every_film_is_tested_once_and_never_learnt_from_there() -> None:
    data = published()
    tested: Counter[str] = Counter()
    for number in (1, 2, 3, 4, 5):
        fold = take_fold(data, number=number, count=5, pool=Pool.ALL, validation_share=0.2, seed=3)
        parts = [{item.film for item in fold.of(split)} for split in Split]
        train, validation, test = parts
        assert not train & validation
        assert not (train | validation) & test
        for part in parts:
            assert {film[0] for film in part} == {"f", "n"}
        tested.update(test)
        assert fold.count() == data.count() - data.count(Split.TEST)
    # The film in both parts of the folder is one film; the folder's test films take no part.
    assert set(tested.values()) == {1}
    assert len(tested) == 112 + 65 + 9


def test_that_the_train_part_alone_can_be_divided() -> None:
    data = published()
    fold = take_fold(data, number=2, count=5, pool=Pool.TRAIN, validation_share=0.2, seed=3)
    assert fold.count() == data.count(Split.TRAIN)
    assert not any(item.film.startswith("f/v") for item in fold.items)


def test_that_too_few_films_are_told_in_words_and_bad_numbers_are_bugs() -> None:
    items = items_of({"a": (1, 9), "b": (1, 9), "c": (0, 9), "d": (0, 9)})
    with pytest.raises(DataError, match="only 2 different films"):
        fold_of_films(items, count=3, seed=0)
    with pytest.raises(ValueError, match="1 folds"):
        fold_of_films(items, count=1, seed=0)
    with pytest.raises(ValueError, match="fold 6 of 5"):
        take_fold(published(), number=6, count=5, pool=Pool.ALL, validation_share=0.2, seed=0)
