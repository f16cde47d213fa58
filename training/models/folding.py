"""The same network with its batch norms folded into the convolutions before them. Imports Keras.

A batch norm whose statistics stay is one factor and one summand a channel, which a convolution's
kernel and bias can hold. Without it a film is read and written some hundred times less often on its
way through the backbone of the transfer network.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

_DEPTHWISE = layers.DepthwiseConv2D
# A depthwise convolution is no kind of plain one in Keras; both have a kernel and may have a bias.
_CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D)


def folded(model: keras.Model) -> keras.Model:
    """A network that answers as another does outside training, sooner.

    Args:
        model: Flat and functional, built. Its batch norms count as they are now: the copy does not
            learn, and follows no later change.

    Returns:
        A new network with the same layer names, precisions and answers, but for rounding. A batch
        norm that follows a convolution without an activation, which nothing else reads, gives on
        what it gets; others stay.
    """
    pairs = _pairs(model)
    convolutions = {conv.name: norm for conv, norm in pairs}
    norms = {norm.name for _, norm in pairs}

    def clone(layer: keras.Layer) -> keras.Layer:
        if layer.name in norms:
            return layers.Identity(name=layer.name, dtype=layer.dtype_policy)
        config = layer.get_config()
        if layer.name in convolutions:
            config |= {"use_bias": True}
        return type(layer).from_config(config)

    view = keras.Model(model.input, model.output, name=model.name)
    copy = keras.models.clone_model(view, clone_function=clone, call_function=_call)
    for layer in view.layers:
        if layer.name in convolutions:
            copy.get_layer(layer.name).set_weights(_weights(layer, convolutions[layer.name]))
        elif layer.weights and layer.name not in norms:
            copy.get_layer(layer.name).set_weights(layer.get_weights())
    copy.trainable = False
    return copy


def _pairs(model: keras.Model) -> list[tuple[keras.Layer, keras.Layer]]:
    """Convolutions and the batch norms that alone read them."""
    # By identity: a symbolic tensor stands for one output of one layer.
    readers: dict[int, list[keras.Layer | None]] = {id(end): [None] for end in model.outputs}
    for layer in model.layers:
        if isinstance(layer, layers.InputLayer):
            continue
        for tensor in keras.tree.flatten(layer.input):
            readers.setdefault(id(tensor), []).append(layer)
    found = []
    for layer in model.layers:
        if isinstance(layer, _CONVOLUTIONS) and layer.activation is keras.activations.linear:
            reader, *more = readers[id(layer.output)]
            if isinstance(reader, layers.BatchNormalization) and not more:
                found.append((layer, reader))
    return found


def _call(layer: keras.Layer, *args: Any, **settings: Any) -> Any:
    # Keras hands batch norms a mask, which a layer that gives on what it gets does not know.
    settings.pop("mask", None)
    return layer(*args, **settings)


def _weights(conv: keras.Layer, norm: keras.Layer) -> list[npt.NDArray[np.float32]]:
    """Kernel and bias that do both layers' work."""
    variance, mean = np.asarray(norm.moving_variance), np.asarray(norm.moving_mean)
    factor = 1.0 / np.sqrt(variance + norm.epsilon)
    if norm.scale:
        factor = factor * np.asarray(norm.gamma)
    bias = -mean * factor
    if norm.center:
        bias = bias + np.asarray(norm.beta)
    kernel = np.asarray(conv.kernel)
    if conv.use_bias:
        bias = bias + np.asarray(conv.bias) * factor
    # A depthwise kernel is (rows, columns, channels, filters of each channel).
    shape = kernel.shape[2:] if isinstance(conv, _DEPTHWISE) else factor.shape
    return [kernel * factor.reshape(shape), bias]
