"""The heat map's colours: readable by red-green blind readers, clear over a grey film. NumPy only."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Value, red, green, blue. From deep violet over orange to pale yellow: lightness rises evenly
# (CIE L* 22 to 92, tested), so the order holds without any colour vision. No green, no red alone.
_ANCHORS = np.array(
    [
        (0.0, 70, 20, 110),
        (0.25, 140, 35, 110),
        (0.5, 208, 72, 68),
        (0.75, 247, 143, 22),
        (1.0, 250, 232, 120),
    ]
)
# Below this the film shows through untouched: next to no weight is not worth a veil.
_CLEAR_BELOW = 0.15
_FULL_FROM = 0.6


def colours(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Colour a heat map.

    Args:
        values: float32, any shape, 0-1.

    Returns:
        uint8, values' shape + (4,): red, green, blue, alpha, not premultiplied.
    """
    values = np.clip(values, 0.0, 1.0)
    result = np.empty((*values.shape, 4), np.uint8)
    for channel in range(3):
        shade = np.interp(values, _ANCHORS[:, 0], _ANCHORS[:, channel + 1])
        result[..., channel] = np.rint(shade)
    alpha = (values - _CLEAR_BELOW) / (_FULL_FROM - _CLEAR_BELOW)
    result[..., 3] = np.rint(np.clip(alpha, 0.0, 1.0) * 255.0)
    return result
