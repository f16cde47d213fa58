"""The films that the starter model is trained and tested on, as they lie in their folders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.data.dataset import Split
from training.data.outlines import Corners
from training.data.outlines_drawing import draw_outlines
from training.data.outlines_yolo import read_file
from training.data.scan import scan_folder
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey

# Films of the published training folder that its validation folder shows too, once under another
# name: see the data check of that set. Left out, or the test would be of films known by heart.
_LEAKED = ("not fractured/4", "not fractured/69")


@dataclass(frozen=True)
class SourceFilm:
    """One file.

    Args:
        path: The file.
        label: 1 for a fracture.
        group: The film behind it; equal for copies.
        origin: "boxed", "vuppala train" or "vuppala val".
        outlines: Corners of each outlined fracture, (x, y) in 0-1 of the film; None where nobody
            outlined any.
    """

    path: Path
    label: int
    group: str
    origin: str
    outlines: tuple[Corners, ...] | None


def boxed_films(folder: Path) -> list[SourceFilm]:
    """The outlined set (Roboflow "bone fracture detection" v4, CC BY 4.0).

    Args:
        folder: Holds ``images``, ``labels`` (YOLO polygons) and ``groups.json``.
    """
    groups = json.loads((folder / "groups.json").read_text("utf-8"))
    films = []
    for path in sorted((folder / "images").iterdir()):
        outlines = read_outlines(folder / "labels" / f"{path.stem}.txt")
        group = f"boxed {groups[path.name]}"
        films.append(SourceFilm(path, int(bool(outlines)), group, "boxed", outlines))
    return films


def read_outlines(path: Path) -> tuple[Corners, ...]:
    """Read a YOLO text file.

    Args:
        path: The file; one that is not there outlines nothing.

    Returns:
        Corners of each outline, (x, y) in 0-1.
    """
    if not path.is_file():
        return ()
    outlines, _ = read_file(path)
    return tuple(outline.corners for outline in outlines)


def vuppala_films(folder: Path) -> list[SourceFilm]:
    """The published notebook's set, without the training films that its validation shows too."""
    films = []
    for item in scan_folder(folder).items:
        origin = "vuppala train" if item.split is Split.TRAIN else "vuppala val"
        if item.split is Split.TRAIN and item.film.removeprefix("train/") in _LEAKED:
            continue
        films.append(SourceFilm(item.path, item.label, f"{origin} {item.film}", origin, None))
    return films


@dataclass(frozen=True, eq=False)
class FilmRows:
    """Arrays with a row for each file say by this what each row is.

    Args:
        films: The file of each row.
    """

    films: tuple[SourceFilm, ...]

    @property
    def labels(self) -> npt.NDArray[np.float32]:
        """float32, (n,)."""
        return np.array([film.label for film in self.films], np.float32)

    @property
    def groups(self) -> npt.NDArray[np.str_]:
        """The film behind each row."""
        return np.array([film.group for film in self.films])

    @property
    def has_outlines(self) -> npt.NDArray[np.bool_]:
        """Where somebody looked for fractures to outline."""
        return np.array([film.outlines is not None for film in self.films])


@dataclass(frozen=True, eq=False)
class Squares(FilmRows):
    """Films as the network sees them.

    Args:
        films: What they are.
        pictures: uint8, (n, size, size, 1).
        sites: uint8, (n, size, size, 1): 255 inside an outline.
    """

    pictures: GreyPixels
    sites: GreyPixels

    def take(self, numbers: npt.NDArray[np.integer]) -> Squares:
        """Some of them."""
        chosen = tuple(self.films[number] for number in numbers)
        return Squares(chosen, self.pictures[numbers], self.sites[numbers])


def read_squares(films: Sequence[SourceFilm], preprocessing: Preprocessing) -> Squares:
    """Read all films and draw their outlines where they come to lie.

    Args:
        films: What to read.
        preprocessing: How films become squares.

    Raises:
        FilmError: If one cannot be read.
    """

    def read(film: SourceFilm) -> tuple[GreyPixels, GreyPixels]:
        grey = read_grey(film.path)
        return preprocessing.apply(grey), _draw(film, preprocessing, grey.shape)

    with ThreadPoolExecutor(2) as pool:
        pairs = list(pool.map(read, films))
    pictures, sites = (np.stack(part)[..., np.newaxis] for part in zip(*pairs, strict=True))
    return Squares(tuple(films), pictures, sites)


def _draw(film: SourceFilm, preprocessing: Preprocessing, shape: tuple[int, ...]) -> GreyPixels:
    return draw_outlines(film.outlines or (), preprocessing, shape[0], shape[1])
