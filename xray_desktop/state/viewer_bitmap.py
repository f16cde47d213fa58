"""A mask of a film made ready for quick drawing: its padding, or what its file draws over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.films.film import GreyPixels, Mask
from xray_desktop.state.viewer_pixels import SMALLEST_SIDE


@dataclass(frozen=True, eq=False)
class Bitmap:
    """A pyramid beside that of ``IndexedPixels``, level by level of the same shape.

    Args:
        levels: uint8, (height, width) each: 1 where anything of the mask lies, so that a line of
            one pixel is still seen in the smallest picture.
    """

    levels: tuple[GreyPixels, ...]

    def has(self, row: int, column: int) -> bool:
        """True where the mask covers a pixel of the film."""
        return bool(self.levels[0][row, column])


def bitmap(mask: Mask | None) -> Bitmap | None:
    """Make a mask ready for drawing.

    Args:
        mask: bool, (height, width), or None.

    Returns:
        None where there is nothing to be drawn.
    """
    if mask is None or not mask.any():
        return None
    levels = [mask.astype(np.uint8)]
    while max(levels[-1].shape) > SMALLEST_SIDE:
        levels.append(_half(levels[-1]))
    return Bitmap(tuple(levels))


def _half(level: GreyPixels) -> GreyPixels:
    rows, columns = level.shape
    if rows % 2 or columns % 2:
        level = np.pad(level, ((0, rows % 2), (0, columns % 2)), mode="edge")
    half: GreyPixels = level[::2, ::2] | level[1::2, ::2] | level[::2, 1::2] | level[1::2, 1::2]
    return half
