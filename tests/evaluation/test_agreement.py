"""Cohen's kappa against scikit-learn, published figures and the large-sample formula."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from training.evaluation.agreement import agreement_of

THREE = ("fracture", "no fracture", "unsure")


def judged(table: list[list[int]], words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Two judgements that make a table of counts."""
    pairs = [
        (words[i], words[j])
        for i, row in enumerate(table)
        for j, count in enumerate(row)
        for _ in range(count)
    ]
    return [one for one, _ in pairs], [two for _, two in pairs]


def large_sample_error(table: list[list[int]]) -> float:
    """Standard error of kappa: Fleiss, Cohen and Everitt, Psychol. Bull. 72, 1969, formula 13."""
    p = np.array(table, float) / np.sum(table)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = np.trace(p), rows @ columns
    kappa = (observed - expected) / (1 - expected)
    size = len(p)
    own = sum(p[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(size))
    others = (1 - kappa) ** 2 * sum(
        p[i, j] * (columns[i] + rows[j]) ** 2 for i in range(size) for j in range(size) if i != j
    )
    rest = (kappa - expected * (1 - kappa)) ** 2
    return math.sqrt((own + others - rest) / np.sum(table)) / (1 - expected)


def test_that_kappa_of_a_two_by_two_table_follows_the_closed_form() -> None:
    # a d - b c doubled over the products of the margins.
    a, b, c, d = 20, 5, 10, 15
    found = agreement_of(*judged([[a, b], [c, d]], ("yes", "no")), ("yes", "no"))
    closed = 2 * (a * d - b * c) / ((a + b) * (b + d) + (a + c) * (c + d))
    assert found.kappa == pytest.approx(closed, abs=1e-12)
    assert found.kappa == pytest.approx(0.4)
    assert found.counts == ((20, 5), (10, 15))
    assert (found.num_films, found.num_agreed) == (50, 35)


@pytest.mark.parametrize("num_films", [5, 40, 300])
def test_that_kappa_is_scikit_learns(num_films: int) -> None:
    random = np.random.default_rng(num_films)
    one = random.choice(THREE, num_films).tolist()
    two = [word if random.random() < 0.6 else str(random.choice(THREE)) for word in one]
    found = agreement_of(one, two, THREE)
    assert found.kappa == pytest.approx(cohen_kappa_score(one, two), abs=1e-12)


@pytest.mark.parametrize("times", [1, 30])
def test_that_the_interval_is_that_of_large_samples(times: int) -> None:
    """Also above the number of films from which it is computed by cells."""
    table = [[60 * times, 8 * times, 5 * times], [6 * times, 70 * times, 4 * times], [9, 5, 13]]
    found = agreement_of(*judged(table, THREE), THREE)
    assert found.kappa is not None
    assert found.interval is not None
    error = large_sample_error(table)
    assert found.interval.low == pytest.approx(found.kappa - 1.96 * error, abs=0.25 * error)
    assert found.interval.high == pytest.approx(found.kappa + 1.96 * error, abs=0.25 * error)


def test_that_an_unused_category_changes_nothing() -> None:
    one, two = judged([[20, 5], [10, 15]], ("fracture", "no fracture"))
    three = agreement_of(one, two, THREE)
    assert three.kappa == pytest.approx(0.4)
    assert three.interval == agreement_of(one, two, THREE[:2]).interval


def test_that_full_agreement_has_no_interval_and_one_word_no_kappa() -> None:
    full = agreement_of(["yes", "no"] * 5, ["yes", "no"] * 5, ("yes", "no"))
    assert (full.kappa, full.interval) == (1.0, None)
    for num_films in (0, 1, 7):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            same = agreement_of(["yes"] * num_films, ["yes"] * num_films, ("yes", "no"))
        assert (same.kappa, same.interval, same.num_agreed) == (None, None, num_films)


def test_that_fewer_than_thirty_films_are_few() -> None:
    for num_films, is_few in ((29, True), (30, False)):
        words = ["yes", "no", *["yes"] * (num_films - 2)]
        assert agreement_of(words, words, ("yes", "no")).is_of_few_films is is_few


def test_that_unknown_words_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="categories"):
        agreement_of(["perhaps"], ["yes"], ("yes", "no"))
    with pytest.raises(ValueError, match="compared"):
        agreement_of(["yes"], [], ("yes", "no"))
