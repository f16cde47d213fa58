"""The outlined set's films as the starter model learns them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from training.films.preprocessing import Preprocessing
from training.starter.sources import SourceFilm, read_outlines, read_squares


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
