"""Gives the backbone the weights that torchvision's MobileNetV2 learnt on ImageNet. Imports Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from training.fit.mobilenet import NUM_BLOCKS

_Table = dict[str, npt.NDArray[Any]]
_NORM = ("weight", "bias", "running_mean", "running_var")


def give_imagenet_weights(model: keras.Model, table: _Table) -> None:
    """Copy the weights of every backbone layer.

    The stem sees one grey channel where the original saw the same grey three times: the sum of its
    kernels over the colours does the same.

    Args:
        model: Holds the layers of ``training.fit.mobilenet.backbone``.
        table: torchvision's state dictionary, as from ``read_weights``.

    Raises:
        KeyError: A tensor is missing.
        ValueError: A tensor has another shape.
    """
    _give(model, "stem", table, "features.0", grey=True)
    _look(model, "block01", table, "features.1.conv.0")
    _give(model, "block01_narrow", table, "features.1.conv", first=1, second=2)
    for number in range(2, NUM_BLOCKS + 1):
        source = f"features.{number}.conv"
        _give(model, f"block{number:02}_widen", table, f"{source}.0")
        _look(model, f"block{number:02}", table, f"{source}.1")
        _give(model, f"block{number:02}_narrow", table, source, first=2, second=3)
    _give(model, "top", table, f"features.{NUM_BLOCKS + 1}")


def _give(
    model: keras.Model,
    name: str,
    table: _Table,
    source: str,
    *,
    first: int = 0,
    second: int = 1,
    grey: bool = False,
) -> None:
    # PyTorch's (out, in, rows, columns) is Keras' (rows, columns, in, out).
    kernel = np.transpose(table[f"{source}.{first}.weight"], (2, 3, 1, 0))
    if grey:
        kernel = kernel.sum(axis=2, keepdims=True)
    model.get_layer(f"{name}_conv").set_weights([kernel])
    _give_norm(model, name, table, f"{source}.{second}")


def _look(model: keras.Model, name: str, table: _Table, source: str) -> None:
    """The depthwise convolution, whose kernels PyTorch keeps as (channels, 1, rows, columns)."""
    kernel = np.transpose(table[f"{source}.0.weight"], (2, 3, 0, 1))
    model.get_layer(f"{name}_look_conv").set_weights([kernel])
    _give_norm(model, f"{name}_look", table, f"{source}.1")


def _give_norm(model: keras.Model, name: str, table: _Table, source: str) -> None:
    model.get_layer(f"{name}_norm").set_weights([table[f"{source}.{part}"] for part in _NORM])
