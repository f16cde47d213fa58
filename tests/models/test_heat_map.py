from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from scipy.signal import correlate2d

from tests.models.model_builders import (
    make_compact_like,
    make_notebook_like,
    random_films,
    tolerate_keras,
)
from training.errors import UserError
from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.models.heat_map import activation_to_show, grad_cam, to_heat_map

pytestmark = tolerate_keras

SIDE = 24
BLOB = np.ones((3, 3), np.float32)
EDGE = np.array([[1, 0, -1]] * 3, np.float32)


def make_averaging(
    weights: tuple[float, float], bias: float = 0.0, own_activation: bool = False
) -> keras.Model:
    """Two known convolutions, ReLU, the average of each, a weighted sum: Grad-CAM is CAM here."""
    layers = keras.layers
    film = keras.Input((SIDE, SIDE, 1))
    x = layers.Conv2D(2, 3, activation="relu", name="conv")(film)
    x = layers.GlobalAveragePooling2D()(x)
    if own_activation:
        x = layers.Activation("sigmoid")(layers.Dense(1, name="score")(x))
    else:
        x = layers.Dense(1, activation="sigmoid", name="score")(x)
    model = keras.Model(film, x)
    kernels = np.stack([BLOB, EDGE], axis=-1)[:, :, None, :]
    model.get_layer("conv").set_weights([kernels, np.array([-3.0, 0.5], np.float32)])
    model.get_layer("score").set_weights(
        [np.array(weights, np.float32)[:, None], np.array([bias], np.float32)]
    )
    return model


def class_activation_map(picture: Any, weights: tuple[float, float]) -> Any:
    """CAM (Zhou et al. 2016) of ``make_averaging`` with SciPy: the weighted sum of its features."""
    picture = picture.astype(np.float64)
    features = [
        np.maximum(correlate2d(picture, kernel, mode="valid") + bias, 0.0)
        for kernel, bias in ((BLOB, -3.0), (EDGE, 0.5))
    ]
    return np.maximum(weights[0] * features[0] + weights[1] * features[1], 0.0)


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.3, 0.7), (0.8, -0.6)])
def test_that_grad_cam_equals_the_class_activation_map_where_both_are_defined(
    weights: tuple[float, float],
) -> None:
    picture = random_films(1, SIDE)[0] // 64
    found = grad_cam(make_averaging(weights), picture)
    expected = class_activation_map(picture, weights)
    np.testing.assert_allclose(found.values, expected / expected.max(), atol=1e-5)
    assert found.values.dtype == np.float32
    assert (found.values.max(), found.is_empty) == (1.0, False)


def test_that_a_pooling_before_the_rectifier_is_passed() -> None:
    model = make_compact_like()
    assert activation_to_show(model) is model.get_layer("last_relu").output


@pytest.mark.parametrize("make", [make_notebook_like, make_compact_like])
def test_that_channel_weights_are_the_slopes_of_the_logit(make: Any) -> None:
    """The gradient averaged over a channel is how the logit grows as the whole channel is lifted."""
    model, picture = make(), random_films(1)[0]
    shown = activation_to_show(model)
    tail_layers = model.layers[[layer.output is shown for layer in model.layers].index(True) + 1 :]
    head = keras.Model(model.input, shown)
    features = np.asarray(head(picture[None, ..., None].astype(np.float32)))

    def logit(values: Any) -> float:
        x = values
        for layer in tail_layers:
            x = layer(x, training=False) if "drop" in layer.name else layer(x)
        score = float(np.asarray(x, np.float64)[0, 0])
        return float(np.log(score / (1.0 - score)))

    # Small enough to turn few rectifiers of the tail on or off, large against float32's steps.
    step = 2e-3
    slopes = []
    for channel in range(features.shape[-1]):
        lift = np.zeros(features.shape[-1], np.float32)
        lift[channel] = step
        slopes.append((logit(features + lift) - logit(features - lift)) / (2 * step))
    expected = np.maximum((features[0] * np.array(slopes)).sum(axis=-1), 0.0)
    found = grad_cam(model, picture)
    assert expected.max() > 0.0
    np.testing.assert_allclose(found.values, expected / expected.max(), atol=0.02)


@pytest.mark.parametrize("place", [(3, 4), (12, 18), (20, 7)])
def test_that_a_spots_place_is_found(place: tuple[int, int]) -> None:
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[place[0] - 1 : place[0] + 2, place[1] - 1 : place[1] + 2] = 200
    values = grad_cam(make_averaging((1.0, 0.0)), picture).values
    row, column = np.unravel_index(values.argmax(), values.shape)
    # A valid 3 x 3 convolution loses one row and column on each side.
    assert (row + 1, column + 1) == place


def test_that_a_network_that_is_quite_sure_still_has_a_map() -> None:
    picture = random_films(1, SIDE)[0] // 64
    sure = make_averaging((0.3, 0.7), bias=200.0)
    score = float(sure(picture[None, ..., None].astype(np.float32))[0, 0])
    # In float32 the sigmoid is exactly 1 here, and its own gradient exactly 0.
    assert score == 1.0
    found = grad_cam(sure, picture)
    np.testing.assert_allclose(
        found.values, grad_cam(make_averaging((0.3, 0.7)), picture).values, atol=1e-5
    )


def test_that_a_sigmoid_layer_of_its_own_gives_the_same_map() -> None:
    picture = random_films(1, SIDE)[0]
    joined, apart = (make_averaging((0.8, -0.6), own_activation=own) for own in (False, True))
    np.testing.assert_allclose(
        grad_cam(apart, picture).values, grad_cam(joined, picture).values, atol=1e-6
    )


def test_that_a_map_with_nothing_for_the_class_is_empty_and_zero() -> None:
    found = grad_cam(make_averaging((-1.0, -1.0)), random_films(1, SIDE)[0])
    assert found.is_empty
    assert found.values.shape == (SIDE - 2, SIDE - 2)
    assert not found.values.any()


@pytest.mark.parametrize("value", [0.0, 1e-45, np.nan, np.inf])
def test_that_a_map_that_cannot_be_scaled_is_empty(value: float) -> None:
    found = to_heat_map(np.full((2, 3), value, np.float32))
    assert found.is_empty
    np.testing.assert_array_equal(found.values, np.zeros((2, 3), np.float32))


def test_that_a_network_without_a_convolution_is_refused_in_words() -> None:
    film = keras.Input((8, 8, 1))
    score = keras.layers.Dense(1, activation="sigmoid")(keras.layers.Flatten()(film))
    with pytest.raises(UserError, match="no convolution"):
        grad_cam(keras.Model(film, score), np.zeros((8, 8), np.uint8))


@pytest.mark.parametrize(
    ("name", "blocks", "size", "layer"),
    [
        ("notebook", None, 224, "block6_conv2"),
        ("compact", None, 224, "block4_relu"),
        ("compact", 3, 64, "block3_relu"),
        ("notebook", 2, 64, "block2_conv1"),
    ],
)
def test_that_the_programs_networks_show_their_last_features_before_pooling(
    name: str, blocks: int | None, size: int, layer: str
) -> None:
    config = NetworkConfig(name=name, num_blocks=blocks, width=0.125)
    model = build_network(config, size, seed=0)
    shown = activation_to_show(model)
    assert shown is model.get_layer(layer).output
    assert grad_cam(model, random_films(1, size)[0]).values.shape == shown.shape[1:3]
