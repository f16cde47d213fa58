"""95 % intervals where the unit is the film. Why which one: docs/decisions/0007.

Films, never files: the files of one film are copies, and thirteen films copied fifty times tell no
more than thirteen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import exp, inf, log, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import Interval
from training.evaluation.measures import Measure, Weights
from training.evaluation.samples import Labels, Values

NUM_RESAMPLES = 2000
SEED = 20_261_123

_NORMAL = NormalDist()
_Z = _NORMAL.inv_cdf(0.975)
# Weights measured at once: 8 MB.
_WEIGHTS = 1_000_000
# Films of a class are left out one by one up to here, else in so many groups: else the time would
# grow with the square of the films.
_GROUPS = 1000
# Logarithm of a ratio beyond any that counts of films can give.
_FAR = 40.0


class FilmBootstrap:
    """Resamples whole films, within each class, and measures any figure on every resample.

    Within the class because the number of films of each class is set by whoever gathered them, not
    by chance; every resample then has all classes. Cluster bootstrap: Davison and Hinkley,
    "Bootstrap Methods and their Application", 1997, section 3.8.

    Args:
        film_truth: bool, (m,): each film's class; or int, (m,), where there are more than two.
        film_of: int64, (n,): each entry's film; ``arange(m)`` where entries are films.
        num_resamples: How many.
        seed: Equal seeds draw equal films.
    """

    def __init__(
        self,
        film_truth: npt.NDArray[np.bool_ | np.int64],
        film_of: npt.NDArray[np.int64],
        *,
        num_resamples: int = NUM_RESAMPLES,
        seed: int = SEED,
    ) -> None:
        self._film_of = film_of
        self._num_films = len(film_truth)
        self._classes = _members(film_truth)
        self._draws = _draw(self._classes, num_resamples, seed)

    @property
    def can_vary(self) -> bool:
        """True where each class that is there has two films or more: one alone never varies."""
        return self._num_films > 1 and all(members.sum() > 1 for members in self._classes)

    def values(self, measure: Measure) -> Values:
        """The figure on every resample: float64, (resamples,)."""
        return self._measured(measure, self._drawn())

    def rows(self, curve: Measure) -> npt.NDArray[np.float64]:
        """As ``values``, for a function that gives several numbers a resample."""
        return self._measured(curve, self._drawn())

    def interval(self, measure: Measure) -> Interval | None:
        """The BCa interval of a figure (Efron, J. Am. Stat. Assoc. 82, 1987).

        Args:
            measure: As from ``measures``.

        Returns:
            None where resampling cannot tell: a class of one film, or a figure that is the same on
            every resample (all films in the right order, for instance).
        """
        if not self.can_vary:
            return None
        values = self.values(measure)
        values = values[np.isfinite(values)]
        point = float(measure(np.ones((1, len(self._film_of))))[0])
        if len(values) < 2 or not np.isfinite(point) or np.ptp(values) < 1e-12:
            return None
        shares = _bca_shares(values, point, self.acceleration(measure))
        low, high = np.quantile(values, shares)
        return Interval(float(low), float(high))

    def percentile(self, measure: Measure) -> Interval | None:
        """The plain percentile interval; kept for comparison (``tests/benchmarks/coverage.py``)."""
        values = self.values(measure)
        if not self.can_vary or np.ptp(values) < 1e-12:
            return None
        low, high = np.nanquantile(values, (0.025, 0.975))
        return Interval(float(low), float(high))

    def acceleration(self, measure: Measure) -> float:
        """BCa's acceleration: the skewness of the films' influences, class by class.

        By leaving out one film at a time; of a class with more than 1,000, one of 1,000 groups of
        films at a time. A group's influence is the sum of its films', and those of different films
        have nothing in common, so sums of squares and cubes stay what they are but for chance.

        Args:
            measure: As from ``measures``.
        """
        point = float(measure(np.ones((1, len(self._film_of))))[0])
        above = below = 0.0
        for members in self._classes:
            count = int(members.sum())
            if count < 2:
                continue
            group_of = np.full(self._num_films, -1)
            group_of[members] = np.arange(count) % _GROUPS
            sizes = np.bincount(group_of[members])
            parts = parts_of(len(sizes), len(self._film_of))
            left = self._measured(measure, _left_out(group_of, parts))
            if not np.isfinite(left).all():
                continue
            influence = (count - sizes) * (point - left)
            influence -= sizes * (influence.sum() / count)
            above += float(np.sum(influence**3)) / count**3
            below += float(np.sum(influence**2)) / count**2
        return above / (6.0 * below**1.5) if below > 0 else 0.0

    def _drawn(self) -> Iterator[Weights]:
        for first, last in parts_of(len(self._draws), len(self._film_of)):
            yield self._draws[first:last].astype(np.float64)

    def _measured(self, measure: Measure, parts: Iterable[Weights]) -> Values:
        return np.concatenate([measure(part[:, self._film_of]) for part in parts])


def newcombe_auc(auc: float, num_positive: int, num_negative: int) -> Interval:
    """An interval for the area under ROC that has a width even at 0 and 1.

    Method 5 of R. G. Newcombe, Statistics in Medicine 25, 2006, 559-573: a score-like interval
    with Hanley and McNeil's variance. Used where no resample differs from the others.

    Args:
        auc: 0-1.
        num_positive: Films of the positive class, at least one.
        num_negative: Films of the other, at least one.
    """
    pairs = num_positive * num_negative
    spare = (num_positive + num_negative) / 2.0 - 1.0

    def is_inside(area: float) -> bool:
        shape = 1.0 + spare * ((1.0 - area) / (2.0 - area) + area / (1.0 + area))
        return abs(area - auc) <= _Z * sqrt(area * (1.0 - area) * shape / pairs)

    return Interval(_edge(is_inside, auc, 0.0), _edge(is_inside, auc, 1.0))


def predictive_intervals(
    sensitivity: tuple[float, int], specificity: tuple[float, int], prevalence: float
) -> tuple[Interval, Interval]:
    """Intervals for PPV and NPV at a prevalence that is known, from counts of films.

    PPV rises with the ratio sensitivity / (1 - specificity), NPV with specificity / (1 -
    sensitivity), so the bounds of the ratios bound them.

    Args:
        sensitivity: (found, positive films); at least one positive film. Not a whole number where
            films are found in part of their files.
        specificity: (spared, negative films); likewise.
        prevalence: 0-1, both excluded.

    Returns:
        For PPV and for NPV.
    """
    (found, positives), (spared, negatives) = sensitivity, specificity
    odds = prevalence / (1.0 - prevalence)
    right = ratio_interval(found, positives, negatives - spared, negatives)
    clear = ratio_interval(spared, negatives, positives - found, positives)
    return (
        Interval(_share(right[0] * odds), _share(right[1] * odds)),
        Interval(_share(clear[0] / odds), _share(clear[1] / odds)),
    )


def ratio_interval(
    above: float, num_above: int, below: float, num_below: int
) -> tuple[float, float]:
    """The 95 % score interval of the ratio of two independent shares.

    P. A. R. Koopman, Biometrics 40, 1984, 513-517; the share under the ratio is the one that O.
    Miettinen and M. Nurminen give in closed form, Statistics in Medicine 4, 1985, 213-226.

    Args:
        above: Successes, 0 to ``num_above``.
        num_above: Trials, at least one.
        below: Successes of the divisor.
        num_below: Its trials, at least one.

    Returns:
        Lower and upper bound, 0 to infinity.
    """

    def is_inside(log_ratio: float) -> bool:
        ratio = exp(log_ratio)
        total = num_above + num_below
        linear = ratio * (num_above + below) + above + num_below
        root = sqrt(max(linear**2 - 4 * total * ratio * (above + below), 0.0))
        share_below = (linear - root) / (2 * total * ratio)
        share_above = ratio * share_below
        variance = (
            share_above * (1 - share_above) / num_above
            + ratio**2 * share_below * (1 - share_below) / num_below
        )
        difference = above / num_above - ratio * below / num_below
        return difference**2 <= _Z**2 * max(variance, 0.0) + 1e-15

    if above == 0 and below == 0:
        return 0.0, inf
    # Half a success stands in where the ratio itself is 0 or infinite.
    middle = log((above or 0.5) / num_above) - log((below or 0.5) / num_below)
    low = 0.0 if above == 0 else exp(_edge(is_inside, middle, -_FAR))
    high = inf if below == 0 else exp(_edge(is_inside, middle, _FAR))
    return low, high


def _share(odds: float) -> float:
    return 1.0 if odds == inf else odds / (1.0 + odds)


def _edge(is_inside: Callable[[float], bool], start: float, end: float) -> float:
    """The last value inside on the way from ``start`` to ``end``, by halving."""
    if is_inside(end):
        return end
    inside, outside = start, end
    for _ in range(60):
        middle = (inside + outside) / 2.0
        inside, outside = (middle, outside) if is_inside(middle) else (inside, middle)
    return inside


def _members(film_truth: npt.NDArray[np.bool_ | np.int64]) -> list[Labels]:
    """bool, (m,) each: the films of every class that is there, the positive one first."""
    return [film_truth == label for label in np.unique(film_truth)[::-1]]


def parts_of(num_rows: int, length: int) -> Iterator[tuple[int, int]]:
    """Rows in parts that take little memory at once: (first, last + 1) of each."""
    step = max(1, _WEIGHTS // max(1, length))
    for first in range(0, num_rows, step):
        yield first, min(first + step, num_rows)


def _draw(classes: list[Labels], num_resamples: int, seed: int) -> npt.NDArray[np.uint8]:
    """(resamples, m): how often each film was drawn; of 10,000 films 20 MB.

    Once on average; that one of many is drawn 256 times has a chance of 1 in 10^500.
    """
    random = np.random.default_rng(seed)
    draws = np.zeros((num_resamples, len(classes[0])), np.uint8)
    for members in classes:
        count = int(members.sum())
        for first, last in parts_of(num_resamples, count):
            found = random.multinomial(count, np.full(count, 1.0 / count), last - first)
            draws[first:last, members] = found
    return draws


def _left_out(
    group_of: npt.NDArray[np.int64], parts: Iterable[tuple[int, int]]
) -> Iterator[Weights]:
    """All films but those of one group, for each group."""
    for first, last in parts:
        missing = np.arange(first, last)
        yield (group_of != missing[:, np.newaxis]).astype(np.float64)


def _bca_shares(values: Values, point: float, acceleration: float) -> tuple[float, float]:
    """Which quantiles of the resamples bound the interval."""
    # Resamples equal to the figure count half: few films give few different values.
    share = (np.sum(values < point) + np.sum(values <= point)) / (2.0 * len(values))
    edge = 0.5 / len(values)
    bias = _NORMAL.inv_cdf(min(max(float(share), edge), 1.0 - edge))

    def shifted(z: float) -> float:
        total = bias + z
        return _NORMAL.cdf(bias + total / max(1.0 - acceleration * total, 1e-3))

    return shifted(-_Z), shifted(_Z)
