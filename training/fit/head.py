"""The transfer network's head, which learns from stored features. Imports TensorFlow."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.data.dataset import Split
from training.fit.config import TrainConfig
from training.fit.features import StoredFeatures
from training.fit.kept_features import Features
from training.fit.preparing import RunData

_LAYERS = ("dropout", "score")
# A feature that hardly varies says nothing; drawn out to a deviation of 1 it would be noise.
_LEAST_DEVIATION = 1e-4


class LearningHead:
    """A network's head while it learns, on features drawn to mean 0 and deviation 1.

    The backbone's features are as different in size as in use. As they come, a step moves a score by
    what a feature's size is, and a run's few hundred steps end before the small ones count: in
    cross-validation on 183 films that cost 0.05 of the area under ROC (docs/starter-model.md).

    It begins with the network's own score and says the same as it, outside training.

    Args:
        model: A transfer network, which ``give_back`` changes; nothing else here does.
        versions: float32, (versions, n, features): of the training films.

    Attributes:
        network: What to fit: (n, features) as they are stored, to scores.
    """

    def __init__(self, model: keras.Model, versions: Features) -> None:
        self._score = model.get_layer("score")
        mean, deviation = versions.mean(axis=(0, 1)), versions.std(axis=(0, 1))
        self._mean = mean.astype(np.float64)
        self._deviation = np.where(deviation < _LEAST_DEVIATION, 1.0, deviation).astype(np.float64)
        inputs = keras.Input((versions.shape[2],), name="stored_features")
        x = keras.layers.Normalization(
            mean=self._mean, variance=self._deviation**2, name="standardised", dtype="float32"
        )(inputs)
        for layer in (model.get_layer("dropout"), self._score):
            own = type(layer).from_config(layer.get_config() | {"dtype": "float32"})
            x = own(x)
        self.network = keras.Model(inputs, x, name="head")
        kernel, bias = self._score.get_weights()
        own.set_weights([kernel * self._deviation[:, np.newaxis], bias + self._mean @ kernel])
        self._own = own

    def give_back(self) -> None:
        """Let the network score as the head does now."""
        kernel, bias = self._own.get_weights()
        kernel = kernel / self._deviation[:, np.newaxis]
        self._score.set_weights([kernel, bias - self._mean @ kernel])


def head_scores(model: keras.Model, features: Features) -> Features:
    """Scores from stored features.

    Args:
        model: A transfer network, float32.
        features: float32, (n, features).

    Returns:
        float32, (n,), 0-1; of more than two classes (n, classes).
    """
    inputs = x = keras.Input((features.shape[1],), name="stored_features")
    for name in _LAYERS:
        x = model.get_layer(name)(x)
    scores: Features = np.asarray(keras.Model(inputs, x)(features, training=False))
    return scores[:, 0] if scores.shape[1] == 1 else scores


def head_batches(versions: Features, data: RunData, config: TrainConfig) -> tf.data.Dataset:
    """All epochs' batches of stored features, as ``pipeline.training_batches`` makes them of films.

    Each film comes once an epoch, as it is or changed, by a draw.

    Args:
        versions: float32, (versions, n, features): of the training films.
        data: The films.
        config: The run's settings.

    Returns:
        A data set of (float32 (b, features), float32 (b, targets), float32 (b, 1)).
    """
    num_films = versions.shape[1]
    labels = data.targets(Split.TRAIN)
    weights = data.weights(by_class=config.class_weights)[:, np.newaxis]

    def batches() -> Any:
        for epoch in range(config.epochs):
            random = np.random.default_rng((config.seed, epoch))
            order = random.permutation(num_films)
            version = random.integers(0, len(versions), (num_films,))
            for first in range(0, num_films, config.batch_size):
                chosen = order[first : first + config.batch_size]
                yield versions[version[chosen], chosen], labels[chosen], weights[chosen]

    ones = tf.TensorSpec((None, 1), tf.float32)
    targets = tf.TensorSpec((None, labels.shape[1]), tf.float32)
    rows = tf.TensorSpec((None, versions.shape[2]), tf.float32)
    signature = (rows, targets, ones)
    return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(8)


def training_versions(features: StoredFeatures, data: RunData) -> Features:
    """The training films' features, as they are and changed.

    Returns:
        float32, (1 + copies, training files, features).
    """
    plain = features.plain[np.newaxis, data.numbers(Split.TRAIN)]
    versions: Features = np.concatenate([plain, features.changed])
    return versions


def head_validation(
    features: StoredFeatures, data: RunData, config: TrainConfig
) -> tf.data.Dataset:
    """The validation films' features, in order: (float32 (b, features), float32 (b, targets))."""
    pairs = (
        features.plain[data.numbers(Split.VALIDATION)],
        data.targets(Split.VALIDATION),
    )
    return tf.data.Dataset.from_tensor_slices(pairs).batch(config.batch_size)
