"""Small real networks of both shapes that the program trains, for the tests of this folder."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from training.films.preprocessing import Preprocessing
from training.models.card import ModelCard

SIZE = 32

# Keras 3.15 reads TensorFlow variables in a way that NumPy 2 warns of; nothing of ours can help it.
tolerate_keras = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)


def make_card(size: int = SIZE, **changes: Any) -> ModelCard:
    values: dict[str, Any] = {
        "classes": ("not fractured", "fractured"),
        "preprocessing": Preprocessing(size=size, keep_aspect=True),
        "threshold": 0.4,
        "network": "compact",
        "kind": "best",
        "run_id": "2026-11-23 14.02 compact",
        "num_train_files": 12,
        "figures": {"accuracy": 0.75, "auc": None},
    }
    return ModelCard(**(values | changes))


def make_notebook_like(size: int = SIZE, dtype: str = "float32") -> keras.Model:
    """Convolution with ReLU, norm, pool; flatten; dense."""
    layers = keras.layers
    film = keras.Input((size, size, 1))
    x = layers.Rescaling(1 / 255, dtype=dtype)(film)
    for filters in (4, 8):
        x = layers.Conv2D(filters, 3, activation="relu", dtype=dtype)(x)
        x = layers.BatchNormalization(dtype=dtype)(x)
        x = layers.MaxPooling2D(dtype=dtype)(x)
    x = layers.Flatten(dtype=dtype)(x)
    x = layers.Dense(8, activation="relu", kernel_regularizer="l2", dtype=dtype)(x)
    x = layers.Dropout(0.5, dtype=dtype)(x)
    score = layers.Dense(1, activation="sigmoid", dtype="float32")(x)
    return with_random_weights(keras.Model(film, score))


def make_compact_like(size: int = SIZE, dtype: str = "float32") -> keras.Model:
    """Strided stem; convolution, pool, norm, ReLU; average; dense."""
    layers = keras.layers
    film = keras.Input((size, size, 1))
    x = layers.Rescaling(1 / 255, dtype=dtype)(film)
    x = layers.Conv2D(4, 3, strides=2, padding="same", use_bias=False, dtype=dtype)(x)
    x = layers.BatchNormalization(dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(x)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, dtype=dtype)(x)
    x = layers.MaxPooling2D(dtype=dtype)(x)
    x = layers.BatchNormalization(dtype=dtype)(x)
    x = layers.ReLU(name="last_relu", dtype=dtype)(x)
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    score = layers.Dense(1, activation="sigmoid", dtype="float32")(x)
    return with_random_weights(keras.Model(film, score))


def with_random_weights(model: keras.Model) -> keras.Model:
    """As after training, and the same each time: biases and norms' averages are moved too."""
    random = np.random.default_rng(1)

    def moved(value: Any) -> Any:
        if value.ndim == 1:
            return value + random.uniform(0.05, 0.4, value.shape)
        return random.normal(0.0, np.sqrt(2.0 / np.prod(value.shape[:-1])), value.shape)

    model.set_weights([moved(value) for value in model.get_weights()])
    return model


def random_films(count: int, size: int = SIZE, seed: int = 0) -> Any:
    return np.random.default_rng(seed).integers(0, 256, (count, size, size), np.uint8)


def predict(model: keras.Model, films: Any) -> Any:
    return np.asarray(model(films[..., None].astype(np.float32), training=False))[:, 0]


def repack(path: Path, change: Callable[[dict[str, bytes]], None], **settings: Any) -> None:
    """Write the archive again with changed members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", **settings) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def edit_json(path: Path, member: str, change: Callable[[dict[str, Any]], None]) -> None:
    def edit(members: dict[str, bytes]) -> None:
        values = json.loads(members[member])
        change(values)
        members[member] = json.dumps(values).encode()

    repack(path, edit)
