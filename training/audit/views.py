"""Small square pictures of a film, the same for its copies of other size, shape and margin.

Called by ``reading``. All functions may be called from several threads at once.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from training.audit.facts import GreyView
from training.films.film import GreyPixels

VIEW_SIZE = 96
"""Side of a view: enough for a bone's edges; a quarter of the files come with 224 pixels."""

# JPEG leaves greys of up to about 8 in a margin that was black.
_BLACK = 8
# A row counts as margin where fewer pixels than this share are brighter.
_MARGIN_SHARE = 0.01
# Views that differ by less than this share of a side serve each other.
_SAME_SHAPE = 0.03
_CORNER = 8


def views_of(grey: GreyPixels) -> tuple[GreyView, ...]:
    """The views of one film.

    A copy may have been squashed to a square or padded with black to one; the middle of the film
    shows the same in copies turned by any angle.

    Args:
        grey: uint8, (height, width).

    Returns:
        One to three squares, uint8, (VIEW_SIZE, VIEW_SIZE), the film's middle first.
    """
    height, width = grey.shape
    image = Image.fromarray(grey)
    views = [_middle(image, (0, 0, width, height))]
    if abs(width - height) > _SAME_SHAPE * max(width, height):
        views.append(_resized(image, (0, 0, width, height)))
    inner = content_box(grey)
    if (inner[2] - inner[0], inner[3] - inner[1]) != (width, height):
        views.append(_middle(image, inner))
    return tuple(views)


def content_box(grey: GreyPixels) -> tuple[int, int, int, int]:
    """Where the film lies within its black margins.

    Args:
        grey: uint8, (height, width).

    Returns:
        Left, top, right, bottom; the whole picture where the margins are thin, or where so
        little is left that it is no film.
    """
    height, width = grey.shape
    bright = grey > _BLACK
    rows = np.flatnonzero(bright.mean(axis=1) > _MARGIN_SHARE)
    columns = np.flatnonzero(bright.mean(axis=0) > _MARGIN_SHARE)
    whole = (0, 0, width, height)
    if not rows.size or not columns.size:
        return whole
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    kept = min((box[2] - box[0]) / width, (box[3] - box[1]) / height)
    return box if 0.2 < kept < 1.0 - _SAME_SHAPE else whole


def dark_corners(grey: GreyPixels) -> float:
    """Share of black pixels in the four corners (an eighth of each side), 0-1.

    Args:
        grey: uint8, (height, width).
    """
    rows, columns = (max(1, side // _CORNER) for side in grey.shape)
    corners = [
        grey[row, column]
        for row in (slice(rows), slice(-rows, None))
        for column in (slice(columns), slice(-columns, None))
    ]
    return float(np.mean([np.mean(corner <= _BLACK) for corner in corners]))


def _middle(image: Image.Image, box: tuple[int, int, int, int]) -> GreyView:
    """The largest square in the middle of a box."""
    left, top, right, bottom = box
    side = min(right - left, bottom - top)
    x, y = (left + right - side) / 2, (top + bottom - side) / 2
    return _resized(image, (x, y, x + side, y + side))


def _resized(image: Image.Image, box: tuple[float, float, float, float]) -> GreyView:
    # BILINEAR widens with the reduction, so nothing is skipped; BOX is quicker for large films.
    side = min(box[2] - box[0], box[3] - box[1])
    how = Image.Resampling.BOX if side > 4 * VIEW_SIZE else Image.Resampling.BILINEAR
    return np.asarray(image.resize((VIEW_SIZE, VIEW_SIZE), how, box=box), np.uint8)
