"""The pointing game and the outlines it is played with, against places worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.films.preprocessing import Preprocessing
from training.starter.measure import NEAR_SHARE, hits, largest_places
from training.starter.sources import SourceFilm, read_outlines, read_squares

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


def test_that_outlines_and_boxes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "film.txt"
    path.write_text("0 0.1 0.2 0.3 0.2 0.3 0.4\n\n1 0.5 0.5 0.2 0.4\n", "utf-8")
    polygon, box = read_outlines(path)
    assert polygon == ((0.1, 0.2), (0.3, 0.2), (0.3, 0.4))
    assert np.allclose(box, [(0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7)])
    assert read_outlines(tmp_path / "none.txt") == ()


@pytest.mark.parametrize("keep_aspect", [True, False])
def test_that_outlines_lie_where_the_film_lies(tmp_path: Path, keep_aspect: bool) -> None:
    grey = np.zeros((100, 50), np.uint8)
    grey[20:60, 10:30] = 200
    Image.fromarray(grey).save(tmp_path / "film.png")
    corners = ((0.2, 0.2), (0.58, 0.2), (0.58, 0.59), (0.2, 0.59))
    film = SourceFilm(tmp_path / "film.png", 1, "film", "boxed", (corners,))
    squares = read_squares([film], Preprocessing(200, keep_aspect))
    bright = squares.pictures[0, ..., 0] > 100
    site = squares.sites[0, ..., 0] > 0
    assert np.sum(bright & site) / np.sum(bright | site) > 0.9
