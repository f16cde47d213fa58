"""Score and site learnt together, where parts of the backbone learn and films bear outlines. Imports TensorFlow.

The site cannot be learnt after the backbone was tuned: its largest value is one of the features
that the score is made of, so learning it then would change the score.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from training.fit.site import POSITIVE_WEIGHT, site_losses
from training.models.heat_map import SITE

# What the site's loss counts beside the score's; the starter model was learnt so too.
_SITE_WEIGHT = 1.0


class JointModel(keras.Model):  # type: ignore[misc]
    """A transfer network whose training steps teach its site too. Shares the network's layers.

    It trains on what ``pipeline.training_batches`` gives with outlines; it validates on plain
    batches, by the score alone, so that figures mean what they mean in every other run.

    Args:
        model: The network, with what is to learn chosen.
    """

    def __init__(self, model: keras.Model) -> None:
        super().__init__(model.input, model.output, name=model.name)
        both = keras.Model(model.input, [model.output, model.get_layer(SITE).output])
        # In a function: as an attribute Keras would count all its layers once more.
        self._answers: Callable[[Any], Any] = lambda films: both(films, training=True)

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step.

        Args:
            data: Films, labels and weights; what the site is to say, and whether it is known: float32
                (b, size, size, 1), (b, 1), (b, 1), (b, rows, columns, 1), (b, 1).

        Returns:
            The metrics. Keras' "loss" is that of validation alone; nothing reads it.
        """
        films, labels, weights, wanted, is_known = data
        with tf.GradientTape() as tape:
            score, site = self._answers(films)
            loss = self.compute_loss(x=films, y=labels, y_pred=score, sample_weight=weights)
            each = site_losses(wanted, site, POSITIVE_WEIGHT) * is_known[:, 0]
            # Over the films that somebody looked at: their share must not decide what a site counts.
            site_loss = tf.reduce_sum(each) / tf.maximum(tf.reduce_sum(is_known), 1.0)
            total = loss + _SITE_WEIGHT * site_loss
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(total, variables), variables, strict=True))
        return self.compute_metrics(films, labels, score, weights)  # type: ignore[no-any-return]
