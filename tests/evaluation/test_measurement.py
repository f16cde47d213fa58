"""All figures of a set of scores, with the intervals chosen for them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import binomtest
from scored_films import scored
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, average_precision_score, roc_auc_score

from training.evaluation.baselines import BrightnessGuess, fit_brightness
from training.evaluation.figures import measure
from training.evaluation.measurement import FIGURES, Measurement, UnitFigures, measure_fully
from training.evaluation.samples import make_sample


def figures_of(unit: UnitFigures) -> dict[str, tuple[float | None, bool]]:
    """Each figure and whether its interval holds it."""
    found = {}
    for name in FIGURES:
        figure = getattr(unit, name)
        inside = figure.interval is not None and (
            figure.interval.low <= figure.value <= figure.interval.high
        )
        found[name] = (figure.value, inside)
    return found


@pytest.mark.parametrize(("films", "files_each"), [(12, 30), (60, 1), (60, 7)])
def test_that_every_figure_lies_in_its_interval_by_file_and_by_film(
    films: int, files_each: int
) -> None:
    found = measure_fully(*scored(films, 0, files_each), 0.5)
    for unit in (found.by_file, found.by_film):
        values = figures_of(unit)
        # Average precision has no formula, but here films do differ.
        assert all(inside for _, inside in values.values()), values
    assert (found.by_file.count, found.by_film.count) == (films * files_each, films)


def test_that_figures_by_file_agree_with_those_of_the_runs_table() -> None:
    labels, scores, films = scored(40, 1, 5)
    full, short = measure_fully(labels, scores, films, 0.4), measure(labels, scores, films, 0.4)
    assert full.by_file.accuracy.value == pytest.approx(short.accuracy)
    assert full.by_file.sensitivity.value == short.sensitivity
    assert full.by_file.auc.value == pytest.approx(short.auc)
    assert full.by_film.accuracy.value == short.film_accuracy
    assert full.by_film.accuracy.interval == short.film_accuracy_interval
    assert full.by_file.constant_guess == short.constant_guess
    assert full.by_file.true_positives == short.true_positives


def test_that_figures_by_film_are_those_of_the_films_mean_scores() -> None:
    labels, scores, films = scored(40, 1, 5)
    means, truth = scores.reshape(40, 5).mean(axis=1), labels[::5]
    unit = measure_fully(labels, scores, films, 0.5).by_film
    assert unit.auc.value == pytest.approx(roc_auc_score(truth, means))
    assert unit.average_precision.value == pytest.approx(average_precision_score(truth, means))
    called = means >= 0.5
    found = int(np.sum(called & (truth == 1)))
    expected = binomtest(found, int(truth.sum())).proportion_ci(method="wilson")
    assert unit.sensitivity.interval is not None
    assert unit.sensitivity.interval.low == pytest.approx(expected.low)
    assert unit.sensitivity.interval.high == pytest.approx(expected.high)


def test_that_thirteen_perfect_films_do_not_look_certain() -> None:
    labels = np.repeat([1] * 9 + [0] * 4, 46)
    films = [f"film {n}" for n in np.repeat(np.arange(13), 46)]
    found = measure_fully(labels, np.where(labels, 0.95, 0.05), films, 0.5)
    assert found.has_few_films
    for unit in (found.by_file, found.by_film):
        for name in ("accuracy", "sensitivity", "specificity", "ppv", "npv", "auc"):
            figure = getattr(unit, name)
            assert figure.value == 1.0
            assert figure.interval.low < 0.85, name
        # Every resample gives 1: nothing can be said, and nothing is.
        assert unit.average_precision.interval is None


def test_that_the_prevalence_that_is_stated_is_the_one_that_counts() -> None:
    data = scored(80, 2)
    own, rare = measure_fully(*data, 0.5), measure_fully(*data, 0.5, prevalence=0.02)
    assert rare.by_film.prevalence == 0.02
    assert own.by_film.prevalence == pytest.approx(np.mean(data[0]))
    assert rare.by_film.ppv.value is not None
    assert own.by_film.ppv.value is not None
    assert rare.by_film.ppv.value < own.by_film.ppv.value
    assert rare.by_film.sensitivity == own.by_film.sensitivity
    for nonsense in (0.0, 1.0, -0.1, float("nan")):
        with pytest.raises(ValueError, match="prevalence"):
            measure_fully(*data, 0.5, prevalence=nonsense)


def test_that_one_class_leaves_figures_out_and_breaks_nothing() -> None:
    unit = measure_fully([1, 1, 1], [0.9, 0.1, 0.7], list("abc"), 0.5).by_film
    assert unit.specificity.value is None
    assert unit.auc.value is None
    assert unit.ppv.value is None
    assert unit.sensitivity.value == pytest.approx(2 / 3)
    assert unit.sensitivity.interval is not None


def test_that_a_single_film_has_figures_with_honest_intervals() -> None:
    found = measure_fully([1, 1], [0.9, 0.8], ["a", "a"], 0.5)
    assert found.by_file.accuracy.interval is not None
    assert found.by_file.accuracy.interval.low < 0.3
    assert found.by_film.brier.interval is None


def test_that_a_measurement_survives_json_and_newer_names() -> None:
    for labels in ([0, 1, 1, 0], [1, 1, 1, 1]):
        found = measure_fully(labels, [0.2, 0.8, 0.4, 0.6], list("abcd"), 0.5)
        values = json.loads(json.dumps(found.to_json(), allow_nan=False))
        values["by_film"]["of_a_newer_version"] = 1
        assert Measurement.from_json(values) == found


# ------------------------------------------------------------- brightness alone


def test_that_the_guess_by_brightness_equals_scikit_learns_logistic_regression() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 300)
    greys = 90 + 12 * labels + random.normal(0, 20, 300)
    films = [f"film {n // 3}" for n in range(300)]
    sample = make_sample(labels, np.full(300, 0.5), films)
    model = LogisticRegression(C=1e6, tol=1e-10, max_iter=1000)
    model.fit(greys[:, None], labels, sample_weight=sample.film_weights())
    guess = fit_brightness(sample, greys)
    assert guess.slope == pytest.approx(model.coef_[0, 0], rel=1e-3)
    assert guess.scores(greys) == pytest.approx(model.predict_proba(greys[:, None])[:, 1], abs=1e-4)


@pytest.mark.parametrize("greys", [[10, 20, 200, 210], [50, 50, 50, 50], [0, 0, 255, 255]])
def test_that_the_guess_is_finite_for_greys_of_any_kind(greys: list[float]) -> None:
    guess = fit_brightness(make_sample([0, 0, 1, 1], [0.5] * 4, list("abcd")), greys)
    scores = guess.scores([0.0, *greys, 255.0])
    assert np.isfinite(scores).all()
    if greys[0] != greys[3]:
        assert list(guess.scores(greys) >= 0.5) == [False, False, True, True]


def test_that_one_class_makes_a_guess_that_names_it() -> None:
    guess = fit_brightness(make_sample([1, 1], [0.5] * 2, list("ab")), [10, 30])
    assert (guess.scores([0, 20, 255]) > 0.5).all()


def test_that_the_guess_stands_beside_the_accuracy() -> None:
    labels, scores, films = scored(50, 3, 2)
    guess = np.clip(scores[::-1], 0, 1)
    unit = measure_fully(labels, scores, films, 0.7, brightness=guess).by_file
    assert unit.brightness_guess == pytest.approx(accuracy_score(labels, guess >= 0.5))
    assert unit.brightness_auc == pytest.approx(roc_auc_score(labels, guess))
    assert measure_fully(labels, scores, films, 0.7).by_film.brightness_guess is None


def test_that_a_guess_survives_json_and_refuses_what_is_no_number() -> None:
    guess = BrightnessGuess(-0.04, 3.0, 177)
    assert BrightnessGuess.from_json(json.loads(json.dumps(guess.to_json()))) == guess
    with pytest.raises(ValueError, match="number"):
        BrightnessGuess.from_json(guess.to_json() | {"slope": float("nan")})
