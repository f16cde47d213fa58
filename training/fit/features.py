"""What a transfer network's backbone makes of a run's films. Imports TensorFlow.

Most of a transfer network stays as it was, so each film needs to go through it only once. What
comes out, its features, is stored; the head then learns from them in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.transforms import NUM_DRAWS, augment_at
from training.data.dataset import Split
from training.fit.config import TrainConfig
from training.fit.kept_features import Features, KeptFeatures, key_of
from training.fit.networks import FEATURES
from training.fit.preparing import RunData
from training.models.folding import folded
from training.models.look import look_layer, look_of
from training.models.model_file import inference_copy

COPIES = 1
"""Features of changed films beside those of the films as they are: more gave no better models."""

KEPT = KeptFeatures()
"""Of all runs of this process."""

_BATCH_SIZE = 64
_Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StoredFeatures:
    """What the backbone makes of a run's films.

    Args:
        plain: float32, (files, features): of every film as it is, by number.
        changed: float32, (copies, training files, features): of changed training films.
        looks: float32, (files, values): how every film as it is looks (``look.look_of``).
    """

    plain: Features
    changed: Features
    looks: Features


def compute_features(
    model: keras.Model,
    data: RunData,
    config: TrainConfig,
    *,
    progress: Callable[[int, int], None],
    check: Callable[[], None],
    kept: KeptFeatures = KEPT,
) -> StoredFeatures:
    """Send every film through the backbone whose features are not kept from an earlier run.

    Args:
        model: A transfer network with its start weights.
        data: The films.
        config: The run's settings; its augmentation changes training films.
        progress: Told (files done, of how many).
        check: Called between batches; whatever it raises ends it.
        kept: Asked first, and given what had to be computed.

    Returns:
        The features: of films as they are in float32, as the saved model will see them; of changed
        ones in the precision of ``model``.
    """
    everything = np.arange(len(data.items))
    train = data.numbers(Split.TRAIN)
    copies = 0 if config.augmentation.is_off else COPIES
    total = len(everything) + copies * len(train)
    done = 0

    def step(num_films: int) -> None:
        nonlocal done
        done += num_films
        progress(done, total)
        check()

    # A saved model computes in float32, whatever precision it was trained in.
    is_plain = model.get_layer(FEATURES).compute_dtype == "float32"
    saved = _Backbone(model if is_plain else inference_copy(model), data, config, kept)
    own = saved if is_plain or not copies else _Backbone(model, data, config, kept)
    plain, looks = saved.features(everything, 0, step)
    changed = [own.features(train, copy, step)[0] for copy in range(1, copies + 1)]
    empty = np.empty((0, len(train), plain.shape[1]), np.float32)
    return StoredFeatures(plain, np.stack(changed) if changed else empty, looks)


class _Backbone:
    """A network up to its features, with a run's films. A row is features, then the film's look."""

    def __init__(
        self, model: keras.Model, data: RunData, config: TrainConfig, kept: KeptFeatures
    ) -> None:
        self._data = data
        self._config = config
        self._kept = kept
        self._name = _name(model)
        self._num_features = model.get_layer(FEATURES).output.shape[1]
        num_channels = model.get_layer(look_layer(model)).output.shape[-1]
        self._width = self._num_features + 2 * num_channels
        self._plain, self._changed = _compiled(model, config)

    def features(
        self, numbers: _Numbers, copy: int, step: Callable[[int], None]
    ) -> tuple[Features, Features]:
        """Features and looks of films as they are, or of their changed copies of a number from 1."""
        keys = [self._key(number, copy) for number in numbers]
        found = np.empty((len(numbers), self._width), np.float32)
        missing = []
        for place, row in enumerate(self._kept.find(keys)):
            if row is None:
                missing.append(place)
            else:
                found[place] = row
        step(len(numbers) - len(missing))
        for first in range(0, len(missing), _BATCH_SIZE):
            places = missing[first : first + _BATCH_SIZE]
            rows = self._compute(numbers[places], copy)
            found[places] = rows
            self._kept.keep([keys[place] for place in places], rows)
            step(len(places))
        features, looks = np.split(found, [self._num_features], axis=1)
        return np.ascontiguousarray(features), np.ascontiguousarray(looks)

    def _compute(self, numbers: _Numbers, copy: int) -> Features:
        films = tf.constant(self._data.store.gather(numbers))
        if copy:
            unit = np.stack([self._draws(number, copy) for number in numbers], axis=1)
            films = self._changed(films, tf.constant(unit, tf.float32))
        rows: Features = self._plain(tf.cast(films, tf.float32)).numpy()
        return rows

    def _draws(self, number: int, copy: int) -> npt.NDArray[np.float64]:
        """Where in its ranges a film is changed: drawn by itself, not by its place in the set."""
        digest = self._data.films.digests[number]
        own = int(digest[:16], 16) if digest else int(number)
        return np.random.default_rng((self._config.seed, copy, own)).random(NUM_DRAWS)

    def _key(self, number: int, copy: int) -> bytes:
        digest = self._data.films.digests[number]
        if not digest:
            return b""
        change = f"{copy} {self._config.seed} {self._config.augmentation}" if copy else ""
        return key_of(self._name, digest, f"{self._config.preprocessing}", change)


def _name(model: keras.Model) -> bytes:
    """By all that features depend on: weights, precision, input."""
    parts: list[str | bytes] = [model.get_layer(FEATURES).compute_dtype, f"{model.input_shape}"]
    for layer in model.layers:
        # Comes after the features.
        if layer.name == "score":
            continue
        parts += [layer.name, *(weight.tobytes() for weight in layer.get_weights())]
    return key_of(*parts)


def _compiled(
    model: keras.Model, config: TrainConfig
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The network up to a row, of float32 films; and the run's augmentation of uint8 ones."""
    same = folded(model)
    names = FEATURES, look_layer(same)
    front = keras.Model(same.input, [same.get_layer(name).output for name in names])
    shape = (None, *model.input_shape[1:])

    def rows(pictures: Any) -> Any:
        features, middle = front(pictures, training=False)
        return tf.concat([tf.cast(features, tf.float32), look_of(middle)], axis=1)

    def change(films: Any, unit: Any) -> Any:
        return augment_at(films, config.augmentation, unit)

    draws = tf.TensorSpec((NUM_DRAWS, None), tf.float32)
    return (
        tf.function(rows, input_signature=[tf.TensorSpec(shape, tf.float32)], autograph=False),
        tf.function(
            change, input_signature=[tf.TensorSpec(shape, tf.uint8), draws], autograph=False
        ),
    )
