"""The augmentation op: random changes of a batch of films, as one warp. Imports TensorFlow.

Called by the training pipeline on every batch and by ``variants`` for the viewer, so what is
shown is what is trained on. Everything is graph code without conditions on tensors: AutoGraph
is not needed, so it works in a frozen program that carries no source files.

The matrices follow Keras' ``ImageDataGenerator`` (rotation, then shift, shear and zoom, about the
centre ``(side - 1) / 2``; the mirror image is taken last), with the perspective tilt, which Keras
lacks, applied to the film before all others. All matrices pull: they take a place in the new
picture to the place in the old one whose grey is drawn there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.warp import warp

# A tensor or anything TensorFlow makes one of; the library publishes no types.
Tensor = Any

# Distance of the camera that looks at the tilted film, in sides of the square. An X-ray tube
# stands at about 1 m from a film of 0.2 to 0.4 m.
CAMERA_DISTANCE = 3.0


class Changes(NamedTuple):
    """What happens to each film of a batch; float32 tensors of shape (n,).

    Args:
        rotation: Degrees, anticlockwise on screen.
        shear: Degrees.
        row_step: Old rows per new row: 0.8 magnifies the height 1.25 times.
        column_step: Old columns per new column.
        mirror: 1 to mirror left and right, 0 to leave.
        shift_up: Fraction of the height that the picture moves up.
        shift_left: Fraction of the width that the picture moves left.
        tilt_rows: Degrees out of the plane about the horizontal axis.
        tilt_columns: Degrees out of the plane about the vertical axis.
    """

    rotation: Tensor
    shear: Tensor
    row_step: Tensor
    column_step: Tensor
    mirror: Tensor
    shift_up: Tensor
    shift_left: Tensor
    tilt_rows: Tensor
    tilt_columns: Tensor


NUM_DRAWS = len(Changes._fields)
"""Numbers that are drawn for each film."""


def draw(config: AugmentationConfig, num_films: Tensor, seed: Tensor) -> Changes:
    """Draw changes for a batch, each evenly from its range.

    Args:
        config: The ranges.
        num_films: Number of films; may be a tensor.
        seed: int, (2,). The same seed always draws the same changes.

    Returns:
        One change a film.
    """
    # One draw for all: a handful of small ops fewer on every step.
    unit = tf.random.stateless_uniform([NUM_DRAWS, num_films], seed, dtype=tf.float32)
    return changes_at(config, unit)


def changes_at(config: AugmentationConfig, unit: Tensor) -> Changes:
    """The changes at given places of their ranges.

    Args:
        config: The ranges.
        unit: float32, (``NUM_DRAWS``, n), 0 to below 1.

    Returns:
        One change a film.
    """
    even = 2.0 * unit - 1.0
    return Changes(
        rotation=config.rotation * even[0],
        shear=config.shear * even[1],
        row_step=1.0 + config.zoom * even[2],
        column_step=1.0 + config.zoom * even[3],
        mirror=tf.cast(unit[4] < 0.5, tf.float32) * float(config.horizontal_flip),
        shift_up=config.height_shift * even[5],
        shift_left=config.width_shift * even[6],
        tilt_rows=config.tilt * even[7],
        tilt_columns=config.tilt * even[8],
    )


def matrices(changes: Changes, height: Tensor, width: Tensor) -> Tensor:
    """The pulling projective transforms of the changes.

    Args:
        changes: One change a film.
        height: Rows of the pictures, in pixels.
        width: Columns of the pictures, in pixels.

    Returns:
        float32, (n, 8): a0 a1 a2 b0 b1 b2 c0 c1 in pixel coordinates, as
        ``warp`` and ``tf.raw_ops.ImageProjectiveTransformV3`` take them (x is the column, y the row).
    """
    height = tf.cast(height, tf.float32)
    width = tf.cast(width, tf.float32)
    angle = _radians(changes.rotation)
    shear = _radians(changes.shear)
    one = tf.ones_like(angle)
    zero = tf.zeros_like(angle)
    cos, sin = tf.cos(angle), tf.sin(angle)
    rotation = _matrix((cos, -sin, zero), (sin, cos, zero), (zero, zero, one))
    shift = _matrix(
        (one, zero, changes.shift_left * width),
        (zero, one, changes.shift_up * height),
        (zero, zero, one),
    )
    sheared = _matrix((one, -tf.sin(shear), zero), (zero, tf.cos(shear), zero), (zero, zero, one))
    zoom_mirror = _matrix(
        (changes.column_step * (1.0 - 2.0 * changes.mirror), zero, zero),
        (zero, changes.row_step, zero),
        (zero, zero, one),
    )
    pull = _tilt(changes, tf.maximum(height, width)) @ rotation @ shift @ sheared @ zoom_mirror
    return _about_centre(pull, (width - 1.0) / 2.0, (height - 1.0) / 2.0)


def augment(images: Tensor, config: AugmentationConfig, seed: Tensor) -> Tensor:
    """Change every film of a batch at random.

    Args:
        images: uint8 or float32, (n, height, width, 1), 0-255.
        config: The ranges of the changes.
        seed: int, (2,). The same seed gives the same pictures.

    Returns:
        float32, same shape, 0-255; the images themselves where the config is off.
    """
    if config.is_off:
        return tf.cast(images, tf.float32)
    return _changed(images, config, draw(config, tf.shape(images)[0], seed))


def augment_at(images: Tensor, config: AugmentationConfig, unit: Tensor) -> Tensor:
    """Change each film of a batch by its own draws, whatever other films are in the batch.

    Args:
        images: uint8 or float32, (n, height, width, 1), 0-255.
        config: The ranges of the changes.
        unit: float32, (``NUM_DRAWS``, n), 0 to below 1.

    Returns:
        float32, same shape, 0-255.
    """
    return _changed(images, config, changes_at(config, unit))


def _changed(images: Tensor, config: AugmentationConfig, changes: Changes) -> Tensor:
    shape = tf.shape(images)
    changed = warp(images, matrices(changes, shape[1], shape[2]), config.fill)
    return tf.ensure_shape(changed, images.shape)


def _radians(degrees: Tensor) -> Tensor:
    return tf.cast(degrees, tf.float32) * (3.141592653589793 / 180.0)


def _matrix(*rows: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """(n, 3, 3) of three rows of (n,) entries."""
    return tf.stack([tf.stack(row, axis=-1) for row in rows], axis=-2)


def _tilt(changes: Changes, side: Tensor) -> Tensor:
    """Undo the view of a film that is turned out of its plane, seen from ``CAMERA_DISTANCE``.

    A point (x, y, 0) of the film is turned about the horizontal, then about the vertical axis, and
    projected on the plane through the film's centre. In homogeneous coordinates that is
    ((A, 0), (p, 1)), whose inverse is ((A^-1, 0), (-p A^-1, 1)).
    """
    about_x, about_y = _radians(changes.tilt_rows), _radians(changes.tilt_columns)
    one, zero = tf.ones_like(about_x), tf.zeros_like(about_x)
    cos_x, sin_x, cos_y, sin_y = tf.cos(about_x), tf.sin(about_x), tf.cos(about_y), tf.sin(about_y)
    distance = CAMERA_DISTANCE * side
    # A = ((cos_y, sin_y sin_x), (0, cos_x)); its inverse is written out.
    a, b, d = 1.0 / cos_y, -sin_y * sin_x / (cos_y * cos_x), 1.0 / cos_x
    p, q = -sin_y / distance, cos_y * sin_x / distance
    return _matrix((a, b, zero), (zero, d, zero), (-p * a, -p * b - q * d, one))


def _about_centre(pull: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Move the origin from the picture's centre (x, y) to its first pixel and drop the last entry."""
    one, zero = tf.ones_like(pull[:, 0, 0]), tf.zeros_like(pull[:, 0, 0])
    back = _matrix((one, zero, x * one), (zero, one, y * one), (zero, zero, one))
    there = _matrix((one, zero, -x * one), (zero, one, -y * one), (zero, zero, one))
    flat = tf.reshape(back @ pull @ there, (-1, 9))
    return flat[:, :8] / flat[:, 8:]
