"""Saves films with their heat map laid over, as pictures."""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

from training.errors import UserError
from training.films.film import GreyPixels
from training.models.prediction import MapKind, Prediction
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
    picture = overlaid(sized(grey, _LONGEST_SIDE), prediction, kind)
    return captioned(picture, _caption(prediction, kind))


def _caption(prediction: Prediction, kind: MapKind) -> list[str]:
    """What the picture shows."""
    card = prediction.card
    limit = (
        f"the largest of {len(card.classes)} classes"
        if prediction.is_many
        else f"threshold {prediction.threshold:.3g}"
    )
    lines = [f"{prediction.word}: score {prediction.score:.2f}, {limit}"]
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
        named = prediction.word if prediction.is_many else card.classes[1]
        lines.append(f'nothing spoke {spoken} "{named}": no map')
    else:
        spoken = "" if kind is MapKind.FOR else f' and saw no "{card.classes[1]}"'
        lines.append(f"where the network looked{spoken}, not where the fracture is")
    lines.append("for research and teaching, not for diagnosis")
    return lines


def _cannot_write(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path} could not be written: {error.strerror or error}.", "Choose another folder."
    )
