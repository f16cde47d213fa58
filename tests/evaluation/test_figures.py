"""Figures against scikit-learn, SciPy and closed forms."""

from __future__ import annotations

import json
from math import log

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    recall_score,
    roc_auc_score,
)

from training.evaluation.figures import Figures, Interval, measure, too_few_films, wilson


def files(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, count)
    labels[:2] = (0, 1)
    # Rounded, so that ties occur and some scores lie exactly on the threshold.
    scores = np.round(np.clip(0.3 * labels + generator.uniform(0, 0.7, count), 0, 1), 2)
    return labels, scores.astype(np.float32), [f"film {n}" for n in range(count)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.71])
def test_that_figures_by_file_equal_those_of_scikit_learn(seed: int, threshold: float) -> None:
    labels, scores, films = files(257, seed)
    figures = measure(labels, scores, films, threshold)
    called = (scores.astype(np.float64) >= threshold).astype(int)
    (tn, fp), (fn, tp) = confusion_matrix(labels, called)
    assert figures.num_files == 257
    assert figures.accuracy == pytest.approx(accuracy_score(labels, called), abs=1e-12)
    assert figures.sensitivity == pytest.approx(recall_score(labels, called), abs=1e-12)
    assert figures.specificity == pytest.approx(
        recall_score(labels, called, pos_label=0), abs=1e-12
    )
    assert figures.auc == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert figures.loss == pytest.approx(
        log_loss(labels, np.clip(scores.astype(np.float64), 1e-7, 1 - 1e-7)), abs=1e-9
    )
    assert (
        figures.true_negatives,
        figures.false_positives,
        figures.false_negatives,
        figures.true_positives,
    ) == (tn, fp, fn, tp)


def test_that_a_coin_costs_log_two() -> None:
    assert measure([0, 1], [0.5, 0.5], ["a", "b"], 0.5).loss == pytest.approx(log(2))


def test_that_a_wrong_certainty_costs_much_but_not_infinitely() -> None:
    assert measure([1], [0.0], ["a"], 0.5).loss == pytest.approx(-log(1e-7))


def test_that_a_score_on_the_threshold_counts_as_positive() -> None:
    figures = measure([1, 0], [0.5, 0.25], ["a", "b"], 0.5)
    assert (figures.true_positives, figures.true_negatives) == (1, 1)


def test_that_a_film_is_read_by_the_mean_of_its_files() -> None:
    # Film a: two of three files are called wrong, but their mean is 0.5; film b: one file wrong.
    labels = [1, 1, 1, 0, 0, 0]
    scores = [0.7, 0.4, 0.4, 0.9, 0.2, 0.4]
    figures = measure(labels, scores, ["a", "a", "a", "b", "c", "c"], 0.5)
    assert figures.num_films == 3
    assert figures.accuracy == pytest.approx(3 / 6)
    assert figures.film_accuracy == pytest.approx(2 / 3)
    assert figures.film_accuracy_interval == wilson(2, 3)


def test_that_equal_film_names_in_both_classes_are_two_films() -> None:
    figures = measure([1, 0], [0.9, 0.1], ["4", "4"], 0.5)
    assert figures.num_films == 2
    assert figures.film_accuracy == 1.0


def test_that_one_class_has_no_auc_and_no_specificity() -> None:
    figures = measure([1, 1], [0.9, 0.1], ["a", "b"], 0.5)
    assert figures.auc is None
    assert figures.specificity is None
    assert figures.sensitivity == 0.5
    assert figures.constant_guess == 1.0
    other = measure([0, 0], [0.9, 0.1], ["a", "b"], 0.5)
    assert other.sensitivity is None
    assert other.specificity == 0.5


def test_that_the_constant_guess_names_the_commoner_class() -> None:
    assert measure([0, 0, 0, 1], [0.1] * 4, list("abcd"), 0.5).constant_guess == 0.75


@pytest.mark.parametrize("total", [1, 2, 13, 30, 599])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.77, 1.0])
def test_that_wilson_equals_scipy(total: int, share: float) -> None:
    successes = round(share * total)
    expected = binomtest(successes, total).proportion_ci(method="wilson")
    found = wilson(successes, total)
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)


def test_that_wilson_knows_nothing_without_films_and_refuses_impossible_counts() -> None:
    assert wilson(0, 0) == Interval(0.0, 1.0)
    for successes, total in ((2, 1), (-1, 3), (1, 0)):
        with pytest.raises(ValueError, match="successes"):
            wilson(successes, total)


@pytest.mark.parametrize(
    ("labels", "scores", "films"),
    [
        ([], [], []),
        ([0, 1], [0.5], ["a", "b"]),
        ([0, 1], [0.5, 0.5], ["a"]),
        ([0, 2], [0.5, 0.5], ["a", "b"]),
        ([0, 1], [0.5, float("nan")], ["a", "b"]),
        ([0, 1], [0.5, 1.5], ["a", "b"]),
    ],
)
def test_that_scores_that_cannot_be_measured_are_refused(
    labels: list[int], scores: list[float], films: list[str]
) -> None:
    with pytest.raises(ValueError):
        measure(labels, scores, films, 0.5)


def test_that_figures_survive_json_and_newer_names() -> None:
    for labels in ([0, 1, 1], [1, 1, 1]):
        figures = measure(labels, [0.2, 0.8, 0.4], list("abc"), 0.5)
        values = json.loads(json.dumps(figures.to_json()))
        assert Figures.from_json(values | {"of_a_newer_version": 1}) == figures


def test_that_thirteen_films_are_too_few_and_thirty_are_not() -> None:
    def of(count: int) -> Figures:
        return measure([1] * count, [0.9] * count, [str(n) for n in range(count)], 0.5)

    assert too_few_films(of(13))
    assert too_few_films(of(29))
    assert not too_few_films(of(30))
    # 600 files of 13 films are 13 films.
    many = measure([1] * 600, [0.9] * 600, [str(n % 13) for n in range(600)], 0.5)
    assert too_few_films(many)
