"""Where a film's pixels come to lie on the screen: turns, mirroring, zoom and pan.

Coordinates are of pixel corners: a film spans (0, 0) to (width, height), x to the right and
y down, so the middle of its first pixel is (0.5, 0.5). "View" coordinates are device pixels.
Used by the film view and everything drawn over the film, so that both always agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

MAX_ZOOM = 40.0
"""Device pixels per film pixel; nearer than that there is nothing more to see."""

MIN_FIT_SHARE = 0.2
"""A film cannot be made smaller than this share of its fitted size."""


@dataclass(frozen=True)
class Affine:
    """A plane map: ``x' = xx * x + xy * y + x0`` and ``y' = yx * x + yy * y + y0``."""

    xx: float = 1.0
    xy: float = 0.0
    x0: float = 0.0
    yx: float = 0.0
    yy: float = 1.0
    y0: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Where a point goes."""
        return self.xx * x + self.xy * y + self.x0, self.yx * x + self.yy * y + self.y0

    def then(self, after: Affine) -> Affine:
        """This map, followed by another."""
        x0, y0 = after.apply(self.x0, self.y0)
        return Affine(
            after.xx * self.xx + after.xy * self.yx,
            after.xx * self.xy + after.xy * self.yy,
            x0,
            after.yx * self.xx + after.yy * self.yx,
            after.yx * self.xy + after.yy * self.yy,
            y0,
        )

    def inverse(self) -> Affine:
        """The map back. The map must not be flat."""
        scale = 1.0 / (self.xx * self.yy - self.xy * self.yx)
        xx, xy = self.yy * scale, -self.xy * scale
        yx, yy = -self.yx * scale, self.xx * scale
        return Affine(
            xx, xy, -(xx * self.x0 + xy * self.y0), yx, yy, -(yx * self.x0 + yy * self.y0)
        )

    @classmethod
    def scaling(cls, x: float, y: float) -> Affine:
        """Scale about the origin."""
        return cls(xx=x, yy=y)

    @classmethod
    def shift(cls, x: float, y: float) -> Affine:
        """Move."""
        return cls(x0=x, y0=y)


@dataclass(frozen=True)
class Orientation:
    """How a film is turned for reading: first mirrored left to right, then turned clockwise.

    Args:
        quarter_turns: Clockwise, 0 to 3.
        mirrored: Left and right exchanged.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    def turned(self, quarter_turns: int) -> Orientation:
        """Turned further clockwise, as seen on the screen."""
        return Orientation((self.quarter_turns + quarter_turns) % 4, self.mirrored)

    def flipped_across(self) -> Orientation:
        """Left and right exchanged, as seen on the screen whatever the turn."""
        # Mirroring after a turn equals mirroring before the opposite turn.
        return Orientation(-self.quarter_turns % 4, not self.mirrored)

    def flipped_down(self) -> Orientation:
        """Top and bottom exchanged, as seen on the screen."""
        return self.flipped_across().turned(2)

    @property
    def swaps_sides(self) -> bool:
        """True where the film's rows run down the screen's width."""
        return self.quarter_turns % 2 == 1

    def affine(self, width: float, height: float) -> Affine:
        """From a film of this size to the turned film, whose corner is (0, 0) again."""
        result = Affine(xx=-1.0, x0=width) if self.mirrored else Affine()
        for _ in range(self.quarter_turns):
            # Clockwise with y down: the left edge becomes the top.
            result = result.then(Affine(xx=0.0, xy=-1.0, x0=height, yx=1.0, yy=0.0))
            width, height = height, width
        return result

    def turn(self, pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same for an array, (height, width): a contiguous array of the turned film."""
        if self.mirrored:
            pixels = pixels[:, ::-1]
        return np.ascontiguousarray(np.rot90(pixels, -self.quarter_turns))

    def describe(self) -> str:
        """In words for the film's corner: "mirrored, turned 90°", or empty."""
        words = ["mirrored"] if self.mirrored else []
        if self.quarter_turns:
            words.append(f"turned {self.quarter_turns * 90}°")
        return ", ".join(words)


@dataclass(frozen=True)
class Geometry:
    """One film in one view. Every change gives a new value.

    Args:
        width: The film's columns.
        height: The film's rows.
        view_width: Of the view, in device pixels.
        view_height: Of the view, in device pixels.
        aspect: Height of a film pixel over its width (1 for square pixels).
        orientation: How the film is turned.
        zoom: Device pixels per film column.
        center: The film's point in the middle of the view, in film pixels.
        is_fitted: True while the film is kept as large as the view allows.
    """

    width: int
    height: int
    view_width: int
    view_height: int
    aspect: float = 1.0
    orientation: Orientation = field(default_factory=Orientation)
    zoom: float = 1.0
    center: tuple[float, float] = (0.0, 0.0)
    is_fitted: bool = True

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole film just fits."""
        across, down = float(self.width), self.height * self.aspect
        if self.orientation.swaps_sides:
            across, down = down, across
        return min(max(self.view_width, 1) / across, max(self.view_height, 1) / down)

    def fitted(self) -> Geometry:
        """The whole film, as large as the view allows."""
        middle = (self.width / 2.0, self.height / 2.0)
        return replace(self, zoom=self.fit_zoom, center=middle, is_fitted=True)

    def resized(self, view_width: int, view_height: int) -> Geometry:
        """For another size of the view: fitted again, or about the same point."""
        moved = replace(self, view_width=view_width, view_height=view_height)
        return moved.fitted() if self.is_fitted else moved

    def reoriented(self, orientation: Orientation) -> Geometry:
        """Turned about the middle of the view."""
        moved = replace(self, orientation=orientation)
        return moved.fitted() if self.is_fitted else moved

    def zoomed_to(self, zoom: float, at: tuple[float, float] | None = None) -> Geometry:
        """Another zoom; the film's point below ``at`` (view coordinates) stays where it is.

        Args:
            zoom: Device pixels per film pixel; kept within what makes sense.
            at: A point of the view, or None for its middle.
        """
        low = min(self.fit_zoom * MIN_FIT_SHARE, 1.0)
        zoom = min(max(zoom, low), max(MAX_ZOOM, self.fit_zoom))
        changed = replace(self, zoom=zoom, is_fitted=False)
        if at is None:
            return changed
        film_x, film_y = self.view_to_film().apply(*at)
        now_x, now_y = changed.view_to_film().apply(*at)
        center = (self.center[0] + film_x - now_x, self.center[1] + film_y - now_y)
        return changed.centred_on(center)

    def panned(self, x: float, y: float) -> Geometry:
        """The film moved by ``x`` and ``y`` device pixels; its edge never passes the middle."""
        film_x, film_y = (
            self._exact().inverse().apply(self.view_width / 2.0 - x, self.view_height / 2.0 - y)
        )
        return replace(self, is_fitted=False).centred_on((film_x, film_y))

    def centred_on(self, center: tuple[float, float]) -> Geometry:
        """A point of the film (or its edge, if it lies outside) in the middle of the view."""
        x = min(max(center[0], 0.0), float(self.width))
        y = min(max(center[1], 0.0), float(self.height))
        return replace(self, center=(x, y))

    def _exact(self) -> Affine:
        """From film to view, before rounding to whole device pixels."""
        turned = (
            Affine.scaling(1.0, self.aspect)
            .then(self.orientation.affine(self.width, self.height * self.aspect))
            .then(Affine.scaling(self.zoom, self.zoom))
        )
        x, y = turned.apply(*self.center)
        return turned.then(Affine.shift(self.view_width / 2.0 - x, self.view_height / 2.0 - y))

    def film_to_view(self) -> Affine:
        """From film pixels to device pixels.

        The shift is rounded to whole device pixels: at 1:1 each film pixel is then exactly
        one device pixel, and nothing shimmers while panning.
        """
        exact = self._exact()
        return replace(exact, x0=float(round(exact.x0)), y0=float(round(exact.y0)))

    def view_to_film(self) -> Affine:
        """From device pixels to film pixels."""
        return self.film_to_view().inverse()

    def film_in_view(self) -> tuple[float, float, float, float]:
        """The film's rectangle in the view: left, top, right, bottom, in device pixels."""
        return _box(self.film_to_view(), 0.0, 0.0, float(self.width), float(self.height))

    def visible_film(self) -> tuple[int, int, int, int]:
        """The film's part in sight: left, top, right, bottom, whole film pixels, outwards."""
        box = _box(self.view_to_film(), 0.0, 0.0, float(self.view_width), float(self.view_height))
        left, top = (max(0, math.floor(value)) for value in box[:2])
        return left, top, min(self.width, math.ceil(box[2])), min(self.height, math.ceil(box[3]))


def _box(affine: Affine, *corners: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = corners
    x1, y1 = affine.apply(left, top)
    x2, y2 = affine.apply(right, bottom)
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
