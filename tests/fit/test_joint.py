"""Score and site learnt together: what the batches hold, what a step does, what a run keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from fit_builders import finished, run
from test_site import make_outlined_films
from test_transfer import starter_weights, transfer_config

from tests.models.model_builders import tolerate_keras
from training.augmentation.config import AugmentationConfig
from training.evaluation.pointing import SITE
from training.fit.config import NetworkConfig
from training.fit.joint import JointModel
from training.fit.networks import build_network
from training.fit.pipeline import training_batches
from training.fit.reading import MemoryStore
from training.fit.site import covered_places, site_losses
from training.fit.transfer import choose_trained, give_start_weights
from training.models.card_file import read_card
from training.models.model_file import load_model
from training.models.site_rate import VALIDATED

pytestmark = tolerate_keras

SIZE = 64
TUNED = NetworkConfig(name="transfer", trained_parts=2, dropout=0.0)


class FilmsThatAreTheirOutlines:
    """Films with a white box on black, outlined along the box; nobody looked at the odd ones."""

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(0)
        self.store = MemoryStore(count, SIZE)
        for _ in range(count):
            film = np.zeros((SIZE, SIZE), np.uint8)
            top, left, height, width = random.integers(4, 28, 4)
            film[top : top + height, left : left + width] = 255
            self.store.append(film)

    def is_looked_at(self, numbers: Any) -> Any:
        return numbers % 2 == 0

    def sites(self, numbers: Any) -> Any:
        return self.store.gather(numbers) * (numbers % 2 == 0)[:, None, None, None].astype(np.uint8)


def batches(films: FilmsThatAreTheirOutlines, outlines: Any, fill: str = "constant") -> list[Any]:
    numbers = np.arange(12)
    made = training_batches(
        films.store,
        numbers,
        (numbers[:, np.newaxis] % 3 == 0).astype(np.float32),
        (1 + numbers).astype(np.float32),
        augmentation=AugmentationConfig(
            rotation=40,
            shear=5,
            zoom=0.3,
            horizontal_flip=True,
            width_shift=0.2,
            tilt=10,
            fill=fill,
        ),
        batch_size=5,
        epochs=2,
        seed=3,
        outlines=outlines,
    )
    return [[part.numpy() for part in batch] for batch in made]


@pytest.mark.parametrize("fill", ["constant", "reflect"])
def test_that_outlines_move_with_their_film(fill: str) -> None:
    films = FilmsThatAreTheirOutlines(12)
    found = batches(films, films, fill)
    assert len(found) == 6
    for pictures, _, weights, wanted, is_known in found:
        numbers = weights[:, 0].astype(int) - 1
        np.testing.assert_array_equal(is_known[:, 0], numbers % 2 == 0)
        expected = covered_places(pictures).numpy() * is_known[:, :, None, None]
        np.testing.assert_allclose(wanted, expected, atol=1e-6)
    assert sum(float(batch[3].sum()) for batch in found) > 2


def test_that_beyond_a_films_edge_nothing_is_outlined() -> None:
    films = FilmsThatAreTheirOutlines(1)
    white = np.full((1, SIZE, SIZE), 255, np.uint8)
    films.store = MemoryStore(1, SIZE)
    films.store.append(white[0])
    shift = AugmentationConfig(width_shift=0.6, fill="nearest")
    made = training_batches(
        films.store,
        np.arange(1),
        np.ones((1, 1), np.float32),
        np.ones(1, np.float32),
        augmentation=shift,
        batch_size=1,
        epochs=8,
        seed=0,
        outlines=films,  # type: ignore[arg-type]
    )
    batches = list(made)
    # The film's edge is drawn on, all white; the outline ends with the film.
    assert all(float(batch[0].numpy().min()) == 255.0 for batch in batches)
    assert min(float(batch[3].numpy().min()) for batch in batches) < 0.5


def test_that_films_come_as_they_do_without_outlines() -> None:
    films = FilmsThatAreTheirOutlines(12)
    for plain, joint in zip(batches(films, None), batches(films, films), strict=True):
        assert len(plain) == 3
        for a, b in zip(plain, joint, strict=False):
            np.testing.assert_array_equal(a, b)


def tuned() -> keras.Model:
    model = build_network(TUNED, SIZE, seed=0)
    give_start_weights(model)
    choose_trained(model, TUNED.trained_parts)
    return model


def stepped(model: keras.Model, fitted: keras.Model, *data: Any) -> dict[str, Any]:
    """The weights after one step of plain gradient descent."""
    fitted.compile(keras.optimizers.SGD(0.01), keras.losses.BinaryCrossentropy())
    fitted.train_step(data)
    return {layer.name: layer.get_weights() for layer in model.layers if layer.weights}


def test_that_films_that_nobody_looked_at_teach_the_score_alone() -> None:
    random = np.random.default_rng(0)
    films = random.uniform(0, 255, (4, SIZE, SIZE, 1)).astype(np.float32)
    labels = np.array([[0], [1], [1], [0]], np.float32)
    weights = np.array([[1], [2], [0.5], [0.5]], np.float32)
    wanted = random.uniform(0, 1, (4, 2, 2, 1)).astype(np.float32)
    plain_model, joint_model = tuned(), tuned()
    plain = stepped(plain_model, plain_model, films, labels, weights)
    unknown = np.zeros((4, 1), np.float32)
    joint = stepped(joint_model, JointModel(joint_model), films, labels, weights, wanted, unknown)
    start = {layer.name: layer.get_weights() for layer in tuned().layers if layer.weights}
    assert not np.array_equal(start["score"][0], plain["score"][0])
    for name, values in plain.items():
        for a, b in zip(values, joint[name], strict=True):
            np.testing.assert_allclose(a, b, atol=1e-7)


def test_that_outlines_teach_site_and_backbone() -> None:
    random = np.random.default_rng(0)
    films = random.uniform(0, 255, (4, SIZE, SIZE, 1)).astype(np.float32)
    labels, ones = np.array([[0], [1], [1], [0]], np.float32), np.ones((4, 1), np.float32)
    wanted = np.zeros((4, 2, 2, 1), np.float32)
    wanted[1:3, 0, 1] = 1.0
    model = tuned()
    site = keras.Model(model.input, model.get_layer("site").output)

    def loss() -> float:
        return float(np.mean(site_losses(wanted, site(films, training=False), 4.0)))

    before, weights = loss(), model.get_layer("top_conv").get_weights()[0]
    fitted = JointModel(model)
    fitted.compile(keras.optimizers.Adam(1e-3), keras.losses.BinaryCrossentropy())
    for _ in range(5):
        fitted.train_step((films, labels, ones, wanted, ones))
    assert loss() < 0.7 * before
    assert not np.array_equal(weights, model.get_layer("top_conv").get_weights()[0])


@pytest.mark.slow
def test_that_a_tuned_run_learns_the_site_and_keeps_its_rate(tmp_path: Path) -> None:
    make_outlined_films(tmp_path / "films", 50, 12)
    network = NetworkConfig(name="transfer", trained_parts=1)
    done = finished(run(transfer_config(tmp_path, network=network, epochs=2))).run
    document = json.loads((done.folder / "site.json").read_text("utf-8"))
    assert (document["learnt"], document["learnt_jointly"]) == (None, 50)
    assert done.best is not None
    assert done.final is not None
    best, final = read_card(done.best.path), read_card(done.final.path)
    assert best.site is not None
    assert final.site is not None
    hits = done.site[SITE]
    assert (best.site.num_films, best.site.near) == (12, hits.near)
    assert (best.site.low, best.site.high) == (hits.near_interval.low, hits.near_interval.high)
    assert best.site.films == VALIDATED
    after = load_model(done.best.path)[0].get_layer("site").get_weights()[0]
    assert not np.array_equal(starter_weights()["site"][0], after)
    # Monitored and told is the score's loss, not the sum with the site's.
    assert done.history[-1].val_loss == pytest.approx(done.final.validation.loss, abs=0.02)
