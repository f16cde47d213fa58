"""Overlay planes, padding and the shape of pixels, as the film view draws them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from viewer_fakes import grab, make_model, open_films, show_tab

from training.films.film import Film, Spacing, Window
from xray_desktop import theme
from xray_desktop.state.measure_figures import angle, area, label, length, statistics
from xray_desktop.state.measure_table import figures_of
from xray_desktop.state.measurements import Kind, Measurement
from xray_desktop.state.viewer_bitmap import bitmap
from xray_desktop.state.viewer_geometry import Orientation
from xray_desktop.state.viewer_state import Look, Picture
from xray_desktop.state.window_presets import preset_window
from xray_desktop.viewer_tab.engine import Engine, load_film
from xray_desktop.viewer_tab.film import film_view
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.measure.notes_layer import scale_bar
from xray_desktop.viewer_tab.tab import ViewerTab

ALL = [Orientation(turns, mirrored) for turns in range(4) for mirrored in (False, True)]
RANDOM = np.random.default_rng(5)
VALUES = RANDOM.integers(0, 4096, (120, 170)).astype(np.float32)
DRAWN = RANDOM.random(VALUES.shape) > 0.8
EDGE = np.zeros(VALUES.shape, bool)
EDGE[:, :40] = True
COLOUR = QColor(theme.PLANES)


@pytest.fixture
def view(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> FilmView:
    monkeypatch.setattr(film_view, "draw_corners", lambda *_: None)
    shown = FilmView()
    qtbot.addWidget(shown)
    shown.resize(400, 300)
    shown.show()
    return shown


def film_of(**facts: object) -> Film:
    return replace(Film(Path("film"), VALUES, Window(1800.0, 3000.0)), **facts)  # type: ignore[arg-type]


def show(view: FilmView, film: Film, look: Look) -> None:
    loaded = load_film(lambda _path: film, film.path)
    facts = film.window, film.inverted, film.scale, loaded.padding, loaded.overlay
    view.show_picture(Picture(loaded.pixels, *facts), look)


@pytest.mark.parametrize("orientation", ALL)
def test_that_a_plane_is_drawn_pixel_by_pixel_over_the_film(
    view: FilmView, orientation: Orientation
) -> None:
    film = film_of(overlay=DRAWN)
    show(view, film, Look(film.window, orientation=orientation))
    view.one_to_one()
    assert view.film_geometry is not None
    left, top, right, bottom = map(round, view.film_geometry.film_in_view())
    grey = np.rint(film.display() * 255.0).astype(np.uint8)
    expected = np.dstack([grey] * 3)
    expected[DRAWN] = COLOUR.red(), COLOUR.green(), COLOUR.blue()
    turned = np.dstack([orientation.turn(expected[..., part]) for part in range(3)])
    assert np.array_equal(grab(view)[top:bottom, left:right], turned)


def test_that_a_thin_line_is_seen_in_the_smallest_picture() -> None:
    mask = np.zeros((3001, 2501), bool)
    mask[:, 1200] = True
    found = bitmap(mask)
    assert found is not None
    assert all(level.any(axis=1).all() for level in found.levels)
    assert bitmap(np.zeros((4, 4), bool)) is None


@pytest.mark.parametrize("inverted", [False, True], ids=["MONOCHROME2", "MONOCHROME1"])
@pytest.mark.parametrize("turned_over", [False, True])
@pytest.mark.parametrize("orientation", ALL[:3])
def test_that_padding_is_black_whatever_the_window(
    view: FilmView, inverted: bool, turned_over: bool, orientation: Orientation
) -> None:
    film = film_of(padding=EDGE, inverted=inverted)
    look = Look(Window(100.0, 10.0), inverted=turned_over, orientation=orientation)
    show(view, film, look)
    view.one_to_one()
    assert view.film_geometry is not None
    left, top, right, bottom = map(round, view.film_geometry.film_in_view())
    shown = grab(view)[top:bottom, left:right, 0]
    edge = orientation.turn(EDGE)
    assert not shown[edge].any()
    assert shown[~edge].any()


def test_that_padding_counts_in_no_window() -> None:
    values = VALUES.copy()
    values[EDGE] = 60_000.0
    film = film_of(pixels=values, padding=EDGE)
    loaded = load_film(lambda _path: film, film.path)
    automatic, full = preset_window(loaded, 1), preset_window(loaded, 2)
    counted = values[~EDGE]
    assert automatic.limits == pytest.approx(np.percentile(counted, (0.5, 99.5)), abs=40.0)
    assert full.limits == pytest.approx((counted.min(), counted.max()), abs=1.0)


@pytest.mark.parametrize("kind", [Kind.RECTANGLE, Kind.ELLIPSE])
def test_that_padding_counts_in_no_region(kind: Kind) -> None:
    film = film_of(padding=EDGE)
    box = Measurement(kind, ((20.0, 10.0), (90.0, 80.0)))
    found = statistics(box, film.counted)
    y, x = np.mgrid[: VALUES.shape[0], : VALUES.shape[1]] + 0.5
    inside = (x > 20.0) & (x < 90.0) & (y > 10.0) & (y < 80.0)
    if kind is Kind.ELLIPSE:
        inside = ((x - 55.0) / 35.0) ** 2 + ((y - 45.0) / 35.0) ** 2 <= 1.0
    counted = VALUES[inside & ~EDGE]
    assert found is not None
    assert found.num_pixels == counted.size
    assert (found.mean, found.low) == (pytest.approx(counted.mean(), rel=1e-5), counted.min())
    assert statistics(Measurement(kind, ((1.0, 1.0), (30.0, 30.0))), film.counted) is None
    assert film_of().counted is VALUES


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize(
    "facts",
    [{"pixel_aspect": 2.0}, {"spacing": Spacing(0.4, 0.2, "at detector")}],
    ids=["aspect", "spacing"],
)
def test_that_pixels_that_are_not_square_are_shown_in_their_shape(
    view: FilmView, orientation: Orientation, facts: dict[str, object]
) -> None:
    values = np.full((100, 100), 3900.0, np.float32)
    film = film_of(pixels=values, **facts)
    show(view, film, Look(film.window, orientation=orientation))
    lit = grab(view)[..., 0] > 200
    tall, wide = lit.any(axis=1).sum(), lit.any(axis=0).sum()
    if orientation.swaps_sides:
        tall, wide = wide, tall
    assert tall / wide == pytest.approx(2.0, abs=0.03)


def test_that_lengths_without_millimetres_go_by_the_shape_of_a_pixel() -> None:
    scale = film_of(pixel_aspect=2.0).scale
    assert scale is not None
    # A square on the screen: 10 across, 5 of double height down.
    assert length((0.0, 0.0), (0.0, 5.0), scale) == length((0.0, 0.0), (10.0, 0.0), scale) == 10.0
    corner = Measurement(Kind.ANGLE, ((10.0, 0.0), (0.0, 0.0), (10.0, 5.0)))
    assert angle(corner, scale) == pytest.approx(45.0)
    box = Measurement(Kind.RECTANGLE, ((0.0, 0.0), (10.0, 5.0)))
    assert area(box, scale) == pytest.approx(100.0)
    line = Measurement(Kind.LENGTH, ((0.0, 0.0), (0.0, 5.0)))
    assert label(line, scale, None) == ("10.0 px",)
    assert figures_of(line, scale, None) == {"value": 10.0, "unit": "px"}
    assert scale_bar(scale, 1.0, 160.0) is None


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> ViewerTab:
    for name in ("bare", "drawn"):
        (tmp_path / name).write_text(name)

    def read(path: Path) -> Film:
        return film_of(path=path, overlay=DRAWN if path.name == "drawn" else None)

    engine = Engine(
        read_film=read,
        read_grey=lambda path: read(path).grey(),
        sniff=lambda _path: "DICOM",
        load_predictor=make_model(),
    )
    shown = show_tab(qtbot, ViewerTab(engine=engine))
    open_films(qtbot, shown, tmp_path / "bare", tmp_path / "drawn")
    return shown


def test_that_the_overlay_is_offered_only_where_there_is_one_and_off_at_first(
    tab: ViewerTab, qtbot: QtBot
) -> None:
    action = tab._tools.entries["planes"]
    assert not action.isVisible()
    tab._ask_for(1)
    qtbot.waitUntil(lambda: tab.state.shown == 1 and not tab.is_busy())
    assert action.isVisible()
    assert not action.isChecked()
    before = grab(tab._view)
    tab._view.setFocus()
    QTest.keyClick(tab._view, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert action.isChecked()
    after = grab(tab._view)
    cyan = after[..., 2].astype(int) - after[..., 0] > 60
    assert cyan.sum() > 1000
    assert not (before[..., 2].astype(int) - before[..., 0] > 60).any()
    QTest.keyClick(tab._view, Qt.Key.Key_O, Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(grab(tab._view), before)
