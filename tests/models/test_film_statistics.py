"""Statistics of training films: against scikit-learn, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.covariance import LedoitWolf

from training.models.film_statistics import (
    FEWEST_FILMS,
    FilmStatistics,
    fit_statistics,
    shrunk_covariance,
)
from training.models.nearest_films import NearestFilms, read_nearest

SIZE = 24


def films(count: int, seed: int = 0) -> np.ndarray:
    """Features of films that lie in a slanted cloud."""
    random = np.random.default_rng(seed)
    slant = np.random.default_rng(9).normal(size=(SIZE, SIZE))
    return (3.0 + random.normal(size=(count, SIZE)) @ slant).astype(np.float32)


def names(count: int) -> np.ndarray:
    return np.array([f"film {number}" for number in range(count)])


def fitted(count: int = 300) -> FilmStatistics:
    found = fit_statistics("layer", films(count), names(count))
    assert found is not None
    return found


def test_that_the_covariance_is_ledoit_and_wolfs() -> None:
    values = films(80).astype(np.float64)
    values -= values.mean(axis=0)
    expected = LedoitWolf(assume_centered=True).fit(values).covariance_
    np.testing.assert_allclose(shrunk_covariance(values), expected, rtol=1e-9)


def test_that_distances_are_mahalanobis() -> None:
    known, others = films(300), films(20, seed=1)
    mean, scale = known.mean(axis=0), known.std(axis=0)
    expected = LedoitWolf(assume_centered=True).fit((known - mean) / scale)
    np.testing.assert_allclose(
        fitted().distances(others) ** 2,
        expected.mahalanobis((others - mean) / scale),
        rtol=1e-3,
    )


def test_that_films_alike_are_kept_and_others_are_not() -> None:
    statistics = fitted()
    alike = statistics.distances(films(2000, seed=2)) > statistics.limit
    strange = statistics.distances(3.0 + 30.0 * np.random.default_rng(3).normal(size=(200, SIZE)))
    assert np.mean(alike) < 0.05
    assert np.mean(strange > statistics.limit) > 0.95


def test_that_films_kept_back_can_only_widen_the_limit() -> None:
    strict = fitted()
    far = films(100, seed=4) * 2.0
    wide = fit_statistics("layer", films(300), names(300), far)
    near = fit_statistics("layer", films(300), names(300), films(100)[:50] * 0.0 + 3.0)
    assert wide is not None
    assert near is not None
    assert wide.limit > strict.limit
    assert near.limit == strict.limit


def test_that_too_few_films_give_none_however_many_files_they_have() -> None:
    count = 10 * FEWEST_FILMS
    few = np.array([f"film {number % (FEWEST_FILMS - 1)}" for number in range(count)])
    assert fit_statistics("layer", films(count), few) is None


def test_that_a_channel_that_never_changes_does_no_harm() -> None:
    flat = films(300)
    flat[:, 3] = 1.0
    found = fit_statistics("layer", flat, names(300))
    assert found is not None
    assert np.isfinite(found.distances(flat)).all()


def test_that_they_survive_the_file() -> None:
    statistics, others = fitted(), films(50, seed=5)
    read = FilmStatistics.from_json(json.loads(json.dumps(statistics.to_json())))
    assert (read.layer, read.limit) == (statistics.layer, statistics.limit)
    np.testing.assert_allclose(read.distances(others), statistics.distances(others), rtol=2e-3)


@pytest.mark.parametrize("change", [{"limit": 0.0}, {"mean": ""}, {"whitening": "AAAA"}])
def test_that_damaged_ones_are_not_believed(change: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        FilmStatistics.from_json(fitted().to_json() | change)


def test_that_the_nearest_films_are_found_once_each(tmp_path: Path) -> None:
    folder = tmp_path
    places = np.arange(12, dtype=np.float32).reshape(6, 2)
    kept = NearestFilms(
        tuple(f"a/{number}.png" for number in range(6)),
        ("x", "x", "y", "y", "z", "w"),
        np.array([0, 0, 1, 1, 0, 1]),
        places,
        20.5,
    )
    kept.save(folder)
    read = read_nearest(folder)
    assert read is not None
    assert read.limit == 20.5
    near = read.near(np.array([4.2, 5.2], np.float32), 3)
    assert [film.name for film in near] == ["a/2.png", "a/1.png", "a/4.png"]
    assert [film.label for film in near] == [1, 0, 0]
    assert near[0].distance == pytest.approx(np.hypot(0.2, 0.2), rel=1e-4)


def test_that_a_missing_or_broken_file_of_nearest_films_is_none(tmp_path: Path) -> None:
    folder = tmp_path
    assert read_nearest(folder) is None
    (folder / "nearest.npz").write_bytes(b"PK\3\4 cut short")
    assert read_nearest(folder) is None
