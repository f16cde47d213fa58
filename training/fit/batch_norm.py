"""Batch norm in one pass over the values, and its statistics for validation. Imports Keras.

Keras 3 spells training's batch norm out in some ten operations, each of which reads and writes the
whole block of values, in float32 even where the network computes in bfloat16. TensorFlow's fused
operation does the same in a third of the passes; ``./dev bench training`` has the gain.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]
    """Keras' batch norm, with TensorFlow's fused operation where it trains on pictures.

    Same settings, weights and results (float32: to rounding; bfloat16: nearer to float32's, since
    means are not rounded). A model file holds the plain layer: see ``saved_as``.
    """

    # ``training.models.model_file`` puts this class in its place.
    saved_as = keras.layers.BatchNormalization

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Keras'; (n, rows, columns, channels) in training takes the fused way."""
        if not training or not self.trainable or mask is not None or inputs.shape.rank != 4:
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma,
            offset=self.beta,
            # Read in inference only.
            mean=tf.zeros_like(self.moving_mean),
            variance=tf.zeros_like(self.moving_variance),
            epsilon=self.epsilon,
            is_training=True,
        )
        # The operation tells the variance of the population (n - 1); Keras keeps that of the batch.
        count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), tf.float32)
        variance = variance * (count - 1.0) / count
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
        return outputs


class ExactStatistics(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures the batch norms' means and variances anew before each validation.

    The running means that batch norm keeps are of the films of the last steps, each seen by the
    weights of its step. While the weights move fast they fit no weights at all, and a network that
    has learnt names one class for all films. Wu and Johnson 2021, "Rethinking Batch in BatchNorm",
    section 3: the statistics of fixed weights ("precise BN"). Used in the training thread only.

    Args:
        batches: Training films as a step sees them, float32 (b, size, size, 1), 0-255; some
            hundreds are enough, gone through anew each time.
        check: Called between batches; whatever it raises ends the measuring and leaves the
            statistics as they were.
    """

    def __init__(self, batches: Iterable[Any], check: Callable[[], None]) -> None:
        super().__init__()
        self._batches = batches
        self._check = check
        self._run: Callable[[Any], Any] | None = None

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras
        """Before validation."""
        self.measure(self._check)

    def measure(self, check: Callable[[], None]) -> None:
        """Measure the statistics of the weights as they are now.

        Args:
            check: As in the class.
        """
        norms = [each for each in self.model.layers if _is_norm(each)]
        before = [(norm.moving_mean.numpy(), norm.moving_variance.numpy()) for norm in norms]
        if self._run is None:
            self._run = _statistics(self.model, norms)
        measured = []
        try:
            for films in self._batches:
                check()
                measured.append([[np.asarray(each) for each in pair] for pair in self._run(films)])
        finally:
            # Going through the network has written each batch's own.
            _assign(norms, before)
        _assign(norms, [_together(pairs) for pairs in zip(*measured, strict=True)])


def _is_norm(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.layers.BatchNormalization) and layer.trainable


def _statistics(model: keras.Model, norms: list[Any]) -> Callable[[Any], Any]:
    """Sends films through the network as training does; gives each norm's mean and variance."""

    @functools.partial(
        tf.function, autograph=False, input_signature=[tf.TensorSpec(model.input.shape, tf.float32)]
    )
    def run(films: Any) -> Any:
        momentums = [norm.momentum for norm in norms]
        for norm in norms:
            # Read while this is traced: the moving statistics become those of this batch.
            norm.momentum = 0.0
        try:
            model(films, training=True)
        finally:
            for norm, momentum in zip(norms, momentums, strict=True):
                norm.momentum = momentum
        return [
            (tf.identity(norm.moving_mean), tf.identity(norm.moving_variance)) for norm in norms
        ]

    return run  # type: ignore[no-any-return]


def _together(pairs: Any) -> tuple[Any, Any]:
    """Mean and variance over all batches from each batch's; batches of about one size."""
    means, variances = (np.stack(each) for each in zip(*pairs, strict=True))
    mean = means.mean(axis=0)
    return mean, (variances + np.square(means - mean)).mean(axis=0)


def _assign(norms: list[Any], statistics: Iterable[tuple[Any, Any]]) -> None:
    for norm, (mean, variance) in zip(norms, statistics, strict=True):
        norm.moving_mean.assign(mean)
        norm.moving_variance.assign(variance)
