"""Drawings as SVG, to stand within a page of HTML."""

from __future__ import annotations

from functools import singledispatch

from markupsafe import Markup

from training.report.drawing import FONT_SIZE, Area, Dot, Drawing, Label, Line, Point, Shape

_LINE = Markup(
    '<polyline fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round"{} points="{}"/>'
)
_AREA = Markup('<polygon fill="{}" stroke="{}" points="{}"/>')
_DOT = Markup('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}"/>')
_LABEL = Markup('<text x="{}" y="{}" text-anchor="{}" fill="{}"{}>{}</text>')
_SHEET = Markup(
    '<svg viewBox="0 0 {} {}" role="img" '
    'font-family="sans-serif" font-size="{}"><title>{}</title>{}</svg>'
)


def to_svg(drawing: Drawing) -> Markup:
    """One ``svg`` element; texts are escaped, and nothing outside it is referred to.

    Args:
        drawing: The drawing.
    """
    shapes = Markup().join(_element(shape) for shape in drawing.shapes)
    sizes = (_text(drawing.width), _text(drawing.height), _text(FONT_SIZE))
    return _SHEET.format(*sizes, drawing.description, shapes)


@singledispatch
def _element(shape: Shape) -> Markup:
    raise TypeError(type(shape).__name__)


@_element.register
def _(shape: Line) -> Markup:
    dashes = ",".join(_text(length) for length in shape.dashes)
    dashing = Markup(' stroke-dasharray="{}"').format(dashes) if dashes else ""
    return _LINE.format(shape.colour, _text(shape.width), dashing, _points(shape.points))


@_element.register
def _(shape: Area) -> Markup:
    return _AREA.format(shape.fill or "none", shape.stroke or "none", _points(shape.points))


@_element.register
def _(shape: Dot) -> Markup:
    place = (_text(shape.centre[0]), _text(shape.centre[1]), _text(shape.radius))
    return _DOT.format(*place, shape.fill, shape.stroke)


@_element.register
def _(shape: Label) -> Markup:
    x, y = (_text(value) for value in shape.at)
    turned = Markup(' transform="rotate(-90 {} {})"').format(x, y) if shape.is_upright else ""
    return _LABEL.format(x, y, shape.anchor, shape.colour, turned, shape.words)


def _points(points: tuple[Point, ...]) -> str:
    return " ".join(f"{_text(x)},{_text(y)}" for x, y in points)


def _text(value: float) -> str:
    return f"{value:g}"
