"""The pointing game and the outlines it is played with, against places worked out by hand."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.models.model_builders import random_films, tolerate_keras, with_random_weights
from training.models.heat_map import SITE, grad_cam
from training.models.pointing import CENTRE, HEAT_MAP, NEAR_SHARE, hits, largest_places, points

pytestmark = tolerate_keras

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


def network(*, has_site: bool) -> keras.Model:
    layers = keras.layers
    film = keras.Input((64, 64, 1))
    x = layers.Rescaling(1 / 255)(film)
    x = layers.Conv2D(6, 3, strides=8, padding="same", activation="relu", name="last")(x)
    average = layers.GlobalAveragePooling2D()(x)
    if has_site:
        site = layers.Conv2D(1, 1, name=SITE)(x)
        average = layers.Concatenate()([average, layers.GlobalMaxPooling2D()(site)])
    model = with_random_weights(keras.Model(film, layers.Dense(1, activation="sigmoid")(average)))
    # All that it sees speaks for the class, so that no heat map is empty.
    kernel, bias = model.layers[-1].get_weights()
    model.layers[-1].set_weights([abs(kernel), bias])
    return model


@pytest.mark.parametrize("heat_map", [True, False])
@pytest.mark.parametrize("has_site", [True, False])
def test_that_every_way_points_where_its_own_map_is_largest(has_site: bool, heat_map: bool) -> None:
    model = network(has_site=has_site)
    films = random_films(35, 64)[..., np.newaxis]
    found = points(model, films, heat_map=heat_map)
    ways = [SITE] * has_site + [HEAT_MAP] * heat_map + [CENTRE]
    assert list(found) == ways
    np.testing.assert_array_equal(found[CENTRE], np.full((35, 2), 32.0))
    if has_site:
        site = keras.Model(model.input, model.get_layer(SITE).output)
        values = np.asarray(site(films.astype(np.float32)))[..., 0]
        np.testing.assert_allclose(found[SITE], largest_places(values, 64))
        assert len({tuple(place) for place in found[SITE]}) > 1
    if heat_map:
        values = np.stack([grad_cam(model, film[..., 0]).values for film in films])
        np.testing.assert_allclose(found[HEAT_MAP], largest_places(values, 64), atol=1e-4)
        assert values.any()
