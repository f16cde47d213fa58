"""What a finished run keeps of its training films: how they look to the model. Imports TensorFlow.

From it the model tells films unlike them, and the window the training films nearest to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.data.dataset import Split
from training.fit.preparing import RunData
from training.models.film_statistics import FEWEST_FILMS, Features, FilmStatistics, fit_statistics
from training.models.look import look_layer, look_of
from training.models.nearest_films import NearestFilms

# More films say little more of their mean and spread, and each goes through the network again.
_MAX_FILES = 900
_MAX_OTHERS = 300
_PER_FILM = 3
_BATCH_SIZE = 32


def looks_of(
    model: keras.Model,
    gather: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.uint8]],
    numbers: npt.NDArray[np.integer],
    *,
    check: Callable[[], None] = lambda: None,
) -> Features:
    """How films look to a network.

    Args:
        model: One with a ``look_layer``.
        gather: Gives films by number: uint8, (n, size, size, 1).
        numbers: (n,): which.
        check: Called between batches; whatever it raises ends it.

    Returns:
        float32, (n, features).
    """
    front = keras.Model(model.input, model.get_layer(look_layer(model)).output)
    spec = tf.TensorSpec((None, *model.input_shape[1:]), tf.uint8)

    def look(films: tf.Tensor) -> tf.Tensor:
        return look_of(front(tf.cast(films, tf.float32), training=False))

    compiled = tf.function(look, autograph=False).get_concrete_function(spec)
    parts = []
    for first in range(0, len(numbers), _BATCH_SIZE):
        check()
        films = tf.constant(gather(numbers[first : first + _BATCH_SIZE]))
        parts.append(compiled(films).numpy())
    return np.concatenate(parts)


def sum_up(
    model: keras.Model,
    data: RunData,
    root: Path,
    check: Callable[[], None],
    *,
    looks: Features | None = None,
) -> tuple[FilmStatistics | None, NearestFilms | None]:
    """What a model keeps of its training films.

    Args:
        model: As it is read back from its file, float32.
        data: The run's films.
        root: Its data folder; files are named from there.
        check: Called between batches; whatever it raises ends it.
        looks: float32, (files, values): how every film of the run looks to the model, where that
            is known already.

    Returns:
        The statistics, and the films to look for near ones among; neither of too few films.
    """
    layer = look_layer(model)
    if not layer:
        return None, None
    names = [f"{item.label} {item.film}" for item in data.items]
    train = some_files(names, data.numbers(Split.TRAIN))
    # Before the films go through the network, which takes seconds.
    if len({names[number] for number in train}) < FEWEST_FILMS:
        return None, None
    others = some_files(names, data.numbers(Split.VALIDATION), _MAX_OTHERS)
    chosen = np.concatenate([train, others])
    if looks is None:
        looks = looks_of(model, data.store.gather, chosen, check=check)
    else:
        looks = looks[chosen]
    films = np.array([names[number] for number in train])
    statistics = fit_statistics(layer, looks[: len(train)], films, looks[len(train) :])
    if statistics is None:
        return None, None
    items = [data.items[number] for number in train]
    nearest = NearestFilms(
        tuple(_name(item.path, root) for item in items),
        tuple(films.tolist()),
        np.array([item.label for item in items], np.int64),
        statistics.placed(looks[: len(train)]),
        statistics.limit,
    )
    return statistics, nearest


def some_files(
    films: Sequence[str], numbers: npt.NDArray[np.integer], most: int = _MAX_FILES
) -> npt.NDArray[np.int64]:
    """Draw files: some of each film, the first of every film before the second of any.

    Args:
        films: The film behind each file, by number.
        numbers: (n,): files to draw from.
        most: How many at most.

    Returns:
        int64, in rising order.
    """
    taken: dict[str, int] = {}
    chosen = []
    for number in np.random.default_rng(0).permutation(numbers):
        film = films[number]
        taken[film] = taken.get(film, 0) + 1
        if taken[film] <= _PER_FILM:
            chosen.append((taken[film], int(number)))
    chosen.sort(key=lambda pair: pair[0])
    return np.sort(np.array([number for _, number in chosen[:most]], np.int64))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
