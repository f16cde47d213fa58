"""Paired tests against their definitions, SciPy and published packages."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from sklearn.metrics import accuracy_score, roc_auc_score

from training.evaluation.comparison import compare_models, delong, mcnemar
from training.evaluation.intervals import ratio_interval
from training.evaluation.samples import make_sample


def two_models(count: int, seed: int, gain: float = 0.0) -> tuple[np.ndarray, ...]:
    """Truth and the scores of two models that err alike, with ties."""
    random = np.random.default_rng(seed)
    truth = np.arange(count) % 2 == 0
    shared = random.normal(0, 1, count)
    scores = [
        np.round(norm.cdf(shared + random.normal(0, 0.7, count) + (1.0 + more) * (truth - 0.5)), 2)
        for more in (gain, 0.0)
    ]
    return truth, *scores


def by_definition(truth: np.ndarray, *models: np.ndarray) -> np.ndarray:
    """DeLong's covariance of the areas, pair by pair as the paper writes it."""
    kernels = []
    for scores in models:
        x, y = scores[truth], scores[~truth]
        kernels.append([[1.0 if a > b else 0.5 if a == b else 0.0 for b in y] for a in x])
    psi = np.array(kernels)
    s10, s01 = np.cov(psi.mean(axis=2)), np.cov(psi.mean(axis=1))
    return np.asarray(s10 / psi.shape[1] + s01 / psi.shape[2])


@pytest.mark.parametrize("seed", range(4))
def test_that_delongs_test_equals_its_definition(seed: int) -> None:
    truth, first, second = two_models(57, seed, 0.5)
    covariance = by_definition(truth, first, second)
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    found = delong(truth, first, second)
    assert found.first == pytest.approx(roc_auc_score(truth, first))
    assert found.second == pytest.approx(roc_auc_score(truth, second))
    assert found.p_value == pytest.approx(2 * norm.sf(abs(found.difference) / error))
    assert found.interval.high - found.interval.low == pytest.approx(2 * norm.ppf(0.975) * error)


def test_that_equal_models_are_called_different_as_seldom_as_they_should() -> None:
    """600 times at 5 %: bounds of 3.5 standard errors (3.1 %), and a little for 60 films."""
    p_values = [delong(*two_models(60, seed)).p_value for seed in range(600)]
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09


def test_that_a_better_model_is_found_with_enough_films() -> None:
    assert delong(*two_models(600, 0, 1.0)).p_value < 0.001


def test_that_models_that_never_differ_are_equal_and_two_films_prove_nothing() -> None:
    truth, first, _ = two_models(40, 0)
    same = delong(truth, first, first)
    assert (same.difference, same.p_value) == (0.0, 1.0)
    pair = np.array([True, False])
    assert delong(pair, np.array([0.9, 0.1]), np.array([0.1, 0.9])).p_value == 0.5
    with pytest.raises(ValueError, match="both classes"):
        delong(np.array([True, True]), first[:2], first[:2])


@pytest.mark.parametrize(("only_first", "only_second"), [(0, 0), (1, 0), (5, 12), (40, 9), (3, 3)])
def test_that_mcnemars_test_is_scipys_binomial_test(only_first: int, only_second: int) -> None:
    first = np.array([True] * only_first + [False] * only_second + [True] * 10)
    second = np.array([False] * only_first + [True] * only_second + [True] * 10)
    found = mcnemar(first, second)
    total = only_first + only_second
    expected = binomtest(only_first, total).pvalue if total else 1.0
    assert found.p_value == pytest.approx(expected)
    assert (found.only_first, found.only_second) == (only_first, only_second)


def test_that_mcnemars_test_is_exact_for_thousands_of_films() -> None:
    first = np.arange(9000) < 4600
    assert mcnemar(first, ~first).p_value == pytest.approx(binomtest(4600, 9000).pvalue, rel=1e-6)


def test_that_models_are_compared_by_film_on_common_films_only() -> None:
    truth, first, second = two_models(50, 3, 0.5)
    names = [f"film {n}" for n in range(50)]
    # The first model has three files of each film, in another order; the second misses ten films.
    order = np.random.default_rng(0).permutation(150)
    spread = np.tile([-0.004, 0.0, 0.004], 50)[order]
    of_first = make_sample(
        np.repeat(truth, 3)[order],
        np.clip(np.repeat(first, 3)[order] + spread, 0, 1),
        [names[n] for n in np.repeat(np.arange(50), 3)[order]],
    )
    of_second = make_sample(truth[10:], second[10:], names[10:])
    found = compare_models(of_first, of_second, thresholds=(0.5, 0.4))
    assert (found.num_films, found.num_left_out) == (40, 10)
    assert found.auc is not None
    assert found.auc.second == pytest.approx(roc_auc_score(truth[10:], second[10:]))
    assert found.accuracy.second == pytest.approx(accuracy_score(truth[10:], second[10:] >= 0.4))
    assert not found.has_few_films
    with pytest.raises(ValueError, match="no common film"):
        compare_models(of_second, make_sample([1], [0.5], ["another"]))


def test_that_one_class_is_compared_by_accuracy_alone() -> None:
    sample = make_sample([1, 1], [0.9, 0.2], ["a", "b"])
    found = compare_models(sample, sample)
    assert found.auc is None
    assert found.accuracy.p_value == 1.0
    assert found.has_few_films


def test_that_delongs_test_gives_what_another_package_gives() -> None:
    """Reference: ``Delong_test`` of MLstatkit 0.1.91 on the same scores."""
    random = np.random.default_rng(12345)
    truth = np.arange(60) % 3 == 0
    first = np.round(1 / (1 + np.exp(-(random.normal(0, 1, 60) + 1.4 * truth - 0.5))), 2)
    odds = first.clip(0.01, 0.99) / (1 - first)
    noise = random.normal(0, 0.8, 60)
    second = np.round(1 / (1 + np.exp(-(0.6 * np.log(odds) + noise + 0.2 * truth))), 2)
    found = delong(truth, first, second)
    assert found.first == pytest.approx(0.7418750000000001, abs=1e-12)
    assert found.second == pytest.approx(0.72, abs=1e-12)
    assert found.p_value == pytest.approx(0.698329302440297, abs=1e-9)
    # Classes as 0 and 1 are no places in a table.
    assert delong(truth.astype(int), first, second) == found


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((8, 9, 1, 4), 1.1487445196124064, 19.676639808335484),
        ((36, 40, 8, 40), 2.5535691517097208, 8.630056693613442),
        ((24, 40, 1, 40), 4.563390787441215, 137.0899233234406),
        ((9, 9, 1, 4), 1.4298825135500428, 21.935952769226468),
        ((110, 120, 7, 70), 4.754182827974173, 18.631534569688295),
    ],
)
def test_that_the_interval_of_a_ratio_is_that_of_another_package(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Reference: statsmodels 0.15.0, ``confint_proportions_2indep(..., compare="ratio",
    method="score", correction=False)``."""
    assert ratio_interval(*counts) == pytest.approx((low, high), rel=1e-9)


def test_that_the_interval_of_a_ratio_is_open_where_nothing_was_counted() -> None:
    low, high = ratio_interval(9, 9, 0, 4)
    assert 1.0 < low < 9
    assert high == np.inf
    assert ratio_interval(0, 9, 2, 4)[0] == 0.0
    assert ratio_interval(0, 9, 0, 4) == (0.0, np.inf)
