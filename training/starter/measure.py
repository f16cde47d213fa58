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
from training.models.site_rate import NEAR_SHARE

__all__ = ["NEAR_SHARE", "Hits", "distances_to_sites", "hits", "largest_places", "near_films"]


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
    distance = distances_to_sites(points, sites)
    inside, near = (
        sum(near_films(distance, films, size, share).values()) for share in (0.0, NEAR_SHARE)
    )
    num_films = len(set(films))
    return Hits(
        num_films,
        inside / num_films,
        wilson(inside, num_films),
        near / num_films,
        wilson(near, num_films),
    )


def distances_to_sites(
    points: npt.NDArray[np.float64], sites: GreyPixels
) -> npt.NDArray[np.float64]:
    """How far points lie from the outlines, in pixels; 0 inside one.

    Args:
        points: float64, (n, 2): row and column in pixels of the input.
        sites: As for ``hits``.
    """
    size = sites.shape[1]
    return np.array(
        [
            distance_transform_edt(site[..., 0] == 0)[
                tuple(np.clip(point, 0, size - 1).astype(int))
            ]
            for point, site in zip(points, sites, strict=True)
        ]
    )


def near_films(
    distances: npt.NDArray[np.float64],
    films: Sequence[str],
    size: int,
    share: float = NEAR_SHARE,
) -> dict[str, bool]:
    """Whether a film's point lies near its fracture: in half of its files or more.

    Args:
        distances: float64, (n,): of each file.
        films: The film behind each.
        size: Side of the input, in pixels.
        share: How near, as a share of it.
    """
    names = np.array(films)
    return {
        name: bool(np.mean(distances[names == name] <= share * size) >= 0.5)
        for name in dict.fromkeys(films)
    }
