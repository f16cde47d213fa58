"""Weighted figures against scikit-learn, and against repeating the entries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scored_films import ones, sample_of
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    brier_score_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

from training.evaluation.measures import bin_of, measures, predictive_values
from training.evaluation.samples import make_sample

THRESHOLD = 0.5


def called(scores: np.ndarray) -> np.ndarray:
    return scores >= THRESHOLD


SCIKIT_LEARN: dict[str, Callable[..., float]] = {
    "accuracy": lambda y, s, w: accuracy_score(y, called(s), sample_weight=w),
    "sensitivity": lambda y, s, w: recall_score(y, called(s), sample_weight=w),
    "specificity": lambda y, s, w: recall_score(y, called(s), pos_label=0, sample_weight=w),
    "ppv": lambda y, s, w: precision_score(y, called(s), sample_weight=w),
    "npv": lambda y, s, w: precision_score(y, called(s), pos_label=0, sample_weight=w),
    "auc": lambda y, s, w: roc_auc_score(y, s, sample_weight=w),
    "average_precision": lambda y, s, w: average_precision_score(y, s, sample_weight=w),
    "brier": lambda y, s, w: brier_score_loss(y, s, sample_weight=w),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SCIKIT_LEARN)
def test_that_weighted_figures_equal_those_of_scikit_learn(name: str, seed: int) -> None:
    sample = sample_of(150, seed)
    truth, scores = sample.truth.astype(int), sample.scores
    measure = measures(sample.truth, scores, threshold=THRESHOLD, prevalence=None)[name]
    # As drawn by a bootstrap: some entries not at all, others several times.
    weights = np.random.default_rng(seed).poisson(1.0, (5, 150)).astype(float)
    expected = [SCIKIT_LEARN[name](truth, scores, row) for row in weights]
    assert measure(weights) == pytest.approx(expected, abs=1e-12)
    assert measure(ones(sample))[0] == pytest.approx(
        SCIKIT_LEARN[name](truth, scores, None), abs=1e-12
    )


@pytest.mark.parametrize("seed", range(4))
def test_that_the_calibration_error_is_the_mean_gap_of_scikit_learns_bins(seed: int) -> None:
    sample = sample_of(400, seed)
    # Rounded scores lie on the bins' edges, where the two libraries put them to other sides.
    scores = np.clip(sample.scores + 0.003, 0, 1)
    share, mean = calibration_curve(sample.truth, scores, n_bins=10)
    counts = np.bincount(bin_of(scores), minlength=10)
    expected = np.sum(np.abs(share - mean) * counts[counts > 0]) / 400
    found = measures(sample.truth, scores, threshold=0.5, prevalence=None)["ece"](ones(sample))
    assert found[0] == pytest.approx(expected, abs=1e-12)


def test_that_predictive_values_follow_bayes_rule() -> None:
    # Of 10,000 films 100 are fractured: 90 found, 10 missed; of 9,900 others 990 are called so.
    ppv, npv = predictive_values(0.9, 0.9, 0.01)
    assert float(ppv) == pytest.approx(90 / (90 + 990))
    assert float(npv) == pytest.approx(8910 / (8910 + 10))


def test_that_a_stated_prevalence_changes_predictive_values_only() -> None:
    sample = sample_of(150, 0)
    rare, own = (
        measures(sample.truth, sample.scores, threshold=0.5, prevalence=prevalence)
        for prevalence in (0.01, None)
    )
    for name in rare:
        same = rare[name](ones(sample))[0] == own[name](ones(sample))[0]
        assert same == (name not in ("ppv", "npv")), name


def test_that_one_class_leaves_undefined_figures_undefined() -> None:
    sample = make_sample([1, 1], [0.9, 0.1], ["a", "b"])
    known = measures(sample.truth, sample.scores, threshold=0.5, prevalence=None)
    found = {name: measure(ones(sample))[0] for name, measure in known.items()}
    assert {name for name, value in found.items() if np.isnan(value)} == {
        "specificity",
        "ppv",
        "npv",
        "auc",
        "average_precision",
    }


def test_that_a_film_is_scored_with_the_mean_of_its_files() -> None:
    sample = make_sample([1, 1, 1, 0, 0], [0.7, 0.4, 0.4, 0.9, 0.2], list("aaabb")).by_film()
    assert sample.scores == pytest.approx([0.5, 0.55])
    assert list(sample.truth) == [True, False]
    assert sample.names == ("a", "b")


def test_that_film_weights_count_each_film_once() -> None:
    sample = make_sample([1, 1, 1, 0, 0], [0.5] * 5, list("aaabb"))
    assert sample.film_weights() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 1 / 2, 1 / 2])
