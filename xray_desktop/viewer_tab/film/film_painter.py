"""Draws a film: only what is in sight, from the pyramid level that fits, through a grey table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from training.films.film import GreyPixels
from xray_desktop.state.viewer_bitmap import Bitmap
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
    level = pixels.level_for(geometry.zoom)
    part = _part_in_sight(geometry, pixels.levels[level], level)
    if part is not None:
        # "clip" skips numpy's bounds check; the table covers every uint16.
        grey = np.take(table, part.values, mode="clip")
        _draw(painter, geometry, replace(part, values=grey), QImage.Format.Format_Grayscale8)


def draw_bitmap(
    painter: QPainter, geometry: Geometry, mask: Bitmap, level: int, colour: QColor
) -> None:
    """Draw a mask's part in sight over the film.

    Args:
        painter: Its coordinates are device pixels of the view.
        geometry: Of the film in this view.
        mask: Of the film's size.
        level: Of the film's pyramid, as it was drawn from.
        colour: Of what the mask covers; the rest is left as it is.
    """
    part = _part_in_sight(geometry, mask.levels[level], level)
    if part is not None and part.values.any():
        table = [0, colour.rgba()]
        _draw(painter, geometry, part, QImage.Format.Format_Indexed8, table)


@dataclass(frozen=True, eq=False)
class _Part:
    """A part of one level of a pyramid.

    Args:
        values: (height, width).
        left: Its first column in the level.
        top: Its first row.
        level: Which; a pixel of it covers ``2**level`` of the film.
    """

    values: npt.NDArray[Any]
    left: int
    top: int
    level: int


def _part_in_sight(geometry: Geometry, source: npt.NDArray[Any], level: int) -> _Part | None:
    left, top, right, bottom = geometry.visible_film()
    if right <= left or bottom <= top:
        return None
    scale = 2**level
    left, top = max(0, left // scale - _MARGIN), max(0, top // scale - _MARGIN)
    right, bottom = math.ceil(right / scale) + _MARGIN, math.ceil(bottom / scale) + _MARGIN
    return _Part(source[top:bottom, left:right], left, top, level)


def _draw(
    painter: QPainter,
    geometry: Geometry,
    part: _Part,
    kind: QImage.Format,
    colours: list[int] | None = None,
) -> None:
    """Draw bytes of a level where they belong.

    Args:
        painter: Its coordinates are device pixels of the view.
        geometry: Of the film in this view.
        part: uint8 values.
        kind: What they mean.
        colours: The colours of indices; None for greys.
    """
    rows, columns = part.values.shape
    scale = 2**part.level
    # Turned here rather than by the painter: Qt draws an upright picture twice as fast.
    turned = geometry.orientation.turn(part.values)
    upright = geometry.orientation.affine(columns, rows).inverse()
    to_view = (
        upright.then(Affine.shift(part.left, part.top))
        .then(Affine.scaling(scale, scale))
        .then(geometry.film_to_view())
    )
    image = QImage(turned.data, turned.shape[1], turned.shape[0], turned.strides[0], kind)
    if colours is not None:
        image.setColorTable(colours)
    painter.save()
    # The pyramid repeats odd edges, so a level may reach past the film.
    painter.setClipRect(film_rect(geometry), Qt.ClipOperation.IntersectClip)
    painter.setTransform(to_transform(to_view), combine=True)
    is_exact = part.level == 0 and geometry.zoom == 1.0 and geometry.aspect == 1.0
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
    painter.drawImage(0, 0, image)
    painter.restore()
