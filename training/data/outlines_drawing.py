"""Draws outlines where a film comes to lie in the network's square."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

from training.data.outlines import Corners
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing


def draw_outlines(
    outlines: Iterable[Corners], preprocessing: Preprocessing, height: int, width: int
) -> GreyPixels:
    """Fill outlines.

    Args:
        outlines: Corners of each, (x, y) in 0-1 of the film.
        preprocessing: How the film becomes a square.
        height: Rows of the film.
        width: Its columns.

    Returns:
        uint8, (size, size): 255 inside an outline, else 0.
    """
    size = preprocessing.size
    place = preprocessing.placement(height, width)
    square = Image.new("L", (size, size))
    pen = ImageDraw.Draw(square)
    for outline in outlines:
        corners = [(place.left + x * place.width, place.top + y * place.height) for x, y in outline]
        pen.polygon(corners, fill=255)
    return np.asarray(square)
