"""The heat map's colours as Qt has them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from training.models.heat_colours import colours


def colour_image(values: npt.NDArray[np.float32]) -> QImage:
    """A coloured heat map as a picture that owns its memory."""
    rgba = np.ascontiguousarray(colours(values))
    height, width = values.shape
    image = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def colour(value: float) -> QColor:
    """One value's colour, without its transparency, for the legend."""
    red, green, blue, _ = colours(np.array(value, np.float32)).tolist()
    return QColor(red, green, blue)
