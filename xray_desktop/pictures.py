"""Small films for lists: made in a worker, shown in the GUI thread."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage, QPixmap

from training.films.film import GreyPixels


def small_film(path: Path, side: int) -> GreyPixels:
    """Read a film and make it small. For workers: a large film takes a tenth of a second.

    Args:
        path: The file.
        side: Longest side of the result, in pixels.

    Returns:
        uint8, (height, width), in the film's own window, bone bright.

    Raises:
        FilmError: If it cannot be read.
    """
    import numpy as np
    from PIL import Image

    from training.films.reader import read_grey

    picture = Image.fromarray(read_grey(path))
    picture.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.ascontiguousarray(picture, np.uint8)


def pixmap_of(pixels: GreyPixels) -> QPixmap:
    """A picture that owns its pixels. GUI thread.

    Args:
        pixels: uint8, (height, width).
    """
    height, width = pixels.shape
    image = QImage(pixels.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image)
