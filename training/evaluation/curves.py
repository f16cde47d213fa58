"""Curves for a window to draw: plain values, with 95 % bands by resampling films.

NumPy only. Bands are pointwise: at each position, not of the curve as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import Interval, wilson
from training.evaluation.intervals import NUM_RESAMPLES, SEED, FilmBootstrap
from training.evaluation.measures import NUM_BINS, Measure, Ranks, bin_of
from training.evaluation.samples import Sample, Values

Floats = tuple[float, ...]
# Positions of a band: every hundredth.
GRID = 101
HISTOGRAM_BINS = 20


@dataclass(frozen=True)
class Curve:
    """A curve with its band.

    Args:
        x: k positions of the curve's points, rising.
        y: Their heights.
        thresholds: The score from which on a film counts as positive at each point; infinite for
            the point where none does.
        band_x: Positions of the band, rising.
        band_low: Its lower edge.
        band_high: Its upper edge; all three empty where a class has fewer than two films.
    """

    x: Floats
    y: Floats
    thresholds: Floats
    band_x: Floats = ()
    band_low: Floats = ()
    band_high: Floats = ()


@dataclass(frozen=True)
class ReliabilityBin:
    """One point of the reliability curve.

    Args:
        low: Lowest score of the bin.
        high: Highest score.
        mean_score: Mean score of the entries in it.
        share_positive: Share of positives among them.
        interval: Of that share; Wilson's, for as many films as the bin's entries amount to.
        count: Entries in it.
    """

    low: float
    high: float
    mean_score: float
    share_positive: float
    interval: Interval
    count: int


@dataclass(frozen=True)
class Histogram:
    """How many entries of each class have which score.

    Args:
        edges: k + 1 edges of the bins, 0 to 1.
        positives: k counts.
        negatives: k counts.
    """

    edges: Floats
    positives: tuple[int, ...]
    negatives: tuple[int, ...]


def roc(sample: Sample, *, num_resamples: int = NUM_RESAMPLES, seed: int = SEED) -> Curve:
    """The ROC curve: sensitivity over 1 - specificity.

    Args:
        sample: Files, or films (``Sample.by_film``); resampled are films in both cases.
        num_resamples: For the band.
        seed: Of the resampling.

    Raises:
        ValueError: With one class only.
    """
    bootstrap, ranks = _prepared(sample, num_resamples, seed)
    true, false = ranks.counts(np.ones((1, len(sample.truth))))
    grid = np.linspace(0.0, 1.0, GRID)

    def heights(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found, called = ranks.counts(weights)
        return np.stack(
            [
                np.interp(grid, _from_zero(row_false), _from_zero(row_true))
                for row_true, row_false in zip(
                    found / found[:, -1:], called / called[:, -1:], strict=True
                )
            ]
        )

    thresholds = np.concatenate([[np.inf], ranks.thresholds])
    x, y = _from_zero(false[0] / false[0, -1]), _from_zero(true[0] / true[0, -1])
    return Curve(_plain(x), _plain(y), _plain(thresholds), **_band(bootstrap, heights, grid))


def precision_recall(
    sample: Sample, *, num_resamples: int = NUM_RESAMPLES, seed: int = SEED
) -> Curve:
    """The precision-recall curve: PPV at the sample's own prevalence over sensitivity.

    Draw it as steps: between two points precision does not follow a straight line.

    Args:
        sample: Files, or films.
        num_resamples: For the band.
        seed: Of the resampling.

    Raises:
        ValueError: With one class only.
    """
    bootstrap, ranks = _prepared(sample, num_resamples, seed)
    true, false = ranks.counts(np.ones((1, len(sample.truth))))
    grid = np.linspace(0.0, 1.0, GRID)

    def heights(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        found, called = ranks.counts(weights)
        precision = found / np.maximum(found + called, 1e-300)
        recall = found / found[:, -1:]
        # The first point that reaches a recall.
        places = [np.searchsorted(row, grid - 1e-12) for row in recall]
        return np.stack([row[place] for row, place in zip(precision, places, strict=True)])

    recall = true[0] / true[0, -1]
    return Curve(
        _plain(recall),
        _plain(true[0] / (true[0] + false[0])),
        _plain(ranks.thresholds),
        **_band(bootstrap, heights, grid),
    )


def reliability(sample: Sample) -> tuple[ReliabilityBin, ...]:
    """The reliability curve in ten bins of equal width, empty ones left out.

    Args:
        sample: Files, or films.
    """
    bins = bin_of(sample.scores)
    points = []
    for number in np.unique(bins):
        members = bins == number
        share = float(sample.truth[members].mean())
        # Files of one film are one witness.
        num_films = len(np.unique(sample.film_of[members]))
        points.append(
            ReliabilityBin(
                low=float(number) / NUM_BINS,
                high=(float(number) + 1.0) / NUM_BINS,
                mean_score=float(sample.scores[members].mean()),
                share_positive=share,
                interval=wilson(round(share * num_films), num_films),
                count=int(members.sum()),
            )
        )
    return tuple(points)


def score_histogram(sample: Sample) -> Histogram:
    """Counts of scores by class in twenty bins of equal width.

    Args:
        sample: Files, or films.
    """
    edges = np.linspace(0.0, 1.0, HISTOGRAM_BINS + 1)
    positives, _ = np.histogram(sample.scores[sample.truth], edges)
    negatives, _ = np.histogram(sample.scores[~sample.truth], edges)
    return Histogram(
        _plain(edges),
        tuple(int(count) for count in positives),
        tuple(int(count) for count in negatives),
    )


def _prepared(sample: Sample, num_resamples: int, seed: int) -> tuple[FilmBootstrap, Ranks]:
    if sample.truth.all() or not sample.truth.any():
        raise ValueError("a curve needs both classes")
    bootstrap = FilmBootstrap(
        sample.film_truth(), sample.film_of, num_resamples=num_resamples, seed=seed
    )
    return bootstrap, Ranks(sample.truth, sample.scores)


def _band(bootstrap: FilmBootstrap, heights: Measure, grid: Values) -> dict[str, Floats]:
    if not bootstrap.can_vary:
        return {}
    low, high = np.quantile(bootstrap.rows(heights), (0.025, 0.975), axis=0)
    return {"band_x": _plain(grid), "band_low": _plain(low), "band_high": _plain(high)}


def _from_zero(values: npt.NDArray[np.float64]) -> Values:
    whole: Values = np.concatenate([[0.0], values])
    return whole


def _plain(values: npt.NDArray[np.float64]) -> Floats:
    return tuple(float(value) for value in values)
