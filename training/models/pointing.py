"""The pointing game: does a map's largest place lie on the fracture that somebody outlined? Imports Keras.

J. Zhang et al., "Top-down neural attention by excitation backprop", IJCV 2018, section 4.2.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from PIL import Image
from scipy.ndimage import distance_transform_edt

from training.errors import UserError
from training.evaluation.pointing import CENTRE, HEAT_MAP, Hits
from training.films.film import GreyPixels
from training.models.heat_map import SITE, GradCam
from training.models.model_file import float32_policy
from training.models.site_rate import NEAR_SHARE

_BATCH = 32


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
    return Hits.of_counts(num_films, inside, near)


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


def points(
    model: keras.Model, pictures: GreyPixels, *, heat_map: bool = True
) -> dict[str, npt.NDArray[np.float64]]:
    """Where a network points, each way it can.

    Args:
        model: Flat, with one sigmoid output.
        pictures: uint8, (n, size, size, 1), as the network takes them; at least one.
        heat_map: False to leave out the heat map, which takes longest.

    Returns:
        By "site" (of networks that have it), "Grad-CAM" (of networks with a convolution) and
        "centre": float64, (n, 2), row and column in pixels of the input.
    """
    size = pictures.shape[1]
    # Of any number of films: the last ones are fewer, and would be traced anew.
    spec = tf.TensorSpec((None, size, size, 1), tf.float32)
    function = tf.function(_maps_of(model, heat_map=heat_map), autograph=False)
    see = function.get_concrete_function(spec)
    maps: dict[str, list[npt.NDArray[np.float32]]] = {}
    for first in range(0, len(pictures), _BATCH):
        batch = tf.constant(pictures[first : first + _BATCH], tf.float32)
        for name, seen in see(batch).items():
            maps.setdefault(name, []).append(np.asarray(seen, np.float32))
    found = {name: largest_places(np.concatenate(parts), size) for name, parts in maps.items()}
    return found | {CENTRE: np.full((len(pictures), 2), size / 2.0)}


def _maps_of(model: keras.Model, *, heat_map: bool) -> Callable[[Any], dict[str, Any]]:
    """Every way's maps, (n, rows, columns), from one pass of the network."""
    outputs = [layer.output for layer in model.layers if layer.name == SITE]
    cam: GradCam | None = None
    with contextlib.suppress(UserError):
        cam = GradCam(model, outputs) if heat_map else None
    network: keras.Model | None = None
    if cam is None and outputs:
        with float32_policy():
            network = keras.Model(model.input, outputs[0])

    def see(batch: Any) -> dict[str, Any]:
        maps: dict[str, Any] = {}
        sites: list[Any] = []
        if cam is not None:
            _, spoken, sites = cam.both_ways(batch)
            maps = {HEAT_MAP: tf.nn.relu(spoken)}
        elif network is not None:
            sites = [network(batch, training=False)]
        return {SITE: sites[0][..., 0]} | maps if sites else maps

    return see


def play(
    where: Mapping[str, npt.NDArray[np.float64]], sites: GreyPixels, films: Sequence[str]
) -> dict[str, Hits]:
    """How often each way of pointing found the fracture.

    Args:
        where: As from ``points``.
        sites: uint8, (n, size, size, 1), above 0 inside an outline; at least one pixel of each.
        films: The film behind each file.
    """
    return {name: hits(place, sites, films) for name, place in where.items()}
