"""Drawings as ReportLab's graphics, to stand within a page of PDF."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from reportlab.graphics import shapes as graphics
from reportlab.lib.colors import HexColor

from training.report.drawing import FONT_SIZE, Area, Dot, Drawing, Label, Line, Point, Shape
from training.report.pdf_text import shown


def to_graphics(drawing: Drawing, width: float) -> Any:
    """A ReportLab ``Drawing`` of a given width.

    Args:
        drawing: The drawing.
        width: In points; the height follows.
    """
    scale = width / drawing.width
    sheet = graphics.Drawing(width, drawing.height * scale)
    group = graphics.Group()
    # PDF counts upwards, our drawings downwards.
    for shape in drawing.shapes:
        group.add(_element(shape, drawing.height))
    group.scale(scale, scale)
    sheet.add(group)
    return sheet


@singledispatch
def _element(shape: Shape, height: float) -> Any:  # noqa: ARG001 - the others use it
    raise TypeError(type(shape).__name__)


@_element.register
def _(shape: Line, height: float) -> Any:
    return graphics.PolyLine(
        _points(shape.points, height),
        strokeColor=HexColor(shape.colour),
        strokeWidth=shape.width,
        strokeDashArray=list(shape.dashes) or None,
        strokeLineJoin=1,
    )


@_element.register
def _(shape: Area, height: float) -> Any:
    return graphics.Polygon(
        _points(shape.points, height),
        fillColor=HexColor(shape.fill) if shape.fill else None,
        strokeColor=HexColor(shape.stroke) if shape.stroke else None,
        strokeWidth=1,
    )


@_element.register
def _(shape: Dot, height: float) -> Any:
    return graphics.Circle(
        shape.centre[0],
        height - shape.centre[1],
        shape.radius,
        fillColor=HexColor(shape.fill),
        strokeColor=HexColor(shape.stroke),
    )


@_element.register
def _(shape: Label, height: float) -> Any:
    text = graphics.String(
        0.0,
        0.0,
        shown(shape.words),
        fontName="Helvetica",
        fontSize=FONT_SIZE,
        fillColor=HexColor(shape.colour),
        textAnchor=shape.anchor,
    )
    group = graphics.Group(text)
    group.translate(shape.at[0], height - shape.at[1])
    if shape.is_upright:
        group.rotate(90)
    return group


def _points(points: tuple[Point, ...], height: float) -> list[float]:
    return [value for x, y in points for value in (x, height - y)]
