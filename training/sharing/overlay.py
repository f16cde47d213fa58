"""A film with its heat map laid over, as a picture of its own; the film itself is never changed.

Used by the ``predict`` command, reports and DICOM results.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.films.film import GreyPixels
from training.models.heat_colours import colours
from training.models.prediction import MapKind, Prediction

_OPACITY = 0.55
_SMALLEST_SIDE = 480
_INK = (225, 225, 225)


def sized(grey: GreyPixels, longest_side: int) -> GreyPixels:
    """A film large enough for its caption and no larger than is looked at.

    Args:
        grey: uint8, (height, width).
        longest_side: In pixels.

    Returns:
        uint8, its longer side at most ``longest_side``.
    """
    film = Image.fromarray(grey)
    scale = min(longest_side / max(film.size), max(1.0, _SMALLEST_SIDE / min(film.size)))
    if scale == 1.0:
        return grey
    width, height = (max(1, round(side * scale)) for side in film.size)
    return np.asarray(film.resize((width, height), Image.Resampling.BICUBIC))


def overlaid(
    grey: GreyPixels,
    prediction: Prediction,
    kind: MapKind = MapKind.FOR,
    *,
    opacity: float = _OPACITY,
) -> npt.NDArray[np.uint8]:
    """Lay one of a prediction's maps over its film.

    Args:
        grey: uint8, (height, width), of any size.
        prediction: Where it has no such map, the film comes back in grey.
        kind: Which of its maps.
        opacity: Of the map, 0-1.

    Returns:
        uint8, (height, width, 3), RGB.
    """
    base = np.repeat(grey[..., np.newaxis], 3, axis=2)
    heat = prediction.map_of(kind)
    if heat is None or heat.is_empty:
        return base
    height, width = grey.shape
    values = prediction.card.preprocessing.restore(heat.values, height, width)
    shades = colours(values)
    alpha = shades[..., 3:].astype(np.float32) * (opacity / 255.0)
    mixed = (1.0 - alpha) * base + alpha * shades[..., :3]
    return np.rint(mixed).astype(np.uint8)


def captioned(picture: npt.NDArray[np.uint8], lines: Sequence[str]) -> Image.Image:
    """A picture above lines of text; long lines are wrapped, nothing covers the picture.

    Args:
        picture: uint8, (height, width, 3), RGB.
        lines: What it shows, most important first.

    Returns:
        RGB, as wide as the picture, at least 480 pixels.
    """
    height, width = picture.shape[:2]
    # As large on a large film as on a small one once both are shown equally wide.
    room = max(width, _SMALLEST_SIDE)
    line_height = room // 22
    font = ImageFont.load_default(room // 34)
    indent = line_height // 3
    wrapped = [part for line in lines for part in _wrapped(line, font, room - 2 * indent)]
    sheet = Image.new("RGB", (room, height + line_height * len(wrapped) + line_height // 2))
    sheet.paste(Image.fromarray(picture), (0, 0))
    draw = ImageDraw.Draw(sheet)
    for row, line in enumerate(wrapped):
        place = (indent, height + line_height // 4 + line_height * row)
        draw.text(place, line, fill=_INK, font=font)
    return sheet


def _wrapped(
    line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float
) -> list[str]:
    """A line in parts that fit; a word that is too long for one stands out of it."""
    parts: list[str] = []
    for word in line.split():
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and font.getlength(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts
