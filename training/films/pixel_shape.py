"""A film whose pixels are higher than wide, or wider than high, drawn with square ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

# Nearer to square than this is how makers round millimetres; such a film stays as it is stored.
_SQUARE = 0.01
# Larger than this no film is drawn out: a damaged header may make pixels fifty times as high as wide.
_MOST_PIXELS = 50_000_000


def true_size(height: int, width: int, aspect: float) -> tuple[int, int]:
    """Rows and columns of a film in its true shape: the same where its pixels are square.

    The coarser side is drawn out, so that nothing is lost; where that would be too large, the
    finer one is drawn in.

    Args:
        height: Rows as stored.
        width: Columns as stored.
        aspect: Height of a pixel over its width.
    """
    if abs(aspect - 1.0) <= _SQUARE:
        return height, width
    taller, wider = max(1, round(height * aspect)), max(1, round(width / aspect))
    is_large = height * width * max(aspect, 1.0 / aspect) > _MOST_PIXELS
    if (aspect > 1.0) != is_large:
        return taller, width
    return height, wider


def in_true_shape(grey: npt.NDArray[np.uint8], aspect: float) -> npt.NDArray[np.uint8]:
    """A grey film with square pixels.

    Args:
        grey: uint8, (height, width), as stored.
        aspect: Height of a pixel over its width.

    Returns:
        uint8, of ``true_size``; the film itself where its pixels are square.
    """
    rows, columns = grey.shape
    height, width = true_size(rows, columns, aspect)
    if (height, width) == (rows, columns):
        return grey
    return np.array(Image.fromarray(grey).resize((width, height), Image.Resampling.BILINEAR))
