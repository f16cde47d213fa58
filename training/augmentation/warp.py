"""The warp behind every augmentation: pulls pictures through projective transforms. Imports TensorFlow.

``tf.raw_ops.ImageProjectiveTransformV3`` does the same and is what the tests compare with. On a
CPU it took a tenth of the compact network's training step; compiled by XLA these few lines take
a fifth of that (docs/performance.md). Compiling takes some 0.2 s for each shape.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import tensorflow as tf

# A tensor or anything TensorFlow makes one of; the library publishes no types.
Tensor = Any


def warp(images: Tensor, transforms: Tensor, fill: str) -> Tensor:
    """Pull every picture of a batch through its transform, bilinear.

    Args:
        images: uint8 or float32, (n, height, width, 1), 0-255, at least 2 x 2.
        transforms: float32, (n, 8), as from ``transforms.matrices``: a0 a1 a2 b0 b1 b2 c0 c1.
        fill: What lies outside: "nearest", "reflect" (with the edge repeated) or "constant" (black).

    Returns:
        float32, same shape, 0-255.
    """
    return _compiled(fill)(images, transforms)


@functools.cache
def _compiled(fill: str) -> Callable[[Tensor, Tensor], Tensor]:
    # Without AutoGraph: it reads source files, which a frozen program does not have.
    return tf.function(  # type: ignore[no-any-return]
        functools.partial(_pull, fill=fill),
        jit_compile=True,
        autograph=False,
        reduce_retracing=True,
    )


def _pull(images: Tensor, transforms: Tensor, fill: str) -> Tensor:
    shape = tf.shape(images)
    num_films, height, width = shape[0], shape[1], shape[2]
    x, y = _places(transforms, height, width)
    if fill == "constant":
        # A black frame one pixel wide, at which all that lies further out stops.
        images = tf.pad(images, [[0, 0], [1, 1], [1, 1], [0, 0]])
        x, y = x + 1.0, y + 1.0
    rows, columns = tf.shape(images)[1], tf.shape(images)[2]
    column, right = _neighbours(x, columns, fill)
    row, below = _neighbours(y, rows, fill)
    flat = tf.reshape(images, (num_films, rows * columns))
    first = tf.reshape(row * columns + column, (num_films, height * width))

    def greys(step: Tensor) -> Tensor:
        found = tf.gather(flat, first + step, batch_dims=1)
        return tf.reshape(tf.cast(found, tf.float32), (num_films, height, width))

    upper = _between(greys(0), greys(1), right)
    lower = _between(greys(columns), greys(columns + 1), right)
    return _between(upper, lower, below)[..., tf.newaxis]


def _places(transforms: Tensor, height: Tensor, width: Tensor) -> tuple[Tensor, Tensor]:
    """Where each new pixel comes from: columns and rows, each float32 (n, height, width)."""
    column = tf.range(width, dtype=tf.int32)[tf.newaxis, tf.newaxis, :]
    row = tf.range(height, dtype=tf.int32)[tf.newaxis, :, tf.newaxis]
    column, row = tf.cast(column, tf.float32), tf.cast(row, tf.float32)
    a0, a1, a2, b0, b1, b2, c0, c1 = (transforms[:, k, tf.newaxis, tf.newaxis] for k in range(8))
    depth = 1.0 / (c0 * column + c1 * row + 1.0)
    return (a0 * column + a1 * row + a2) * depth, (b0 * column + b1 * row + b2) * depth


def _neighbours(place: Tensor, count: Tensor, fill: str) -> tuple[Tensor, Tensor]:
    """The pixel before each place, int32, and how far beyond it the place lies, 0-1."""
    length = tf.cast(count, tf.float32)
    if fill == "reflect":
        # Edges lie half a pixel beyond the outermost centres; the picture repeats after two lengths.
        turn = place + 0.5
        turn -= 2.0 * length * tf.floor(turn / (2.0 * length))
        place = tf.minimum(turn, 2.0 * length - turn) - 0.5
    place = tf.clip_by_value(place, 0.0, length - 1.0)
    before = tf.minimum(tf.floor(place), length - 2.0)
    return tf.cast(before, tf.int32), place - before


def _between(left: Tensor, right: Tensor, share: Tensor) -> Tensor:
    return left + (right - left) * share
