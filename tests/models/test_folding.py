"""Folded batch norms: the same answers as the network that they were folded in."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.models.folding import folded


def stir(model: keras.Model) -> keras.Model:
    """Give every batch norm statistics and scales that are not those of a fresh one."""
    random = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model


def norms(model: keras.Model) -> list[str]:
    return [n.name for n in model.layers if isinstance(n, layers.BatchNormalization)]


@pytest.mark.parametrize("name", ["transfer", "compact", "notebook"])
def test_that_a_folded_network_answers_as_the_network_does(name: str) -> None:
    size = 160
    films = np.random.default_rng(1).uniform(0, 255, (3, size, size, 1)).astype(np.float32)
    model = stir(build_network(NetworkConfig(name=name), size, seed=0))
    copy = folded(model)
    np.testing.assert_allclose(copy(films), model(films), atol=1e-5)
    middle = [layer.name for layer in model.layers if layer.name.endswith("relu")][:4]
    for layer in middle:
        ours, theirs = (
            keras.Model(each.input, each.get_layer(layer).output)(films, training=False)
            for each in (copy, model)
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)
    # Where a rectifier or a pooling stands between them, nothing can be folded.
    assert len(norms(copy)) == {"transfer": 0, "compact": 3, "notebook": 8}[name]


def chain(*parts: keras.Layer, also: bool = False) -> keras.Model:
    inputs = x = keras.Input((8, 8, 3))
    outputs: list[Any] = []
    for part in parts:
        x = part(x)
        outputs.append(x)
    return keras.Model(inputs, [x, outputs[0]] if also else x)


@pytest.mark.parametrize("settings", [{"scale": False}, {"center": False}, {"epsilon": 0.1}])
@pytest.mark.parametrize("use_bias", [False, True])
def test_every_form_of_batch_norm(settings: dict[str, Any], use_bias: bool) -> None:
    norm = layers.BatchNormalization(**settings)
    start = layers.DepthwiseConv2D(3, depth_multiplier=2, use_bias=use_bias, padding="same")
    model = stir(chain(start, norm, layers.ReLU()))
    if use_bias:
        start.bias.assign(np.arange(6.0))
    films = np.random.default_rng(1).normal(size=(2, 8, 8, 3)).astype(np.float32)
    copy = folded(model)
    assert not norms(copy)
    np.testing.assert_allclose(copy(films), model(films), rtol=1e-5, atol=1e-5)


def test_that_a_convolution_which_something_else_reads_stays_as_it_is() -> None:
    model = stir(chain(layers.Conv2D(4, 3), layers.BatchNormalization(), also=True))
    films = np.random.default_rng(1).normal(size=(2, 8, 8, 3)).astype(np.float32)
    copy = folded(model)
    assert len(norms(copy)) == 1
    for ours, theirs in zip(copy(films), model(films), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_that_a_convolution_with_an_activation_stays_as_it_is() -> None:
    model = stir(chain(layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization()))
    assert len(norms(folded(model))) == 1


def test_that_the_network_is_left_alone() -> None:
    model = stir(build_network(NetworkConfig(name="transfer"), 64, seed=0))
    before = [np.array(w) for w in model.get_weights()]
    copy = folded(model)
    copy.set_weights([np.zeros_like(w) for w in copy.get_weights()])
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
