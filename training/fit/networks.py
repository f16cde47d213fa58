"""The networks that can be trained. Imports Keras; called by ``train`` and by tests.

Every model is flat and functional with stable layer names, takes float32 (n, size, size, 1) grey
values 0-255, scales them itself and gives float32 (n, 1), the probability of the positive class;
of more than two classes float32 (n, classes), the probability of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from training.fit.batch_norm import FusedBatchNormalization
from training.fit.config import NOTEBOOK_UNPADDED_BLOCKS, NetworkConfig
from training.fit.mobilenet import backbone
from training.models.heat_map import SITE

# (filters, convolutions) of each block of the published notebook, before width and num_blocks.
_NOTEBOOK_BLOCKS = ((32, 1), (64, 1), (128, 1), (256, 1), (512, 2), (512, 2))
_COMPACT_STEM = 16
_COMPACT_BLOCKS = ((16, 1), (48, 1), (96, 1), (192, 1))
# Only the first blocks halve the picture, so that 14 x 14 places are left of 224 pixels.
_COMPACT_POOLS = 3

# The layer of the transfer network whose output the head learns from.
FEATURES = "features"
# Mean and deviation of the greys (0-1) that the backbone was first trained on, means over the
# three colours of ImageNet.
_EVERYDAY_GREY = (0.449, 0.226)

# Keras' default of 0.99 needs some 500 steps to forget the first ones, and a small set has 40 an
# epoch. A run measures the statistics anew before each validation: ``batch_norm.ExactStatistics``.
_COMPACT_MOMENTUM = 0.95


def build_network(
    config: NetworkConfig,
    size: int,
    *,
    seed: int,
    num_classes: int = 2,
    dtype: str = "float32",
    fused_norm: bool = False,
) -> keras.Model:
    """Build a network with fresh weights.

    Args:
        config: Which one, and its options.
        size: Side of the input square, in pixels.
        seed: Of the weights and of dropout; Keras' and NumPy's own seeds are left alone, because
            they belong to the whole process.
        num_classes: Two for one sigmoid; more for a softmax over them.
        dtype: "float32" or "mixed_bfloat16", given to every layer, so that the thread's policy is
            neither read nor changed. Weights are float32 either way, and so is the output.
        fused_norm: Batch norm by one fused operation: the same network, faster to train. The
            backbone of the transfer network keeps the plain one: its batch norm does not learn.

    Returns:
        The model, not compiled.

    Raises:
        UserError: If the films are too small for that many blocks of the notebook network.
    """
    config.check_size(size)
    maker = _Maker(config, seed, dtype, fused_norm, num_classes)
    inputs = keras.Input((size, size, 1), name="film", dtype="float32")
    build = {"notebook": _notebook, "compact": _compact, "transfer": _transfer}[config.name]
    return keras.Model(inputs, build(maker, inputs), name=config.name)


@dataclass
class _Maker:
    """Makes layers with the run's options, each with a seed of its own."""

    config: NetworkConfig
    seed: int
    dtype: str
    fused_norm: bool
    num_classes: int
    num_seeds: int = 0

    def next_seed(self) -> int:
        self.num_seeds += 1
        return (self.seed * 1000 + self.num_seeds) % 2**31

    def filters(self, plain: int) -> int:
        return max(4, round(plain * self.config.width))

    def penalty(self) -> keras.Regularizer | None:
        if not self.config.l1 and not self.config.l2:
            return None
        return keras.regularizers.L1L2(l1=self.config.l1, l2=self.config.l2)

    def conv(self, filters: int, name: str, **settings: Any) -> keras.layers.Layer:
        size = settings.pop("kernel_size", self.config.kernel_size)
        return layers.Conv2D(
            filters,
            size,
            kernel_initializer=keras.initializers.GlorotUniform(seed=self.next_seed()),
            kernel_regularizer=self.penalty(),
            name=name,
            dtype=self.dtype,
            **settings,
        )

    def dense(self, units: int, name: str, **settings: Any) -> keras.layers.Layer:
        return layers.Dense(
            units,
            kernel_initializer=keras.initializers.GlorotUniform(seed=self.next_seed()),
            kernel_regularizer=self.penalty(),
            name=name,
            **({"dtype": self.dtype} | settings),
        )

    def dropout(self, name: str) -> keras.layers.Layer:
        return layers.Dropout(
            self.config.dropout, seed=self.next_seed(), name=name, dtype=self.dtype
        )

    def norm(self, name: str, **settings: Any) -> keras.layers.Layer:
        kind = FusedBatchNormalization if self.fused_norm else layers.BatchNormalization
        return kind(name=name, dtype=self.dtype, **settings)

    def score(self) -> keras.layers.Layer:
        # float32: a bfloat16 sigmoid has no values between 0.996 and 1.
        if self.num_classes > 2:
            return self.dense(self.num_classes, "score", activation="softmax", dtype="float32")
        return self.dense(1, "score", activation="sigmoid", dtype="float32")


def _scaled(maker: _Maker, films: Any) -> Any:
    """Grey values of 0 to 1."""
    return layers.Rescaling(1.0 / 255.0, name="rescaling", dtype=maker.dtype)(films)


def _transfer(maker: _Maker, films: Any) -> Any:
    """A backbone that has seen many pictures, and a head that learns from few films.

    "site" says of each of the coarse places whether a fracture lies there (before its sigmoid);
    its largest value is one more feature of the film beside the backbone's means. The means of the
    two stages before know what the last convolution has forgotten for the task it once learnt.
    """
    mean, deviation = _EVERYDAY_GREY
    x = layers.Rescaling(
        1.0 / (255.0 * deviation), -mean / deviation, name="rescaling", dtype=maker.dtype
    )(films)
    x, stages = backbone(x, maker.dtype)
    site = maker.conv(1, SITE, kernel_size=1)(x)
    x = layers.Concatenate(name=FEATURES, dtype=maker.dtype)(
        [
            layers.GlobalAveragePooling2D(name="average", dtype=maker.dtype)(x),
            layers.GlobalMaxPooling2D(name="site_largest", dtype=maker.dtype)(site),
            # Last: a start without them gives its score's weights to the features before.
            *(
                layers.GlobalAveragePooling2D(name=f"average{number}", dtype=maker.dtype)(stage)
                for number, stage in enumerate(stages, start=1)
            ),
        ]
    )
    x = maker.dropout("dropout")(x)
    return maker.score()(x)


def _notebook(maker: _Maker, films: Any) -> Any:
    """The published notebook's layers, 11,180,673 parameters in its plain form."""
    x = _scaled(maker, films)
    dtype = maker.dtype
    blocks = _blocks(_NOTEBOOK_BLOCKS, maker.config.num_blocks)
    for number, (filters, num_convs) in enumerate(blocks, start=1):
        padding = "valid" if number <= NOTEBOOK_UNPADDED_BLOCKS else "same"
        for part in range(1, num_convs + 1):
            name = f"block{number}_conv{part}"
            x = maker.conv(maker.filters(filters), name, activation="relu", padding=padding)(x)
        x = maker.norm(f"block{number}_norm")(x)
        x = layers.MaxPooling2D(2, name=f"block{number}_pool", dtype=dtype)(x)
    x = layers.Flatten(name="flatten", dtype=dtype)(x)
    x = maker.dense(512, "dense1", activation="relu")(x)
    x = maker.norm("dense1_norm")(x)
    x = maker.dense(256, "dense2", activation="relu")(x)
    x = maker.dropout("dropout1")(x)
    x = maker.norm("dense2_norm")(x)
    x = maker.dense(128, "dense3", activation="relu")(x)
    x = maker.dropout("dropout2")(x)
    return maker.score()(x)


def _compact(maker: _Maker, films: Any) -> Any:
    """A network that a laptop trains: a stride in the first step, then few filters.

    A break is a fine detail: pooling right after the stem trained a quarter faster and learnt far
    less. Pooling comes before norm and ReLU: the same maxima, and a quarter of the values to
    normalise. The last block keeps its rows and columns, so a heat map of a film of 224 pixels has
    14 x 14 places.
    """
    x = _scaled(maker, films)
    settings: dict[str, Any] = {"padding": "same", "use_bias": False}
    x = maker.conv(maker.filters(_COMPACT_STEM), "stem_conv", strides=2, **settings)(x)
    x = _pool_norm_relu(maker, x, "stem", pool=False)
    blocks = _blocks(_COMPACT_BLOCKS, maker.config.num_blocks)
    for number, (filters, _) in enumerate(blocks, start=1):
        name = f"block{number}"
        x = maker.conv(maker.filters(filters), f"{name}_conv", **settings)(x)
        x = _pool_norm_relu(maker, x, name, pool=number <= _COMPACT_POOLS)
    x = layers.GlobalAveragePooling2D(name="average", dtype=maker.dtype)(x)
    x = maker.dropout("dropout")(x)
    return maker.score()(x)


def _pool_norm_relu(maker: _Maker, x: Any, name: str, *, pool: bool) -> Any:
    if pool:
        x = layers.MaxPooling2D(2, name=f"{name}_pool", dtype=maker.dtype)(x)
    x = maker.norm(f"{name}_norm", momentum=_COMPACT_MOMENTUM)(x)
    return layers.ReLU(name=f"{name}_relu", dtype=maker.dtype)(x)


def _blocks(plain: tuple[tuple[int, int], ...], num_blocks: int | None) -> list[tuple[int, int]]:
    """The first ``num_blocks`` blocks; more than there are repeat the last."""
    wanted = num_blocks or len(plain)
    return [plain[min(number, len(plain) - 1)] for number in range(wanted)]
