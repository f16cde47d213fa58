"""Which films an export is compared by: those given, the run's validation films, or drawn ones.

Loads no TensorFlow. Called by the command line and by the window's worker.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.data.dataset import Split
from training.data.demo_film import draw_film
from training.errors import UserError
from training.films.film import FilmError, GreyPixels
from training.films.reader import read_grey
from training.fit.run_folder import KINDS, read_run, read_scores

MAX_FILMS = 64
"""More make the export slower, and the certificate no surer."""
_NUM_DRAWN = 16
# Drawn films of other shapes than squares, so that placing and padding are compared too.
_CROPS = ((1.0, 1.0), (0.6, 1.0), (1.0, 0.45), (0.93, 0.71))
_DRAWN_SIZE = 420


@dataclass(frozen=True)
class ExportFilms:
    """Films to compare by.

    Args:
        origin: Where they come from, in words.
        paths: Their files; empty for drawn films.
    """

    origin: str
    paths: tuple[Path, ...] = ()

    def __len__(self) -> int:
        """How many; fewer come out where files cannot be read."""
        return len(self.paths) or _NUM_DRAWN

    def __iter__(self) -> Iterator[tuple[str, GreyPixels]]:
        """Name and grey pixels of each, read one at a time; files that cannot be read are left out."""
        if not self.paths:
            yield from _drawn()
            return
        for path in self.paths:
            try:
                yield f"{path.parent.name}/{path.name}", read_grey(path)
            except FilmError:
                continue


def films_to_compare(model: Path, given: Sequence[Path] = ()) -> ExportFilms:
    """Choose them.

    Args:
        model: The model file; in a run folder the run's validation films are used.
        given: Files that somebody named; they come first.
    """
    if given:
        return ExportFilms("films that were named", _spread(given))
    validation = _validation_files(model)
    if validation:
        return ExportFilms("validation films of the run", _spread(validation))
    return ExportFilms("drawn sample films: no films of the run were at hand")


def _validation_files(model: Path) -> list[Path]:
    """Of the model's run, as far as they are still there; empty where it lies in no run folder."""
    if model.stem not in KINDS:
        return []
    try:
        scores = read_scores(read_run(model.absolute().parent), model.stem, Split.VALIDATION)
    except UserError:
        return []
    return [score.path for score in scores if score.path.is_file()]


def _spread(paths: Sequence[Path]) -> tuple[Path, ...]:
    """At most ``MAX_FILMS``, evenly over the list: sets are sorted by class."""
    count = min(len(paths), MAX_FILMS)
    return tuple(paths[number * len(paths) // count] for number in range(count))


def _drawn() -> Iterator[tuple[str, GreyPixels]]:
    for number in range(_NUM_DRAWN):
        pixels = draw_film((7, number), fractured=number % 2 == 1, size=_DRAWN_SIZE).pixels
        height, width = (round(_DRAWN_SIZE * share) for share in _CROPS[number % len(_CROPS)])
        yield f"drawn film {number + 1}", pixels[:height, :width]
