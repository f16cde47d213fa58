"""Whether a model's site lies on the fracture: pointing game and localisation curve, over films.

``python -m training.starter`` measures with it; ``python -m training.starter.sites`` measures a
model that is there.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.evaluation.figures import Interval
from training.models.model_file import load_model
from training.models.pointing import distances_to_sites, hits, near_films, points
from training.starter.parts import TEST_PARTS, Numbers, not_looked_at, parts_of
from training.starter.sources import Squares, boxed_films, read_squares

_BATCH_SIZE = 16
_NUM_RESAMPLES = 2000


@dataclass(frozen=True)
class Localisation:
    """Area under the localisation curve (LROC; Swensson, Med. Phys. 23 (1996)).

    The curve is that of the films with a fracture which are called and whose point lies near it,
    against the films without which are called too. Chance reaches half the share of lucky points;
    1 is perfect.

    Args:
        area: 0-1.
        interval: 95 %, by resampling films.
    """

    area: float
    interval: Interval


def measure_sites(model: keras.Model, squares: Squares, numbers: Numbers) -> dict[str, Any]:
    """The pointing game on outlined films: site, Grad-CAM, the centre and a random point.

    Args:
        model: Float32, with a site.
        squares: Films and their outlines.
        numbers: Test files of the outlined set, with an outline or without.

    Returns:
        By point: ``Hits`` and ``Localisation`` as plain values; and how the site compares with the
        centre on the same films.
    """
    chosen = squares.take(np.array(numbers, np.int64))
    outlined = np.flatnonzero([bool(film.outlines) for film in chosen.films])
    fractured = chosen.take(outlined)
    scores = scores_of(model, chosen.pictures)
    size = squares.pictures.shape[1]
    films = list(fractured.groups)
    where = points(model, fractured.pictures)
    where["random"] = np.random.default_rng(0).uniform(0, size, (len(films), 2))
    found: dict[str, Any] = {}
    near: dict[str, dict[str, bool]] = {}
    for name, point in where.items():
        near[name] = near_films(distances_to_sites(point, fractured.sites), films, size)
        played = hits(point, fractured.sites, films)
        area = localisation(near[name], films, scores[outlined], *_others(chosen, scores))
        found[name] = asdict(played) | {"localisation": asdict(area)}
    found["site against centre"] = _against(near["site"], near["centre"])
    return found


def localisation(
    near: dict[str, bool],
    films: Sequence[str],
    scores: npt.NDArray[np.float32],
    other_films: Sequence[str],
    other_scores: npt.NDArray[np.float32],
) -> Localisation:
    """The area under the localisation curve.

    Args:
        near: Whether each film's point lies near its fracture.
        films: The film behind each file with a fracture.
        scores: Of these files; a film's is their mean.
        other_films: The film behind each file without.
        other_scores: Of these files.
    """
    names, positive = _by_film(films, scores)
    _, negative = _by_film(other_films, other_scores)
    right = np.array([near[name] for name in names], float)
    above = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    pairs = right[:, None] * above
    random = np.random.default_rng(0)
    areas = [
        pairs[random.integers(0, len(positive), len(positive))][
            :, random.integers(0, len(negative), len(negative))
        ].mean()
        for _ in range(_NUM_RESAMPLES)
    ]
    low, high = np.quantile(areas, (0.025, 0.975))
    return Localisation(float(pairs.mean()), Interval(float(low), float(high)))


def _against(first: dict[str, bool], second: dict[str, bool]) -> dict[str, Any]:
    """Two points on the same films: difference, its interval, and who alone was right."""
    apart = np.array([float(first[name]) - float(second[name]) for name in first])
    random = np.random.default_rng(0)
    means = apart[random.integers(0, len(apart), (_NUM_RESAMPLES, len(apart)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return {
        "difference": float(apart.mean()),
        "interval": {"low": float(low), "high": float(high)},
        "only_first": int(np.sum(apart > 0)),
        "only_second": int(np.sum(apart < 0)),
    }


def _others(
    chosen: Squares, scores: npt.NDArray[np.float32]
) -> tuple[list[str], npt.NDArray[np.float32]]:
    empty = np.flatnonzero([not film.outlines for film in chosen.films])
    return list(chosen.groups[empty]), scores[empty]


def _by_film(
    films: Sequence[str], scores: npt.NDArray[np.float32]
) -> tuple[list[str], npt.NDArray[np.float64]]:
    names = list(dict.fromkeys(films))
    own = np.array(films)
    return names, np.array([float(scores[own == name].mean()) for name in names])


def scores_of(model: keras.Model, pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Scores of films: float32, (n,)."""
    run = tf.function(
        lambda films: model(tf.cast(films, tf.float32), training=False)[:, 0],
        autograph=False,
        reduce_retracing=True,
    )
    parts = [run(tf.constant(part)).numpy() for part in _batches(pictures)]
    return np.concatenate(parts)


def _batches(pictures: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    for first in range(0, len(pictures), _BATCH_SIZE):
        yield pictures[first : first + _BATCH_SIZE]


def main() -> None:
    """Measure a model's site on the films of the outlined set that it has not learnt from."""
    parser = argparse.ArgumentParser(prog="python -m training.starter.sites", description=__doc__)
    parser.add_argument("model", type=Path, help="the starter model")
    parser.add_argument("--boxed", type=Path, required=True, help="the outlined set")
    parser.add_argument("--figures", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    model, card = load_model(options.model)
    everything = boxed_films(options.boxed)
    parts = parts_of(everything)
    films = [everything[n] for n in np.flatnonzero(np.isin(parts, TEST_PARTS))]
    # Who was looked at is drawn from the whole set, so it is asked before the others are left out.
    unseen = {everything[n].path for n in not_looked_at(everything, np.arange(len(everything)))}
    squares = read_squares(films, card.preprocessing)
    numbers = np.arange(len(films))
    kept = np.array([n for n in numbers if films[n].path in unseen], np.int64)
    document = {
        "site": measure_sites(model, squares, numbers),
        "site, not looked at": measure_sites(model, squares, kept),
    }
    options.figures.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
