"""Draws measurements over the film, in logical pixels: lines keep their width at any zoom."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from xray_desktop import theme
from xray_desktop.state.measurements import Kind, Measurement, Point
from xray_desktop.state.viewer_geometry import Affine

HANDLE_PX = 4.5
_HALO = QColor(0, 0, 0, 190)
_PLATE = QColor(13, 14, 15, 205)
_GAP_PX = 10.0
_HEAD_PX = 13.0
_PADDING_PX = 4.0


def draw_measurement(
    painter: QPainter, to_view: Affine, measurement: Measurement, *, selected: bool = False
) -> None:
    """Draw one measurement, without its label.

    Args:
        painter: Logical pixels, smooth.
        to_view: From film pixels to logical pixels.
        measurement: It may lack its last points.
        selected: Its handles are shown and its lines are thicker.
    """
    shade = QColor(theme.ACCENT_HOVER if selected else theme.MEASURE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = 2.2 if selected else 1.5
    for pen in (QPen(_HALO, width + 2.4), QPen(shade, width)):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        _draw_outline(painter, to_view, measurement)
    if selected:
        _draw_handles(painter, to_view, measurement, shade)


def _draw_outline(painter: QPainter, to_view: Affine, measurement: Measurement) -> None:
    if measurement.kind is Kind.ELLIPSE and measurement.is_whole:
        # Turned by quarters only, so its box stays upright.
        start, end = (QPointF(*to_view.apply(*point)) for point in measurement.points[:2])
        painter.drawEllipse(QRectF(start, end).normalized())
        return
    for line in measurement.lines():
        painter.drawPolyline(QPolygonF([QPointF(*to_view.apply(*point)) for point in line]))
    if len(measurement.points) < 2:
        return
    if measurement.kind is Kind.LENGTH:
        _draw_ticks(painter, *(to_view.apply(*point) for point in measurement.points[:2]))
    elif measurement.kind is Kind.ARROW:
        _draw_head(painter, *(to_view.apply(*point) for point in measurement.points[:2]))
    elif measurement.kind is Kind.COBB and measurement.is_whole:
        _draw_link(painter, to_view, measurement)


def _draw_ticks(painter: QPainter, start: Point, end: Point) -> None:
    size = math.hypot(end[0] - start[0], end[1] - start[1])
    if size < 1.0:
        return
    across = (-(end[1] - start[1]) / size * 5.0, (end[0] - start[0]) / size * 5.0)
    for x, y in (start, end):
        painter.drawLine(
            QPointF(x - across[0], y - across[1]), QPointF(x + across[0], y + across[1])
        )


def _draw_head(painter: QPainter, tip: Point, tail: Point) -> None:
    size = math.hypot(tail[0] - tip[0], tail[1] - tip[1])
    if size < 1.0:
        return
    along = ((tail[0] - tip[0]) / size, (tail[1] - tip[1]) / size)
    foot = (tip[0] + along[0] * _HEAD_PX, tip[1] + along[1] * _HEAD_PX)
    half = (-along[1] * _HEAD_PX * 0.42, along[0] * _HEAD_PX * 0.42)
    painter.setBrush(painter.pen().color())
    corners = (tip, (foot[0] + half[0], foot[1] + half[1]), (foot[0] - half[0], foot[1] - half[1]))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_link(painter: QPainter, to_view: Affine, measurement: Measurement) -> None:
    """A dashed line from one line's middle to the other's: they belong together."""
    solid = painter.pen()
    dashed = QPen(solid)
    dashed.setStyle(Qt.PenStyle.DashLine)
    dashed.setWidthF(max(1.0, solid.widthF() - 0.7))
    painter.setPen(dashed)
    middles = [
        ((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0)
        for a, b in (measurement.points[:2], measurement.points[2:4])
    ]
    painter.drawLine(*(QPointF(*to_view.apply(*middle)) for middle in middles))
    painter.setPen(solid)


def _draw_handles(
    painter: QPainter, to_view: Affine, measurement: Measurement, shade: QColor
) -> None:
    painter.setPen(QPen(shade, 1.6))
    painter.setBrush(QColor(theme.FILM))
    for handle in measurement.handles():
        x, y = to_view.apply(*handle)
        painter.drawRect(QRectF(x - HANDLE_PX, y - HANDLE_PX, 2 * HANDLE_PX, 2 * HANDLE_PX))


def label_plate(
    metrics: QFontMetricsF,
    view: QRectF,
    to_view: Affine,
    measurement: Measurement,
    lines: Sequence[str],
) -> QRectF | None:
    """Where a measurement's label lies: beside it, within the view; None where none is shown.

    Args:
        metrics: Of the font it is written in.
        view: The whole view, logical pixels; a measurement out of sight gets no label.
        to_view: From film pixels to logical pixels.
        measurement: A whole measurement.
        lines: From ``measure_figures.label``.
    """
    places = [to_view.apply(*point) for point in measurement.points]
    box = QPolygonF([QPointF(*place) for place in places]).boundingRect()
    if not lines or not box.adjusted(-1, -1, 1, 1).intersects(view):
        return None
    shown = _fitting(metrics, view, lines)
    width = max(metrics.horizontalAdvance(line) for line in shown) + 2.0 * _PADDING_PX + 2.0
    height = metrics.height() * len(shown) + 2.0 * _PADDING_PX
    x, y = _beside(measurement, places, box, width, height)
    x = min(max(x, view.left() + 2.0), view.right() - width - 2.0)
    y = min(max(y, view.top() + 2.0), view.bottom() - height - 2.0)
    return QRectF(x, y, width, height)


def _fitting(metrics: QFontMetricsF, view: QRectF, lines: Sequence[str]) -> list[str]:
    # Never wider than half of the view.
    room = view.width() * 0.5
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, room) for line in lines]


def draw_label(
    painter: QPainter, view: QRectF, to_view: Affine, measurement: Measurement, lines: Sequence[str]
) -> None:
    """Write a measurement's label on a dark plate, upright however the film is turned.

    Args:
        painter: Logical pixels.
        view: The whole view.
        to_view: From film pixels to logical pixels.
        measurement: A whole measurement.
        lines: From ``measure_figures.label``.
    """
    metrics = QFontMetricsF(painter.font())
    plate = label_plate(metrics, view, to_view, measurement, lines)
    if plate is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_PLATE)
    painter.drawRoundedRect(plate, 4.0, 4.0)
    painter.setPen(QColor(theme.MEASURE))
    text = plate.adjusted(_PADDING_PX + 1.0, _PADDING_PX, 0.0, 0.0)
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.drawText(text, flags, "\n".join(_fitting(metrics, view, lines)))


def _beside(
    measurement: Measurement, places: list[Point], box: QRectF, width: float, height: float
) -> tuple[float, float]:
    """The plate's corner: off the measurement, so that nothing measured is covered."""
    if measurement.kind is Kind.ANGLE:
        # Behind the vertex, away from both sides.
        x, y = places[1]
        return (
            x + _GAP_PX if places[0][0] + places[2][0] < 2 * x else x - width - _GAP_PX,
            y - height / 2.0,
        )
    if measurement.kind is Kind.ARROW:
        # Beyond the tail, so that the arrow leads from the words to the place.
        (tip_x, _), (x, y) = places
        return x + _GAP_PX if x >= tip_x else x - width - _GAP_PX, y - height / 2.0
    if measurement.kind is Kind.TEXT:
        return places[0][0] + HANDLE_PX + 2.0, places[0][1] - height / 2.0
    right = max(places)
    if measurement.kind in (Kind.LENGTH, Kind.COBB):
        return right[0] + _GAP_PX, right[1] - height / 2.0
    return box.right() + _GAP_PX, box.bottom() - height
