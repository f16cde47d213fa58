"""Temperature scaling and operating points against scikit-learn, SciPy and counting."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from scored_films import sample_of, scored
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_curve

from training.evaluation.calibration import MAX_TEMPERATURE, Calibration, fit_temperature
from training.evaluation.operating_points import (
    Band,
    OperatingPoint,
    OperatingPoints,
    Target,
    point_at,
    point_for,
    two_points,
)
from training.evaluation.samples import Sample, make_sample


def too_sure(count: int, files_each: int = 1) -> Sample:
    """Scores whose logits are three times what they should be."""
    random = np.random.default_rng(0)
    right = random.normal(0, 1.5, count)
    labels = random.random(count) < expit(right)
    logits = np.repeat(3 * right, files_each) + random.normal(0, 0.3, count * files_each)
    films = [f"film {n}" for n in np.repeat(np.arange(count), files_each)]
    return make_sample(np.repeat(labels, files_each), expit(logits), films)


def platt(sample: Sample) -> np.ndarray:
    """Platt's targets, by films."""
    truth = sample.film_truth()
    high, low = (truth.sum() + 1) / (truth.sum() + 2), 1 / ((~truth).sum() + 2)
    return np.where(sample.truth, high, low)


def test_that_the_temperature_is_the_slope_of_scikit_learns_regression_on_logits() -> None:
    sample = too_sure(400, 3)
    model = LogisticRegression(C=1e9, fit_intercept=False, tol=1e-12)
    # A target of 0.9 is nine parts of one class and one of the other.
    targets, weights = platt(sample), sample.film_weights()
    logits = np.concatenate([logit(sample.scores)] * 2)
    model.fit(
        logits[:, None],
        np.repeat([1, 0], len(targets)),
        sample_weight=np.concatenate([targets * weights, (1 - targets) * weights]),
    )
    found = fit_temperature(sample)
    assert found.temperature == pytest.approx(1 / model.coef_[0, 0], rel=1e-4)
    assert 2.0 < found.temperature < 4.0
    assert found.num_films == 400


def test_that_the_temperature_has_the_least_loss_that_scipy_finds() -> None:
    sample = too_sure(200)

    def loss(temperature: float) -> float:
        return float(log_loss(sample.truth, expit(logit(sample.scores) / temperature)))

    def softened(temperature: float) -> float:
        stated = expit(logit(sample.scores) / temperature)
        wanted = platt(sample)
        return float(-np.mean(wanted * np.log(stated) + (1 - wanted) * np.log(1 - stated)))

    best = minimize_scalar(softened, bounds=(0.1, 15), method="bounded", options={"xatol": 1e-9})
    found = fit_temperature(sample)
    assert found.temperature == pytest.approx(best.x, rel=1e-4)
    assert found.loss_before == pytest.approx(loss(1.0))
    assert found.loss_after == pytest.approx(loss(best.x))
    assert found.loss_after < found.loss_before


def test_that_copies_of_some_films_do_not_change_the_temperature() -> None:
    sample = too_sure(100)
    times = np.where(np.arange(100) < 30, 50, 1)
    copied = make_sample(
        np.repeat(sample.truth, times),
        np.repeat(sample.scores, times),
        [name for name, count in zip(sample.names, times, strict=True) for _ in range(count)],
    )
    assert fit_temperature(copied).temperature == pytest.approx(fit_temperature(sample).temperature)


def test_that_calibration_keeps_the_order_and_the_coin() -> None:
    calibration = Calibration(3.0)
    scores = np.array([0.0, 1e-9, 0.1, 0.5, 0.73, 0.999, 1.0])
    found = calibration.apply(scores)
    assert found[3] == 0.5
    assert (np.diff(found[1:-1]) > 0).all()
    assert ((found >= 0) & (found <= 1)).all()
    assert found[4] == pytest.approx(expit(logit(0.73) / 3.0))


def test_that_classes_that_are_told_apart_or_missing_make_no_nonsense() -> None:
    perfect = make_sample([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], list("abcd"))
    # Two films of each class, told apart: no reason for more than three to one.
    assert fit_temperature(perfect).apply([0.1, 0.9]) == pytest.approx([0.2, 0.8], abs=0.05)
    reversed_scores = make_sample([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9], list("abcd"))
    assert fit_temperature(reversed_scores).temperature == pytest.approx(MAX_TEMPERATURE)
    with pytest.raises(ValueError, match="both classes"):
        fit_temperature(make_sample([1, 1], [0.1, 0.2], list("ab")))


def test_that_a_calibration_survives_json_and_refuses_nonsense() -> None:
    calibration = Calibration(1.7, False, 28, 0.6, 0.5)
    values = json.loads(json.dumps(calibration.to_json()))
    assert Calibration.from_json(values | {"of_a_newer_version": [1]}) == calibration
    for changes in ({"temperature": 0}, {"temperature": float("nan")}, {"is_on": "no"}):
        with pytest.raises((TypeError, ValueError)):
            Calibration.from_json(values | changes)


# --------------------------------------------------------------- operating points


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wanted", [0.5, 0.9, 0.95, 1.0])
def test_that_a_target_is_reached_at_the_best_point_of_scikit_learns_roc(
    seed: int, wanted: float
) -> None:
    films = sample_of(80, seed)
    false, true, _ = roc_curve(films.truth, films.scores, drop_intermediate=False)
    sensitive = point_for(films, Target.SENSITIVITY, wanted)
    assert sensitive.sensitivity is not None
    assert sensitive.sensitivity >= wanted - 1e-12
    assert sensitive.specificity == pytest.approx(1 - min(false[true >= wanted - 1e-12]))
    specific = point_for(films, Target.SPECIFICITY, wanted)
    assert specific.specificity is not None
    assert specific.specificity >= wanted - 1e-12
    assert specific.sensitivity == pytest.approx(max(true[1 - false >= wanted - 1e-12]))


def test_that_nineteen_of_twenty_are_95_percent() -> None:
    scores = np.arange(1, 21) / 100
    films = make_sample([1] * 20 + [0], [*scores, 0.005], list(map(str, range(21))))
    found = point_for(films, Target.SENSITIVITY, 0.95)
    assert found.sensitivity == 0.95
    assert found.threshold == pytest.approx(0.015)
    assert (found.target, found.wanted, found.num_films) == (Target.SENSITIVITY, 0.95, 21)
    assert found.sensitivity_interval is not None
    assert found.sensitivity_interval.low < 0.8


def test_that_two_targets_make_three_bands() -> None:
    films = sample_of(80, 0)
    points = two_points(
        point_for(films, Target.SENSITIVITY, 0.95), point_for(films, Target.SPECIFICITY, 0.95)
    )
    assert points.high is not None
    low, high = points.low.threshold, points.high.threshold
    assert points.has_unsure_band
    assert points.band(low - 1e-6) is Band.NEGATIVE
    assert points.band(low) is Band.UNSURE
    assert points.band(high - 1e-6) is Band.UNSURE
    assert points.band(high) is Band.POSITIVE
    assert points.threshold_for(0.001) == low
    assert points.threshold_for(0.999) == high


def test_that_one_threshold_for_both_targets_leaves_no_unsure_band() -> None:
    films = make_sample([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], list("abcd"))
    points = two_points(
        point_for(films, Target.SENSITIVITY, 0.5), point_for(films, Target.SPECIFICITY, 0.5)
    )
    assert not points.has_unsure_band
    reached = point_at(films, points.low.threshold)
    assert (reached.sensitivity, reached.specificity) == (1.0, 1.0)
    assert points.band(0.5) in (Band.NEGATIVE, Band.POSITIVE)


def test_that_a_point_by_value_says_what_it_reaches() -> None:
    labels, scores, films = scored(60, 1)
    point = point_at(make_sample(labels, scores, films), 0.4)
    assert point.sensitivity == pytest.approx(np.mean(scores[labels == 1] >= 0.4))
    assert point.specificity == pytest.approx(np.mean(scores[labels == 0] < 0.4))
    for nonsense in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="threshold"):
            point_at(make_sample(labels, scores, films), nonsense)


def test_that_a_target_that_no_threshold_reaches_is_refused() -> None:
    stuck = make_sample([1, 1, 0], [0.0, 0.9, 0.5], list("abc"))
    with pytest.raises(ValueError, match="no threshold"):
        point_for(stuck, Target.SENSITIVITY, 1.0)
    with pytest.raises(ValueError, match="no film"):
        point_for(make_sample([1], [0.5], ["a"]), Target.SPECIFICITY, 0.9)
    with pytest.raises(ValueError, match="of 0"):
        point_for(stuck, Target.SENSITIVITY, 0.0)


def test_that_points_survive_json_and_the_wrong_way_round_is_refused() -> None:
    films = sample_of(80, 0)
    points = two_points(
        point_for(films, Target.SENSITIVITY, 0.95), point_for(films, Target.SPECIFICITY, 0.95)
    )
    values = json.loads(json.dumps(points.to_json()))
    values["low"]["of_a_newer_version"] = 1
    assert OperatingPoints.from_json(values) == points
    single = OperatingPoints(points.low)
    assert OperatingPoints.from_json(json.loads(json.dumps(single.to_json()))) == single
    assert single.band(points.low.threshold) is Band.POSITIVE
    with pytest.raises(ValueError, match="wrong way"):
        OperatingPoints(OperatingPoint(0.6), OperatingPoint(0.4))
    with pytest.raises(ValueError):
        OperatingPoint.from_json({"threshold": 1.5})
