"""What tells the classes apart without looking at bone, and how well.

A network finds such things sooner than a fracture. Called by ``check``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.audit.facts import FileFacts
from training.data.dataset import Item, Split

_NUMBERS: Mapping[str, Callable[[FileFacts], float]] = {
    "mean grey": lambda fact: fact.mean_grey,
    "file size": lambda fact: float(fact.num_bytes),
    "image size": lambda fact: float(fact.width * fact.height),
    "black corners": lambda fact: fact.dark_corners,
    "file-name depth": lambda fact: float(fact.name_depth),
}
_KINDS: Mapping[str, Callable[[FileFacts], str]] = {
    "colour mode": lambda fact: fact.mode,
    "file format": lambda fact: fact.format,
}


@dataclass(frozen=True)
class Shortcut:
    """How well one outward property tells the classes apart in one split.

    Args:
        name: The property ("mean grey").
        split: Where it was measured.
        auc: Area under the ROC curve over files, 0-1: the chance that a positive file has more
            of it than a negative one. 0.5 tells nothing; 0 tells as much as 1. Of more than two
            classes the positive one is the one that it tells best from all others.
        film_auc: The same over films, each with the mean of its files: the honest one.
        num_files: Files behind ``auc``.
        num_films: Films behind ``film_auc``.
        label: The class that counted as positive.
    """

    name: str
    split: Split
    auc: float
    film_auc: float
    num_files: int
    num_films: int
    label: int = 1

    @property
    def strength(self) -> float:
        """How well it tells the classes apart, whichever way round: 0.5 to 1."""
        return max(self.auc, 1.0 - self.auc)

    @property
    def film_strength(self) -> float:
        """The same over films."""
        return max(self.film_auc, 1.0 - self.film_auc)


def shortcuts(items: Sequence[Item], facts: Sequence[FileFacts]) -> tuple[Shortcut, ...]:
    """Measure every property in every split that has both classes.

    Args:
        items: The files, with the films they show.
        facts: Of each; files that could not be read are left out.

    Returns:
        By split, then in a fixed order of properties.
    """
    found = []
    for split in Split:
        pairs = [
            (item, fact)
            for item, fact in zip(items, facts, strict=True)
            if item.split is split and fact.error is None
        ]
        found += _of_split(split, pairs)
    return tuple(found)


def _of_split(split: Split, pairs: Sequence[tuple[Item, FileFacts]]) -> list[Shortcut]:
    labels = np.array([item.label for item, _ in pairs], np.intp)
    classes = sorted(set(labels.tolist()))
    if len(classes) < 2:
        return []
    films = [(item.label, item.film) for item, _ in pairs]
    best: dict[str, Shortcut] = {}
    # Of two classes one against the other says it all.
    for label in [1] if classes == [0, 1] else classes:
        truth = (labels == label).astype(np.intp)
        columns = {name: [of(fact) for _, fact in pairs] for name, of in _NUMBERS.items()}
        for name, kind in _KINDS.items():
            columns[name] = _as_numbers([kind(fact) for _, fact in pairs], truth)
        for name, values in columns.items():
            one = _measured(name, split, (truth, label), np.array(values), films)
            if name not in best or one.film_strength > best[name].film_strength:
                best[name] = one
    return list(best.values())


def auc(labels: npt.ArrayLike, values: npt.ArrayLike) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney), ties counted half.

    Args:
        labels: int, (n,), 1 positive, 0 negative.
        values: float, (n,).

    Returns:
        0-1; NaN where one class is missing.
    """
    truth = np.asarray(labels).astype(bool)
    positives, negatives = int(truth.sum()), int((~truth).sum())
    if not positives or not negatives:
        return math.nan
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    # Equal values share the mean of their ranks. (scipy.stats would bring all of SciPy into the
    # standalone program for this line.)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def _as_numbers(kinds: Sequence[str], labels: npt.NDArray[np.intp]) -> list[float]:
    """Each kind as its share of positives: the most that it can tell."""
    share = {
        kind: float(
            np.mean([label for own, label in zip(kinds, labels, strict=True) if own == kind])
        )
        for kind in set(kinds)
    }
    return [share[kind] for kind in kinds]


def _measured(
    name: str,
    split: Split,
    positive: tuple[npt.NDArray[np.intp], int],
    values: npt.NDArray[np.float64],
    films: Sequence[tuple[int, str]],
) -> Shortcut:
    labels, label = positive
    by_film: dict[tuple[int, str], list[float]] = defaultdict(list)
    for film, value in zip(films, values, strict=True):
        by_film[film].append(float(value))
    # Rounded, or the noise of summing would break ties.
    means = [round(float(np.mean(own)), 9) for own in by_film.values()]
    over_films = auc([own == label for own, _ in by_film], means)
    return Shortcut(name, split, auc(labels, values), over_films, len(labels), len(by_film), label)
