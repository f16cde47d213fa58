"""What a set of scores is worth, for many weightings of the same entries at once.

A bootstrap resample is a weight for each entry (how often it was drawn), so one call measures
thousands of resamples: sorting is done once. A plain figure is one row of ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from training.evaluation.samples import Labels, Values

# Ten bins of equal width, as in Guo et al., "On calibration of modern neural networks", ICML 2017.
NUM_BINS = 10

Weights = npt.NDArray[np.float64]
Measure = Callable[[Weights], Values]


def measures(
    truth: Labels, scores: Values, *, threshold: float, prevalence: float | None
) -> dict[str, Measure]:
    """Every figure as a function of the entries' weights.

    Args:
        truth: bool, (n,).
        scores: float64, (n,), 0-1.
        threshold: Score from which on an entry counts as positive.
        prevalence: Share of positives for which PPV and NPV hold, or None for the entries' own.

    Returns:
        By name: a function from weights, float64, (rows, n), to float64, (rows,). A figure that a
        row does not define (no positives in it) is NaN.
    """
    called = scores >= threshold
    found = {
        "accuracy": _Share(called == truth, np.ones_like(truth)),
        "sensitivity": _Share(called & truth, truth),
        "specificity": _Share(~called & ~truth, ~truth),
    }
    ranks = Ranks(truth, scores)
    squares = (scores - truth) ** 2
    return {
        **found,
        "ppv": _Predictive(truth, called, prevalence, positive=True),
        "npv": _Predictive(truth, called, prevalence, positive=False),
        "auc": ranks.auc,
        "average_precision": ranks.average_precision,
        "brier": lambda weights: _divide(weights @ squares, weights.sum(axis=1)),
        "ece": lambda weights: calibration_error(truth, scores, weights),
    }


def predictive_values(
    sensitivity: npt.ArrayLike, specificity: npt.ArrayLike, prevalence: npt.ArrayLike
) -> tuple[Values, Values]:
    """PPV and NPV by Bayes' rule.

    Args:
        sensitivity: 0-1, any shape.
        specificity: 0-1.
        prevalence: Share of positives where the films come from, 0-1.

    Returns:
        Positive and negative predictive value; NaN where nothing is called so.
    """
    found, spared, share = (
        np.asarray(value, np.float64) for value in (sensitivity, specificity, prevalence)
    )
    right, wrong = share * found, (1.0 - share) * (1.0 - spared)
    clear, missed = (1.0 - share) * spared, share * (1.0 - found)
    return _divide(right, right + wrong), _divide(clear, clear + missed)


class Ranks:
    """Figures that depend on the order of the scores alone.

    Args:
        truth: bool, (n,).
        scores: float64, (n,).

    Attributes:
        thresholds: float64, (k,): the different scores, falling.
    """

    def __init__(self, truth: Labels, scores: Values) -> None:
        self._order = np.argsort(-scores, kind="stable")
        falling = scores[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], falling[1:] != falling[:-1]]))
        self._truth = truth[self._order]
        self.thresholds: Values = falling[self._starts]

    def counts(self, weights: Weights) -> tuple[Weights, Weights]:
        """Positives and negatives at or above each threshold: float64, (rows, k) each."""
        ordered = weights[:, self._order]
        positives = ordered * self._truth
        negatives = ordered - positives
        # Summing up groups of one takes longer than all the rest.
        if len(self._starts) < len(self._order):
            positives = np.add.reduceat(positives, self._starts, axis=1)
            negatives = np.add.reduceat(negatives, self._starts, axis=1)
        return np.cumsum(positives, axis=1), np.cumsum(negatives, axis=1)

    def auc(self, weights: Weights) -> Values:
        """Share of (positive, negative) pairs in the right order, ties counting half."""
        true, false = self.counts(weights)
        before = np.concatenate([np.zeros((len(true), 1)), true[:, :-1]], axis=1)
        steps = np.diff(false, axis=1, prepend=0.0)
        pairs = np.sum(steps * (before + true) / 2.0, axis=1)
        return _divide(pairs, true[:, -1] * false[:, -1])

    def average_precision(self, weights: Weights) -> Values:
        """The sum of precision times the gain in recall, threshold by threshold, not interpolated."""
        true, false = self.counts(weights)
        precision = np.nan_to_num(_divide(true, true + false))
        gains = np.diff(true, axis=1, prepend=0.0)
        # Without a negative there is nothing to tell apart, and 1 would look like praise.
        has_both = false[:, -1] > 0
        area = _divide(np.sum(precision * gains, axis=1), true[:, -1])
        return np.where(has_both, area, np.nan)


def calibration_error(truth: Labels, scores: Values, weights: Weights) -> Values:
    """Expected calibration error: mean distance of score and share of positives over the bins.

    Args:
        truth: bool, (n,).
        scores: float64, (n,), 0-1.
        weights: float64, (rows, n).

    Returns:
        float64, (rows,), 0-1. Chance alone keeps it above 0: the fewer entries, the higher.
    """
    bins = bin_of(scores)
    members = np.eye(NUM_BINS)[bins]
    gaps = np.abs(weights @ (members * (scores - truth)[:, np.newaxis]))
    return _divide(gaps.sum(axis=1), weights.sum(axis=1))


def bin_of(scores: Values) -> npt.NDArray[np.int64]:
    """The calibration bin of each score, 0 to ``NUM_BINS`` - 1; a score of 1 is in the last."""
    return np.minimum((scores * NUM_BINS).astype(np.int64), NUM_BINS - 1)


class _Share:
    """Weighted share of ``members`` for which ``holds`` is true."""

    def __init__(self, holds: Labels, members: Labels) -> None:
        self._columns = np.stack([holds, members], axis=1).astype(np.float64)

    def __call__(self, weights: Weights) -> Values:
        sums = weights @ self._columns
        return _divide(sums[:, 0], sums[:, 1])


class _Predictive:
    """PPV or NPV at a prevalence, or at the weighted entries' own."""

    def __init__(
        self, truth: Labels, called: Labels, prevalence: float | None, *, positive: bool
    ) -> None:
        self._found = _Share(called & truth, truth)
        self._spared = _Share(~called & ~truth, ~truth)
        self._share = _Share(truth, np.ones_like(truth))
        self._prevalence = prevalence
        self._which = 0 if positive else 1

    def __call__(self, weights: Weights) -> Values:
        share = self._share(weights) if self._prevalence is None else self._prevalence
        both = predictive_values(self._found(weights), self._spared(weights), share)
        return both[self._which]


def _divide(above: npt.ArrayLike, below: npt.ArrayLike) -> Values:
    """NaN where there is nothing to divide by."""
    top, bottom = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
    shares: Values = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0)
    return shares
