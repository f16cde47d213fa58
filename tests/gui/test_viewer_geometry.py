"""Turns, zoom and pan against closed forms; no window."""

from __future__ import annotations

import numpy as np
import pytest

from xray_desktop.state.viewer_geometry import Affine, Geometry, Orientation

ALL = [Orientation(turns, mirrored) for turns in range(4) for mirrored in (False, True)]


@pytest.mark.parametrize("orientation", ALL)
def test_that_the_affine_puts_each_pixel_where_the_turned_array_has_it(
    orientation: Orientation,
) -> None:
    pixels = np.arange(15).reshape(3, 5)
    turned = orientation.turn(pixels)
    affine = orientation.affine(5, 3)
    for row in range(3):
        for column in range(5):
            x, y = affine.apply(column + 0.5, row + 0.5)
            assert turned[int(y), int(x)] == pixels[row, column]
            assert (x % 1.0, y % 1.0) == (0.5, 0.5)


def test_that_a_turn_to_the_right_brings_the_left_edge_to_the_top() -> None:
    turned = Orientation().turned(1).turn(np.array([[1, 2], [3, 4]]))
    assert turned.tolist() == [[3, 1], [4, 2]]


@pytest.mark.parametrize("orientation", ALL)
def test_that_each_tool_acts_on_what_the_screen_shows(orientation: Orientation) -> None:
    pixels = np.arange(6).reshape(2, 3)
    seen = orientation.turn(pixels)
    assert np.array_equal(orientation.turned(1).turn(pixels), np.rot90(seen, -1))
    assert np.array_equal(orientation.turned(-1).turn(pixels), np.rot90(seen))
    assert np.array_equal(orientation.flipped_across().turn(pixels), seen[:, ::-1])
    assert np.array_equal(orientation.flipped_down().turn(pixels), seen[::-1])


def test_that_the_inverse_of_a_map_leads_back() -> None:
    there = Affine(0.0, -2.0, 7.0, 3.0, 0.5, -4.0)
    assert there.inverse().apply(*there.apply(1.25, -8.0)) == pytest.approx((1.25, -8.0))


def test_that_a_fitted_film_touches_two_edges_and_lies_in_the_middle() -> None:
    geometry = Geometry(400, 200, 1000, 900).fitted()
    assert geometry.film_in_view() == pytest.approx((0.0, 200.0, 1000.0, 700.0))
    turned = geometry.reoriented(Orientation(1))
    assert turned.film_in_view() == pytest.approx((275.0, 0.0, 725.0, 900.0))


def test_that_pixels_higher_than_wide_are_drawn_so() -> None:
    geometry = Geometry(100, 100, 400, 400, aspect=2.0).fitted()
    assert geometry.film_in_view() == pytest.approx((100.0, 0.0, 300.0, 400.0))


@pytest.mark.parametrize("orientation", ALL)
def test_that_zooming_keeps_the_point_below_the_pointer(orientation: Orientation) -> None:
    geometry = Geometry(3000, 2000, 1000, 800, orientation=orientation).fitted()
    before = geometry.view_to_film().apply(640.0, 300.0)
    after = geometry.zoomed_to(2.0, (640.0, 300.0)).view_to_film().apply(640.0, 300.0)
    # The shift is rounded to whole device pixels: half of one on each side.
    assert np.hypot(after[0] - before[0], after[1] - before[1]) < 1.0 / 2.0 + 1.0 / 0.4


def test_that_zooming_about_a_point_lands_where_the_closed_form_says() -> None:
    geometry = Geometry(1000, 1000, 500, 500).fitted()
    zoomed = geometry.zoomed_to(1.0, (100.0, 100.0))
    # Film point (200, 200) lay under the pointer at zoom 0.5, so it still does at zoom 1.
    assert zoomed.film_to_view().apply(200.0, 200.0) == pytest.approx((100.0, 100.0), abs=0.5)


def test_that_panning_moves_the_film_with_the_hand_and_never_out_of_sight() -> None:
    geometry = Geometry(1000, 1000, 500, 500).fitted().zoomed_to(1.0)
    left, top, *_ = geometry.film_in_view()
    assert geometry.panned(30.0, -20.0).film_in_view()[:2] == pytest.approx((left + 30, top - 20))
    assert geometry.panned(9999.0, 0.0).film_in_view()[0] == pytest.approx(250.0)


def test_that_one_to_one_puts_film_pixels_on_whole_device_pixels() -> None:
    affine = Geometry(333, 271, 640, 481).fitted().zoomed_to(1.0).film_to_view()
    assert (affine.xx, affine.yy) == (1.0, 1.0)
    assert (affine.x0 % 1.0, affine.y0 % 1.0) == (0.0, 0.0)


def test_that_a_resized_view_keeps_a_fitted_film_fitted_and_a_zoomed_one_zoomed() -> None:
    fitted = Geometry(100, 100, 200, 200).fitted()
    assert fitted.resized(400, 300).zoom == pytest.approx(3.0)
    assert fitted.zoomed_to(5.0).resized(400, 300).zoom == 5.0


def test_that_only_the_part_in_sight_is_named_visible() -> None:
    geometry = Geometry(1000, 1000, 100, 50).fitted().zoomed_to(1.0)
    assert geometry.visible_film() == (450, 475, 550, 525)
