"""How films look to a network: means and deviations of one middle layer's channels. Imports Keras.

A middle layer, because the last ones know fractures only: to them a photograph is a film of some
kind. Measured for the starter model (docs/refusal.md): of grey photographs, text and slices its
13th block told 97 of 100 from films, the last layer's means 5.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

# By network: of transfer, compact and notebook. The first that a network has.
_LAYERS = ("block13_add", "block3_relu", "block2_relu", "block1_relu", "block4_pool", "block3_pool")


def look_layer(model: keras.Model) -> str:
    """Name of the layer that says how films look to a network, or empty where there is none."""
    names = {layer.name for layer in model.layers}
    return next((name for name in _LAYERS if name in names), "")


def look_of(activation: Any) -> Any:
    """Sum up a layer's output.

    Args:
        activation: float32, (films, rows, columns, channels).

    Returns:
        float32, (films, 2 * channels): means, then deviations over the places.
    """
    mean, variance = tf.nn.moments(tf.cast(activation, tf.float32), axes=(1, 2))
    return tf.concat([mean, tf.sqrt(tf.maximum(variance, 0.0) + 1e-12)], axis=1)
