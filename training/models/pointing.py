"""What the starter model is worth: its scores by film, and whether its site lies on the fracture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.ndimage import distance_transform_edt

from training.evaluation.figures import Interval, wilson
from training.films.film import GreyPixels

NEAR_SHARE = 15.0 / 224.0
"""How near a point must come to an outline to count as near, as a share of the input's side."""


@dataclass(frozen=True)
class Hits:
    """How often a point found the fracture, over films (a film's files count as one).

    Args:
        num_films: Films with an outline.
        inside: Share whose point lies in an outline.
        inside_interval: 95 %, Wilson.
        near: Share whose point lies within ``NEAR_SHARE`` of an outline.
        near_interval: 95 %, Wilson.
    """

    num_films: int
    inside: float
    inside_interval: Interval
    near: float
    near_interval: Interval


def largest_places(maps: npt.NDArray[np.float32], size: int) -> npt.NDArray[np.float64]:
    """Where maps are largest, between their places too.

    Args:
        maps: float32, (n, rows, columns), covering the whole input.
        size: Side of the input, in pixels.

    Returns:
        float64, (n, 2): row and column in pixels of the input.
    """
    found = []
    for values in maps:
        fine = np.asarray(
            Image.fromarray(values).resize((size // 2, size // 2), Image.Resampling.BICUBIC)
        )
        found.append(np.unravel_index(int(fine.argmax()), fine.shape))
    return 2.0 * np.array(found, np.float64) + 0.5


def hits(points: npt.NDArray[np.float64], sites: GreyPixels, films: Sequence[str]) -> Hits:
    """Compare points with outlines.

    Args:
        points: float64, (n, 2): row and column in pixels of the input.
        sites: uint8, (n, size, size, 1), above 0 inside an outline; at least one pixel of each.
        films: The film behind each file; a film's share of hits is the mean of its files', and
            counts as a hit from one half on.
    """
    size = sites.shape[1]
    distance = np.array(
        [
            distance_transform_edt(site[..., 0] == 0)[
                tuple(np.clip(point, 0, size - 1).astype(int))
            ]
            for point, site in zip(points, sites, strict=True)
        ]
    )
    names = np.array(films)
    inside, near = (
        int(sum(np.mean(distance[names == name] <= limit) >= 0.5 for name in set(films)))
        for limit in (0.0, NEAR_SHARE * size)
    )
    num_films = len(set(films))
    return Hits(
        num_films,
        inside / num_films,
        wilson(inside, num_films),
        near / num_films,
        wilson(near, num_films),
    )
