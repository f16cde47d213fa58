"""What the film view draws, pixel by pixel, and what mouse and keys do to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from viewer_fakes import grab

from training.films.film import Film, FloatPixels, Spacing, Window
from training.films.preprocessing import Preprocessing
from training.models.card import ModelCard
from training.models.heat_colours import colours
from training.models.prediction import HeatMap, Prediction
from xray_desktop.state.viewer_geometry import Orientation
from xray_desktop.state.viewer_pixels import indexed
from xray_desktop.state.viewer_state import Look, Picture
from xray_desktop.viewer_tab.answer.heat_layer import HeatLayer
from xray_desktop.viewer_tab.film import film_view
from xray_desktop.viewer_tab.film.film_view import FilmView, Tool
from xray_desktop.viewer_tab.measure import notes_layer

ALL = [Orientation(turns, mirrored) for turns in range(4) for mirrored in (False, True)]


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> FilmView:
    # The notes would cover pixels that are compared here.
    for part in ("draw_corners", "draw_answer"):
        monkeypatch.setattr(film_view, part, lambda *_: None)
    shown = FilmView()
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    shown.show()
    return shown


def picture_of(film: Film) -> Picture:
    return Picture(indexed(film.pixels), film.window, film.inverted, film.spacing)


def film_of(pixels: FloatPixels, *, inverted: bool = False) -> Film:
    return Film(Path("film"), pixels, Window(1800.0, 3000.0), inverted=inverted)


def noise(height: int = 120, width: int = 170) -> FloatPixels:
    return np.random.default_rng(8).integers(0, 4096, (height, width)).astype(np.float32)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("orientation", ALL)
def test_that_one_to_one_draws_every_pixel_as_the_film_displays_it(
    view: FilmView, orientation: Orientation, inverted: bool
) -> None:
    film = film_of(noise(), inverted=inverted)
    view.show_picture(picture_of(film), Look(film.window, orientation=orientation))
    view.one_to_one()
    geometry = view.film_geometry
    assert geometry is not None
    left, top, right, bottom = (round(value) for value in geometry.film_in_view())
    wanted = orientation.turn(np.rint(film.display() * 255.0).astype(np.uint8))
    assert np.array_equal(grab(view)[top:bottom, left:right, 0], wanted)


def test_that_the_readers_inversion_exchanges_black_and_white(view: FilmView) -> None:
    film = film_of(noise(), inverted=True)
    view.show_picture(picture_of(film), Look(film.window))
    view.one_to_one()
    before = grab(view)[100:200, 150:250]
    view.set_look(Look(film.window, inverted=True))
    after = grab(view)[100:200, 150:250]
    assert np.abs(after.astype(int) + before.astype(int) - 255).max() <= 1


def test_that_the_ground_beside_the_film_is_black_even_for_a_white_film(view: FilmView) -> None:
    film = film_of(np.full((100, 50), 4000.0, np.float32))
    view.show_picture(picture_of(film), Look(film.window))
    shown = grab(view)[:, :, 0]
    assert shown[:, :100].max() == 0
    assert shown[150, 200] == 255


def test_that_a_shrunk_film_keeps_its_means(view: FilmView) -> None:
    stripes = np.zeros((2400, 3200), np.float32)
    stripes[:, ::2] = 3600.0
    film = Film(Path("film"), stripes, Window.between(0.0, 3600.0))
    view.show_picture(picture_of(film), Look(film.window))
    shown = grab(view)[20:-20, 20:-20, 0]
    # Drawn from every eighth pixel instead, it would be all black or all white.
    assert shown.min() >= 126
    assert shown.max() <= 129


def prediction_at(row: int, column: int, preprocessing: Preprocessing) -> Prediction:
    values = np.zeros((8, 8), np.float32)
    values[row, column] = 1.0
    card = ModelCard(classes=("no", "yes"), preprocessing=preprocessing)
    return Prediction(0.9, card, HeatMap(values, False))


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("keep_aspect", [True, False])
@pytest.mark.parametrize("zoom", [None, 1.3])
def test_that_the_heat_map_lies_where_the_network_saw_it(
    view: FilmView, orientation: Orientation, keep_aspect: bool, zoom: float | None
) -> None:
    # A film twice as wide as high: padded, its rows fill the middle half of the square.
    film = film_of(np.zeros((100, 200), np.float32))
    told = prediction_at(3, 5, Preprocessing(64, keep_aspect))
    view.show_picture(picture_of(film), Look(film.window, orientation=orientation))
    if zoom:
        view.zoom_by(zoom)
    view.set_overlay(told, HeatLayer(told, covers_square=False), 1.0)
    shown = grab(view).astype(float)
    weight = shown.sum(axis=2)
    ys, xs = np.mgrid[: weight.shape[0], : weight.shape[1]] + 0.5
    centre = ((weight * xs).sum() / weight.sum(), (weight * ys).sum() / weight.sum())
    # The middle of cell (3, 5) of 8 x 8, in the square, taken back to the film by hand.
    across, down = 5.5 / 8.0 * 200.0, 3.5 / 8.0
    film_point = (across, (down - 0.25) / 0.5 * 100.0 if keep_aspect else down * 100.0)
    geometry = view.film_geometry
    assert geometry is not None
    turned_x, turned_y = orientation.affine(200, 100).apply(*film_point)
    left, top, *_ = geometry.film_in_view()
    wanted = (left + turned_x * geometry.zoom, top + turned_y * geometry.zoom)
    assert centre == pytest.approx(wanted, abs=1.5)


def test_that_the_heat_map_agrees_with_what_preprocessing_restores(view: FilmView) -> None:
    preprocessing = Preprocessing(64, True)
    told = prediction_at(2, 4, preprocessing)
    assert told.heat_map is not None
    source = HeatLayer(told, covers_square=False).source(300, 170)
    restored = preprocessing.restore(told.heat_map.values, 300, 170)
    rows, columns = np.mgrid[:300, :170] + 0.5
    row, column = ((restored * at).sum() / restored.sum() for at in (rows, columns))
    # Where the heat's middle on the film lies in the square, as a share of it.
    x = (source.x() + column / 170 * source.width()) / 448
    y = (source.y() + row / 300 * source.height()) / 448
    assert (x, y) == pytest.approx((4.5 / 8, 2.5 / 8), abs=0.003)


def test_that_the_heat_map_lies_on_a_film_in_its_true_shape(view: FilmView) -> None:
    layer = HeatLayer(prediction_at(2, 4, Preprocessing(64, True)), covers_square=False)
    # 200 x 200 pixels of which each is twice as high as wide: a film half as wide as high.
    assert layer.source(200, 200, 2.0) == layer.source(400, 200)
    assert layer.source(200, 200, 2.0) != layer.source(200, 200)


def test_that_no_heat_leaves_the_film_untouched_and_lightness_rises_with_heat() -> None:
    shades = colours(np.linspace(0.0, 1.0, 101, dtype=np.float32)).astype(float)
    assert shades[:15, 3].max() == 0.0
    assert np.all(np.diff(shades[:, 3]) >= 0.0)
    # CIE 1976 L* from sRGB (IEC 61966-2-1).
    linear = np.where(shades > 10.31, ((shades / 255 + 0.055) / 1.055) ** 2.4, shades / 255 / 12.92)
    luminance = linear[:, :3] @ (0.2126, 0.7152, 0.0722)
    lightness = np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
    assert np.all(np.diff(lightness) > 0.0)
    assert lightness[-1] - lightness[0] > 60.0


def test_that_a_left_drag_asks_for_another_window(view: FilmView, qtbot: QtBot) -> None:
    film = film_of(noise())
    view.show_picture(picture_of(film), Look(film.window))
    asked: list[Window] = []
    view.window_dragged.connect(asked.append)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(view, QPoint(140, 90))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(140, 90))
    # 400 pixels are the film's own width of 3000.
    assert (asked[-1].width, asked[-1].center) == pytest.approx((3300.0, 1725.0))


def test_that_the_middle_button_pans_and_the_wheel_zooms_about_the_pointer(
    view: FilmView,
) -> None:
    film = film_of(noise(600, 800))
    view.show_picture(picture_of(film), Look(film.window))
    view.one_to_one()
    assert view.film_geometry is not None
    before = view.film_geometry.film_in_view()
    QTest.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    QTest.mouseMove(view, QPoint(130, 80))
    QTest.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=QPoint(130, 80))
    after = view.film_geometry.film_in_view()
    assert (after[0] - before[0], after[1] - before[1]) == (30.0, -20.0)
    below = view.film_geometry.view_to_film().apply(50.0, 60.0)
    event = QWheelEvent(
        QPointF(50, 60),
        QPointF(50, 60),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert view.film_geometry.zoom == pytest.approx(1.15)
    assert view.film_geometry.view_to_film().apply(50.0, 60.0) == pytest.approx(below, abs=1.0)


def test_that_the_zoom_tool_makes_a_left_drag_zoom(view: FilmView) -> None:
    film = film_of(noise())
    view.show_picture(picture_of(film), Look(film.window))
    view.set_tool(Tool.ZOOM)
    assert view.film_geometry is not None
    before = view.film_geometry.zoom
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 200))
    QTest.mouseMove(view, QPoint(100, 100))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert view.film_geometry.zoom == pytest.approx(before * 1.005**100)


def test_that_the_pointer_reads_the_films_own_value(view: FilmView) -> None:
    film = film_of(noise())
    view.show_picture(picture_of(film), Look(film.window, orientation=Orientation(1)))
    view.one_to_one()
    told: list[str] = []
    view.pointed_at.connect(told.append)
    assert view.film_geometry is not None
    x, y = view.film_geometry.film_to_view().apply(33.5, 44.5)
    QTest.mouseMove(view, QPoint(int(x), int(y)))
    assert told[-1] == f"x 33  y 44  value {film.pixels[44, 33]:.0f}"


@pytest.mark.parametrize(
    ("spacing", "zoom", "length", "text"),
    [
        (Spacing(0.2, 0.2, "calibrated"), 0.4, 100.0, "50 mm"),
        (Spacing(0.1, 0.1, "at detector"), 1.0, 100.0, "10 mm at detector"),
    ],
)
def test_that_the_scale_bar_is_a_round_length(
    spacing: Spacing, zoom: float, length: float, text: str
) -> None:
    bar = notes_layer.scale_bar(spacing, zoom, 160.0)
    assert bar is not None
    assert (bar.length, bar.text) == (pytest.approx(length), text)


def test_that_a_film_without_millimetres_gets_no_scale_bar() -> None:
    assert notes_layer.scale_bar(None, 1.0, 160.0) is None
