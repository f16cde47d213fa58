"""Windowing by table, the pyramid, and drags, against ``Film.display`` and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.films.film import Film, FloatPixels, VoiFunction, Window
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.state.viewer_window import dragged, units_per_pixel, window_text

WINDOWS = [
    Window(2048.0, 4096.0),
    Window(700.0, 1.0),
    Window(900.5, 333.0, VoiFunction.LINEAR_EXACT),
    Window(1200.0, 800.0, VoiFunction.SIGMOID),
]


def film_of(pixels: FloatPixels, *, inverted: bool = False) -> Film:
    return Film(Path("film"), pixels, Window(0.0, 1.0), inverted=inverted)


def whole_pixels(low: int, high: int) -> FloatPixels:
    values = np.random.default_rng(3).integers(low, high, (41, 63), endpoint=True)
    values[0, :2] = low, high
    return values.astype(np.float32)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize(("low", "high"), [(0, 4095), (-1024, 3071), (0, 255), (0, 65535)])
def test_that_the_table_draws_whole_values_as_the_film_displays_them(
    window: Window, inverted: bool, low: int, high: int
) -> None:
    film = film_of(whole_pixels(low, high), inverted=inverted)
    pixels = indexed(film.pixels)
    drawn = pixels.grey_table(window, inverted)[pixels.levels[0]]
    assert np.array_equal(drawn, np.rint(film.display(window) * 255.0))


def test_that_fractional_values_are_drawn_within_one_grey_step() -> None:
    values = np.random.default_rng(4).normal(0.3, 0.1, (50, 50)).astype(np.float32)
    window = Window.between(0.1, 0.5)
    pixels = indexed(values)
    drawn = pixels.grey_table(window, False)[pixels.levels[0]].astype(int)
    assert np.abs(drawn - np.rint(window.apply(values) * 255.0)).max() <= 1


def test_that_a_film_of_one_value_can_be_drawn() -> None:
    pixels = indexed(np.full((3, 4), 7.0, np.float32))
    assert pixels.value_at(2, 3) == 7.0
    assert pixels.grey_table(Window.between(0.0, 14.0), False)[pixels.levels[0]][0, 0] == 128


def test_that_each_pyramid_level_holds_the_means_of_the_one_below() -> None:
    values = whole_pixels(0, 4095)
    large = np.tile(values, (13, 9))[:531, :565]
    pixels = indexed(large)
    assert [level.shape for level in pixels.levels] == [(531, 565), (266, 283), (133, 142)]
    padded = np.pad(large, ((0, 1), (0, 1)), mode="edge")
    means = padded.reshape(266, 2, 283, 2).mean(axis=(1, 3))
    found = pixels.offset + pixels.step * pixels.levels[1]
    assert np.abs(found - means).max() <= pixels.step


def test_that_levels_are_drawn_between_half_and_full_size() -> None:
    pixels = indexed(np.zeros((3000, 2500), np.float32))
    for zoom in (0.07, 0.2, 0.25, 0.3, 0.5, 0.51):
        assert 0.5 < zoom * 2 ** pixels.level_for(zoom) <= 1.0
    assert pixels.level_for(1.0) == pixels.level_for(7.0) == 0


def test_that_a_drag_sets_width_across_and_level_down() -> None:
    start = Window(1000.0, 400.0, name="BONE")
    moved = dragged(start, 30.0, -20.0, 2.0)
    assert (moved.width, moved.center) == (460.0, 960.0)
    assert (moved.function, moved.name) == (VoiFunction.LINEAR, "")


def test_that_a_drag_never_makes_a_window_narrower_than_the_standard_allows() -> None:
    assert dragged(Window(50.0, 100.0), -9999.0, 0.0, 1.0).width == 1.0
    exact = Window(0.5, 1.0, VoiFunction.LINEAR_EXACT)
    assert 0.0 < dragged(exact, -9999.0, 0.0, 0.01).width <= 0.01


def test_that_a_drag_of_400_pixels_doubles_the_films_own_width() -> None:
    own = Window(2000.0, 4000.0)
    assert units_per_pixel(own, 0.0, 4095.0) * 400.0 == own.width


def test_that_a_bright_marker_does_not_make_the_hand_coarse() -> None:
    assert units_per_pixel(Window(500.0, 800.0), 0.0, 60_000.0) == 60_000.0 / 8192.0
    assert units_per_pixel(Window(500.0, 800.0), 0.0, 4000.0) == 2.0


def test_that_the_corner_names_window_function_and_explanation() -> None:
    assert window_text(Window(511.0, 1024.0)) == "W 1024  L 511"
    assert window_text(Window(0.25, 0.5, VoiFunction.SIGMOID)) == "W 0.500  L 0.250  sigmoid"
    assert window_text(Window(40.0, 400.0, name="BONE")).endswith("  BONE")
