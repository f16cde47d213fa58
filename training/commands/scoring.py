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
from training.films.oddity import oddity_of
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey
from training.models.prediction import Refusal
from training.models.predictor import Predictor

_BATCH = 32


@dataclass(frozen=True)
class FilmScore:
    """One file's score, or why it has none.

    Args:
        path: The file.
        score: As the network gives it, 0-1, or None where it could not be read; of more than two
            classes the largest.
        error: Why it could not, or empty.
        grey: Mean grey of its input, 0-255; 0 where it could not be read.
        refusal: Why the score should not be told, or None; looked for only where asked.
        scores: Of more than two classes each one's score, by label; else empty.
    """

    path: Path
    score: float | None
    error: str = ""
    grey: float = 0.0
    refusal: Refusal | None = None
    scores: tuple[float, ...] = ()


def score_films(
    predictor: Predictor, paths: Iterable[Path], *, refuse: bool = False
) -> Iterator[FilmScore]:
    """Score files in order; one that cannot be read does not stop the others.

    Args:
        predictor: The model.
        paths: The files; at most two batches of them are in memory at a time.
        refuse: Also say which the model should not be asked about. Figures of a set are measured
            without: they are of all its films.

    Yields:
        One entry a file, in the order given, a batch at a time.
    """
    remaining = iter(paths)
    preprocessing = predictor.card.preprocessing
    with ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1)) as readers:

        def start_batch() -> list[tuple[Path, Future[_Read]]]:
            batch = itertools.islice(remaining, _BATCH)
            return [(path, readers.submit(_read, path, preprocessing, refuse)) for path in batch]

        reading = start_batch()
        while reading:
            following = start_batch()
            yield from _score_batch(predictor, reading)
            reading = following


def _score_batch(
    predictor: Predictor, reading: list[tuple[Path, Future[_Read]]]
) -> Iterator[FilmScore]:
    """Wait for a batch's films and score those that could be read."""
    films: dict[Path, _Read] = {}
    errors: dict[Path, str] = {}
    for path, future in reading:
        try:
            films[path] = future.result()
        except UserError as error:
            errors[path] = str(error)
    told = dict(zip(films, predictor.tell([film.picture for film in films.values()]), strict=True))
    for path, _ in reading:
        if path not in told:
            yield FilmScore(path, None, errors[path])
            continue
        film, prediction = films[path], told[path]
        refusal = Refusal(film.oddity) if film.oddity else prediction.refusal
        yield FilmScore(
            path,
            prediction.score if prediction.is_many else prediction.raw_score,
            grey=float(film.picture.mean()),
            refusal=refusal if film.is_checked else None,
            scores=prediction.scores,
        )


@dataclass(frozen=True, eq=False)
class _Read:
    """A film as the network takes it, and what its file says against it."""

    picture: GreyPixels
    oddity: str
    is_checked: bool


def _read(path: Path, preprocessing: Preprocessing, refuse: bool) -> _Read:
    grey = read_grey(path)
    return _Read(preprocessing.apply(grey), oddity_of(path, grey) if refuse else "", refuse)
