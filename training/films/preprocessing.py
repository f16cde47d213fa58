"""From a grey film of any shape to the square that a network takes, and back again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.films.film import GreyPixels

STRETCH_PERCENTILES = (1.0, 99.0)
"""Greys that are drawn black and white, in percent of the film's pixels."""

REDUCING_GAP = 3
"""A larger film is first reduced by plain means, by the largest whole number that leaves so many
times the output."""


@dataclass(frozen=True)
class Placement:
    """Where a film lies in the network's square.

    Args:
        top: First row covered by the film, in input pixels.
        left: First column covered, in input pixels.
        height: Rows covered, in input pixels.
        width: Columns covered, in input pixels.
    """

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True)
class Preprocessing:
    """How a film becomes the network's input. Stored in every model file.

    Args:
        size: Side of the square, in pixels.
        keep_aspect: True pads with black around the film; False squashes it to the square,
            as the published notebook does.
        stretch: True draws the film's greys from their 1st to their 99th percentile over the
            full range, so that films of different machines and exposures come alike.
    """

    size: int = 224
    keep_aspect: bool = True
    stretch: bool = False

    def placement(self, height: int, width: int) -> Placement:
        """Where a film of ``height`` x ``width`` pixels comes to lie."""
        if not self.keep_aspect:
            return Placement(0, 0, self.size, self.size)
        scale = self.size / max(height, width)
        rows = max(1, round(height * scale))
        columns = max(1, round(width * scale))
        return Placement((self.size - rows) // 2, (self.size - columns) // 2, rows, columns)

    def apply(self, grey: GreyPixels) -> GreyPixels:
        """Resize and place a film.

        Where it shrinks, each output pixel is the mean of the film around it, weighted by a
        triangle two output pixels wide, so thin bright lines fade instead of breaking up. Very
        large films are first reduced by plain means to about 3 times the output
        (``REDUCING_GAP``): a third of the time, 0.5 grey steps of difference on pure noise.

        Args:
            grey: uint8, (height, width), as from ``Film.grey``.

        Returns:
            uint8, (size, size), 0-255; may share memory with ``grey``.
        """
        place = self.placement(*grey.shape)
        if grey.shape == (place.height, place.width):
            resized = grey
        else:
            picture = Image.fromarray(grey)
            shape = (place.width, place.height)
            resized = np.asarray(
                picture.resize(shape, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
            )
        if self.stretch:
            resized = _stretched(resized)
        if resized.shape == (self.size, self.size):
            return np.ascontiguousarray(resized)
        square = np.zeros((self.size, self.size), np.uint8)
        square[place.top : place.top + place.height, place.left : place.left + place.width] = (
            resized
        )
        return square

    def restore(
        self, values: npt.NDArray[np.float32], height: int, width: int
    ) -> npt.NDArray[np.float32]:
        """Lay a map of the square (a heat map) back over the film: the inverse of ``apply``.

        Args:
            values: float32, (rows, columns) of any size, covering the whole square.
            height: The film's rows.
            width: The film's columns.

        Returns:
            float32, (height, width), bilinear between the centres of the map's cells, level
            beyond the outermost, same value range.
        """
        place = self.placement(height, width)
        rows, columns = values.shape
        down = _bilinear_weights(height, place.top / self.size, place.height / self.size, rows)
        across = _bilinear_weights(width, place.left / self.size, place.width / self.size, columns)
        # As products: a sixth of the time of Pillow, which hands float pictures over slowly.
        laid: npt.NDArray[np.float32] = down @ np.asarray(values, np.float32) @ across.T
        return laid

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Preprocessing:
        """From what ``to_json`` gave."""
        return cls(
            size=int(values["size"]),
            keep_aspect=bool(values["keep_aspect"]),
            # Came later: older models were trained without it.
            stretch=bool(values.get("stretch", False)),
        )


def _stretched(grey: GreyPixels) -> GreyPixels:
    """Draw the 1st percentile black and the 99th white; a film of one grey stays as it is."""
    low, high = np.percentile(grey, STRETCH_PERCENTILES)
    if high <= low:
        return grey
    steps = (np.arange(256) - low) * (255.0 / (high - low))
    table: GreyPixels = np.rint(np.clip(steps, 0.0, 255.0)).astype(np.uint8)
    stretched: GreyPixels = table[grey]
    return stretched


def _bilinear_weights(
    num_pixels: int, start: float, share: float, num_cells: int
) -> npt.NDArray[np.float32]:
    """How much each cell of a map counts for each pixel of a film, along one axis.

    Args:
        num_pixels: Pixels of the film.
        start: Where the film begins in the square, as a share of the square.
        share: How much of the square it covers.
        num_cells: Cells of the map, which covers the whole square.

    Returns:
        float32, (num_pixels, num_cells), rows sum to 1.
    """
    pixel = np.arange(num_pixels)
    centres = (start + (pixel + 0.5) / num_pixels * share) * num_cells - 0.5
    centres = np.clip(centres, 0.0, num_cells - 1)
    lower = np.minimum(centres.astype(np.intp), max(num_cells - 2, 0))
    upper = np.minimum(lower + 1, num_cells - 1)
    weights = np.zeros((num_pixels, num_cells), np.float32)
    weights[pixel, lower] = 1.0 - (centres - lower)
    weights[pixel, upper] += centres - lower
    return weights
