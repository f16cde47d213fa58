"""Which films the starter model learns from, chooses by and is tested on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.starter.sources import SourceFilm

Numbers = npt.NDArray[np.int64]
_NUM_PARTS = 10
TEST_PARTS, VALIDATION_PARTS = (0, 1), (2,)


def parts_of(films: Sequence[SourceFilm]) -> Numbers:
    """A tenth, 0 to 9, for each file of the outlined set, by film; -1 for others."""
    groups = sorted({film.group for film in films if film.origin == "boxed"})
    drawn = np.random.default_rng(7).permutation(len(groups)) % _NUM_PARTS
    part = dict(zip(groups, drawn, strict=True))
    return np.array([part.get(film.group, -1) for film in films])


def where(
    films: Sequence[SourceFilm], parts: Numbers, *, learning: bool, with_vuppala: bool = False
) -> Numbers:
    """Numbers of the files to learn from, or of those held back from the outlined set."""
    held_back = np.isin(parts, (*TEST_PARTS, *VALIDATION_PARTS))
    origins = np.array([film.origin for film in films])
    chosen = (origins == "boxed") & (held_back != learning)
    if with_vuppala:
        chosen |= origins == "vuppala train"
    return np.flatnonzero(chosen)


def looked_at(films: Sequence[SourceFilm]) -> set[str]:
    """The two fifths of the outlined set that the trials in docs/starter-model.md were compared on."""
    groups = sorted({film.group for film in films if film.origin == "boxed"})
    np.random.default_rng(7).shuffle(groups)
    return {group for place, group in enumerate(groups) if place % 5 <= 1}


def not_looked_at(films: Sequence[SourceFilm], numbers: Numbers) -> Numbers:
    """Those of some files that were not looked at while the way of training was chosen."""
    known = looked_at(films)
    return np.array([n for n in numbers if films[n].group not in known], np.int64)
