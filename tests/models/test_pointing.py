"""The pointing game and the outlines it is played with, against places worked out by hand."""

from __future__ import annotations

import numpy as np

from training.models.pointing import NEAR_SHARE, hits, largest_places

SIZE = 224


def square(top: int, left: int, side: int = 20) -> np.ndarray:
    site = np.zeros((SIZE, SIZE, 1), np.uint8)
    site[top : top + side, left : left + side] = 255
    return site


def test_that_points_inside_near_and_far_are_told_apart() -> None:
    sites = np.stack([square(100, 100)] * 4)
    # 15 pixels of 224 count as near: 14 away does, 17 does not.
    points = np.array([[110, 110], [110, 133], [110, 136], [0, 0]], np.float64)
    found = hits(points, sites, ["a", "b", "c", "d"])
    assert round(NEAR_SHARE * SIZE) == 15
    assert (found.num_films, found.inside, found.near) == (4, 0.25, 0.5)
    assert found.inside_interval.low < 0.25 < found.inside_interval.high


def test_that_copies_of_one_film_count_once() -> None:
    sites = np.stack([square(100, 100)] * 4)
    points = np.array([[110, 110], [110, 110], [0, 0], [0, 0]], np.float64)
    found = hits(points, sites, ["a", "a", "a", "b"])
    assert (found.num_films, found.inside) == (2, 0.5)


def test_that_the_largest_place_is_told_in_pixels_of_the_input() -> None:
    values = np.zeros((2, 7, 7), np.float32)
    values[0, 2, 5] = 1.0
    values[1, 0, 0] = 1.0
    # Places are 32 pixels wide; the middle of the third row is 80, of the sixth column 176.
    np.testing.assert_allclose(largest_places(values, SIZE), [[80, 176], [16, 16]], atol=16)
    np.testing.assert_allclose(largest_places(values, SIZE)[0], [80, 176], atol=2)
