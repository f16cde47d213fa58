"""A little stroke in the colour that curves are drawn in, to stand beside their name."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

SWATCH_PX = 12


def swatch(colour: str | None) -> QPixmap:
    """The stroke; clear for curves that are not drawn.

    Args:
        colour: "#rrggbb" or None.
    """
    picture = QPixmap(SWATCH_PX, SWATCH_PX)
    picture.fill(Qt.GlobalColor.transparent)
    if colour is not None:
        painter = QPainter(picture)
        painter.fillRect(0, SWATCH_PX // 2 - 2, SWATCH_PX, 4, QColor(colour))
        painter.end()
    return picture
