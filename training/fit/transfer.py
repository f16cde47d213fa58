"""The transfer network's own ways: start weights, stored features, what learns. Imports TensorFlow.

Most of a transfer network stays as it was, so each film needs to go through it only once. What
comes out, its features, is kept; the head then learns from them in seconds.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.transforms import augment
from training.data.dataset import Split
from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.networks import FEATURES
from training.fit.preparing import RunData
from training.models.folding import folded
from training.models.model_file import inference_copy, load_model
from training.models.starter import STARTER

# Features of changed films beside those of the films as they are: more gave no better models.
COPIES = 1
_BATCH_SIZE = 64
Features = npt.NDArray[np.float32]
_Function = Callable[..., Any]


def give_start_weights(model: keras.Model, start: Path = STARTER) -> None:
    """Let a transfer network begin with the weights of a trained one.

    Its score is taken too where both tell as many classes apart; else the score begins fresh.

    Args:
        model: A transfer network of any input size, fresh.
        start: Model file of another.

    Raises:
        UserError: If the file cannot be read, or holds another network.
    """
    facts = start.stat() if start.is_file() else None
    theirs, output_shape = _weights_of(start, facts and (facts.st_mtime_ns, facts.st_size))
    ours = {layer.name: layer for layer in model.layers if layer.weights}
    if theirs.keys() != ours.keys():
        raise UserError(f"{start.name} holds another network than transfer.")
    for name, layer in ours.items():
        if name == "score" and model.output_shape != output_shape:
            continue
        try:
            layer.set_weights(theirs[name])
        except ValueError as error:
            raise UserError(f"{start.name} holds another network than transfer.") from error


@functools.lru_cache(maxsize=1)
def _weights_of(
    start: Path, _changed: tuple[int, int] | None
) -> tuple[dict[str, list[npt.NDArray[np.float32]]], tuple[int | None, ...]]:
    """A model's weights by layer, and its output's shape; kept for the next fold or variant."""
    source, _ = load_model(start)
    weights = {layer.name: layer.get_weights() for layer in source.layers if layer.weights}
    return weights, source.output_shape


def choose_trained(model: keras.Model, num_parts: int) -> None:
    """Set which layers learn: the head, and the backbone's last parts.

    Batch norms keep their statistics and scales: those of many films serve better than those of
    the few in a batch.

    Args:
        model: A transfer network, not compiled.
        num_parts: 0 for the head alone.
    """
    names = list(dict.fromkeys(_part(layer.name) for layer in model.layers))
    backbone = names[names.index("stem") : names.index("top") + 1]
    learning = {*backbone[len(backbone) - num_parts :], "score"} | (
        {"site"} if num_parts else set()
    )
    for layer in model.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = _part(layer.name) in learning and not is_norm


def _part(layer_name: str) -> str:
    """The part a layer belongs to: block07 for block07_widen_conv."""
    return layer_name.split("_")[0]


@dataclass(frozen=True, eq=False)
class StoredFeatures:
    """What the backbone makes of a run's films.

    Args:
        plain: float32, (files, features): of every film as it is, by number.
        changed: float32, (copies, training files, features): of changed training films.
    """

    plain: Features
    changed: Features


def compute_features(
    model: keras.Model,
    data: RunData,
    config: TrainConfig,
    *,
    progress: Callable[[int, int], None],
    check: Callable[[], None],
) -> StoredFeatures:
    """Send every film through the backbone.

    Args:
        model: A transfer network with its start weights.
        data: The films.
        config: The run's settings; its augmentation changes training films.
        progress: Told (files done, of how many).
        check: Called between batches; whatever it raises ends it.

    Returns:
        The features: of films as they are in float32, as the saved model will see them; of changed
        ones in the precision of ``model``.
    """
    everything = np.arange(len(data.items))
    train = data.numbers(Split.TRAIN)
    copies = 0 if config.augmentation.is_off else COPIES
    total = len(everything) + copies * len(train)
    done = 0

    def run(front: _Function, numbers: npt.NDArray[np.int64], copy: int) -> Features:
        nonlocal done
        parts = []
        for first in range(0, len(numbers), _BATCH_SIZE):
            check()
            films = tf.constant(data.store.gather(numbers[first : first + _BATCH_SIZE]))
            place = tf.constant([copy, first], tf.int64)
            pictures = change(films, place) if copy else tf.cast(films, tf.float32)
            parts.append(front(pictures).numpy())
            done += len(films)
            progress(done, total)
        return np.concatenate(parts)

    front = _compiled_front(model)
    # A saved model computes in float32, whatever precision it was trained in.
    is_plain = model.get_layer(FEATURES).compute_dtype == "float32"
    plain = run(front if is_plain else _compiled_front(inference_copy(model)), everything, 0)
    change = _compiled_change(config, model.input_shape[1])
    changed = [run(front, train, copy) for copy in range(1, copies + 1)]
    empty = np.empty((0, len(train), plain.shape[1]), np.float32)
    return StoredFeatures(plain, np.stack(changed) if changed else empty)


def _compiled_front(model: keras.Model) -> _Function:
    """The network up to its features."""
    same = folded(model)
    front = keras.Model(same.input, same.get_layer(FEATURES).output)

    def features(pictures: Any) -> Any:
        return tf.cast(front(pictures, training=False), tf.float32)

    return tf.function(  # type: ignore[no-any-return]
        features,
        input_signature=[tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)],
        autograph=False,
    )


def _compiled_change(config: TrainConfig, side: int) -> _Function:
    """The run's augmentation."""

    def change(films: Any, place: Any) -> Any:
        seed = tf.stack([config.seed + 2**33 + place[0], place[1]])
        return augment(films, config.augmentation, seed)

    return tf.function(  # type: ignore[no-any-return]
        change,
        input_signature=[
            tf.TensorSpec((None, side, side, 1), tf.uint8),
            tf.TensorSpec((2,), tf.int64),
        ],
        autograph=False,
    )
