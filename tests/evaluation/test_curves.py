"""Curves against scikit-learn, their bands against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scored_films import sample_of
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve, roc_curve

from tests.benchmarks.coverage import World
from training.evaluation.curves import precision_recall, reliability, roc, score_histogram
from training.evaluation.samples import make_sample


@pytest.mark.parametrize("seed", range(3))
def test_that_the_roc_points_are_those_of_scikit_learn(seed: int) -> None:
    sample = sample_of(120, seed)
    false, true, thresholds = roc_curve(sample.truth, sample.scores, drop_intermediate=False)
    curve = roc(sample, num_resamples=50)
    assert curve.x == pytest.approx(false)
    assert curve.y == pytest.approx(true)
    assert curve.thresholds == pytest.approx(thresholds)


@pytest.mark.parametrize("seed", range(3))
def test_that_the_precision_recall_points_are_those_of_scikit_learn(seed: int) -> None:
    sample = sample_of(120, seed)
    precision, recall, thresholds = precision_recall_curve(sample.truth, sample.scores)
    curve = precision_recall(sample, num_resamples=50)
    # Scikit-learn goes the other way and adds an end without a threshold.
    assert curve.x == pytest.approx(recall[:-1][::-1])
    assert curve.y == pytest.approx(precision[:-1][::-1])
    assert curve.thresholds == pytest.approx(thresholds[::-1])


def test_that_a_band_lies_around_its_curve_and_narrows_with_more_films() -> None:
    widths = []
    for count in (30, 400):
        sample = sample_of(count, 0)
        curve = roc(sample, num_resamples=400)
        middle = np.interp(curve.band_x, curve.x, curve.y)
        low, high = np.array(curve.band_low), np.array(curve.band_high)
        assert np.mean((low - 1e-9 <= middle) & (middle <= high + 1e-9)) > 0.95
        widths.append(float(np.mean(high - low)))
    assert widths[1] < widths[0] / 2


def test_that_copies_of_files_do_not_narrow_a_band() -> None:
    sample = sample_of(40, 1)
    copied = make_sample(
        np.tile(sample.truth, 10), np.tile(sample.scores, 10), list(sample.names) * 10
    )
    for curve in (roc, precision_recall):
        assert curve(copied).band_low == pytest.approx(curve(sample).band_low)


def test_that_a_class_of_one_film_has_a_curve_without_a_band() -> None:
    curve = roc(make_sample([1, 0, 0], [0.9, 0.2, 0.3], list("abc")))
    assert curve.x[0] == 0.0
    assert curve.y[-1] == 1.0
    assert curve.band_x == ()
    for draw in (roc, precision_recall):
        with pytest.raises(ValueError, match="both classes"):
            draw(make_sample([1, 1], [0.9, 0.2], list("ab")))


def test_that_the_reliability_curve_is_that_of_scikit_learn() -> None:
    sample = sample_of(300, 0)
    scores = np.clip(sample.scores + 0.003, 0, 1)
    share, mean = calibration_curve(sample.truth, scores, n_bins=10)
    points = reliability(make_sample(sample.truth, scores, sample.names))
    assert [point.mean_score for point in points] == pytest.approx(mean)
    assert [point.share_positive for point in points] == pytest.approx(share)
    assert sum(point.count for point in points) == 300
    assert all(p.interval.low <= p.share_positive <= p.interval.high for p in points)


def test_that_files_of_one_film_are_one_witness_in_a_bin() -> None:
    (once,) = reliability(make_sample([1, 0], [0.55, 0.55], list("ab")))
    (many,) = reliability(make_sample([1] * 50 + [0] * 50, [0.55] * 100, list("a" * 50 + "b" * 50)))
    assert many.interval == once.interval


def test_that_the_histogram_counts_every_score_once() -> None:
    sample = make_sample([1, 1, 0, 0], [1.0, 0.97, 0.0, 0.05], list("abcd"))
    histogram = score_histogram(sample)
    assert len(histogram.edges) == 21
    assert histogram.positives == (0,) * 19 + (2,)
    assert histogram.negatives == (1, 1) + (0,) * 18


@pytest.mark.slow
def test_that_the_roc_band_holds_the_true_curve_as_often_as_it_says() -> None:
    """60 + 60 films, 200 times, at three positions; 3.5 standard errors (5.4 %) of slack."""
    world, random = World(), np.random.default_rng(0)
    large = roc(world.draw(20_000, 20_000, random).by_film(), num_resamples=2)
    places = (0.1, 0.3, 0.6)
    truth = np.interp(places, large.x, large.y)
    held = np.zeros(3)
    for seed in range(200):
        curve = roc(world.draw(60, 60, random).by_film(), num_resamples=300, seed=seed)
        low, high = (
            np.interp(places, curve.band_x, edge) for edge in (curve.band_low, curve.band_high)
        )
        held += (low <= truth) & (truth <= high)
    assert (held / 200 > 0.92 - 0.054).all()
