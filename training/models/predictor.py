"""Scores films with one model file. Imports Keras.

Used by the viewer's worker and the command line. It shares nothing with a training run, so it may
work beside one in another thread, whatever precision that run uses.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.variants import make_variants
from training.films.film import GreyPixels
from training.models.card import ModelCard
from training.models.heat_map import GradCam, to_heat_map
from training.models.model_file import load_model
from training.models.prediction import HeatMap, Prediction, Variant

# Larger batches gain nothing on a processor and cost 50 MB each with the notebook network.
_BATCH = 32


class Predictor:
    """One loaded model. One thread at a time.

    The first call of each kind compiles it (under a second); later calls are fast.

    Args:
        path: A model file.

    Attributes:
        path: The model file.
        card: What the file says of itself.

    Raises:
        UserError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        model, card = load_model(path)
        self.path = path
        self.card: ModelCard = card
        self._model = model

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        """Score one film.

        Args:
            grey: uint8, (height, width), as from ``Film.grey``.
            heat_map: Also say where the network looked.

        Raises:
            UserError: A heat map was asked of a network that has none.
        """
        _check(grey)
        picture = self.card.preprocessing.apply(grey)
        if not heat_map:
            return self._prediction(float(self.scores([picture])[0]))
        scores, maps = self._explain(tf.constant(picture[np.newaxis, :, :, np.newaxis]))
        return self._prediction(float(scores[0]), to_heat_map(maps[0].numpy()))

    def scores(self, pictures: Sequence[GreyPixels]) -> npt.NDArray[np.float32]:
        """Score films that are already as the network takes them, not calibrated.

        Args:
            pictures: uint8, (size, size) each, as from ``card.preprocessing.apply``.

        Returns:
            float32, (number of films,), 0-1.
        """
        parts = [np.zeros(0, np.float32)]
        for start in range(0, len(pictures), _BATCH):
            batch = np.stack(pictures[start : start + _BATCH])[..., np.newaxis]
            parts.append(self._score(tf.constant(batch)).numpy())
        return np.concatenate(parts)

    def variants(
        self, grey: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
    ) -> tuple[Variant, ...]:
        """The forms of a film that training would see, each with its score, calibrated if that is on.

        Args:
            grey: uint8, (height, width), as from ``Film.grey``.
            config: How far they may differ from the film.
            count: How many.
            seed: Equal seeds give equal variants.
        """
        _check(grey)
        picture = self.card.preprocessing.apply(grey)
        variants = make_variants(picture, config, count=count, seed=seed)
        scores = self.card.stated(self.scores([variant.picture for variant in variants]))
        return tuple(
            dataclasses.replace(variant, score=float(score))
            for variant, score in zip(variants, scores, strict=True)
        )

    def _prediction(self, raw: float, heat_map: HeatMap | None = None) -> Prediction:
        return Prediction(float(self.card.stated(raw)), self.card, heat_map, raw_score=raw)

    @functools.cached_property
    def _score(self) -> Callable[[tf.Tensor], tf.Tensor]:
        """Compiled: uint8 (films, size, size, 1) to scores (films,)."""

        def score(pictures: tf.Tensor) -> tf.Tensor:
            return self._model(tf.cast(pictures, tf.float32), training=False)[:, 0]

        return self._compile(score)

    @functools.cached_property
    def _explain(self) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
        """Compiled: uint8 (films, size, size, 1) to scores and raw maps."""
        grad_cam = GradCam(self._model)

        def explain(pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return grad_cam(tf.cast(pictures, tf.float32))

        return self._compile(explain)

    def _compile(self, function: Callable[[tf.Tensor], Any]) -> Callable[[tf.Tensor], Any]:
        size = self.card.preprocessing.size
        spec = tf.TensorSpec((None, size, size, 1), tf.uint8)
        # AutoGraph off: there is nothing to convert, and a frozen program has no sources to read.
        # The concrete function: TensorFlow takes a tf.function per model for needless retracing.
        compiled = tf.function(function, autograph=False)
        traced: Callable[[tf.Tensor], Any] = compiled.get_concrete_function(spec)
        return traced


def _check(grey: GreyPixels) -> None:
    """Refuse pixels that the reader cannot have given; they would be scored as nonsense."""
    if grey.dtype != np.uint8 or grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"Expected grey uint8 (height, width), got {grey.dtype} {grey.shape}")
