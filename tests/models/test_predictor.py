from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.models.model_builders import (
    SIZE,
    make_card,
    make_compact_like,
    make_notebook_like,
    random_films,
    tolerate_keras,
)
from training.augmentation.config import NONE, STRONG
from training.augmentation.variants import make_variants
from training.errors import UserError
from training.films.reader import read_grey
from training.models.heat_map import grad_cam
from training.models.model_file import save_model
from training.models.predictor import Predictor

pytestmark = tolerate_keras


@pytest.fixture(scope="module", params=[make_notebook_like, make_compact_like])
def model(request: pytest.FixtureRequest) -> keras.Model:
    made: keras.Model = request.param()
    return made


@pytest.fixture(scope="module")
def predictor(model: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Predictor:
    path = tmp_path_factory.mktemp("model") / "best.keras"
    save_model(model, make_card(), path)
    return Predictor(path)


def score_of(model: keras.Model, picture: Any) -> float:
    return float(model(picture[None, :, :, None].astype(np.float32), training=False)[0, 0])


@pytest.mark.parametrize("shape", [(SIZE, SIZE), (90, 50), (1, 300), (400, 401)])
def test_that_a_film_is_scored_as_the_network_scores_its_preprocessed_form(
    predictor: Predictor, model: keras.Model, shape: tuple[int, int]
) -> None:
    grey = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    picture = predictor.card.preprocessing.apply(grey)
    assert predictor.predict(grey).score == pytest.approx(score_of(model, picture), abs=1e-6)


def test_that_a_heat_map_comes_with_the_same_score(
    predictor: Predictor, model: keras.Model
) -> None:
    grey = random_films(1)[0]
    plain, explained = predictor.predict(grey), predictor.predict(grey, heat_map=True)
    assert plain.heat_map is None
    assert explained.heat_map is not None
    assert explained.score == pytest.approx(plain.score, abs=1e-6)
    expected = grad_cam(model, grey)
    np.testing.assert_allclose(explained.heat_map.values, expected.values, atol=1e-4)


def test_that_the_word_follows_the_cards_threshold(predictor: Predictor) -> None:
    film = random_films(1)[0]
    prediction = predictor.predict(film)
    assert predictor.card.threshold == 0.4
    assert prediction.word == ("fractured" if prediction.score >= 0.4 else "not fractured")


def test_that_many_films_score_as_they_do_alone(predictor: Predictor) -> None:
    pictures = list(random_films(70, seed=3))
    together = predictor.scores(pictures)
    alone = [predictor.predict(picture).score for picture in pictures]
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_that_no_films_give_no_scores(predictor: Predictor) -> None:
    assert predictor.scores([]).shape == (0,)


def test_that_variants_carry_the_scores_of_their_own_pictures(
    predictor: Predictor, model: keras.Model
) -> None:
    grey = random_films(1, size=60)[0]
    found = predictor.variants(grey, STRONG, count=6, seed=4)
    picture = predictor.card.preprocessing.apply(grey)
    expected = make_variants(picture, STRONG, count=6, seed=4)
    assert [variant.name for variant in found] == [variant.name for variant in expected]
    for variant, plain in zip(found, expected, strict=True):
        np.testing.assert_array_equal(variant.picture, plain.picture)
        assert variant.score == pytest.approx(score_of(model, plain.picture), abs=1e-6)


def test_that_no_augmentation_gives_no_variants(predictor: Predictor) -> None:
    assert predictor.variants(random_films(1)[0], NONE) == ()


@pytest.mark.parametrize(
    "grey",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 3), np.uint8),
        np.zeros((0, 4), np.uint8),
    ],
)
def test_that_pixels_of_another_kind_are_a_bug_not_a_score(predictor: Predictor, grey: Any) -> None:
    with pytest.raises(ValueError, match="grey uint8"):
        predictor.predict(grey)


def test_that_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    path.write_bytes(b"no model")
    with pytest.raises(UserError, match="not a model file"):
        Predictor(path)


@pytest.mark.slow
def test_that_scores_stay_the_same_while_a_run_trains_in_another_precision(
    predictor: Predictor, model: keras.Model
) -> None:
    """A run in its own thread, under its own policy, building and fitting networks all the while."""
    films = random_films(4, seed=5)
    before = predictor.scores(list(films))
    stop, trained = threading.Event(), threading.Event()
    policies: list[str] = []

    def train() -> None:
        keras.config.set_dtype_policy("mixed_bfloat16")
        network = make_compact_like(dtype="mixed_bfloat16")
        network.compile("adam", "binary_crossentropy")
        batch, labels = random_films(8)[..., None].astype(np.float32), np.arange(8) % 2
        while not stop.is_set():
            network.train_on_batch(batch, labels)
            trained.set()
        policies.append(keras.config.dtype_policy().name)

    thread = threading.Thread(target=train)
    thread.start()
    try:
        assert trained.wait(60)
        # A model opened meanwhile, in a thread that itself runs under another policy.
        keras.config.set_dtype_policy("mixed_bfloat16")
        opened = Predictor(predictor.path)
        found = [predictor.scores(list(films)), opened.scores(list(films))]
        explained = opened.predict(films[0], heat_map=True)
    finally:
        keras.config.set_dtype_policy("float32")
        stop.set()
        thread.join()
    for scores in found:
        np.testing.assert_allclose(scores, before, atol=1e-6)
    assert explained.heat_map is not None
    np.testing.assert_allclose(
        explained.heat_map.values, grad_cam(model, films[0]).values, atol=1e-4
    )
    assert policies == ["mixed_bfloat16"]


@pytest.mark.slow
def test_that_real_dicom_films_get_scores_and_maps(shared_data: Path, predictor: Predictor) -> None:
    films = sorted((shared_data / "dicom" / "films").iterdir())
    read = 0
    for path in films:
        if path.name == "RG2_JPLY.dcm":
            # JPEG extended, 12 bit: no free decoder reads it.
            continue
        prediction = predictor.predict(read_grey(path), heat_map=True)
        assert 0.0 <= prediction.score <= 1.0
        assert prediction.heat_map is not None
        assert np.isfinite(prediction.heat_map.values).all()
        read += 1
    assert read >= 10
