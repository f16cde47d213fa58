"""What best tells that a model is wrong: ``python -m training.starter.doubt``. See docs/starter-model.md.

Each way of doubting orders the held-out films from the surest to the most doubtful. The risk-coverage
curve is the share of errors among the surest films, over how many are kept; the area under it is
small where the errors come last (Geifman and El-Yaniv, NeurIPS 2017).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from scipy.special import logit

from training.augmentation.config import STRONG
from training.augmentation.variants import make_variants
from training.films.film import GreyPixels
from training.films.reader import read_grey
from training.fit.known_films import looks_of
from training.models.heat_map import SITE
from training.models.kept_films import read_kept_films
from training.models.model_file import load_model
from training.models.predictor import Predictor
from training.starter.parts import TEST_PARTS, looked_at, parts_of
from training.starter.sources import SourceFilm, boxed_films

_Values = npt.NDArray[np.float64]
_FILES_PER_FILM = 2
_NUM_VARIANTS = 12
_NUM_RESAMPLES = 2000
MARGIN = "score's distance from the threshold"


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says of files.

    Args:
        scores: float64, (n,), of the network.
        variants: float64, (n, variants), of their variants.
        distances: float64, (n,), from the training films.
        sites: float64, (n,): largest logit of the site.
    """

    scores: _Values
    variants: _Values
    distances: _Values
    sites: _Values


def doubts_of(said: Said) -> dict[str, _Values]:
    """Every way of doubting: the larger, the more doubtful.

    A temperature changes no order, so it is not among them.
    """
    own, others = _logits(said.scores), _logits(said.variants)
    side = np.where(own >= 0.0, 1.0, -1.0)
    against = np.mean((others >= 0.0) != (own >= 0.0)[:, None], axis=1)
    return {
        MARGIN: -np.abs(own),
        "spread of the variants' scores": np.ptp(said.variants, axis=1),
        "spread of the variants' logits": others.std(axis=1),
        # Few different shares: equals go by the margin.
        "share of variants on the other side": against - 1e-3 * np.abs(own),
        "margin of the variants' mean": -side * others.mean(axis=1),
        "distance to the training films": said.distances,
        "what the site says against it": -side * said.sites,
        "by chance": np.random.default_rng(0).random(len(own)),
    }


def risk_area(doubt: _Values, wrong: npt.NDArray[np.bool_], weights: _Values) -> float:
    """Area under the risk-coverage curve.

    Args:
        doubt: (n,): of each file.
        wrong: (n,): whether the model errs.
        weights: (n,): what each counts.

    Returns:
        0 to 1; the share of errors where doubt is drawn by chance.
    """
    order = np.argsort(doubt, kind="stable")
    kept = np.cumsum(weights[order])
    risk = np.cumsum(weights[order] * wrong[order]) / np.maximum(kept, 1e-12)
    return float(np.sum(risk * weights[order]) / np.sum(weights))


def compare_doubts(
    doubts: Mapping[str, _Values], wrong: npt.NDArray[np.bool_], films: npt.NDArray[np.str_]
) -> dict[str, Any]:
    """The area of each way, and how far it lies from the margin's on the same films.

    Args:
        doubts: As from ``doubts_of``.
        wrong: (n,): whether the model errs.
        films: (n,): the film behind each file; films count the same and are resampled.

    Returns:
        Plain values with 95 % intervals.
    """
    names, film = np.unique(films, return_inverse=True)
    share = 1.0 / np.bincount(film)[film]
    random = np.random.default_rng(0)
    draws = random.integers(0, len(names), (_NUM_RESAMPLES, len(names)))
    weights = [share * np.bincount(draw, minlength=len(names))[film] for draw in draws]
    areas = {
        name: np.array([risk_area(doubt, wrong, each) for each in weights])
        for name, doubt in doubts.items()
    }
    return {
        "num_films": len(names),
        "errors": float(np.sum(share * wrong) / len(names)),
        "ways": {
            name: {
                "area": risk_area(doubt, wrong, share),
                "interval": _interval(areas[name]),
                "against_margin": _interval(areas[name] - areas[MARGIN]),
            }
            for name, doubt in doubts.items()
        },
    }


def _interval(values: _Values) -> dict[str, float]:
    low, high = np.quantile(values, (0.025, 0.975))
    return {"low": float(low), "high": float(high)}


def _logits(scores: _Values) -> _Values:
    found: _Values = logit(np.clip(scores, 1e-6, 1.0 - 1e-6))
    return found


def ask(model_file: Path, films: list[SourceFilm]) -> Said:
    """Have a model read files and their variants.

    Args:
        model_file: Of the starter model.
        films: The files.

    Raises:
        ValueError: It keeps no statistics of its films.
    """
    predictor = Predictor(model_file)
    model, card = load_model(model_file)
    statistics = read_kept_films(model_file).statistics
    if statistics is None:
        raise ValueError(f"{model_file.name} keeps no statistics of its films")
    pictures = [card.preprocessing.apply(read_grey(film.path)) for film in films]
    squares = np.stack(pictures)[..., np.newaxis]
    looks = looks_of(model, lambda numbers: squares[numbers], np.arange(len(films)))
    network = keras.Model(model.input, model.get_layer(SITE).output)
    sites = site_logits(network, squares)
    return Said(
        predictor.scores(pictures).astype(np.float64),
        np.stack([_variant_scores(predictor, picture) for picture in pictures]),
        statistics.distances(looks).astype(np.float64),
        sites,
    )


def site_logits(network: keras.Model, squares: npt.NDArray[np.uint8]) -> _Values:
    """The largest logit of each film's site: float64, (n,)."""
    run = tf.function(
        lambda films: tf.reduce_max(
            network(tf.cast(films, tf.float32), training=False), axis=(1, 2, 3)
        ),
        autograph=False,
        reduce_retracing=True,
    )
    parts = [run(tf.constant(squares[n : n + 16])).numpy() for n in range(0, len(squares), 16)]
    return np.concatenate(parts).astype(np.float64)


def _variant_scores(predictor: Predictor, picture: GreyPixels) -> _Values:
    variants = make_variants(picture, STRONG, count=_NUM_VARIANTS, seed=0)
    return predictor.scores([variant.picture for variant in variants]).astype(np.float64)


def _some(films: list[SourceFilm]) -> list[SourceFilm]:
    """The first files of each film and label: more of one film say little more."""
    taken: dict[str, int] = {}
    chosen = []
    for film in films:
        taken[_name(film)] = taken.get(_name(film), 0) + 1
        if taken[_name(film)] <= _FILES_PER_FILM:
            chosen.append(film)
    return chosen


def _name(film: SourceFilm) -> str:
    return f"{film.group} {film.label}"


def main() -> None:
    """Measure on the films of the outlined set that the model has not learnt from."""
    parser = argparse.ArgumentParser(prog="python -m training.starter.doubt", description=__doc__)
    parser.add_argument("model", type=Path, help="the starter model")
    parser.add_argument("--boxed", type=Path, required=True, help="the outlined set")
    parser.add_argument("--figures", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    everything = boxed_films(options.boxed)
    known = looked_at(everything)
    held_out = np.flatnonzero(np.isin(parts_of(everything), TEST_PARTS))
    films = _some([everything[number] for number in held_out])
    said = ask(options.model, films)
    _, card = load_model(options.model)
    labels = np.array([film.label for film in films])
    wrong = (said.scores >= card.threshold) != (labels == 1)
    names = np.array([_name(film) for film in films])
    doubts = doubts_of(said)
    unseen = np.array([film.group not in known for film in films])
    document = {
        "boxed test": compare_doubts(doubts, wrong, names),
        "boxed test, not looked at": compare_doubts(
            {name: doubt[unseen] for name, doubt in doubts.items()}, wrong[unseen], names[unseen]
        ),
    }
    options.figures.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
