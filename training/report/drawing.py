"""A drawing as plain shapes, and the axes that place values in it. Drawn by ``svg`` and ``pdf_drawing``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]
# On white: dark blue, dark orange, grey; told apart without colour by dashes and filling too.
BLUE, ORANGE, GREY, FAINT, INK = "#1f4e8c", "#b34700", "#6b6b6b", "#dcdcdc", "#1a1a1a"
FIRST_BAND, SECOND_BAND = "#cfdcee", "#f3dcc9"
FONT_SIZE = 10.0


@dataclass(frozen=True)
class Line:
    """A line through points.

    Args:
        points: At least two, from the drawing's top left, y downwards.
        colour: "#rrggbb".
        width: In points.
        dashes: Lengths of dash and gap, or empty for a whole line.
    """

    points: tuple[Point, ...]
    colour: str = INK
    width: float = 1.5
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Area:
    """A closed area.

    Args:
        points: Its corners.
        fill: "#rrggbb", or empty for none.
        stroke: Colour of its outline, or empty for none.
    """

    points: tuple[Point, ...]
    fill: str = ""
    stroke: str = ""


@dataclass(frozen=True)
class Dot:
    """A round mark.

    Args:
        centre: Where.
        radius: In points.
        fill: "#rrggbb".
        stroke: "#rrggbb".
    """

    centre: Point
    radius: float
    fill: str
    stroke: str


@dataclass(frozen=True)
class Label:
    """A line of text.

    Args:
        at: Its base line's start, middle or end.
        words: Plain text.
        anchor: "start", "middle" or "end".
        is_upright: Written from below to above.
        colour: "#rrggbb".
    """

    at: Point
    words: str
    anchor: str = "start"
    is_upright: bool = False
    colour: str = INK


Shape = Line | Area | Dot | Label


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet.

    Args:
        width: In points.
        height: In points.
        title: A line above it.
        description: What is to be seen, for those who cannot see it.
        shapes: Drawn in order.
    """

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Axes:
    """Two axes on a sheet.

    Args:
        x_range: Lowest and highest value across.
        y_range: Lowest and highest value upwards.
        x_label: What goes across.
        y_label: What goes upwards.
        width: Of the sheet, in points.
        height: Likewise.
        is_mirrored: Values upwards and downwards are both counts.
    """

    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    width: float = 330.0
    height: float = 260.0
    is_mirrored: bool = False

    _LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, 12.0, 10.0, 38.0

    def at(self, x: float, y: float) -> Point:
        """Where a pair of values lies; values beyond the axes lie on their ends."""
        across = _share(x, self.x_range) * (self.width - self._LEFT - self._RIGHT)
        up = _share(y, self.y_range) * (self.height - self._TOP - self._BOTTOM)
        return (round(self._LEFT + across, 2), round(self.height - self._BOTTOM - up, 2))

    def path(self, x: Sequence[float], y: Sequence[float]) -> tuple[Point, ...]:
        """Where pairs of values lie; pairs that are not finite are left out."""
        return tuple(
            self.at(across, up)
            for across, up in zip(x, y, strict=True)
            if np.isfinite(across) and np.isfinite(up)
        )

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        colour: str,
        dashes: tuple[float, ...] = (),
        width: float = 1.6,
    ) -> tuple[Line, ...]:
        """A line through values; none where there are fewer than two."""
        points = self.path(x, y)
        return (Line(points, colour, width, dashes),) if len(points) > 1 else ()

    def band(
        self, x: Sequence[float], low: Sequence[float], high: Sequence[float], fill: str
    ) -> tuple[Area, ...]:
        """The area between two lines; none where they have no points."""
        if not x:
            return ()
        return (Area(self.path(x, high) + self.path(x, low)[::-1], fill),)

    def frame(self) -> tuple[Shape, ...]:
        """Lines of the grid, numbers and names of the axes."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        shapes: list[Shape] = []
        for value in ticks(self.x_range):
            at = self.at(value, y0)
            shapes.append(Line((at, self.at(value, y1)), FAINT, 0.6))
            shapes.append(Label((at[0], at[1] + 13.0), f"{value:g}", "middle"))
        for value in ticks(self.y_range):
            at = self.at(x0, value)
            shapes.append(Line((at, self.at(x1, value)), FAINT, 0.6))
            text = f"{abs(value) if self.is_mirrored else value:g}"
            shapes.append(Label((at[0] - 5.0, at[1] + 3.5), text, "end"))
        shapes.append(Line((self.at(x0, y1), self.at(x0, y0), self.at(x1, y0)), GREY, 0.8))
        middle = (self.at(x0, y0)[0] + self.at(x1, y0)[0]) / 2.0
        shapes.append(Label((middle, self.height - 6.0), self.x_label, "middle"))
        height = (self.at(x0, y0)[1] + self.at(x0, y1)[1]) / 2.0
        shapes.append(Label((12.0, height), self.y_label, "middle", is_upright=True))
        return tuple(shapes)


def ticks(ends: tuple[float, float]) -> tuple[float, ...]:
    """Some four to seven round numbers within a range, as 1, 2 or 5 times a power of ten."""
    low, high = ends
    span = high - low
    power = 10.0 ** np.floor(np.log10(span))
    # Rounding would otherwise leave out the last one.
    step = next(
        power * factor for factor in (0.1, 0.2, 0.5, 1.0, 2.0) if span / (power * factor) < 6.001
    )
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    # Adding nought turns -0 into 0.
    return tuple(round(float(number * step), 10) + 0.0 for number in np.arange(first, last + 1))


def _share(value: float, ends: tuple[float, float]) -> float:
    return min(1.0, max(0.0, (value - ends[0]) / (ends[1] - ends[0])))
