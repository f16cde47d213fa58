"""Intervals against SciPy's bootstrap, exact enumeration and simulation."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy.stats import binom, bootstrap, skew
from scored_films import ones, sample_of
from sklearn.metrics import roc_auc_score

from tests.benchmarks.coverage import World, coverage
from training.evaluation.chance import calibration_interval, errors_by_chance
from training.evaluation.figures import Interval, wilson
from training.evaluation.intervals import FilmBootstrap, newcombe_auc, predictive_intervals
from training.evaluation.measures import measures, predictive_values
from training.evaluation.samples import Sample, make_sample


def of(sample: Sample, name: str, **changes: int) -> Interval | None:
    known = measures(sample.truth, sample.scores, threshold=0.5, prevalence=None)
    return FilmBootstrap(sample.film_truth(), sample.film_of, **changes).interval(known[name])


def test_that_a_mean_over_one_class_has_the_bca_interval_of_scipy() -> None:
    scores = np.random.default_rng(0).beta(2, 5, 60)
    found = of(make_sample([0] * 60, scores, list(map(str, range(60)))), "brier")
    expected = bootstrap(
        (scores**2,), np.mean, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    assert found is not None
    width = expected.high - expected.low
    assert found.low == pytest.approx(expected.low, abs=0.06 * width)
    assert found.high == pytest.approx(expected.high, abs=0.06 * width)


def test_that_the_area_under_roc_has_the_stratified_bca_interval_of_scipy() -> None:
    sample = sample_of(60, 3)

    def area(positive: np.ndarray, negative: np.ndarray) -> float:
        truth = [1] * len(positive) + [0] * len(negative)
        return float(roc_auc_score(truth, np.concatenate([positive, negative])))

    expected = bootstrap(
        (sample.scores[sample.truth], sample.scores[~sample.truth]),
        area,
        n_resamples=2000,
        vectorized=False,
        method="BCa",
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = of(sample, "auc")
    assert found is not None
    width = expected.high - expected.low
    assert found.low == pytest.approx(expected.low, abs=0.1 * width)
    assert found.high == pytest.approx(expected.high, abs=0.1 * width)


@pytest.mark.parametrize("name", ["auc", "average_precision", "brier", "accuracy"])
def test_that_copies_of_the_files_do_not_narrow_the_interval(name: str) -> None:
    labels, scores, films = (list(x) for x in zip(*_films(40), strict=True))
    once = of(make_sample(labels, scores, films), name)
    copied = of(make_sample(labels * 20, scores * 20, films * 20), name)
    assert once is not None
    assert copied is not None
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high), abs=1e-9)


def _films(count: int) -> list[tuple[int, float, str]]:
    random = np.random.default_rng(2)
    return [
        (n % 2, float(np.clip(0.35 + 0.3 * (n % 2) + random.normal(0, 0.2), 0, 1)), f"{n}")
        for n in range(count)
    ]


def test_that_equal_seeds_give_equal_intervals_and_others_nearly_equal_ones() -> None:
    sample = sample_of(50, 1)
    first, again, other = (of(sample, "auc", seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert first is not None
    assert other is not None
    assert other.low == pytest.approx(first.low, abs=0.02)


@pytest.mark.parametrize("num_films", [60, 4500])
def test_that_the_acceleration_of_a_mean_is_a_sixth_of_its_skewness(num_films: int) -> None:
    scores = np.random.default_rng(0).beta(1, 9, num_films)
    sample = make_sample([0] * num_films, scores, list(map(str, range(num_films))))
    found = FilmBootstrap(sample.film_truth(), sample.film_of, num_resamples=2).acceleration(
        lambda weights: weights @ scores / weights.sum(axis=1)
    )
    # Efron 1987, section 4, for the mean of one sample.
    expected = skew(scores) / (6 * np.sqrt(num_films))
    # Beyond 1,000 films, left out in groups, chance has a hand in it.
    assert found == pytest.approx(expected, rel=1e-9 if num_films <= 1000 else 0.15)


def test_that_memory_grows_with_the_films_and_not_with_their_square() -> None:
    num_films = 4000
    truth = np.arange(num_films) % 2
    scores = np.random.default_rng(0).beta(2, 2, num_films)
    sample = make_sample(truth, scores, list(map(str, range(num_films))))
    tracemalloc.start()
    try:
        bootstrap = FilmBootstrap(sample.film_truth(), sample.film_of)
        assert calibration_interval(sample, bootstrap) is not None
        assert bootstrap.interval(lambda weights: weights @ scores / weights.sum(axis=1))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A row for each film would be 128 MB, the resamples in float64 64 MB.
    assert peak < 50e6


def test_that_resampling_says_nothing_where_it_cannot() -> None:
    # One film of a class never varies; perfect order is the same in every resample.
    lonely = make_sample([1, 0, 0, 0], [0.4, 0.1, 0.5, 0.3], list("abcd"))
    perfect = make_sample([1, 1, 1, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.1], list("abcde"))
    assert of(lonely, "auc") is None
    assert of(perfect, "auc") is None
    assert of(perfect, "brier") is not None
    one_film = make_sample([1, 1], [0.4, 0.6], ["a", "a"])
    assert of(one_film, "accuracy") is None
    assert calibration_interval(one_film, FilmBootstrap(np.array([True]), np.array([0, 0]))) is None


def test_that_newcombes_interval_has_a_width_at_perfect_order_and_is_symmetric() -> None:
    few, many = newcombe_auc(1.0, 9, 4), newcombe_auc(1.0, 90, 40)
    assert few.high == many.high == 1.0
    assert 0.5 < few.low < many.low < 1.0
    mirrored = newcombe_auc(0.0, 9, 4)
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - few.high, 1 - few.low))
    around = newcombe_auc(0.8, 30, 50)
    assert around.low < 0.8 < around.high


@pytest.mark.parametrize("prevalence", [0.05, 0.5])
@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.9, 0.8), (0.97, 0.95), (0.6, 0.99)])
@pytest.mark.parametrize(("positives", "negatives"), [(9, 4), (40, 40), (120, 70)])
def test_that_predictive_intervals_hold_the_truth_by_exact_enumeration(
    sensitivity: float, specificity: float, prevalence: float, positives: int, negatives: int
) -> None:
    truths = [float(value) for value in predictive_values(sensitivity, specificity, prevalence)]
    held = [0.0, 0.0]
    for found in range(positives + 1):
        for spared in range(negatives + 1):
            chance = binom.pmf(found, positives, sensitivity) * binom.pmf(
                spared, negatives, specificity
            )
            if chance < 1e-9:
                continue
            intervals = predictive_intervals((found, positives), (spared, negatives), prevalence)
            for which, (interval, truth) in enumerate(zip(intervals, truths, strict=True)):
                held[which] += chance * (interval.low <= truth <= interval.high)
    assert min(held) > 0.93


def test_that_chance_alone_makes_a_calibration_error_that_many_films_take_away() -> None:
    random = np.random.default_rng(0)

    def right(count: int) -> Sample:
        scores = random.uniform(0, 1, count)
        return make_sample(random.random(count) < scores, scores, list(map(str, range(count))))

    few, many = right(30), right(3000)
    assert errors_by_chance(few).mean() > 0.1
    assert errors_by_chance(many).mean() < 0.02
    known = measures(many.truth, many.scores, threshold=0.5, prevalence=None)
    assert known["ece"](ones(many))[0] < 0.03


def test_that_files_of_one_film_share_its_fate_in_the_error_by_chance() -> None:
    sample = sample_of(30, 0)
    labels, scores = sample.truth, sample.scores
    copied = make_sample(np.tile(labels, 10), np.tile(scores, 10), list(sample.names) * 10)
    assert errors_by_chance(copied) == pytest.approx(errors_by_chance(sample), abs=1e-12)


@pytest.mark.slow
def test_that_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """40 + 40 simulated films, 300 times; bounds 3.5 standard errors (4.4 %) below the goal.

    The goal is 92 %, not 95: what BCa reaches with so few films (docs/decisions/0007).
    """
    found = coverage(World(), 40, 40, repeats=300, resamples=500, seed=0, only_shown=True)
    shown = {name: tally for (name, method), tally in found.items() if method == "shown"}
    assert len(shown) == 12
    for name, tally in shown.items():
        # Average precision is the hardest: its intervals hold in some 91 %.
        goal = 0.90 if name.startswith("average") else 0.92
        assert tally.coverage > goal - 0.05, name
        assert tally.given == 300, name


@pytest.mark.slow
def test_that_intervals_of_thirteen_films_hold_the_truth_where_there_is_a_formula() -> None:
    """9 + 4 simulated films, 300 times; 3.5 standard errors (4.4 %) of slack.

    Not for accuracy: with 13 films Wilson's coverage jumps by 4 % within the error of the
    simulation's own truth; it is enumerated exactly below.
    """
    found = coverage(World(), 9, 4, repeats=300, resamples=200, seed=0, only_shown=True)
    for name in ("sensitivity by film", "auc by film", "auc by file"):
        assert found[name, "shown"].coverage > 0.95 - 0.044, name


@pytest.mark.parametrize("count", [13, 30, 190])
def test_that_wilsons_interval_holds_the_truth_on_average_by_exact_enumeration(count: int) -> None:
    intervals = [wilson(right, count) for right in range(count + 1)]
    low, high = (np.array([getattr(each, edge) for each in intervals]) for edge in ("low", "high"))
    shares = np.linspace(0.5, 0.99, 491)
    chances = binom.pmf(np.arange(count + 1)[:, None], count, shares)
    held = ((low[:, None] <= shares) & (shares <= high[:, None])) * chances
    assert held.sum(axis=0).mean() > 0.95
    # Counts are whole: at some shares it holds less often, the more so the fewer the films.
    assert held.sum(axis=0).min() > 0.83
