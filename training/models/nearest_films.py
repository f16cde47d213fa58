"""The training films of a run that look most like a film. Kept in the run's folder. No Keras.

Beside the model, not in it: a model file is handed on, and must not bring file names with it.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.models.film_statistics import Features

FILE = "nearest.npz"
NUM_SHOWN = 4


@dataclass(frozen=True)
class NearFilm:
    """One training film.

    Args:
        name: Its file, from the run's data folder.
        label: Number of its class.
        distance: How unlike it looks, 0 or above, as ``FilmStatistics`` measures it.
    """

    name: str
    label: int
    distance: float


@dataclass(frozen=True, eq=False)
class NearestFilms:
    """Training films by how they look to the model.

    Args:
        names: Each file, from the run's data folder.
        films: The film behind each.
        labels: int64, (files,): number of each one's class.
        places: float32, (files, features), as ``FilmStatistics.placed`` gives them.
        limit: Of the statistics that placed them: those of another model place films elsewhere.
    """

    names: tuple[str, ...]
    films: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    places: Features
    limit: float

    def near(self, place: Features, count: int = NUM_SHOWN) -> tuple[NearFilm, ...]:
        """The films most like one, nearest first; one file of each.

        Args:
            place: float32, (features,).
            count: How many.
        """
        distances = np.linalg.norm(self.places - place, axis=1)
        found: dict[str, NearFilm] = {}
        for number in np.argsort(distances, kind="stable"):
            near = NearFilm(self.names[number], int(self.labels[number]), float(distances[number]))
            found.setdefault(self.films[number], near)
            if len(found) == count:
                break
        return tuple(found.values())

    def save(self, folder: Path) -> None:
        """Write it into a run's folder, whole or not at all.

        Raises:
            OSError: It cannot be written.
        """
        part = folder / (FILE + ".part")
        with part.open("wb") as file:
            np.savez_compressed(
                file,
                names=np.array([name.encode("utf-8", "surrogateescape") for name in self.names]),
                films=np.array([film.encode("utf-8", "surrogateescape") for film in self.films]),
                labels=self.labels,
                places=self.places.astype(np.float16),
                limit=np.float64(self.limit),
            )
        part.replace(folder / FILE)


def read_nearest(folder: Path) -> NearestFilms | None:
    """Read what a run keeps; None where there is nothing, or it is damaged.

    Args:
        folder: The run's folder.
    """
    try:
        # Opened here, or a damaged file would stay open.
        with (folder / FILE).open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            names, films = (
                tuple(text.decode("utf-8", "surrogateescape") for text in file[part].tolist())
                for part in ("names", "films")
            )
            places = file["places"].astype(np.float32)
            labels = file["labels"].astype(np.int64)
            limit = float(file["limit"])
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    if not len(names) == len(films) == len(labels) == len(places):
        return None
    return NearestFilms(names, films, labels, places, limit)
