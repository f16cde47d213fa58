"""What a model says beside its score: refusals, both classes' maps, the site, known and near films."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.models.model_builders import (
    SIZE,
    make_card,
    make_compact_like,
    random_films,
    tolerate_keras,
    with_random_weights,
)
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig
from training.fit.known_films import looks_of, some_files
from training.fit.networks import build_network
from training.models.card_file import read_card
from training.models.card_writing import rewrite_card
from training.models.film_statistics import FilmStatistics, fit_statistics
from training.models.kept_films import KeptFilms, learnt_from, read_kept_films
from training.models.look import look_layer
from training.models.model_file import save_model
from training.models.nearest_films import NearestFilms
from training.models.prediction import MapKind, Refusal
from training.models.predictor import Predictor
from training.models.site_rate import SiteRate

pytestmark = tolerate_keras

GOOD = SiteRate(101, 0.71, 0.62, 0.79, 0.53)
POOR = SiteRate(101, 0.60, 0.50, 0.70, 0.53)


def smooth_films(count: int, seed: int = 0) -> np.ndarray:
    """Films of a few soft blots."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[:SIZE, :SIZE] / SIZE
    films = np.zeros((count, SIZE, SIZE))
    for _ in range(3):
        top, left, width = random.uniform(0.2, 0.8, (3, count, 1, 1))
        films += np.exp(-((down - top) ** 2 + (across - left) ** 2) / (0.1 * width))
    return np.clip(films * 80.0, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def compact() -> keras.Model:
    return with_random_weights(build_network(NetworkConfig(name="compact"), SIZE, seed=0))


@pytest.fixture(scope="module")
def statistics(compact: keras.Model) -> FilmStatistics:
    films = smooth_films(150)[..., np.newaxis]
    looks = looks_of(compact, lambda numbers: films[numbers], np.arange(150))
    found = fit_statistics(look_layer(compact), looks, np.arange(150).astype(str))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def model_file(
    compact: keras.Model, statistics: FilmStatistics, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    path = tmp_path_factory.mktemp("model") / "best.keras"
    save_model(compact, make_card(), path, KeptFilms(statistics))
    return path


def test_that_films_like_the_training_films_are_answered_and_noise_is_not(
    model_file: Path,
) -> None:
    predictor = Predictor(model_file)
    assert predictor.can_refuse
    alike = [predictor.predict(film).refusal for film in smooth_films(40, seed=1)]
    noise = predictor.tell(list(random_films(40)))
    assert sum(found is not None for found in alike) <= 3
    assert all(found.refusal == Refusal() for found in noise)
    # Evaluation asks for scores alone, and gets them.
    assert predictor.scores(list(random_films(3))).shape == (3,)


def test_that_the_same_film_is_judged_alike_with_and_without_a_heat_map(model_file: Path) -> None:
    predictor = Predictor(model_file)
    for film in (smooth_films(1, seed=2)[0], random_films(1)[0]):
        plain, explained = predictor.predict(film), predictor.predict(film, heat_map=True)
        assert plain.refusal == explained.refusal
        assert explained.score == pytest.approx(plain.score, abs=1e-6)


def test_that_a_model_without_statistics_refuses_nothing(
    compact: keras.Model, tmp_path: Path
) -> None:
    save_model(compact, make_card(), tmp_path / "best.keras")
    predictor = Predictor(tmp_path / "best.keras")
    assert not predictor.can_refuse
    assert predictor.predict(random_films(1)[0]).refusal is None


def test_that_another_card_leaves_what_is_kept_of_the_films(
    compact: keras.Model, statistics: FilmStatistics, tmp_path: Path
) -> None:
    path = tmp_path / "best.keras"
    digest = hashlib.sha256(b"film").hexdigest()
    save_model(compact, make_card(), path, KeptFilms(statistics, learnt_from([digest])))
    rewrite_card(path, replace(read_card(path), threshold=0.3))
    kept = read_kept_films(path)
    assert kept.statistics is not None
    assert kept.statistics.limit == statistics.limit
    assert kept.has_learnt(digest)
    assert not kept.has_learnt(hashlib.sha256(b"other").hexdigest())
    assert keras.saving.load_model(path, compile=False).count_params() == compact.count_params()


def test_that_a_known_film_is_told_by_its_content(
    compact: keras.Model, statistics: FilmStatistics, tmp_path: Path
) -> None:
    known, other = tmp_path / "a.png", tmp_path / "b.png"
    known.write_bytes(b"film")
    other.write_bytes(b"another")
    digest = hashlib.sha256(b"film").hexdigest()
    kept = KeptFilms(statistics, learnt_from([digest]))
    save_model(compact, make_card(), tmp_path / "best.keras", kept)
    predictor = Predictor(tmp_path / "best.keras")
    assert predictor.has_learnt(known)
    assert not predictor.has_learnt(other)
    assert not predictor.has_learnt(tmp_path / "missing.png")


def test_that_what_spoke_against_is_the_map_of_the_turned_network(tmp_path: Path) -> None:
    model = make_compact_like()
    turned = keras.models.clone_model(model)
    *others, kernel, bias = model.get_weights()
    turned.set_weights([*others, -kernel, -bias])
    found = []
    for name, network in (("a.keras", model), ("b.keras", turned)):
        save_model(network, make_card(), tmp_path / name)
        found.append(Predictor(tmp_path / name).predict(random_films(1)[0], heat_map=True))
    first, second = found
    assert first.heat_map is not None
    assert first.against is not None
    assert second.heat_map is not None
    assert second.against is not None
    np.testing.assert_allclose(first.against.values, second.heat_map.values, atol=1e-4)
    np.testing.assert_allclose(first.heat_map.values, second.against.values, atol=1e-4)
    assert not np.any((first.heat_map.values > 0) & (first.against.values > 0))


@pytest.fixture(scope="module")
def transfer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transfer") / "best.keras"
    network = build_network(NetworkConfig(name="transfer"), 96, seed=0)
    save_model(network, make_card(preprocessing=Preprocessing(96, True)), path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("rate", "is_shown"), [(GOOD, True), (POOR, False), (None, False)])
def test_that_a_site_is_shown_only_with_a_rate_above_the_centre_guess(
    transfer_file: Path, rate: SiteRate | None, is_shown: bool
) -> None:
    card = make_card(preprocessing=Preprocessing(96, True), site=rate, threshold=1e-6)
    rewrite_card(transfer_file, card)
    told = Predictor(transfer_file).predict(random_films(1, 96)[0], heat_map=True)
    assert (told.site is not None) is is_shown
    if told.site is not None:
        assert told.site.values.shape == (3, 3)
        assert told.map_of(MapKind.SITE) is told.site
        negative = replace(told, raw_score=0.0, card=replace(card, threshold=0.5))
        assert negative.map_of(MapKind.SITE) is None


def test_that_the_card_says_how_often_the_site_is_right() -> None:
    card = make_card(site=GOOD, learnt_sets=("one", "two"), known_to_start=3, refuses=True)
    read = type(card).from_json(card.to_json())
    assert read == card
    assert "71 of 100" in GOOD.words
    assert "62 to 79" in GOOD.words
    assert "centre: 53" in GOOD.words


def test_that_near_training_films_come_only_from_the_same_statistics(
    model_file: Path, statistics: FilmStatistics, compact: keras.Model
) -> None:
    films = smooth_films(20, seed=7)
    looks = looks_of(compact, lambda numbers: films[numbers][..., np.newaxis], np.arange(20))
    names = tuple(f"{number}.png" for number in range(20))
    places = statistics.placed(looks)
    labels = np.arange(20) % 2
    NearestFilms(names, names, labels, places, statistics.limit).save(model_file.parent)
    found = Predictor(model_file).predict(films[6]).near
    assert found[0].name == "6.png"
    assert (found[0].label, len(found)) == (0, 4)
    assert found[0].distance < 0.1 < found[1].distance
    NearestFilms(names, names, labels, places, statistics.limit + 1.0).save(model_file.parent)
    assert Predictor(model_file).predict(films[6]).near == ()
    (model_file.parent / "nearest.npz").unlink()


def test_that_the_first_file_of_each_film_is_drawn_before_the_second_of_any() -> None:
    films = ["a"] * 50 + ["b", "c", "d"]
    drawn = some_files(films, np.arange(len(films)), 4)
    assert {films[number] for number in drawn} == {"a", "b", "c", "d"}
    assert len(some_files(films, np.arange(len(films)))) == 6
