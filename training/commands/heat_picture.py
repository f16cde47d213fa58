"""Saves films with their heat map laid over, as pictures."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

from training.errors import UserError
from training.films.film import GreyPixels
from training.models.prediction import Prediction
from training.sharing.facts import LEGEND
from training.sharing.overlay import captioned, overlaid, sized

_LONGEST_SIDE = 1600
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

    def save(self, path: Path, grey: GreyPixels, prediction: Prediction) -> Path:
        """Write one film's picture.

        Args:
            path: The film's file, for the picture's name.
            grey: uint8, (height, width), as predicted.
            prediction: With its heat map.

        Returns:
            The picture's path.

        Raises:
            UserError: It cannot be written.
        """
        target = self._folder / self._free_name(path.name)
        try:
            draw_heat_map(grey, prediction).save(target)
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


def draw_heat_map(grey: GreyPixels, prediction: Prediction) -> Image.Image:
    """Lay a prediction's heat map over its film, with a line below that says what it is.

    Args:
        grey: uint8, (height, width).
        prediction: With its heat map.

    Returns:
        RGB, at most 1,600 pixels on its longer side, without the line.
    """
    return captioned(overlaid(sized(grey, _LONGEST_SIDE), prediction), _caption(prediction))


def _caption(prediction: Prediction) -> list[str]:
    """What the picture shows."""
    card = prediction.card
    lines = [
        f"{prediction.word}: score {prediction.score:.2f}, threshold {prediction.threshold:.3g}"
    ]
    if card.synthetic:
        lines.append("network trained on synthetic films only")
    if prediction.heat_map is None or prediction.heat_map.is_empty:
        lines.append(f'nothing spoke for "{card.classes[1]}": no map')
    else:
        lines.append(LEGEND)
    lines.append("for research and teaching, not for diagnosis")
    return lines


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} could not be written: {error.strerror or error}.", "Choose another folder."
    )
