"""Two models on the same films: is the one better, or was it luck? By film, paired.

Called for runs that are laid over each other and by the ``study``'s table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import FEW_FILMS, Interval
from training.evaluation.samples import Labels, Sample, Values

_NORMAL = NormalDist()


@dataclass(frozen=True)
class AucComparison:
    """Areas under ROC of two models on the same films, by DeLong's test.

    Args:
        first: Area of the first model.
        second: Area of the second.
        difference: First less second.
        interval: 95 %, of the difference.
        p_value: Chance of a difference as large or larger between equally good models, both ways.
    """

    first: float
    second: float
    difference: float
    interval: Interval
    p_value: float


@dataclass(frozen=True)
class AccuracyComparison:
    """Accuracy of two models on the same films, by McNemar's exact test.

    Args:
        first: Accuracy of the first model.
        second: Accuracy of the second.
        only_first: Films that only the first reads right.
        only_second: Films that only the second reads right.
        p_value: Chance of so unequal counts, or more, between equally good models, both ways.
    """

    first: float
    second: float
    only_first: int
    only_second: int
    p_value: float


@dataclass(frozen=True)
class Comparison:
    """Two models compared.

    Args:
        num_films: Films that both have scored; only these count.
        num_left_out: Films that only one has scored.
        auc: None where the common films are of one class.
        accuracy: At each model's own threshold.
    """

    num_films: int
    num_left_out: int
    auc: AucComparison | None
    accuracy: AccuracyComparison

    @property
    def has_few_films(self) -> bool:
        """True where the result should not be shown without a warning."""
        return self.num_films < FEW_FILMS


def compare_models(
    first: Sample, second: Sample, *, thresholds: tuple[float, float] = (0.5, 0.5)
) -> Comparison:
    """Compare two models by film, on the films that both have scored.

    Args:
        first: Files with the first model's scores; films are matched by name and class.
        second: Files with the second's.
        thresholds: From which mean score on a film counts as positive, one a model.

    Raises:
        ValueError: If they share no film.
    """
    scored = [
        {
            (name, bool(label)): score
            for name, label, score in zip(films.names, films.truth, films.scores, strict=True)
        }
        for films in (first.by_film(), second.by_film())
    ]
    common = [film for film in scored[0] if film in scored[1]]
    if not common:
        raise ValueError("the two models have scored no common film")
    truth = np.array([label for _, label in common])
    scores = [np.array([each[film] for film in common]) for each in scored]
    right = [
        (values >= threshold) == truth for values, threshold in zip(scores, thresholds, strict=True)
    ]
    has_both = truth.any() and not truth.all()
    return Comparison(
        num_films=len(common),
        num_left_out=len(scored[0]) + len(scored[1]) - 2 * len(common),
        auc=delong(truth, scores[0], scores[1]) if has_both else None,
        accuracy=mcnemar(right[0], right[1]),
    )


def delong(truth: Labels, first: Values, second: Values) -> AucComparison:
    """Test two correlated areas under ROC.

    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44, 1988, 837-845; placements by
    mid-ranks: X. Sun and W. Xu, IEEE Signal Processing Letters 21, 2014.

    Args:
        truth: bool, (m,), both classes; 0 and 1 will do.
        first: float64, (m,): the first model's score of each film.
        second: Likewise, the second's.

    Raises:
        ValueError: With one class only.
    """
    # Whole numbers would choose films by place, not by class.
    truth = np.asarray(truth, np.bool_)
    if truth.all() or not truth.any():
        raise ValueError("an area under ROC needs both classes")
    placed = [_placements(truth, scores) for scores in (first, second)]
    areas = [float(positives.mean()) for positives, _ in placed]
    difference = areas[0] - areas[1]
    variance = sum(_variance_of_mean(placed[0][which] - placed[1][which]) for which in (0, 1))
    half = _NORMAL.inv_cdf(0.975) * sqrt(variance)
    if variance > 0:
        p_value = 2.0 * _NORMAL.cdf(-abs(difference) / sqrt(variance))
    else:
        # All films speak alike. Had each film's two scores been swapped by a coin, only two of all
        # throws would show as much: with 2 films that is an even chance, with 50 none.
        p_value = 1.0 if difference == 0 else min(1.0, 2.0 ** (1 - len(truth)))
    return AucComparison(
        areas[0],
        areas[1],
        difference,
        Interval(max(-1.0, difference - half), min(1.0, difference + half)),
        p_value,
    )


def mcnemar(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> AccuracyComparison:
    """Test two accuracies on the same films, exactly (Q. McNemar, Psychometrika 12, 1947).

    Args:
        first: bool, (m,): whether the first model reads each film right.
        second: Likewise, the second.
    """
    only_first = int(np.sum(first & ~second))
    only_second = int(np.sum(~first & second))
    total, fewer = only_first + only_second, min(only_first, only_second)
    # Whole numbers of any size: exact for thousands of films too.
    tail = sum(comb(total, count) for count in range(fewer + 1))
    return AccuracyComparison(
        first=float(first.mean()),
        second=float(second.mean()),
        only_first=only_first,
        only_second=only_second,
        p_value=min(1.0, 2 * tail / 2**total),
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Allow for the number of tests: S. Holm, Scandinavian Journal of Statistics 6, 1979, 65-70.

    Args:
        p_values: Of each test, 0-1.

    Returns:
        Adjusted, in the same order: each is still the chance of one false alarm among all.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return tuple(adjusted)


def _placements(truth: Labels, scores: Values) -> tuple[Values, Values]:
    """For each positive the share of negatives below it, for each negative that of positives above.

    Ties count half.
    """
    positives, negatives = scores[truth], scores[~truth]
    return _share_below(positives, negatives), 1.0 - _share_below(negatives, positives)


def _share_below(values: Values, others: Values) -> Values:
    ranked = np.sort(others)
    below = np.searchsorted(ranked, values, side="left")
    not_above = np.searchsorted(ranked, values, side="right")
    shares: Values = (below + not_above) / (2.0 * len(others))
    return shares


def _variance_of_mean(values: Values) -> float:
    """0 for a single value, which has none to show."""
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0
