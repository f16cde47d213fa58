"""Chooses the window of a film whose file names none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.films.film import FloatPixels, Window

LOW_PERCENT = 0.5
HIGH_PERCENT = 99.5
# Enough for percentiles that are stable to a fraction of a grey step; 5 megapixels take 4 ms.
_SAMPLE = 400_000


def percentile_window(pixels: FloatPixels, padding: npt.NDArray[np.bool_] | None = None) -> Window:
    """The window from the 0.5th to the 99.5th percentile of a film's values.

    So few burnt-out pixels, markers or a dead column do not flatten the bone.

    Args:
        pixels: float32, (height, width), finite.
        padding: bool, same shape, True where a pixel is padding and does not count.

    Returns:
        A LINEAR_EXACT window, at least one unit wide where all values are equal.
    """
    step = max(1, int(np.sqrt(pixels.size / _SAMPLE)))
    sample = pixels[::step, ::step]
    if padding is not None:
        inside = sample[~padding[::step, ::step]]
        sample = inside if inside.size else sample
    low, high = (float(value) for value in np.percentile(sample, (LOW_PERCENT, HIGH_PERCENT)))
    if high <= low:
        low, high = float(pixels.min()), float(pixels.max())
    return Window.between(low, high) if high > low else Window.between(low - 0.5, low + 0.5)


def uses_range(window: Window, full: float) -> bool:
    """True where a window takes at least half of the values from 0 to ``full``."""
    low, high = window.limits
    return high - low >= full / 2.0
