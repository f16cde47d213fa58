"""Which measurement lies below the pointer. Pure functions, in the pixels of the view."""

from __future__ import annotations

import math

from xray_desktop.state.measurements import Measurement, Point
from xray_desktop.state.viewer_geometry import Affine


def distance_to(measurement: Measurement, to_view: Affine, x: float, y: float) -> float:
    """How far a point of the view is from a measurement's lines, in pixels of the view.

    Args:
        measurement: It has at least one point.
        to_view: From film pixels to pixels of the view.
        x: Across, in the view.
        y: Down, in the view.
    """
    nearest = math.inf
    for line in measurement.lines():
        places = [to_view.apply(*point) for point in line]
        for start, end in zip(places, places[1:] or places, strict=False):
            nearest = min(nearest, _from_segment((x, y), start, end))
    return nearest


def _from_segment(point: Point, start: Point, end: Point) -> float:
    across, down = end[0] - start[0], end[1] - start[1]
    square = across * across + down * down
    along = (point[0] - start[0]) * across + (point[1] - start[1]) * down
    share = min(max(along / square, 0.0), 1.0) if square else 0.0
    return math.hypot(point[0] - start[0] - share * across, point[1] - start[1] - share * down)
