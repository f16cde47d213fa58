"""Batch norms' statistics measured before validation, against closed forms and in real runs."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from tests.fit.fit_builders import CLASSES, finished, make_films, run, tiny_config
from training.augmentation.config import NONE
from training.fit.batch_norm import ExactStatistics, FusedBatchNormalization
from training.fit.control import RunControl, StoppedError
from training.fit.events import BatchEnded, Event
from training.models.model_file import load_model

NUM_BATCHES, BATCH, SIDE = 3, 4, 8


def films() -> np.ndarray:
    """float32, (batches, films, side, side, 1), 0-255; each batch brighter than the one before."""
    random = np.random.default_rng(0)
    drawn = random.uniform(0, 100, (NUM_BATCHES, BATCH, SIDE, SIDE, 1))
    return (drawn + 50.0 * np.arange(NUM_BATCHES)[:, None, None, None, None]).astype(np.float32)


def two_norms() -> keras.Model:
    """Norms after a convolution each, their running statistics far from any film's."""
    keras.utils.set_random_seed(0)
    inputs = x = keras.Input((SIDE, SIDE, 1))
    for number in (1, 2):
        x = layers.Conv2D(3, 3, use_bias=False, name=f"conv{number}")(x)
        x = FusedBatchNormalization(momentum=0.95, name=f"norm{number}")(x)
    model = keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
    for number in (1, 2):
        norm = model.get_layer(f"norm{number}")
        norm.moving_mean.assign([7.0, 7.0, 7.0])
        norm.moving_variance.assign([1e4, 1e4, 1e4])
    return model


def measured(model: keras.Model, batches: np.ndarray) -> None:
    statistics = ExactStatistics(list(batches), lambda: None)
    statistics.set_model(model)
    statistics.measure(lambda: None)


def test_that_statistics_are_those_of_all_films() -> None:
    """Mean and population variance of what the convolution gives for every film at once."""
    model = two_norms()
    every_film = films().reshape(-1, SIDE, SIDE, 1)
    given = np.asarray(model.get_layer("conv1")(every_film)).astype(np.float64)

    measured(model, films())

    norm = model.get_layer("norm1")
    np.testing.assert_allclose(norm.moving_mean, given.mean((0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(norm.moving_variance, given.var((0, 1, 2)), rtol=1e-4)


def test_that_a_film_is_read_as_in_training() -> None:
    """With the statistics of a batch, inference on it gives what training gives, in every layer."""
    model = two_norms()
    batch = films()[0]
    in_training = np.asarray(model(batch, training=True))

    measured(model, batch[np.newaxis])

    np.testing.assert_allclose(model(batch, training=False), in_training, atol=1e-4)


def test_that_training_goes_on_with_its_own_momentum() -> None:
    """The next step moves the statistics by a twentieth, as before."""
    model = two_norms()
    measured(model, films())
    norm = model.get_layer("norm1")
    before = norm.moving_mean.numpy()
    batch = films()[2]
    own = np.asarray(model.get_layer("conv1")(batch)).mean((0, 1, 2))

    model(batch, training=True)

    np.testing.assert_allclose(norm.moving_mean, 0.95 * before + 0.05 * own, rtol=1e-4)


def test_that_leaving_changes_nothing() -> None:
    """Stop while measuring: the statistics are what they were."""
    model = two_norms()
    calls = []

    def check() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise StoppedError

    statistics = ExactStatistics(list(films()), check)
    statistics.set_model(model)
    with pytest.raises(StoppedError):
        statistics.on_test_begin()

    for number in (1, 2):
        norm = model.get_layer(f"norm{number}")
        assert norm.moving_mean.numpy().tolist() == [7.0, 7.0, 7.0]
        assert norm.moving_variance.numpy().tolist() == [1e4, 1e4, 1e4]


@pytest.mark.parametrize("is_stopped", [False, True])
def test_that_kept_models_carry_the_statistics_of_their_weights(
    tmp_path: Path, is_stopped: bool
) -> None:
    """Also where the run was stopped in the middle of its first epoch."""
    folder = make_films(tmp_path / "films")

    def stop(event: Event, control: RunControl) -> None:
        if is_stopped and isinstance(event, BatchEnded) and event.step == 2:
            control.stop.set()

    done = finished(run(tiny_config(tmp_path, augmentation=NONE), stop)).run

    assert done.final is not None
    model, _ = load_model(done.final.path)
    paths = [path for name in CLASSES for path in sorted((folder / "train" / name).iterdir())]
    every_film = np.stack([np.asarray(Image.open(path), np.float32) for path in paths])
    stem = keras.Model(model.input, model.get_layer("stem_conv").output)
    given = np.asarray(stem(every_film[..., np.newaxis])).astype(np.float64)
    norm = model.get_layer("stem_norm")
    np.testing.assert_allclose(norm.moving_mean, given.mean((0, 1, 2)), rtol=2e-3, atol=1e-4)
    np.testing.assert_allclose(norm.moving_variance, given.var((0, 1, 2)), rtol=2e-3)
