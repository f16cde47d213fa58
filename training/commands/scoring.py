"""Reads and scores many films: reading in threads ahead of the network. Imports Keras."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from training.errors import UserError
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey
from training.models.predictor import Predictor

_BATCH = 32


@dataclass(frozen=True)
class FilmScore:
    """One file's score, or why it has none.

    Args:
        path: The file.
        score: As the network gives it, 0-1, or None where it could not be read.
        error: Why it could not, or empty.
        grey: Mean grey of its input, 0-255; 0 where it could not be read.
    """

    path: Path
    score: float | None
    error: str = ""
    grey: float = 0.0


def score_films(predictor: Predictor, paths: Iterable[Path]) -> Iterator[FilmScore]:
    """Score files in order; one that cannot be read does not stop the others.

    Args:
        predictor: The model.
        paths: The files; at most two batches of them are in memory at a time.

    Yields:
        One entry a file, in the order given, a batch at a time.
    """
    remaining = iter(paths)
    preprocessing = predictor.card.preprocessing
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as readers:

        def start_batch() -> list[tuple[Path, Future[GreyPixels]]]:
            batch = itertools.islice(remaining, _BATCH)
            return [(path, readers.submit(_read, path, preprocessing)) for path in batch]

        reading = start_batch()
        while reading:
            following = start_batch()
            yield from _score_batch(predictor, reading)
            reading = following


def _score_batch(
    predictor: Predictor, reading: list[tuple[Path, Future[GreyPixels]]]
) -> Iterator[FilmScore]:
    """Wait for a batch's films and score those that could be read."""
    pictures: dict[Path, GreyPixels] = {}
    errors: dict[Path, str] = {}
    for path, future in reading:
        try:
            pictures[path] = future.result()
        except UserError as error:
            errors[path] = str(error)
    scores = dict(zip(pictures, predictor.scores(list(pictures.values())), strict=True))
    for path, _ in reading:
        if path in scores:
            yield FilmScore(path, float(scores[path]), grey=float(pictures[path].mean()))
        else:
            yield FilmScore(path, None, errors[path])


def _read(path: Path, preprocessing: Preprocessing) -> GreyPixels:
    return preprocessing.apply(read_grey(path))
