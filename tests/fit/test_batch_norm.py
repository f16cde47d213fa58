"""The fused batch norm against the paper's formulas in float64 and against Keras' own layer."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from training.films.preprocessing import Preprocessing
from training.fit.batch_norm import FusedBatchNormalization
from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.models.card import ModelCard
from training.models.model_file import load_model, save_model

SHAPE = (6, 5, 7, 3)
MOMENTUM, EPSILON = 0.9, 1e-3
# Of the largest value: float32 rounding, bfloat16 rounding.
TOLERANCES = {"float32": 1e-5, "mixed_bfloat16": 1e-2}


def values(seed: int) -> np.ndarray:
    """Channels far from mean 0 and deviation 1."""
    random = np.random.default_rng(seed)
    plain = random.normal(size=SHAPE)
    return (plain * [0.5, 2.0, 5.0] + [3.0, -1.0, 20.0]).astype(np.float32)


def made(kind: Any, dtype: str, **settings: Any) -> keras.layers.Layer:
    layer = kind(momentum=MOMENTUM, epsilon=EPSILON, dtype=dtype, **settings)
    layer.build((None, *SHAPE[1:]))
    layer.gamma.assign([1.5, -0.5, 2.0])
    layer.beta.assign([0.1, 0.2, -0.3])
    return layer


@pytest.mark.parametrize("dtype", TOLERANCES)
def test_that_training_follows_the_formulas_of_the_paper(dtype: str) -> None:
    """Ioffe and Szegedy 2015, algorithm 1, with the batch's own variance kept as Keras does."""
    layer = made(FusedBatchNormalization, dtype)
    x = values(1)
    if dtype == "mixed_bfloat16":
        x = tf.cast(tf.cast(x, tf.bfloat16), tf.float32).numpy()
    given = tf.cast(x, layer.compute_dtype)
    exact = x.astype(np.float64)
    mean, variance = exact.mean((0, 1, 2)), exact.var((0, 1, 2))
    gamma, beta = layer.gamma.numpy(), layer.beta.numpy()
    expected = gamma * (exact - mean) / np.sqrt(variance + EPSILON) + beta

    found = layer(given, training=True)

    assert found.dtype == layer.compute_dtype
    scale = np.abs(expected).max()
    np.testing.assert_allclose(tf.cast(found, tf.float64), expected, atol=TOLERANCES[dtype] * scale)
    np.testing.assert_allclose(layer.moving_mean.numpy(), (1 - MOMENTUM) * mean, rtol=1e-4)
    kept = MOMENTUM + (1 - MOMENTUM) * variance
    np.testing.assert_allclose(layer.moving_variance.numpy(), kept, rtol=1e-4)


def test_that_gradients_are_those_of_keras_own_layer_in_float64() -> None:
    weight = np.random.default_rng(2).normal(size=SHAPE)
    gradients = []
    for kind, dtype in (
        (FusedBatchNormalization, "float32"),
        (keras.layers.BatchNormalization, "float64"),
    ):
        layer = made(kind, dtype)
        x = tf.constant(values(3), layer.compute_dtype)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x, training=True) * tf.cast(weight, x.dtype))
        gradients.append(tape.gradient(loss, [x, layer.gamma.value, layer.beta.value]))
    for ours, exact in zip(*gradients, strict=True):
        scale = np.abs(exact.numpy()).max()
        np.testing.assert_allclose(ours.numpy(), exact.numpy(), atol=1e-5 * scale)


def test_that_inference_and_frozen_layers_use_the_kept_statistics() -> None:
    x = tf.constant(values(4))
    plain = made(keras.layers.BatchNormalization, "float32")
    fused = made(FusedBatchNormalization, "float32")
    for layer in (plain, fused):
        layer.moving_mean.assign([2.0, -1.0, 15.0])
        layer.moving_variance.assign([0.3, 4.0, 20.0])
    expected = plain(x, training=False).numpy()
    np.testing.assert_array_equal(fused(x, training=False).numpy(), expected)
    fused.trainable = False
    np.testing.assert_array_equal(fused(x, training=True).numpy(), expected)
    np.testing.assert_array_equal(fused.moving_mean.numpy(), [2.0, -1.0, 15.0])


@pytest.mark.parametrize("name", ["compact", "notebook"])
def test_that_a_step_of_a_whole_network_is_the_same_with_either_norm(name: str) -> None:
    config = NetworkConfig(name=name, width=0.25, num_blocks=3, dropout=0.0)
    films = np.random.default_rng(5).uniform(0, 255, (8, 64, 64, 1)).astype(np.float32)
    labels = (np.arange(8) % 2).astype(np.float32)[:, np.newaxis]
    steps = []
    for fused_norm in (False, True):
        model = build_network(config, 64, seed=0, fused_norm=fused_norm)
        # Plain descent: Adam divides by the gradient's size and so enlarges its rounding.
        model.compile(keras.optimizers.SGD(0.01), "binary_crossentropy", jit_compile=False)
        loss = model.train_on_batch(films, labels)
        steps.append((loss, model.get_weights()))
    (plain_loss, plain), (fused_loss, fused) = steps
    # The norms of the notebook's dense layers, over eight films, enlarge rounding.
    assert fused_loss == pytest.approx(plain_loss, rel=1e-3)
    for one, other in zip(plain, fused, strict=True):
        np.testing.assert_allclose(other, one, atol=1e-3 * max(np.abs(one).max(), 1.0))


def test_that_a_model_file_holds_keras_own_layer(tmp_path: Path) -> None:
    path = tmp_path / "best.keras"
    config = NetworkConfig(width=0.25, num_blocks=2)
    model = build_network(config, 64, seed=0, dtype="mixed_bfloat16", fused_norm=True)
    card = ModelCard(classes=("no", "yes"), preprocessing=Preprocessing(size=64))
    save_model(model, card, path)
    with zipfile.ZipFile(path) as archive:
        layers = json.loads(archive.read("config.json"))["config"]["layers"]
    kinds = {(layer["module"], layer["class_name"]) for layer in layers}
    assert ("keras.layers", "BatchNormalization") in kinds
    assert {module for module, _ in kinds} == {"keras.layers"}
    # Plain Keras opens it, without this program's classes.
    assert keras.saving.load_model(path).count_params() == model.count_params()
    assert load_model(path)[0].count_params() == model.count_params()
