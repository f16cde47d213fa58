"""From decoded films to batches. Imports TensorFlow; called by ``train``.

The order of films and every augmentation are functions of (seed, epoch, step), so a run can be
repeated, and no generator state is shared between threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.transforms import augment
from training.fit.reading import FilmStore

# Batches made ahead; each holds float32 films, 13 MB at 64 of 224 x 224.
_PREFETCH = 3


def training_batches(
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    targets: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    *,
    augmentation: AugmentationConfig,
    batch_size: int,
    epochs: int,
    seed: int,
) -> tf.data.Dataset:
    """All epochs' batches, one after the other; every film exactly once an epoch.

    Args:
        store: The decoded films.
        numbers: int64, (n,): which of them to train on.
        targets: float32, (n, k): what the network should say of them (``RunData.targets``).
        weights: float32, (n,): how much each counts in the loss.
        augmentation: Changes drawn anew for every batch.
        batch_size: Films per batch; the last of an epoch may have fewer.
        epochs: Number of epochs.
        seed: Of order and changes.

    Returns:
        A data set of (float32 (b, size, size, 1) 0-255, float32 (b, k), float32 (b, 1)).
    """
    count = len(numbers)
    steps = -(-count // batch_size)

    def order(step: Any) -> Any:
        epoch = step // steps
        first = (step % steps) * batch_size
        places = tf.range(first, tf.minimum(first + batch_size, count))
        shuffled = tf.random.experimental.index_shuffle(
            places, tf.stack([tf.constant(seed, tf.int64), epoch]), count - 1
        )
        return step, shuffled

    def change(step: Any, pictures: Any, label: Any, weight: Any) -> Any:
        # The order has used (seed, epoch); another constant keeps the two apart.
        changed = augment(
            pictures, augmentation, tf.stack([tf.constant(seed, tf.int64) + 2**32, step])
        )
        return changed, label, weight

    gather = _Gather(store, numbers, targets, weights)
    return (
        tf.data.Dataset.range(epochs * steps)
        .map(_plain(order))
        .map(_plain(gather), num_parallel_calls=2, deterministic=True)
        .map(_plain(change), num_parallel_calls=2, deterministic=True)
        .prefetch(_PREFETCH)
    )


def plain_batches(
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    targets: npt.NDArray[np.float32],
    *,
    batch_size: int,
) -> tf.data.Dataset:
    """Films in order, never augmented, for validation and measuring.

    Args:
        store: The decoded films.
        numbers: int64, (n,): which of them.
        targets: float32, (n, k): what the network should say of them.
        batch_size: Films per batch; the last may have fewer.

    Returns:
        A data set of (float32 (b, size, size, 1) 0-255, float32 (b, k)).
    """
    gather = _Gather(store, numbers, targets, np.ones(len(targets), np.float32))

    def place(first: Any) -> Any:
        return first, tf.range(first, tf.minimum(first + batch_size, len(numbers)))

    def finish(_: Any, pictures: Any, label: Any, __: Any) -> Any:
        return tf.cast(pictures, tf.float32), label

    return (
        tf.data.Dataset.range(0, len(numbers), batch_size)
        .map(_plain(place))
        .map(_plain(gather))
        .map(_plain(finish))
        .prefetch(2)
    )


class _Gather:
    """Fetches a batch in Python; one copy of 50 kB a film, 0.3 ms for 64 of them from memory."""

    def __init__(
        self,
        store: FilmStore,
        numbers: npt.NDArray[np.int64],
        targets: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._targets = targets.astype(np.float32)
        self._weights = weights[:, np.newaxis].astype(np.float32)
        self._side = store.gather(numbers[:1]).shape[1]

    def __call__(self, step: Any, places: Any) -> Any:
        pictures, target, weight = tf.numpy_function(
            self._fetch, [places], (tf.uint8, tf.float32, tf.float32), stateful=False
        )
        pictures = tf.ensure_shape(pictures, (None, self._side, self._side, 1))
        target = tf.ensure_shape(target, (None, self._targets.shape[1]))
        return step, pictures, target, tf.ensure_shape(weight, (None, 1))

    def _fetch(
        self, places: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        films = self._store.gather(self._numbers[places])
        return films, self._targets[places], self._weights[places]


def _plain(function: Any) -> Any:
    """Keep AutoGraph away: it reads source files, which a frozen program does not have."""
    return tf.autograph.experimental.do_not_convert(function)
