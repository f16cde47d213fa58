"""What a reader draws on a film: lengths, angles, regions, arrows, texts. No Qt; figures are elsewhere.

Points are film coordinates as in ``viewer_geometry``: pixel corners, x across and y down, so the
film's turns, mirroring and zoom never change a measurement. Figures and labels: ``measure_figures``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

Point = tuple[float, float]

_ELLIPSE_CORNERS = 72


class Kind(StrEnum):
    """What a measurement is; also the name of the tool that draws it."""

    LENGTH = "length"
    ANGLE = "angle"
    COBB = "cobb"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    ARROW = "arrow"
    TEXT = "text"


REGIONS = (Kind.RECTANGLE, Kind.ELLIPSE)
NOTES = (Kind.ARROW, Kind.TEXT)
"""They measure nothing and may bear a text."""

_NUM_POINTS = {Kind.ANGLE: 3, Kind.COBB: 4, Kind.TEXT: 1}


def num_points(kind: Kind) -> int:
    """How many points make a whole measurement of this kind."""
    return _NUM_POINTS.get(kind, 2)


@dataclass(frozen=True)
class Measurement:
    """One measurement.

    Args:
        kind: What it is.
        points: Film pixels. Length: both ends. Angle: end, vertex, end. Cobb: both ends of the
            first line, then of the second. Rectangle and ellipse: two opposite corners of its
            box. Arrow: its tip, then its tail. Text: its left end. Fewer while it is being drawn.
        text: What the reader has written at an arrow or as a text; else empty.
    """

    kind: Kind
    points: tuple[Point, ...]
    text: str = ""

    @property
    def is_whole(self) -> bool:
        """False while points are missing."""
        return len(self.points) >= num_points(self.kind)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of its points, film pixels."""
        across, down = zip(*self.points, strict=True)
        return min(across), min(down), max(across), max(down)

    def lines(self) -> tuple[tuple[Point, ...], ...]:
        """Its outline as lines from point to point; of an ellipse, a polygon close to it."""
        if self.kind is Kind.COBB:
            return self.points[:2], self.points[2:]
        if self.kind not in REGIONS or not self.is_whole:
            return (self.points,)
        left, top, right, bottom = self.box
        if self.kind is Kind.RECTANGLE:
            corners = ((left, top), (right, top), (right, bottom), (left, bottom))
            return ((*corners, corners[0]),)
        turns = [2.0 * math.pi * step / _ELLIPSE_CORNERS for step in range(_ELLIPSE_CORNERS + 1)]
        half, tall = (right - left) / 2.0, (bottom - top) / 2.0
        return (
            tuple(
                (left + half + half * math.cos(t), top + tall + tall * math.sin(t)) for t in turns
            ),
        )

    def handles(self) -> tuple[Point, ...]:
        """The points that can be dragged: its own, or the four corners of a region's box."""
        if self.kind not in REGIONS or not self.is_whole:
            return self.points
        (x0, y0), (x1, y1) = self.points
        return (x0, y0), (x1, y0), (x1, y1), (x0, y1)

    def moved(self, across: float, down: float) -> Measurement:
        """The whole at another place, film pixels further."""
        return replace(self, points=tuple((x + across, y + down) for x, y in self.points))

    def with_handle(self, index: int, to: Point) -> Measurement:
        """One handle moved to a place of the film."""
        if self.kind not in REGIONS:
            return replace(self, points=(*self.points[:index], to, *self.points[index + 1 :]))
        (x0, y0), (x1, y1) = self.points
        moved = {
            0: (to, (x1, y1)),
            1: ((x0, to[1]), (to[0], y1)),
            2: ((x0, y0), to),
            3: ((to[0], y0), (x1, to[1])),
        }
        return replace(self, points=moved[index])
