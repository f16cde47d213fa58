"""Two views that move together: what one does, the other does too. Pure functions.

Nothing is remembered: a change of one view is carried over to the other as it stands. So two
films that were brought over each other by hand, with the link off, stay so once it is on again.
"""

from __future__ import annotations

from dataclasses import replace

from training.films.film import Window
from xray_desktop.state.viewer_geometry import Affine, Geometry
from xray_desktop.state.viewer_state import Look


def aligned(leader: Geometry, other: Geometry) -> Geometry:
    """The other film shown as the leader is: as much of it, about the same part.

    Args:
        leader: The film to go by.
        other: The other film in its own view.
    """
    if leader.is_fitted:
        return other.fitted()
    middle = (
        leader.center[0] / leader.width * other.width,
        leader.center[1] / leader.height * other.height,
    )
    return other.zoomed_to(other.fit_zoom * leader.zoom / leader.fit_zoom).centred_on(middle)


def followed(before: Geometry, after: Geometry, other: Geometry) -> Geometry:
    """The other film after it has made the same move on the screen.

    Args:
        before: Of the film that was moved.
        after: Of the same film; its turn may not differ.
        other: The film that follows, with its own size, turn and zoom.
    """
    if after.is_fitted:
        return other.fitted()
    followed_zoom = other.zoomed_to(other.zoom * after.zoom / before.zoom)
    # Zooming about a point moves the film's middle by the same way on the screen for both.
    moved = (after.center[0] - before.center[0], after.center[1] - before.center[1])
    across, down = _turned(after.film_to_view(), *moved)
    x, y = _turned(followed_zoom.film_to_view().inverse(), across, down)
    center = followed_zoom.center
    return followed_zoom.centred_on((center[0] + x, center[1] + y))


def _turned(affine: Affine, x: float, y: float) -> tuple[float, float]:
    """A way, not a place: without the map's shift."""
    return affine.xx * x + affine.xy * y, affine.yx * x + affine.yy * y


def linked_look(before: Look, after: Look, other: Look) -> Look:
    """The other film's look after the same change of window, gamma and inversion; turns are its own.

    Args:
        before: Of the film that was changed.
        after: Of the same film.
        other: Of the film that follows. With the same window it gets the very same; with another
            one its width and level change by the same share of the width.
    """
    is_turned_over = before.inverted != after.inverted
    return replace(
        other,
        window=_linked_window(before.window, after.window, other.window),
        gamma=other.gamma * after.gamma / before.gamma,
        inverted=other.inverted != is_turned_over,
    )


def _linked_window(before: Window, after: Window, other: Window) -> Window:
    if other == before:
        return after
    if after == before:
        return other
    scale = other.width / before.width
    center = other.center + (after.center - before.center) * scale
    return replace(other, center=center, width=max(after.width * scale, 1e-6), name="")
