"""Films whose pixels are not square come to networks and lists in their true shape."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.builders.films import write_dicom
from training.films.pixel_shape import in_true_shape, true_size
from training.films.preprocessing import Preprocessing
from training.films.reader import read_film, read_grey


def bone(height: int, width: int) -> np.ndarray:
    """A soft disc, round where pixels are square: smooth enough to be resampled in any way."""
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot((rows + 0.5) / height - 0.5, (columns + 0.5) / width - 0.5)
    return np.rint(255.0 * np.clip(1.2 - 3.0 * away, 0.0, 1.0)).astype(np.uint8)


SHAPES: list[tuple[dict[str, Any], tuple[int, int]]] = [
    ({"PixelSpacing": [0.4, 0.2]}, (240, 100)),
    ({"ImagerPixelSpacing": [0.1, 0.25]}, (120, 250)),
    ({"PixelAspectRatio": [3, 2]}, (180, 100)),
]


@pytest.mark.parametrize(("elements", "shape"), SHAPES)
def test_that_the_network_sees_a_film_in_its_true_shape(
    elements: dict[str, Any], shape: tuple[int, int], tmp_path: Path
) -> None:
    stored = bone(120, 100)
    path = write_dicom(tmp_path / "film.dcm", stored, **elements)
    grey = read_grey(path)
    assert grey.shape == shape
    np.testing.assert_array_equal(grey, read_film(path).grey())
    expected = Image.fromarray(stored).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    assert np.abs(grey.astype(int) - np.asarray(expected).astype(int)).max() <= 3
    # What the network is given is what it is given of a picture of that shape.
    picture = tmp_path / "film.png"
    expected.save(picture)
    for preprocessing in (Preprocessing(64), Preprocessing(64, stretch=True)):
        ours, theirs = (preprocessing.apply(each) for each in (grey, read_grey(picture)))
        assert np.abs(ours.astype(int) - theirs.astype(int)).max() <= 6
        assert np.abs(ours.astype(int) - preprocessing.apply(stored).astype(int)).max() > 60


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"PixelSpacing": [0.2, 0.2]},
        {"PixelSpacing": [0.1436, 0.1434]},
        {"PixelAspectRatio": [1, 1]},
    ],
)
def test_that_a_film_with_square_pixels_comes_as_it_is_stored(
    elements: dict[str, Any], tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 70), np.uint8)
    window = {"WindowCenter": 128, "WindowWidth": 256}
    path = write_dicom(tmp_path / "film.dcm", noise, **elements, **window)
    np.testing.assert_array_equal(read_grey(path), noise)


def test_that_the_film_shown_keeps_its_stored_pixels(tmp_path: Path) -> None:
    path = write_dicom(tmp_path / "film.dcm", bone(120, 100), PixelSpacing=[0.4, 0.2])
    film = read_film(path)
    assert film.pixels.shape == (120, 100)
    assert film.display().shape == (120, 100)


def test_that_a_film_does_not_grow_without_bound() -> None:
    assert true_size(4000, 3000, 2.0) == (8000, 3000)
    assert true_size(4000, 3000, 0.5) == (4000, 6000)
    assert true_size(4000, 3000, 40.0) == (4000, 75)
    assert true_size(4000, 3000, 1 / 40.0) == (100, 3000)
    assert in_true_shape(bone(400, 300), 1.0).shape == (400, 300)
