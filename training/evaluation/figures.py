"""Figures of one model on one split, by file and by film.

Called by the run (both models, both splits) and by the command line's ``evaluate``; the tables of
the training tab show them. NumPy only, so that reading a run folder stays quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from training.evaluation.samples import make_sample

# Below this many films a figure says little: at 30 films the 95 % interval around 90 % spans
# 74 % to 97 %.
FEW_FILMS = 30

# The 97.5 % point of the normal distribution.
_Z = 1.959963984540054
# A score of exactly 0 or 1 on the wrong side would cost infinitely much; Keras clips here too.
_SMALLEST = 1e-7


@dataclass(frozen=True)
class Interval:
    """A 95 % confidence interval, 0-1."""

    low: float
    high: float


@dataclass(frozen=True)
class ClassCount:
    """Files of one class.

    Args:
        right: Called rightly.
        total: All of them.
    """

    right: int
    total: int


@dataclass(frozen=True)
class Figures:
    """What a model gets right.

    With more than two classes none is positive: there is no sensitivity, specificity, count of
    positives or threshold, but what is called rightly of each class.

    Args:
        num_files: Files measured.
        num_films: Different films behind them.
        loss: Mean cross-entropy over files.
        accuracy: Over files, 0-1.
        sensitivity: Over files, or None without positives.
        specificity: Over files, or None without negatives.
        auc: Area under the ROC curve over files, or None with one class; of more than two classes
            the mean of each against the rest.
        film_accuracy: Share of films read right; a film's score is the mean of its files'.
        film_accuracy_interval: 95 %, over films (Wilson).
        constant_guess: Accuracy over files of always naming the commonest class of these files.
        true_positives: Files; 0 with more than two classes, as the other three counts.
        false_positives: Files.
        true_negatives: Files.
        false_negatives: Files.
        threshold: The score from which on a file counted as positive; 0 where there is none.
        by_class: One a class, by label; empty with two classes.
    """

    num_files: int
    num_films: int
    loss: float
    accuracy: float
    sensitivity: float | None
    specificity: float | None
    auc: float | None
    film_accuracy: float
    film_accuracy_interval: Interval
    constant_guess: float
    true_positives: int = 0
    false_positives: int = 0
    true_negatives: int = 0
    false_negatives: int = 0
    threshold: float = 0.0
    by_class: tuple[ClassCount, ...] = ()

    @property
    def is_many(self) -> bool:
        """True with more than two classes."""
        return bool(self.by_class)

    def to_json(self) -> dict[str, Any]:
        """As plain values; the interval becomes ``{"low": ..., "high": ...}``."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Figures:
        """From what ``to_json`` gave; names of a newer version are left out.

        Raises:
            KeyError: Where the interval is missing.
            TypeError: Where another figure is missing.
        """
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        interval = kept["film_accuracy_interval"]
        return cls(
            **kept
            | {
                "film_accuracy_interval": Interval(float(interval["low"]), float(interval["high"])),
                "by_class": tuple(
                    ClassCount(int(each["right"]), int(each["total"]))
                    for each in kept.get("by_class", ())
                ),
            }
        )


def measure(
    labels: npt.ArrayLike, scores: npt.ArrayLike, films: Sequence[str], threshold: float
) -> Figures:
    """Measure scores against labels, by file and by film.

    Args:
        labels: int, (n,), 1 for the positive class, 0 for the other.
        scores: float, (n,), probability of the positive class, 0-1.
        films: n film names; files of one film share a name within a class (``Item.film``).
        threshold: Score from which on a file, or a film's mean score, counts as positive.

    Returns:
        The figures.

    Raises:
        ValueError: For no files, unequal lengths, labels other than 0 and 1, or scores that are
            no probabilities (NaN included).
    """
    sample = make_sample(labels, scores, films)
    truth, values = sample.truth, sample.scores
    called = values >= threshold
    true_positives = int(np.sum(called & truth))
    true_negatives = int(np.sum(~called & ~truth))
    positives = int(np.sum(truth))
    negatives = truth.size - positives
    by_film = sample.by_film()
    films_right = int(np.sum((by_film.scores >= threshold) == by_film.truth))
    return Figures(
        num_files=truth.size,
        num_films=sample.num_films,
        loss=_cross_entropy(truth, values),
        accuracy=(true_positives + true_negatives) / truth.size,
        sensitivity=true_positives / positives if positives else None,
        specificity=true_negatives / negatives if negatives else None,
        auc=_area_under_roc(truth, values) if positives and negatives else None,
        film_accuracy=films_right / sample.num_films,
        film_accuracy_interval=wilson(films_right, sample.num_films),
        constant_guess=max(positives, negatives) / truth.size,
        true_positives=true_positives,
        false_positives=negatives - true_negatives,
        true_negatives=true_negatives,
        false_negatives=positives - true_positives,
        threshold=float(threshold),
    )


def wilson(successes: int, total: int) -> Interval:
    """The 95 % score interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927).

    Args:
        successes: 0 to ``total``.
        total: Trials, independent of each other; with 0 nothing is known: 0 to 1.

    Returns:
        The interval, within 0-1.

    Raises:
        ValueError: For counts that cannot be.
    """
    if not 0 <= successes <= total:
        raise ValueError(f"{successes} successes of {total}")
    if total == 0:
        return Interval(0.0, 1.0)
    share = successes / total
    scale = 1.0 + _Z**2 / total
    middle = (share + _Z**2 / (2 * total)) / scale
    half = _Z / scale * sqrt(share * (1.0 - share) / total + (_Z / (2 * total)) ** 2)
    # Exact at the ends, where rounding would leave 1e-17 or 1 + 1e-16.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == total else min(1.0, middle + half)
    return Interval(low, high)


def too_few_films(figures: Figures) -> bool:
    """True where the figures rest on so few films that they should not be shown without a warning."""
    return figures.num_films < FEW_FILMS


def _cross_entropy(truth: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> float:
    right = np.where(truth, scores, 1.0 - scores)
    return float(-np.log(np.clip(right, _SMALLEST, 1.0 - _SMALLEST)).mean())


def _area_under_roc(truth: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> float:
    """The share of (positive, negative) pairs in the right order, ties counting half (Mann-Whitney)."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2.0
    positives = int(truth.sum())
    rank_sum = float(mean_ranks[place][truth].sum())
    pairs = positives * (truth.size - positives)
    return (rank_sum - positives * (positives + 1) / 2.0) / pairs
