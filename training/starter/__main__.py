"""Makes the starter model again: ``python -m training.starter --help``. See docs/starter-model.md."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

import training
from training.evaluation.calibration import fit_temperature
from training.evaluation.figures import measure
from training.evaluation.measurement import measure_fully
from training.evaluation.operating_points import Target, point_for, two_points
from training.evaluation.samples import make_sample
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig
from training.fit.evaluate import score_films
from training.fit.networks import build_network
from training.fit.reading import FilmStore, MemoryStore
from training.models.card import ModelCard
from training.models.model_file import inference_copy, load_model, save_model
from training.starter.imagenet import give_imagenet_weights
from training.starter.keep import keep_films
from training.starter.maps import Maps, compute_maps, lower_half
from training.starter.parts import (
    TEST_PARTS,
    VALIDATION_PARTS,
    Numbers,
    not_looked_at,
    parts_of,
    where,
)
from training.starter.sites import measure_sites
from training.starter.sources import Squares, boxed_films, read_squares, vuppala_films
from training.starter.torch_file import read_weights
from training.starter.tuning import Recipe, tune

_THRESHOLD = 0.5
_SENSITIVITY = _SPECIFICITY = 0.9
NOT_LOOKED_AT = "boxed test, not looked at"


def main() -> None:
    """Train, measure and write the starter model."""
    options = _options()
    began = time.perf_counter()
    preprocessing = Preprocessing(options.size, keep_aspect=True, stretch=True)
    films = boxed_films(options.boxed)
    if options.vuppala:
        films += vuppala_films(options.vuppala)
    squares = read_squares(films, preprocessing)
    parts = parts_of(films)
    model = build_network(NetworkConfig(name="transfer"), options.size, seed=options.seed)
    give_imagenet_weights(model, read_weights(options.imagenet))
    learning = where(films, parts, learning=True, with_vuppala=options.learn_vuppala)
    maps = _maps(model, squares.take(learning), options.copies, options.seed)
    _say(began, f"{len(maps.films):,} maps of {len(learning):,} files")
    recipe = Recipe(epochs=options.epochs, seed=options.seed)
    tune(
        model,
        maps,
        np.arange(len(maps.films)),
        recipe,
        after_epoch=lambda epoch, words: _say(began, f"epoch {epoch}: {words}"),
    )
    _save_and_measure(model, squares, parts, learning, options)
    _say(began, f"written to {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.starter", description=__doc__)
    parser.add_argument("--boxed", type=Path, required=True, help="the outlined set")
    parser.add_argument("--vuppala", type=Path, help="the published set, to test on")
    parser.add_argument(
        "--learn-vuppala", action="store_true", help="learn from its training folder too"
    )
    parser.add_argument(
        "--imagenet", type=Path, required=True, help="torchvision's mobilenet_v2-b0353104.pth"
    )
    parser.add_argument("--out", type=Path, required=True, help="model file to write")
    parser.add_argument("--figures", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--size", type=int, default=320, help="side of the input, in pixels")
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--copies", type=int, default=1, help="changed copies of each file")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _maps(model: keras.Model, squares: Squares, copies: int, seed: int) -> Maps:
    lower = lower_half(model)
    made = [compute_maps(lower, squares, changed=copy, seed=seed) for copy in range(copies + 1)]
    return Maps(
        tuple(film for each in made for film in each.films),
        np.concatenate([each.values for each in made]),
        np.concatenate([each.sites for each in made]),
    )


def _store(squares: Squares) -> FilmStore:
    """Squares as the engine takes decoded films."""
    store = MemoryStore(len(squares.films), squares.pictures.shape[1])
    for picture in squares.pictures:
        store.append(picture[..., 0])
    return store


def _save_and_measure(
    model: keras.Model,
    squares: Squares,
    parts: Numbers,
    learning: Numbers,
    options: argparse.Namespace,
) -> None:
    network = inference_copy(model)
    scores = score_films(
        network,
        _store(squares),
        np.arange(len(squares.films)),
        batch_size=64,
        progress=lambda _: None,
    )
    labels = squares.labels.astype(int)

    def sample(numbers: Numbers) -> Any:
        return make_sample(labels[numbers], scores[numbers], list(squares.groups[numbers]))

    validation = np.flatnonzero(np.isin(parts, VALIDATION_PARTS))
    films = sample(validation).by_film()
    points = two_points(
        point_for(films, Target.SENSITIVITY, _SENSITIVITY),
        point_for(films, Target.SPECIFICITY, _SPECIFICITY),
    )
    tests = _tests(squares, parts, learning)
    figures = {
        name: measure_fully(
            labels[numbers], scores[numbers], list(squares.groups[numbers]), _THRESHOLD
        )
        for name, numbers in tests.items()
    }
    held_out = tests["boxed test"]
    card = ModelCard(
        classes=("no fracture", "fracture"),
        preprocessing=Preprocessing(options.size, keep_aspect=True, stretch=True),
        threshold=_THRESHOLD,
        network="transfer",
        kind="starter",
        program_version=training.__version__,
        num_train_files=len(learning),
        num_train_films=len({squares.films[number].group for number in learning}),
        figures=asdict(
            measure(labels[held_out], scores[held_out], list(squares.groups[held_out]), _THRESHOLD)
        ),
        calibration=replace(fit_temperature(sample(validation)), is_on=True),
        points=points,
    )
    save_model(network, card, options.out)
    loaded, _ = load_model(options.out)
    site = measure_sites(loaded, squares, held_out)
    unseen = measure_sites(loaded, squares, tests[NOT_LOOKED_AT])
    keep_films(options.out, list(squares.films), parts, learning, site)
    document = {"tests": {name: each.to_json() for name, each in figures.items()}, "site": site}
    document |= {"site, not looked at": unseen}
    document |= {"recipe": asdict(Recipe(epochs=options.epochs, seed=options.seed))}
    options.figures.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _tests(squares: Squares, parts: Numbers, learning: Numbers) -> dict[str, Numbers]:
    """The films that nothing was learnt or chosen from, by set."""
    origins = np.array([film.origin for film in squares.films])
    tests = {"boxed test": np.flatnonzero(np.isin(parts, TEST_PARTS))}
    tests[NOT_LOOKED_AT] = not_looked_at(squares.films, tests["boxed test"])
    for origin in ("vuppala val", "vuppala train"):
        numbers = np.setdiff1d(np.flatnonzero(origins == origin), learning)
        if len(numbers):
            tests[origin] = numbers
    return tests


def _say(began: float, words: str) -> None:
    print(f"{time.perf_counter() - began:6.0f} s  {words}", flush=True)  # noqa: T201 - a tool


if __name__ == "__main__":
    main()
