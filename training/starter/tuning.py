"""Tunes the upper half of the transfer network on films and outlines. Imports TensorFlow.

One network, two answers: the film's score, learnt from every film's label, and the site, learnt
from the outlines of the films that somebody outlined. Each epoch draws the same number of maps
from every film of a set, so a film with forty turned copies counts no more than one without.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.fit.site import site_losses
from training.models.heat_map import SITE
from training.starter.maps import CUT, Maps


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What tuning depends on.

    Args:
        epochs: Passes.
        maps_per_film: Maps drawn from each film in a pass, by its set.
        batch_size: Maps a step.
        learning_rate: Of AdamW at its highest; it falls along a cosine.
        weight_decay: Of AdamW.
        site_weight: What the site's loss counts beside the score's.
        site_positive_weight: What a place inside an outline counts beside one outside.
        smoothing: Labels are this much less sure than 0 and 1.
        seed: Of all that is drawn.
    """

    epochs: int = 12
    maps_per_film: tuple[tuple[str, int], ...] = (("boxed", 2), ("vuppala train", 4))
    batch_size: int = 32
    learning_rate: float = 5e-4
    weight_decay: float = 1e-3
    site_weight: float = 1.0
    site_positive_weight: float = 4.0
    smoothing: float = 0.05
    seed: int = 0


def tune(
    model: keras.Model,
    maps: Maps,
    chosen: npt.NDArray[np.integer],
    recipe: Recipe,
    *,
    after_epoch: Callable[[int, str], None] = lambda *_: None,
) -> None:
    """Tune a transfer network in place; it ends with the mean of its weights over the last steps.

    Args:
        model: With start weights, not compiled.
        maps: Of films and changed films.
        chosen: (n,): the maps to learn from.
        recipe: The settings.
        after_epoch: Told the epoch, from 1, and its losses in words.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # Few films a batch: the statistics of everyday pictures serve better than theirs.
            layer.trainable = False
    upper = upper_half(model)
    steps = len(_drawn(maps, chosen, recipe, 0)) // recipe.batch_size
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(
            recipe.learning_rate / 20,
            recipe.epochs * steps,
            warmup_target=recipe.learning_rate,
            warmup_steps=steps,
        ),
        weight_decay=recipe.weight_decay,
        use_ema=True,
        ema_momentum=0.99,
    )
    optimizer.build(upper.trainable_variables)
    step = _make_step(upper, optimizer, recipe)
    for epoch in range(1, recipe.epochs + 1):
        losses = [step(*batch) for batch in _batches(maps, chosen, recipe, epoch)]
        score, site = np.mean([[float(loss) for loss in pair] for pair in losses], axis=0)
        after_epoch(epoch, f"score loss {score:.3f}, site loss {site:.3f}")
    optimizer.finalize_variable_values(upper.trainable_variables)


def upper_half(model: keras.Model) -> keras.Model:
    """A transfer network from ``CUT`` to its score and its site, with the same weights."""
    start = model.get_layer(CUT).output
    return keras.Model(start, [model.output, model.get_layer(SITE).output])


def _make_step(upper: keras.Model, optimizer: Any, recipe: Recipe) -> Callable[..., Any]:
    entropy = keras.ops.binary_crossentropy

    @functools.partial(tf.function, autograph=False)
    def step(values: Any, labels: Any, sites: Any, outlined: Any, weights: Any) -> Any:
        smooth = labels * (1.0 - 2.0 * recipe.smoothing) + recipe.smoothing
        with tf.GradientTape() as tape:
            score, site = upper(tf.cast(values, tf.float32), training=True)
            score_loss = tf.reduce_mean(weights * entropy(smooth, score[:, 0]))
            each = site_losses(sites, site, recipe.site_positive_weight) * outlined
            site_loss = tf.reduce_sum(each) / tf.maximum(tf.reduce_sum(outlined), 1.0)
            loss = score_loss + recipe.site_weight * site_loss
        gradients = tape.gradient(loss, upper.trainable_variables)
        optimizer.apply_gradients(zip(gradients, upper.trainable_variables, strict=True))
        return score_loss, site_loss

    return step  # type: ignore[no-any-return]


def _drawn(
    maps: Maps, chosen: npt.NDArray[np.integer], recipe: Recipe, epoch: int
) -> npt.NDArray[np.int64]:
    """An epoch's maps: so many of each film, in a drawn order."""
    random = np.random.default_rng((recipe.seed, epoch))
    per_film = dict(recipe.maps_per_film)
    by_group: dict[str, list[int]] = {}
    for number in chosen:
        by_group.setdefault(maps.films[number].group, []).append(int(number))
    drawn = []
    for numbers in by_group.values():
        wanted = per_film.get(maps.films[numbers[0]].origin, 1)
        drawn.append(random.choice(numbers, wanted, replace=wanted > len(numbers)))
    return random.permutation(np.concatenate(drawn))


def _batches(maps: Maps, chosen: npt.NDArray[np.integer], recipe: Recipe, epoch: int) -> Any:
    """One epoch of (values, labels, sites, outlined, weights)."""
    order = _drawn(maps, chosen, recipe, epoch)
    labels, outlined = maps.labels, maps.has_outlines.astype(np.float32)
    share = labels[order].mean()
    weights = np.where(labels > 0, 0.5 / share, 0.5 / (1.0 - share)).astype(np.float32)
    for first in range(0, len(order) - recipe.batch_size + 1, recipe.batch_size):
        part = order[first : first + recipe.batch_size]
        sites = maps.sites[part].astype(np.float32)
        yield maps.values[part], labels[part], sites, outlined[part], weights[part]
