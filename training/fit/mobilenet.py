"""The backbone of the transfer network: MobileNetV2 for grey films. Imports Keras.

Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2, in the form
whose weights were learnt with PyTorch: padding on all sides, batch norm with an epsilon of 1e-5.
Layers are flat in the model that uses it, so heat maps and exports see them.
"""

from __future__ import annotations

from typing import Any

from keras import layers

# (expansion, filters, repeats, stride of the first) of each stage, as in the paper's table 2.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_STEM = 32
CHANNELS = 1280
NUM_BLOCKS = sum(repeats for _, _, repeats, _ in _STAGES)
_EPSILON = 1e-5
_MOMENTUM = 0.9


def backbone(x: Any, dtype: str) -> tuple[Any, list[Any]]:
    """Add the backbone's layers.

    Args:
        x: (n, rows, columns, 1): grey values of mean 0 and deviation 1 over everyday pictures.
        dtype: Precision of every layer.

    Returns:
        (n, rows / 32, columns / 32, 1280), at least 0, at most 6; and the ends of the two
        stages of several blocks before: (n, rows / 16, columns / 16, 96), (n, rows / 32, columns / 32, 160).
    """
    x = _conv(x, "stem", _STEM, dtype, kernel=3, stride=2)
    number = 0
    stages = []
    for expansion, filters, repeats, stride in _STAGES:
        for repeat in range(repeats):
            number += 1
            x = _block(
                x, f"block{number:02}", expansion, filters, stride if repeat == 0 else 1, dtype
            )
        stages.append(x)
    return _conv(x, "top", CHANNELS, dtype), stages[-3:-1]


def _block(x: Any, name: str, expansion: int, filters: int, stride: int, dtype: str) -> Any:
    """An inverted residual: widen, look around in each channel, narrow."""
    start, num_inputs = x, int(x.shape[-1])
    if expansion > 1:
        x = _conv(x, f"{name}_widen", num_inputs * expansion, dtype)
    if stride > 1:
        x = layers.ZeroPadding2D(1, name=f"{name}_pad", dtype=dtype)(x)
    x = layers.DepthwiseConv2D(
        3,
        strides=stride,
        padding="valid" if stride > 1 else "same",
        use_bias=False,
        name=f"{name}_look_conv",
        dtype=dtype,
    )(x)
    x = _norm(x, f"{name}_look", dtype)
    x = layers.ReLU(6.0, name=f"{name}_look_relu", dtype=dtype)(x)
    x = _conv(x, f"{name}_narrow", filters, dtype, linear=True)
    if stride == 1 and num_inputs == filters:
        x = layers.Add(name=f"{name}_add", dtype=dtype)([start, x])
    return x


def _conv(
    x: Any,
    name: str,
    filters: int,
    dtype: str,
    *,
    kernel: int = 1,
    stride: int = 1,
    linear: bool = False,
) -> Any:
    """Convolution, batch norm and, unless linear, ReLU6."""
    if stride > 1:
        # TensorFlow's "same" pads the far side only; the weights were learnt with both.
        x = layers.ZeroPadding2D(1, name=f"{name}_pad", dtype=dtype)(x)
    padding = "valid" if stride > 1 else "same"
    x = layers.Conv2D(
        filters,
        kernel,
        strides=stride,
        padding=padding,
        use_bias=False,
        name=f"{name}_conv",
        dtype=dtype,
    )(x)
    x = _norm(x, name, dtype)
    return x if linear else layers.ReLU(6.0, name=f"{name}_relu", dtype=dtype)(x)


def _norm(x: Any, name: str, dtype: str) -> Any:
    return layers.BatchNormalization(
        momentum=_MOMENTUM, epsilon=_EPSILON, name=f"{name}_norm", dtype=dtype
    )(x)
