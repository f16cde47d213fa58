"""Gives the starter model what it keeps of its films: how they look to it, which they were, its site's rate.

``python -m training.starter`` ends with it; ``python -m training.starter.keep`` does it again to a
model that is there, whose network, weights and figures stay as they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey
from training.fit.known_films import looks_of, some_files
from training.models.card_writing import rewrite_card
from training.models.film_statistics import fit_statistics
from training.models.kept_films import KeptFilms, digest_of, learnt_from
from training.models.look import look_layer
from training.models.model_file import load_model
from training.models.site_rate import SiteRate
from training.starter.parts import VALIDATION_PARTS, parts_of, where
from training.starter.sources import SourceFilm, boxed_films, vuppala_films

_MAX_OTHERS = 300
_SETS = (
    ("boxed", 'Roboflow "bone fracture detection" v4'),
    ("vuppala train", 'Kaggle "Bone fracture detection using X-rays" (train)'),
)


def keep_films(
    model_file: Path,
    films: list[SourceFilm],
    parts: npt.NDArray[np.int64],
    learning: npt.NDArray[np.int64],
    site: Mapping[str, Any],
) -> None:
    """Write into a model file what it keeps of its films.

    Args:
        model_file: Of the starter model.
        films: All files.
        parts: int64, (files,), as from ``parts_of``.
        learning: int64: numbers of the files that it learnt from.
        site: How often its site and the centre were right (``Hits`` as plain values, by name).

    Raises:
        UserError: The file cannot be read or written.
    """
    model, card = load_model(model_file)
    groups = [film.group for film in films]
    validation = np.flatnonzero(np.isin(parts, VALIDATION_PARTS))
    train, others = some_files(groups, learning), some_files(groups, validation, _MAX_OTHERS)
    gather = _reading(films, card.preprocessing)
    looks = looks_of(model, gather, np.concatenate([train, others]))
    statistics = fit_statistics(
        look_layer(model),
        looks[: len(train)],
        np.array([groups[number] for number in train]),
        looks[len(train) :],
    )
    kept = KeptFilms(statistics, learnt_from(digest_of(films[n].path) for n in learning))
    near = site["site"]["near_interval"]
    rate = SiteRate(
        site["site"]["num_films"],
        site["site"]["near"],
        near["low"],
        near["high"],
        site["centre"]["near"],
    )
    origins = {films[number].origin for number in learning}
    sets = tuple(name for origin, name in _SETS if origin in origins)
    changed = replace(card, site=rate, learnt_sets=sets, refuses=statistics is not None)
    rewrite_card(model_file, changed, kept.to_json())


def _reading(
    films: list[SourceFilm], preprocessing: Preprocessing
) -> Callable[[npt.NDArray[np.integer]], npt.NDArray[np.uint8]]:
    def gather(numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
        pictures = [preprocessing.apply(read_grey(films[number].path)) for number in numbers]
        return np.stack(pictures)[..., np.newaxis]

    return gather


def main() -> None:
    """Do it again to a model that is there."""
    parser = argparse.ArgumentParser(prog="python -m training.starter.keep", description=__doc__)
    parser.add_argument("model", type=Path, help="the starter model")
    parser.add_argument("--boxed", type=Path, required=True, help="the outlined set")
    parser.add_argument("--vuppala", type=Path, required=True, help="the published set")
    parser.add_argument("--figures", type=Path, required=True, help="JSON file with its figures")
    options = parser.parse_args()
    films = boxed_films(options.boxed) + vuppala_films(options.vuppala)
    parts = parts_of(films)
    learning = where(films, parts, learning=True, with_vuppala=True)
    site = json.loads(options.figures.read_text("utf-8"))["site"]
    keep_films(options.model, films, parts, learning, site)


if __name__ == "__main__":
    main()
