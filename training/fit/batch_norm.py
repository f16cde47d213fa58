"""Batch norm in one pass over the values, for training on processors. Imports Keras.

Keras 3 spells training's batch norm out in some ten operations, each of which reads and writes the
whole block of values, in float32 even where the network computes in bfloat16. TensorFlow's fused
operation does the same in a third of the passes; ``./dev bench training`` has the gain.
"""

from __future__ import annotations

from typing import Any

import keras
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
