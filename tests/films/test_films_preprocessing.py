"""The network's square and the way back, against closed forms."""

from __future__ import annotations

import json

import numpy as np
import pytest

from training.films.preprocessing import Placement, Preprocessing

SHAPES = [(448, 448), (1000, 600), (600, 1000), (2500, 2000), (100, 37), (224, 224)]


@pytest.mark.parametrize("keep_aspect", [True, False])
@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_that_the_square_holds_the_whole_film(height, width, keep_aspect):
    preprocessing = Preprocessing(224, keep_aspect)
    place = preprocessing.placement(height, width)
    square = preprocessing.apply(np.full((height, width), 200, np.uint8))
    assert square.shape == (224, 224)
    assert square.dtype == np.uint8
    inside = np.zeros((224, 224), bool)
    inside[place.top : place.top + place.height, place.left : place.left + place.width] = True
    assert (square[inside] == 200).all()
    assert (square[~inside] == 0).all()
    assert inside.all() == (not keep_aspect or height == width)


def test_that_the_aspect_is_kept_within_a_pixel_and_the_film_is_centred():
    place = Preprocessing(224).placement(1000, 600)
    assert place == Placement(top=0, left=45, height=224, width=134)
    assert Preprocessing(224).placement(4000, 10) == Placement(0, 111, 224, 1)


def test_that_greys_are_stretched_from_the_1st_to_the_99th_percentile():
    film = np.random.default_rng(0).integers(60, 120, (300, 200), np.uint8)
    film[0, :5] = 255
    stretched = Preprocessing(300, stretch=True).apply(film)[:, 50:250]
    low, high = np.percentile(film, [1, 99])
    expected = np.clip((film - low) / (high - low), 0, 1) * 255
    np.testing.assert_allclose(stretched, expected, atol=0.5)
    # The padding is no part of the film: it stays black and changes no percentile.
    assert not Preprocessing(300, stretch=True).apply(film)[:, :50].any()


def test_that_films_of_other_exposures_come_alike():
    film = np.random.default_rng(0).integers(0, 256, (200, 200), np.uint8)
    dim = (film * 0.4 + 30).astype(np.uint8)
    one, other = (Preprocessing(200, stretch=True).apply(each) for each in (film, dim))
    assert np.abs(one.astype(int) - other.astype(int)).mean() < 2


def test_that_a_film_of_one_grey_is_not_stretched():
    film = np.full((50, 50), 77, np.uint8)
    assert (Preprocessing(50, stretch=True).apply(film) == 77).all()


def test_that_older_models_do_not_stretch():
    old = {"size": 224, "keep_aspect": True}
    assert Preprocessing.from_json(old) == Preprocessing(224, keep_aspect=True, stretch=False)


def test_that_a_film_of_the_right_size_is_not_touched():
    film = np.random.default_rng(0).integers(0, 256, (224, 224), np.uint8)
    assert np.array_equal(Preprocessing(224).apply(film), film)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_that_shrinking_keeps_the_mean(height, width):
    film = np.random.default_rng(1).integers(60, 200, (height, width), np.uint8)
    square = Preprocessing(64, keep_aspect=False).apply(film)
    assert abs(float(square.mean()) - float(film.mean())) < 0.6


@pytest.mark.parametrize("keep_aspect", [True, False])
@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_that_a_ramp_stays_a_ramp(height, width, keep_aspect):
    ramp = np.repeat(np.linspace(0, 255, height)[:, None], width, 1)
    preprocessing = Preprocessing(224, keep_aspect)
    place = preprocessing.placement(height, width)
    square = preprocessing.apply(np.rint(ramp).astype(np.uint8))
    column = square[:, 112].astype(float)[place.top : place.top + place.height]
    # The centre of output row i lies at film row (i + 0.5) * height / rows - 0.5.
    rows = (np.arange(place.height) + 0.5) * height / place.height - 0.5
    expected = np.clip(rows * 255 / (height - 1), 0, 255)
    assert np.abs(column - expected)[2:-2].max() <= 1.0


def _centroid(picture: np.ndarray) -> tuple[float, float]:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    total = picture.sum()
    return float((rows * picture).sum() / total), float((columns * picture).sum() / total)


@pytest.mark.parametrize("keep_aspect", [True, False])
@pytest.mark.parametrize(("height", "width"), [(1000, 600), (600, 1000), (2500, 2000)])
def test_that_a_spot_goes_where_the_placement_says_and_comes_back(height, width, keep_aspect):
    preprocessing = Preprocessing(224, keep_aspect)
    rows, columns = np.mgrid[:height, :width]
    centre = (0.3 * height, 0.7 * width)
    spread = 0.02 * max(height, width)
    spot = np.exp(-((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / (2 * spread**2))
    square = preprocessing.apply(np.rint(spot * 255).astype(np.uint8)).astype(np.float32)
    place = preprocessing.placement(height, width)
    expected = (
        place.top + (centre[0] + 0.5) * place.height / height - 0.5,
        place.left + (centre[1] + 0.5) * place.width / width - 0.5,
    )
    assert _centroid(square) == pytest.approx(expected, abs=0.1)
    back = preprocessing.restore(square, height, width)
    assert back.shape == (height, width)
    scale = max(height, width) / 224
    assert _centroid(back) == pytest.approx(centre, abs=0.15 * scale)


@pytest.mark.parametrize("cells", [1, 2, 7, 14, 224])
@pytest.mark.parametrize("keep_aspect", [True, False])
def test_that_restore_inverts_the_placement_exactly(cells, keep_aspect):
    height, width = 500, 300
    preprocessing = Preprocessing(224, keep_aspect)
    # A map whose value is the position of each cell's centre in the square, across.
    centres = (np.arange(cells, dtype=np.float32) + 0.5) * 224 / cells
    laid = preprocessing.restore(np.repeat(centres[None], cells, 0), height, width)
    place = preprocessing.placement(height, width)
    expected = place.left + (np.arange(width) + 0.5) * place.width / width
    expected = np.clip(expected, centres[0], centres[-1])
    assert laid.dtype == np.float32
    assert np.abs(laid - expected).max() < 1e-3


def test_that_restore_keeps_the_value_range():
    values = np.random.default_rng(2).random((14, 14)).astype(np.float32)
    laid = Preprocessing().restore(values, 333, 777)
    assert laid.min() >= values.min() - 1e-6
    assert laid.max() <= values.max() + 1e-6


def test_that_preprocessing_survives_json():
    one = Preprocessing(160, keep_aspect=False)
    assert Preprocessing.from_json(json.loads(json.dumps(one.to_json()))) == one
