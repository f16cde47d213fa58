"""Draws a film: only what is in sight, from the pyramid level that fits, through a grey table."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from training.films.film import GreyPixels
from xray_desktop.state.viewer_geometry import Affine, Geometry
from xray_desktop.state.viewer_pixels import IndexedPixels

# Bilinear drawing looks one pixel beyond what is in sight.
_MARGIN = 2


def to_transform(affine: Affine) -> QTransform:
    """The same map for a painter."""
    return QTransform(affine.xx, affine.yx, affine.xy, affine.yy, affine.x0, affine.y0)


def film_rect(geometry: Geometry) -> QRectF:
    """The film's rectangle in the view, in device pixels."""
    left, top, right, bottom = geometry.film_in_view()
    return QRectF(left, top, right - left, bottom - top)


def draw_film(
    painter: QPainter, geometry: Geometry, pixels: IndexedPixels, table: GreyPixels
) -> None:
    """Draw the film's part in sight.

    Args:
        painter: Its coordinates are device pixels of the view.
        geometry: Of this film in this view.
        pixels: The film.
        table: uint8, (65536,), from ``IndexedPixels.grey_table``.
    """
    left, top, right, bottom = geometry.visible_film()
    if right <= left or bottom <= top:
        return
    level = pixels.level_for(geometry.zoom)
    scale = 2**level
    source = pixels.levels[level]
    left, top = max(0, left // scale - _MARGIN), max(0, top // scale - _MARGIN)
    right, bottom = math.ceil(right / scale) + _MARGIN, math.ceil(bottom / scale) + _MARGIN
    # "clip" skips numpy's bounds check; the table covers every uint16.
    grey = np.take(table, source[top:bottom, left:right], mode="clip")
    rows, columns = grey.shape
    # Turned here rather than by the painter: Qt draws an upright picture twice as fast.
    turned = geometry.orientation.turn(grey)
    upright = geometry.orientation.affine(columns, rows).inverse()
    to_view = (
        upright.then(Affine.shift(left, top))
        .then(Affine.scaling(scale, scale))
        .then(geometry.film_to_view())
    )
    image = QImage(
        turned.data,
        turned.shape[1],
        turned.shape[0],
        turned.strides[0],
        QImage.Format.Format_Grayscale8,
    )
    painter.save()
    # The pyramid repeats odd edges, so a level may reach past the film.
    painter.setClipRect(film_rect(geometry), Qt.ClipOperation.IntersectClip)
    painter.setTransform(to_transform(to_view), combine=True)
    is_exact = level == 0 and geometry.zoom == 1.0 and geometry.aspect == 1.0
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
    painter.drawImage(0, 0, image)
    painter.restore()
