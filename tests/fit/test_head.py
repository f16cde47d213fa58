"""The transfer network's head while it learns: it begins as the network, and gives back what it learnt."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.fit.config import NetworkConfig
from training.fit.head import LearningHead, head_scores
from training.fit.networks import FEATURES, build_network

TRANSFER = NetworkConfig(name="transfer")
NUM_FILMS = 200


def network(num_classes: int = 2) -> keras.Model:
    return build_network(TRANSFER, 64, seed=0, num_classes=num_classes)


def features_of(model: keras.Model) -> np.ndarray:
    """Of all sizes, as the backbone's are; the first is the same for every film."""
    width = model.get_layer(FEATURES).output.shape[-1]
    random = np.random.default_rng(0)
    sizes = 10.0 ** random.uniform(-3, 0.5, width)
    features = random.uniform(0, 1, (NUM_FILMS, width)) * sizes + random.uniform(0, 1, width)
    features[:, 0] = 0.25
    return features.astype(np.float32)


@pytest.mark.parametrize("num_classes", [2, 4])
def test_that_it_begins_with_the_networks_own_scores(num_classes: int) -> None:
    model = network(num_classes)
    features = features_of(model)
    head = LearningHead(model, features[np.newaxis])
    expected = head_scores(model, features)
    scores = np.asarray(head.network(features, training=False))
    np.testing.assert_allclose(scores.reshape(expected.shape), expected, atol=1e-5)
    assert expected.std() > 0.05


@pytest.mark.parametrize("num_classes", [2, 4])
def test_that_the_network_scores_as_the_head_learnt_to(num_classes: int) -> None:
    model = network(num_classes)
    features = features_of(model)
    head = LearningHead(model, features[np.newaxis])
    before = head_scores(model, features)
    targets = np.eye(num_classes)[np.arange(NUM_FILMS) % num_classes]
    if num_classes == 2:
        targets = targets[:, 1:]
    loss = "binary_crossentropy" if num_classes == 2 else "categorical_crossentropy"
    head.network.compile("adam", loss, jit_compile=False)
    head.network.fit(features, targets, epochs=5, verbose=0)
    np.testing.assert_array_equal(head_scores(model, features), before)
    head.give_back()
    learnt = np.asarray(head.network(features, training=False))
    np.testing.assert_allclose(
        head_scores(model, features).reshape(learnt.shape), learnt, atol=1e-4
    )
    assert np.abs(learnt.reshape(before.shape) - before).max() > 0.1


def test_that_a_small_feature_is_learnt_as_soon_as_a_large_one() -> None:
    model = network()
    features = features_of(model)
    labels = (np.arange(NUM_FILMS) % 2).astype(np.float32)
    # What tells the classes apart is a thousandth of what other features are.
    features[:, 1] = 0.5 + 0.001 * labels
    score = model.get_layer("score")
    score.set_weights([np.zeros_like(weight) for weight in score.get_weights()])
    head = LearningHead(model, features[np.newaxis])
    head.network.compile(keras.optimizers.Adam(1e-3), "binary_crossentropy", jit_compile=False)
    head.network.fit(features, labels, epochs=6, batch_size=20, verbose=0)
    head.give_back()
    alone = np.tile(features.mean(axis=0), (2, 1))
    alone[:, 1] = 0.5, 0.501
    low, high = head_scores(model, alone)
    assert high > low + 0.02


def test_that_versions_count_alike() -> None:
    model = network()
    features = features_of(model)
    both = LearningHead(model, np.stack([features, features + 1]))
    expected = LearningHead(model, np.concatenate([features, features + 1])[np.newaxis])
    np.testing.assert_allclose(
        both.network.layers[-1].get_weights()[0],
        expected.network.layers[-1].get_weights()[0],
        rtol=1e-5,
    )
