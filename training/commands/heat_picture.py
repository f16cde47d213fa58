"""Saves films with their heat map laid over, as pictures."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.errors import UserError
from training.films.film import GreyPixels
from training.models.prediction import MapKind, Prediction

_OPACITY = 0.55
# Dark red over orange to pale yellow: grows lighter all the way, so it reads without colour too.
_RAMP = np.array([(120, 0, 20), (230, 90, 0), (255, 240, 120)], np.float32)
_LONGEST_SIDE = 1600
_SMALLEST_SIDE = 480
_MAX_NAME_BYTES = 180


class HeatPictures:
    """Writes one picture a film into one folder; films of equal names get different files.

    Args:
        folder: Made if missing.

    Raises:
        UserError: It cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_write(folder, error) from error

    def save(
        self, path: Path, grey: GreyPixels, prediction: Prediction, kind: MapKind = MapKind.FOR
    ) -> Path:
        """Write one film's picture.

        Args:
            path: The film's file, for the picture's name.
            grey: uint8, (height, width), as predicted.
            prediction: With its maps.
            kind: Which of them.

        Returns:
            The picture's path.

        Raises:
            UserError: It cannot be written.
        """
        target = self._folder / self._free_name(path.name)
        try:
            draw_heat_map(grey, prediction, kind).save(target)
        except OSError as error:
            raise _cannot_write(target, error) from error
        return target

    def _free_name(self, name: str) -> str:
        """A name that this command has not used, short enough for any disk."""
        stem = os.fsencode(name)[:_MAX_NAME_BYTES].decode("utf-8", "ignore")
        free, count = f"{stem}.heat.png", 1
        while free.casefold() in self._taken:
            count += 1
            free = f"{stem} ({count}).heat.png"
        self._taken.add(free.casefold())
        return free


def draw_heat_map(
    grey: GreyPixels, prediction: Prediction, kind: MapKind = MapKind.FOR
) -> Image.Image:
    """Lay one of a prediction's maps over its film, with lines below that say what it is.

    Args:
        grey: uint8, (height, width).
        prediction: With its maps.
        kind: Which of them; where there is none, the film stands alone.

    Returns:
        RGB, at most 1,600 pixels on its longer side, without the line.
    """
    film = _sized(grey)
    width, height = film.size
    shown = prediction.map_of(kind)
    heat = np.zeros((height, width), np.float32)
    if shown is not None:
        heat = prediction.card.preprocessing.restore(shown.values, height, width)
    heat = np.clip(heat, 0.0, 1.0)
    alpha = (_OPACITY * heat)[..., np.newaxis]
    base = np.asarray(film, np.float32)[..., np.newaxis]
    mixed = np.rint((1.0 - alpha) * base + alpha * _colours(heat)).astype(np.uint8)
    lines = _caption(prediction, kind)
    # As large on a large film as on a small one once both are shown equally wide.
    room = max(width, _SMALLEST_SIDE)
    line_height = room // 22
    font = ImageFont.load_default(room // 34)
    picture = Image.new("RGB", (room, height + line_height * len(lines) + line_height // 2))
    picture.paste(Image.fromarray(mixed), (0, 0))
    draw = ImageDraw.Draw(picture)
    for row, line in enumerate(lines):
        place = (line_height // 3, height + line_height // 4 + line_height * row)
        draw.text(place, line, fill=(220, 220, 220), font=font)
    return picture


def _caption(prediction: Prediction, kind: MapKind) -> list[str]:
    """What the picture shows, in lines that fit its smallest width."""
    card = prediction.card
    lines = [
        f"{prediction.word}: score {prediction.score:.2f}, threshold {prediction.threshold:.3g}"
    ]
    if card.synthetic:
        lines.append("network trained on synthetic films only")
    shown = prediction.map_of(kind)
    if kind is MapKind.SITE and shown is None:
        lines.append(f'called "{card.classes[0]}": no site is shown')
    elif kind is MapKind.SITE and card.site is not None:
        lines.append("where a fracture most likely lies, if there is one: within 15 px (of 224)")
        lines.append(
            f"in {100 * card.site.near:.0f} of 100 held-out films "
            f"(centre guess: {100 * card.site.centre:.0f})"
        )
    elif shown is None or shown.is_empty:
        spoken = "against" if kind is MapKind.AGAINST else "for"
        lines.append(f'nothing spoke {spoken} "{card.classes[1]}": no map')
    else:
        spoken = "" if kind is MapKind.FOR else f' and saw no "{card.classes[1]}"'
        lines.append(f"where the network looked{spoken}, not where the fracture is")
    lines.append("for research and teaching, not for diagnosis")
    return lines


def _sized(grey: GreyPixels) -> Image.Image:
    """The film, large enough for its caption and no larger than a screen."""
    film = Image.fromarray(grey)
    scale = min(_LONGEST_SIDE / max(film.size), max(1.0, _SMALLEST_SIDE / min(film.size)))
    width, height = (max(1, round(side * scale)) for side in film.size)
    return film.resize((width, height), Image.Resampling.BICUBIC) if scale != 1.0 else film


def _colours(heat: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """float32, (height, width, 3), 0-255, along the ramp."""
    stops = np.linspace(0.0, 1.0, len(_RAMP))
    channels = [np.interp(heat, stops, _RAMP[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} could not be written: {error.strerror or error}.", "Choose another folder."
    )
