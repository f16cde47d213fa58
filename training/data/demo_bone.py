"""Bones and their fractures as shapes: what ``demo_scenes`` makes and ``demo_draw`` draws."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin, tan

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bone:
    """A tubular bone, or with equal length and width a carpal one.

    Lengths in pixels. The bone's own coordinates: u along it from 0 to ``length``, v across.

    Args:
        x: Column of its start.
        y: Row of its start.
        angle: Of its axis, radians; 0 runs to the right, pi / 2 down.
        length: From end to end.
        radius: Half its width at the middle.
        bow: How far its middle is bent out of the axis.
        flare_start: Widening towards the start, as a share of the radius.
        flare_end: Widening towards the end.
        cortex: Thickness of its wall at the middle, as a share of the radius.
        density: Of its mineral; 1 is usual.
        plate_start: Distance of a growth plate from the start, or 0 for none.
        plate_end: Distance of a growth plate from the end, or 0 for none.
        canal: Place (share of the length) where a nutrient canal enters, or 0 for none.
        canal_side: Side of the canal, 1 or -1.
        rounding: Length of its rounded ends in half-widths; from 1 on a short bone is an ellipse.
    """

    x: float
    y: float
    angle: float
    length: float
    radius: float
    bow: float = 0.0
    flare_start: float = 0.4
    flare_end: float = 0.4
    cortex: float = 0.35
    density: float = 1.0
    plate_start: float = 0.0
    plate_end: float = 0.0
    canal: float = 0.0
    canal_side: int = 1
    rounding: float = 0.75

    def point(self, u: float, v: float) -> tuple[float, float]:
        """Column and row of a point of the bone."""
        across = v + self._bend(u)
        return (
            self.x + u * cos(self.angle) - across * sin(self.angle),
            self.y + u * sin(self.angle) + across * cos(self.angle),
        )

    def half_width(self, u: float) -> float:
        """Half the bone's width at ``u``."""
        place = min(max(u / self.length, 0.0), 1.0)
        return float(self.half_widths(np.array([place]))[0])

    def _bend(self, u: float) -> float:
        place = u / self.length
        return 4.0 * self.bow * place * (1.0 - place)

    def half_widths(self, place: Plane) -> Plane:
        """Half-widths at shares (0-1) of the length, ends rounded off."""
        flare = self.flare_start * np.exp(-((place / 0.17) ** 2))
        flare += self.flare_end * np.exp(-(((1.0 - place) / 0.17) ** 2))
        cap = min(0.5, self.rounding * self.radius / self.length)
        inside = np.minimum(np.minimum(place, 1.0 - place) / cap, 1.0)
        rounding = np.sqrt(np.clip(1.0 - (1.0 - inside) ** 2, 0.0, 1.0))
        return self.radius * (1.0 + flare) * rounding


@dataclass(frozen=True)
class Break:
    """A fracture through a bone.

    Args:
        place: Where along the bone, in pixels from its start.
        slant: Angle of the line against straight across, radians.
        gap: Width of the cleft, pixels; below 0 the fragments overlap.
        shift: Sideways step of the far fragment, pixels.
        bend: Turn of the far fragment, radians.
        reach: Share of the width that the line crosses, from one side; 1 is all.
        side: The side it starts from, 1 or -1.
        jags: Rows of (height in pixels, waves per pixel, phase): the raggedness of the line.
        wedge: Length of a loose fragment between the two ends, pixels; 0 for none.
        wedge_shift: Sideways step of the loose fragment, pixels.
        wedge_bend: Turn of the loose fragment, radians.
    """

    place: float
    slant: float
    gap: float
    shift: float
    bend: float
    reach: float
    side: int
    jags: tuple[tuple[float, float, float], ...]
    wedge: float = 0.0
    wedge_shift: float = 0.0
    wedge_bend: float = 0.0


def fracture_box(bone: Bone, fracture: Break) -> tuple[float, float, float, float]:
    """The fracture's box on the film: (left, top, right, bottom), pixels, not yet clipped."""
    width = bone.half_width(fracture.place)
    if fracture.reach >= 1.0:
        low, high = -width, width
    else:
        inner = fracture.side * width * (1.0 - 2.0 * fracture.reach)
        low, high = sorted((fracture.side * width, inner))
    corners = []
    for v in (low, high):
        u = fracture.place + tan(fracture.slant) * v
        corners += [bone.point(u, v), bone.point(u + fracture.wedge, v + fracture.shift)]
        if fracture.wedge:
            corners += [bone.point(u, v + fracture.wedge_shift)]
    margin = 3.0 + abs(fracture.gap)
    return (
        min(x for x, _ in corners) - margin,
        min(y for _, y in corners) - margin,
        max(x for x, _ in corners) + margin,
        max(y for _, y in corners) + margin,
    )
