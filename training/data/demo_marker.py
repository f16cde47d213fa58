"""Lead letters for the sample set's films, drawn as strokes: no font, the same everywhere.

Called by ``demo_film`` only.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.demo_bone import Plane
from training.data.demo_draw import draw_line

# Strokes in a box 1 high, 0.62 wide: (column, row) of start and end.
_STROKES = {
    "L": ((0.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.55, 1.0)),
    "R": (
        (0.0, 0.0, 0.0, 1.0),
        (0.0, 0.0, 0.4, 0.0),
        (0.4, 0.0, 0.58, 0.13),
        (0.58, 0.13, 0.58, 0.36),
        (0.58, 0.36, 0.4, 0.5),
        (0.4, 0.5, 0.0, 0.5),
        (0.3, 0.5, 0.62, 1.0),
    ),
}


def draw_marker(film: Plane, chance: np.random.Generator, flesh: Plane) -> None:
    """Put L or R near a corner of most films, sometimes on a plate, in place.

    Args:
        film: (size, size), grey 0-1.
        chance: Decides letter, place, size and whether there is one at all.
        flesh: (size, size), the limb's thickness: letters are put beside it where there is room.
    """
    size = film.shape[0]
    letter = "LR"[int(chance.integers(2))]
    height = chance.uniform(0.055, 0.1) * size
    corner = _emptier(flesh, *chance.integers(0, 2, (2, 2)))
    inset = chance.uniform(0.04, 0.1, 2) * size
    left, top = np.where(corner == 1, size - inset - height, inset)
    turn = chance.normal(0.0, 0.12)
    brightness = chance.uniform(0.45, 0.95)
    on_plate = chance.random() < 0.3
    if chance.random() < 0.15:
        return
    if on_plate:
        margin = 0.35 * height
        rows = slice(max(0, int(top - margin)), int(top + height + margin))
        columns = slice(max(0, int(left - margin)), int(left + 0.62 * height + margin))
        film[rows, columns] = 0.3 * film[rows, columns] + 0.7 * chance.uniform(0.2, 0.45)
    width = 0.07 * height
    ink = np.zeros_like(film)
    for x0, y0, x1, y1 in _STROKES[letter]:
        stroke = np.zeros_like(film)
        draw_line(
            stroke,
            (left + (x0 - turn * y0) * height, top + (y0 + turn * x0) * height),
            (left + (x1 - turn * y1) * height, top + (y1 + turn * x1) * height),
            width,
            1.0,
        )
        np.maximum(ink, stroke, out=ink)
    film += ink * (brightness - film)


def _emptier(
    flesh: Plane, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The one of two corners, each as (right?, bottom?), where less of the limb lies."""
    quarter = flesh.shape[0] // 4
    corners = [flesh[-quarter:, :] if bottom else flesh[:quarter, :] for _, bottom in (one, other)]
    thickness = [
        float((rows[:, -quarter:] if right else rows[:, :quarter]).mean())
        for rows, (right, _) in zip(corners, (one, other), strict=True)
    ]
    return one if thickness[0] <= thickness[1] else other
