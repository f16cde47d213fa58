"""The arithmetic of setting a window by hand."""

from __future__ import annotations

from dataclasses import replace

from training.films.film import VoiFunction, Window

_DRAG_LENGTH_PX = 400.0
"""A drag of this many screen pixels changes a film's own window by its whole width."""


def units_per_pixel(own: Window, low: float, high: float) -> float:
    """How much a drag of one screen pixel changes width or level.

    It goes by the window the film came with: the range of values alone would make the hand
    coarse on a film where one lead marker is 20 times as bright as any bone.

    Args:
        own: The window that the film is first shown with.
        low: The film's smallest value.
        high: The film's largest value.

    Returns:
        Film units per screen pixel, above 0.
    """
    span = max(high - low, 1e-6)
    return min(max(own.width / _DRAG_LENGTH_PX, span / 8192.0), span / 256.0)


def dragged(start: Window, right: float, down: float, step: float) -> Window:
    """The window after a drag, as DICOM viewers have it: across for width, down for level.

    To the right widens (less contrast), down raises the level (darker).

    Args:
        start: The window at the drag's beginning.
        right: Screen pixels to the right since then.
        down: Screen pixels down since then.
        step: From ``units_per_pixel``.

    Returns:
        A window of the same function and no name; its width never falls below one unit
        (LINEAR, by PS3.3 C.11.2.1.2) or one step.
    """
    least = 1.0 if start.function is VoiFunction.LINEAR else min(step, start.width)
    width = max(start.width + right * step, least)
    return replace(start, center=start.center + down * step, width=width, name="")


def value_text(value: float, width: float) -> str:
    """A value of a film with as many digits as a window of this width asks for."""
    if abs(width) >= 20.0:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(width) >= 2.0 else f"{value:.3f}"


def window_text(window: Window) -> str:
    """The window for the film's corner: "W 1024  L 511"."""
    width = value_text(window.width, window.width)
    text = f"W {width}  L {value_text(window.center, window.width)}"
    if window.function is VoiFunction.SIGMOID:
        text += "  sigmoid"
    return f"{text}  {window.name}" if window.name else text
