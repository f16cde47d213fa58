"""The site learnt from a run's own outlines, and how often it hits. Imports TensorFlow.

The site is a layer of a place's 1,280 features alone, so it learns in seconds from the backbone's
maps, which are computed once for the outlined films. The losses are also the starter model's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.data.dataset import Split
from training.evaluation.pointing import CENTRE, Hits, SiteLearnt
from training.evaluation.pointing import SITE as POINT_SITE
from training.fit.events import Event, Phase
from training.fit.outlined import Numbers, OutlinedFilms
from training.fit.progress import Progress
from training.models.folding import folded
from training.models.heat_map import SITE
from training.models.pointing import hits, largest_places, play, points
from training.models.site_rate import TESTED, VALIDATED, SiteRate

MIN_TRAIN_FILMS = 50
"""Outlined films to learn a site from; with fewer the starter model's stays."""

MIN_VALIDATION_FILMS = 10
"""Outlined validation films to choose between the learnt site and the starter model's."""

POSITIVE_WEIGHT = 4.0
"""What a place inside an outline counts beside one outside."""

# Of each part; their maps are kept, 10 x 10 x 1,280 float16 each, so 250 MB.
_MAX_FILES = 1000
_PLACE = 32
_EPOCHS = 30
_LEARNING_RATE = 1e-3
_BATCH = 32
_Maps = npt.NDArray[np.float16]


def covered_places(sites: Any) -> Any:
    """What the site is to say of each place.

    Args:
        sites: (n, size, size, 1), 0-255: 255 inside an outline.

    Returns:
        float32, (n, size / 32, size / 32, 1): share inside an outline, doubled, at most 1.
    """
    inside = tf.cast(sites, tf.float32) / 255.0
    return tf.minimum(2.0 * tf.nn.avg_pool2d(inside, _PLACE, _PLACE, "SAME"), 1.0)


def site_losses(wanted: Any, logits: Any, positive_weight: float) -> Any:
    """Cross-entropy of each film's site.

    Args:
        wanted: As from ``covered_places``.
        logits: What the site says, before its sigmoid, of the same shape.
        positive_weight: What a place inside an outline counts beside one outside.

    Returns:
        float32, (n,).
    """
    places = keras.ops.binary_crossentropy(wanted, tf.cast(logits, tf.float32), from_logits=True)
    return tf.reduce_mean(places * (1.0 + (positive_weight - 1.0) * wanted), axis=(1, 2, 3))


def num_to_learn_from(films: OutlinedFilms) -> int:
    """Outlined training films; 0 where they, or those to judge by, are too few to learn a site.

    Args:
        films: The run's outlined films.
    """
    num_films, num_judges = (
        len(set(films.films(films.outlined(split)))) for split in (Split.TRAIN, Split.VALIDATION)
    )
    enough = num_films >= MIN_TRAIN_FILMS and num_judges >= MIN_VALIDATION_FILMS
    return num_films if enough else 0


def learn_site(
    model: keras.Model,
    films: OutlinedFilms,
    *,
    seed: int,
    report: Callable[[Event], None],
    check: Callable[[], None],
) -> SiteLearnt | None:
    """Let a transfer network's site learn from the run's outlines, where there are enough of them.

    It is kept only where it does better on the outlined validation films than the site that the
    network came with.

    Args:
        model: With its start weights; only its site may change.
        films: The run's outlined films.
        seed: Of the order of learning.
        report: Told of the phase, where there is enough to learn from.
        check: Called between batches; whatever it raises ends it.

    Returns:
        What came of it, or None where there are too few outlined films.
    """
    num_films = num_to_learn_from(films)
    if not num_films:
        return None
    train, validation = (
        _thinned(films.looked_at(split)) for split in (Split.TRAIN, Split.VALIDATION)
    )
    layer = model.get_layer(SITE)
    numbers = np.concatenate([train, validation])
    maps = _maps(model, films, numbers, Progress(report, Phase.SITE, len(numbers)), check)
    wanted = _wanted(films, numbers)
    count = len(train)
    judge = _Judge(films, validation, maps[count:], wanted[count:])
    before = layer.get_weights()
    loss_before, near_before = judge.loss(layer), judge.near(layer)
    loss_after = _fit(layer, (maps[:count], wanted[:count]), judge, seed, check)
    learnt = SiteLearnt(num_films, loss_before, loss_after, near_before, judge.near(layer))
    if not learnt.is_kept:
        layer.set_weights(before)
    return learnt


class _Judge:
    """Judges a site by the validation films on which somebody looked for fractures.

    Args:
        films: The run's outlined films.
        numbers: These of them.
        maps: What the site sees of them.
        wanted: What it is to say.
    """

    def __init__(
        self, films: OutlinedFilms, numbers: Numbers, maps: _Maps, wanted: npt.NDArray[np.float32]
    ) -> None:
        self._maps = maps
        self._wanted = wanted
        self._sites = films.sites(numbers)
        self._shown = np.flatnonzero(self._sites.any(axis=(1, 2, 3)))
        self._names = films.films(numbers[self._shown])

    def loss(self, layer: keras.layers.Layer) -> float:
        """Mean loss over files."""
        losses = site_losses(self._wanted, self._logits(layer), POSITIVE_WEIGHT)
        return float(tf.reduce_mean(losses))

    def near(self, layer: keras.layers.Layer) -> float:
        """Share of outlined films whose largest place lies near the outline."""
        values = self._logits(layer)[self._shown, :, :, 0]
        where = largest_places(values, self._sites.shape[1])
        return hits(where, self._sites[self._shown], self._names).near

    def _logits(self, layer: keras.layers.Layer) -> npt.NDArray[np.float32]:
        parts = [
            _logits(layer, self._maps[first : first + _BATCH]).numpy()
            for first in range(0, len(self._maps), _BATCH)
        ]
        return np.concatenate(parts)


def measure_sites(model: keras.Model, films: OutlinedFilms, split: Split) -> dict[str, Hits]:
    """How often the site, the heat map and the centre hit a split's outlined fractures.

    Args:
        model: Any network, float32.
        films: The run's outlined films.
        split: Which.

    Returns:
        By way of pointing; empty without outlined films.
    """
    numbers = _thinned(films.outlined(split))
    if not len(numbers):
        return {}
    where = points(model, films.pictures(numbers))
    return play(where, films.sites(numbers), films.films(numbers))


def measure_rate(
    model: keras.Model, films: OutlinedFilms, is_known: Callable[[int], bool]
) -> SiteRate | None:
    """How often a model's site hits outlined fractures that neither it nor its start learnt from.

    Args:
        model: A transfer network, float32.
        films: The run's outlined films.
        is_known: True for the number of a file that the start learnt from.

    Returns:
        On test films, or with too few of these on validation films; None with too few of both.
    """
    for split, words in ((Split.TEST, TESTED), (Split.VALIDATION, VALIDATED)):
        numbers = films.outlined(split)
        known = set(films.films(numbers[[is_known(int(number)) for number in numbers]]))
        new = [name not in known for name in films.films(numbers)]
        numbers = _thinned(numbers[np.array(new, bool)])
        names = films.films(numbers)
        if len(set(names)) < MIN_VALIDATION_FILMS:
            continue
        where = points(model, films.pictures(numbers), heat_map=False)
        found = play(where, films.sites(numbers), names)
        site, centre = found[POINT_SITE], found[CENTRE]
        low, high = site.near_interval.low, site.near_interval.high
        return SiteRate(site.num_films, site.near, low, high, centre.near, words)
    return None


def _thinned(numbers: Numbers) -> Numbers:
    """At most so many, evenly over the list."""
    count = min(len(numbers), _MAX_FILES)
    return numbers[np.arange(count) * len(numbers) // max(count, 1)]


def _maps(
    model: keras.Model,
    films: OutlinedFilms,
    numbers: Numbers,
    progress: Callable[[int, int], None],
    check: Callable[[], None],
) -> _Maps:
    """What the site sees of films: float16, (n, rows, columns, channels)."""
    same = folded(model)
    front = keras.Model(same.input, same.get_layer(SITE).input)

    def see(pictures: Any) -> Any:
        return tf.cast(front(tf.cast(pictures, tf.float32), training=False), tf.float16)

    # Of any number of films: the last ones are fewer, and would be traced anew.
    spec = tf.TensorSpec((None, *model.input_shape[1:]), tf.uint8)
    run = tf.function(see, autograph=False).get_concrete_function(spec)
    parts = []
    for first in range(0, len(numbers), _BATCH):
        check()
        chosen = numbers[first : first + _BATCH]
        parts.append(run(tf.constant(films.pictures(chosen))).numpy())
        progress(first + len(chosen), len(numbers))
    return np.concatenate(parts)


def _wanted(films: OutlinedFilms, numbers: Numbers) -> npt.NDArray[np.float32]:
    parts = [
        covered_places(films.sites(numbers[first : first + _BATCH])).numpy()
        for first in range(0, len(numbers), _BATCH)
    ]
    return np.concatenate(parts)


def _logits(layer: keras.layers.Layer, maps: Any) -> Any:
    """What the layer says, in float32 whatever precision the network trains in."""
    return tf.nn.conv2d(tf.cast(maps, tf.float32), layer.kernel, 1, "SAME") + layer.bias


def _fit(
    layer: keras.layers.Layer,
    lesson: tuple[_Maps, npt.NDArray[np.float32]],
    judge: _Judge,
    seed: int,
    check: Callable[[], None],
) -> float:
    """Learn, and keep the weights of the epoch with the judge's least loss; returns that."""
    maps, wanted = lesson
    variables = [layer.kernel, layer.bias]
    optimizer = keras.optimizers.Adam(_LEARNING_RATE)
    optimizer.build(variables)

    def learn(films: Any, places: Any) -> None:
        with tf.GradientTape() as tape:
            losses = site_losses(places, _logits(layer, films), POSITIVE_WEIGHT)
            loss = tf.reduce_mean(losses)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    step = tf.function(learn, autograph=False, reduce_retracing=True)
    random = np.random.default_rng(seed)
    best, weights = np.inf, layer.get_weights()
    for _ in range(_EPOCHS):
        check()
        order = random.permutation(len(maps))
        for first in range(0, len(order), _BATCH):
            chosen = order[first : first + _BATCH]
            step(tf.constant(maps[chosen]), tf.constant(wanted[chosen]))
        loss = judge.loss(layer)
        if loss < best:
            best, weights = loss, layer.get_weights()
    layer.set_weights(weights)
    return float(best)
