"""Sends every film once, or some times changed, through the lower half of the backbone. Imports TensorFlow.

The lower half sees edges and textures and stays as ImageNet taught it. What it gives is kept, so
that the upper half learns some ten times as many films a second.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.transforms import draw, matrices
from training.augmentation.warp import warp
from training.fit.site import covered_places
from training.starter.sources import FilmRows, Squares

CUT = "block10_add"
"""Layer that the lower half ends with: 64 channels, a sixteenth of the film's rows."""

# Films of the published set stand at any angle, those of the outlined set upright.
CHANGES = AugmentationConfig(
    rotation=45.0,
    shear=5.0,
    zoom=0.25,
    horizontal_flip=True,
    width_shift=0.1,
    height_shift=0.1,
    tilt=10.0,
    fill="constant",
)
_BATCH_SIZE = 32


@dataclass(frozen=True, eq=False)
class Maps(FilmRows):
    """What the lower half makes of films.

    Args:
        films: What each map is of; a film that was changed several times comes several times.
        values: float16, (n, rows, columns, channels).
        sites: float16, (n, rows / 2, columns / 2, 1): share of each place inside an outline,
            doubled, at most 1.
    """

    values: npt.NDArray[np.float16]
    sites: npt.NDArray[np.float16]


def lower_half(model: keras.Model) -> keras.Model:
    """A transfer network from its input to ``CUT``."""
    return keras.Model(model.input, model.get_layer(CUT).output)


def compute_maps(lower: keras.Model, squares: Squares, *, changed: int, seed: int) -> Maps:
    """Send films through the lower half.

    Args:
        lower: As from ``lower_half``.
        squares: The films.
        changed: 0 for the films as they are, else a number that draws their changes.
        seed: Of the changes, with ``changed``.

    Returns:
        One map a file.
    """
    run = _compiled(lower, is_changed=changed > 0)
    values, sites = [], []
    for first in range(0, len(squares.films), _BATCH_SIZE):
        place = slice(first, first + _BATCH_SIZE)
        drawn = tf.constant([seed * 1000 + changed, first], tf.int64)
        value, site = run(squares.pictures[place], squares.sites[place], drawn)
        values.append(value.numpy())
        sites.append(site.numpy())
    return Maps(squares.films, np.concatenate(values), np.concatenate(sites))


def _compiled(lower: keras.Model, *, is_changed: bool) -> Any:
    @functools.partial(tf.function, autograph=False, reduce_retracing=True)
    def run(pictures: Any, sites: Any, seed: Any) -> Any:
        if is_changed:
            shape = tf.shape(pictures)
            pull = matrices(draw(CHANGES, shape[0], seed), shape[1], shape[2])
            pictures = _other_exposure(warp(pictures, pull, "constant"), seed + 1)
            sites = warp(sites, pull, "constant")
        places = covered_places(sites)
        values = lower(tf.cast(pictures, tf.float32), training=False)
        return tf.cast(values, tf.float16), tf.cast(places, tf.float16)

    return run


def _other_exposure(films: Any, seed: Any) -> Any:
    """Another gamma, contrast and some noise: films of other machines."""
    unit = tf.random.stateless_uniform([3, tf.shape(films)[0], 1, 1, 1], seed)
    gamma = tf.exp(0.5 * (2.0 * unit[0] - 1.0))
    changed = tf.pow(films / 255.0, gamma) * (0.8 + 0.4 * unit[1])
    noise = tf.random.stateless_normal(tf.shape(films), seed + 1) * 0.03 * unit[2]
    return tf.clip_by_value(changed + noise, 0.0, 1.0) * 255.0
