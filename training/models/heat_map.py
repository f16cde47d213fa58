"""Where a network looked: Grad-CAM. Imports Keras; used by the predictor.

Source: Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
Localization", ICCV 2017. On radiographs no gradient map met all trust criteria (PubMed 38710971):
a map says where the network looked, not where the fracture is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.errors import UserError
from training.models.model_file import float32_policy
from training.models.prediction import HeatMap

_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.SeparableConv2D, keras.layers.DepthwiseConv2D)
SITE = "site"
"""Name of the layer that says where a fracture lies, in networks that learnt it from outlines."""

# What may stand between a convolution and its rectifier: each place still shows the same place.
_IN_BETWEEN = (
    keras.layers.MaxPooling2D,
    keras.layers.BatchNormalization,
    keras.layers.LayerNormalization,
    keras.layers.GroupNormalization,
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
)
_RECTIFIERS = (
    keras.layers.Activation,
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.ELU,
    keras.layers.PReLU,
)


class GradCam:
    """Scores and maps of a batch of films, as TensorFlow operations.

    Build it once; call it inside one ``tf.function``.

    Args:
        model: A flat network with one sigmoid output, or a softmax over more than two classes.
        more: Other tensors of it that are wanted in the same pass.

    Raises:
        UserError: The network has no convolution to look at.
    """

    def __init__(self, model: keras.Model, more: Sequence[Any] = ()) -> None:
        self._last = model.layers[-1]
        with float32_policy():
            self._network = keras.Model(
                model.inputs, [activation_to_show(model), self._last.input, model.output, *more]
            )

    def __call__(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Run the network forward once, and back to its last convolution.

        Args:
            images: float32, (films, size, size, 1), 0-255.

        Returns:
            Scores, float32, (films,), 0-1, or of more than two classes (films, classes); and maps,
            float32, (films, rows, columns), 0 or above, not scaled: the weighted sum of
            activations, negative parts cut. Of more than two classes they are of the leading one.
        """
        scores, spoken, _ = self.both_ways(images)
        return scores, tf.nn.relu(spoken)

    def both_ways(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
        """The same with both classes' maps in one.

        Args:
            images: float32, (films, size, size, 1), 0-255.

        Returns:
            Scores as above; and float32, (films, rows, columns): above 0 where what the network saw
            spoke for the positive class, below 0 where it spoke against it, which is the map of the
            negative class (its logit is the other's with the sign turned; section 3.1 of the paper);
            and what else was wanted. Of more than two classes the map is of the leading one: above 0
            where what the network saw spoke for it.
        """
        with tf.GradientTape() as tape:
            tape.watch(images)
            activation, features, output, *others = self._network(images, training=False)
            logit = self._logit(features)
            if output.shape[1] > 1:
                # Of a softmax the class's own logit, as in section 3 of the paper.
                logit = tf.gather(logit, tf.argmax(output, axis=1), axis=1, batch_dims=1)
        # The gradient of the score itself vanishes where the network is sure (score near 0 or 1);
        # that of the logit does not.
        gradient = tape.gradient(logit, activation)
        weights = tf.reduce_mean(gradient, axis=(1, 2), keepdims=True)
        scores = output[:, 0] if output.shape[1] == 1 else output
        return scores, tf.reduce_sum(weights * activation, axis=-1), others

    def _logit(self, features: tf.Tensor) -> tf.Tensor:
        """The last layer without its sigmoid or softmax."""
        if not isinstance(self._last, keras.layers.Dense):
            return features
        logit = tf.matmul(features, self._last.kernel)
        return logit if self._last.bias is None else logit + self._last.bias


def grad_cam(model: keras.Model, picture: npt.NDArray[Any]) -> HeatMap:
    """The heat map of one film for the positive class, or the leading one of more than two.

    ``Predictor`` has a faster, compiled one.

    Args:
        model: As for ``GradCam``.
        picture: (size, size), 0-255, as the network takes it.

    Raises:
        UserError: The network has no convolution to look at.
    """
    images = tf.constant(picture[np.newaxis, :, :, np.newaxis], tf.float32)
    _, maps = GradCam(model)(images)
    return to_heat_map(maps[0].numpy())


def to_heat_map(values: npt.NDArray[np.float32]) -> HeatMap:
    """Scale a raw map to 0-1, its largest value 1; nothing to scale makes an empty map.

    Args:
        values: float32, (rows, columns), 0 or above.
    """
    largest = float(values.max(initial=0.0))
    # Below the smallest normal float32 the division would give noise or overflow.
    if not np.isfinite(largest) or largest < np.finfo(np.float32).tiny:
        return HeatMap(np.zeros(values.shape, np.float32), is_empty=True)
    return HeatMap((values / np.float32(largest)).astype(np.float32), is_empty=False)


def activation_to_show(model: keras.Model) -> Any:
    """The activation that the map is made from: of the last convolution, after its rectifier.

    Only the rectifier's output says how much of a feature there is. Whatever follows is left out:
    a pooling makes the grid coarser, and a batch norm's shift lays an even veil over the map.

    Args:
        model: A flat network.

    Returns:
        A symbolic tensor, (None, rows, columns, channels).

    Raises:
        UserError: There is no convolution.
    """
    convolutions = [
        layer for layer in model.layers if isinstance(layer, _CONVOLUTIONS) and layer.name != SITE
    ]
    if not convolutions:
        raise UserError("This network has no convolution, so there is no heat map of it.")
    last = convolutions[-1]
    shown = last.output
    if last.activation is not keras.activations.linear:
        return shown
    following = _only_follower(last)
    while following is not None:
        if isinstance(following, _RECTIFIERS):
            return following.output
        if not isinstance(following, _IN_BETWEEN):
            break
        following = _only_follower(following)
    return shown


def _only_follower(layer: keras.layers.Layer) -> keras.layers.Layer | None:
    """The one layer that takes this one's output, or None where the way forks or ends."""
    nodes = layer._outbound_nodes  # noqa: SLF001 - Keras has no public way from a layer forward
    return nodes[0].operation if len(nodes) == 1 else None
