"""What the viewer asks of the engine, and the functions that its workers run.

Nothing here touches Qt. Each function runs in one ``JobThread``; the heavy imports happen
inside them, so opening the window loads neither pydicom nor TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from training.augmentation.config import AugmentationConfig
from training.films.film import Film, FloatPixels, GreyPixels
from training.films.preprocessing import Preprocessing
from training.models.card import ModelCard
from training.models.prediction import Prediction, Refusal, Variant
from xray_desktop.state.viewer_bitmap import bitmap
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.state.viewer_state import LoadedFilm
from xray_desktop.workers.smooth_import import import_tensorflow

THUMBNAIL_PX = 192
"""Side of a thumbnail: sharp at 200 % scaling too."""


class FilmReader(Protocol):
    """A loaded model, as ``training.models.predictor.Predictor``."""

    card: ModelCard

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        """Score a film."""

    def variants(
        self, grey: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
    ) -> tuple[Variant, ...]:
        """A film's variants, scored."""

    def has_learnt(self, film: Path) -> bool:
        """True where it is known to have learnt from a file."""


def _read_film(path: Path) -> Film:
    from training.films.reader import read_film

    return read_film(path)


def _read_frame(path: Path, frame: int) -> Film:
    from training.films.reader import read_film

    return read_film(path, frame)


def _read_grey(path: Path) -> GreyPixels:
    from training.films.reader import read_grey

    return read_grey(path)


def _sniff(path: Path) -> str | None:
    from training.films.reader import sniff

    return sniff(path)


def _load_predictor(path: Path) -> FilmReader:
    # First, or the plain import inside freezes the window for 0.4 s.
    import_tensorflow()
    from training.models.predictor import Predictor

    return Predictor(path)


def _make_variants(
    picture: GreyPixels, config: AugmentationConfig, count: int, seed: int
) -> tuple[Variant, ...]:
    import_tensorflow()
    from training.augmentation.variants import make_variants

    return make_variants(picture, config, count=count, seed=seed)


@dataclass(frozen=True)
class Engine:
    """The engine's functions; tests give others.

    Args:
        read_film: As ``training.films.reader.read_film``.
        read_frame: The same, of one of several frames, from 0.
        read_grey: As ``training.films.reader.read_grey``.
        sniff: As ``training.films.reader.sniff``.
        load_predictor: As ``training.models.predictor.Predictor``.
        make_variants: As ``training.augmentation.variants.make_variants``.
    """

    read_film: Callable[[Path], Film] = _read_film
    read_frame: Callable[[Path, int], Film] = _read_frame
    read_grey: Callable[[Path], GreyPixels] = _read_grey
    sniff: Callable[[Path], str | None] = _sniff
    load_predictor: Callable[[Path], FilmReader] = _load_predictor
    make_variants: Callable[[GreyPixels, AugmentationConfig, int, int], tuple[Variant, ...]] = (
        _make_variants
    )


def load_film(read_film: Callable[[Path], Film], path: Path) -> LoadedFilm:
    """Read a film and make it ready for drawing. Film worker.

    Raises:
        FilmError: It cannot be read.
    """
    return _made_ready(read_film(path))


def load_frame(read_frame: Callable[[Path, int], Film], path: Path, frame: int) -> LoadedFilm:
    """As ``load_film``, one of several frames. Film worker.

    Raises:
        FilmError: It cannot be read.
    """
    return _made_ready(read_frame(path, frame))


def _made_ready(film: Film) -> LoadedFilm:
    pixels = indexed(_without_padding(film))
    return LoadedFilm(film, pixels, bitmap(film.padding), bitmap(film.overlay))


def _without_padding(film: Film) -> FloatPixels:
    """The film's values with padding as dark as the darkest of the rest, so that no edge shines."""
    if film.padding is None:
        return film.pixels
    inside = film.pixels[~film.padding]
    darkest = inside.max() if film.inverted else inside.min()
    return np.where(film.padding, darkest, film.pixels)


def make_thumbnail(read_grey: Callable[[Path], GreyPixels], path: Path) -> GreyPixels:
    """A small picture of a film, as it is first shown. Thumbnail worker.

    Returns:
        uint8, (height, width), the longer side at most ``THUMBNAIL_PX``.

    Raises:
        FilmError: It cannot be read.
    """
    picture = Image.fromarray(read_grey(path))
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.array(picture)


def _doubted(
    reader: FilmReader, prediction: Prediction, path: Path, grey: GreyPixels
) -> Prediction:
    """The prediction with what the film's file says against it."""
    from training.films.oddity import oddity_of

    oddity = oddity_of(path, grey)
    refusal = Refusal(oddity) if oddity else prediction.refusal
    return replace(prediction, refusal=refusal, is_learnt=reader.has_learnt(path))


@dataclass(frozen=True, eq=False)
class NearPicture:
    """A training film that looks like the film in sight.

    Args:
        picture: uint8, (height, width), small.
        label: Number of its class.
        word: Its class.
        name: Its file's name.
    """

    picture: GreyPixels
    label: int
    word: str
    name: str


def near_pictures(engine: Engine, model: Path, prediction: Prediction) -> tuple[NearPicture, ...]:
    """The training films most like a film, as far as the run's folder of films is still there.

    Args:
        engine: Where films come from.
        model: The model's file, in its run's folder.
        prediction: Of the film.
    """
    from training.errors import UserError
    from training.fit.run_folder import read_run

    found = []
    try:
        data = read_run(model.parent).config.data.absolute()
        for near in prediction.near:
            path = data / near.name
            small = make_thumbnail(engine.read_grey, path)
            word = prediction.card.classes[near.label]
            found.append(NearPicture(small, near.label, word, path.name))
    except UserError:
        # Moved or deleted since: what a part of them would show is not the nearest.
        return ()
    return tuple(found)


class ModelRoom:
    """The one model in memory. Made in the GUI thread, used only by the prediction worker.

    Args:
        engine: Where models come from.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._path: Path | None = None
        self._reader: FilmReader | None = None

    def load(self, path: Path) -> ModelCard:
        """Load a model beside the old one, then put it in its place.

        Raises:
            UserError: The file cannot be used; the old model stays.
        """
        reader = self._engine.load_predictor(path)
        self._path, self._reader = path, reader
        return reader.card

    def put_away(self) -> None:
        """Free the model's memory."""
        self._path = self._reader = None

    def _reader_of(self, path: Path) -> FilmReader:
        """The wanted model: another may have been loaded by a request that no longer counts."""
        if self._reader is None or path != self._path:
            self.load(path)
        assert self._reader is not None
        return self._reader

    def predict(self, path: Path, film: Film, heat_map: bool) -> Prediction:
        """Score a film with one model.

        Raises:
            UserError: The model can no longer be loaded, or has no heat map.
        """
        reader, grey = self._reader_of(path), film.grey()
        return _doubted(reader, reader.predict(grey, heat_map=heat_map), film.path, grey)

    def score(self, path: Path, film: Path) -> Prediction:
        """Score a film of the list that is not in sight.

        Raises:
            FilmError: The film cannot be read.
            UserError: The model can no longer be loaded.
        """
        reader, grey = self._reader_of(path), self._engine.read_grey(film)
        return _doubted(reader, reader.predict(grey), film, grey)

    def variants(
        self, path: Path | None, film: Film, config: AugmentationConfig, count: int, seed: int
    ) -> tuple[Variant, ...]:
        """A film's variants, scored where a model is given.

        Raises:
            UserError: The model can no longer be loaded.
        """
        if path is not None:
            reader = self._reader_of(path)
            return reader.variants(film.grey(), config, count=count, seed=seed)
        picture = Preprocessing().apply(film.grey())
        return self._engine.make_variants(picture, config, count, seed)
