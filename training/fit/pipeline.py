"""From decoded films to batches. Imports TensorFlow; called by ``train``.

The order of films and every augmentation are functions of (seed, epoch, step), so a run can be
repeated, and no generator state is shared between threads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.transforms import augment
from training.fit.outlined import OutlinedFilms
from training.fit.reading import FilmStore
from training.fit.site import covered_places

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
    outlines: OutlinedFilms | None = None,
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
        outlines: Where the films' fractures lie, to learn the site from too.

    Returns:
        A data set of (float32 (b, size, size, 1) 0-255, float32 (b, k), float32 (b, 1)); with
        outlines, of these and what the site is to say (``site.covered_places``), after the film's
        own changes, and float32 (b, 1), 1 where somebody looked for fractures.
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

    def change(step: Any, pictures: Any, label: Any, weight: Any, *sites: Any) -> Any:
        # The order has used (seed, epoch); another constant keeps the two apart.
        drawn = tf.stack([tf.constant(seed, tf.int64) + 2**32, step])
        changed = augment(pictures, augmentation, drawn)
        if not sites:
            return changed, label, weight
        # The same draw, so the same warp. Beyond the film's edge lies no fracture, but its mirror
        # image where the film is mirrored there.
        fill = "reflect" if augmentation.fill == "reflect" else "constant"
        moved = augment(sites[0], replace(augmentation, fill=fill), drawn)
        return changed, label, weight, covered_places(moved), sites[1]

    gather = _Gather(store, numbers, targets, weights, outlines)
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
        outlines: OutlinedFilms | None = None,
    ) -> None:
        self._store = store
        self._numbers = numbers
        self._outlines = outlines
        columns = [targets, weights[:, np.newaxis]]
        if outlines is not None:
            columns.append(outlines.is_looked_at(numbers)[:, np.newaxis].astype(np.float32))
        self._columns = np.concatenate(columns, axis=1).astype(np.float32)
        self._num_targets = targets.shape[1]
        self._side = store.gather(numbers[:1]).shape[1]

    def __call__(self, step: Any, places: Any) -> Any:
        kinds = [tf.uint8, tf.float32, *([] if self._outlines is None else [tf.uint8])]
        pictures, columns, *sites = tf.numpy_function(self._fetch, [places], kinds, stateful=False)
        square = (None, self._side, self._side, 1)
        columns = tf.ensure_shape(columns, (None, self._columns.shape[1]))
        wide = self._num_targets
        target, weight = columns[:, :wide], columns[:, wide : wide + 1]
        plain = step, tf.ensure_shape(pictures, square), target, weight
        if not sites:
            return plain
        return *plain, tf.ensure_shape(sites[0], square), columns[:, wide + 1 :]

    def _fetch(self, places: npt.NDArray[np.int64]) -> tuple[npt.NDArray[Any], ...]:
        numbers = self._numbers[places]
        plain = self._store.gather(numbers), self._columns[places]
        return plain if self._outlines is None else (*plain, self._outlines.sites(numbers))


def _plain(function: Any) -> Any:
    """Keep AutoGraph away: it reads source files, which a frozen program does not have."""
    return tf.autograph.experimental.do_not_convert(function)
