"""Measuring on the film: the figures against closed forms, and the mouse and keys that draw."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot
from viewer_desk import SQUARE, VALUES, Desk
from viewer_fakes import grab, part, wait_for

from training.films.film import Spacing
from xray_desktop.state.measure_book import MeasureBook
from xray_desktop.state.measure_figures import angle, area, label, length, statistics
from xray_desktop.state.measurements import Kind, Measurement, Point

# Rows 0.5 mm apart, columns 0.25: 12 columns and 8 rows are 3 and 4 mm.
UNEQUAL = Spacing(0.5, 0.25, "at detector")


def drawn(kind: Kind, *points: Point) -> Measurement:
    return Measurement(kind, points)


def cobb(degrees: float) -> Measurement:
    end = (100.0 * math.cos(math.radians(degrees)), 50.0 + 100.0 * math.sin(math.radians(degrees)))
    return drawn(Kind.COBB, (0.0, 0.0), (80.0, 0.0), (0.0, 50.0), end)


# Figures ---------------------------------------------------------------------------------------


def test_that_a_length_takes_rows_and_columns_by_their_own_millimetres() -> None:
    ruler = drawn(Kind.LENGTH, (10.0, 10.0), (22.0, 18.0))
    assert length(*ruler.points, UNEQUAL) == pytest.approx(5.0)
    assert label(ruler, UNEQUAL, None) == ("5.0 mm at detector",)
    assert label(ruler, SQUARE, None) == (f"{math.hypot(2.4, 1.6):.1f} mm",)


def test_that_without_spacing_there_are_pixels_and_no_millimetres() -> None:
    assert label(drawn(Kind.LENGTH, (0.0, 0.0), (3.0, 4.0)), None, None) == ("5.0 px",)


@pytest.mark.parametrize("degrees", [0.0, 1.0, 45.0, 90.0, 135.0, 179.0])
def test_that_an_angle_is_that_between_its_sides(degrees: float) -> None:
    turn = math.radians(degrees)
    sides = drawn(
        Kind.ANGLE, (60.0, 50.0), (50.0, 50.0), (50 + math.cos(turn), 50 + math.sin(turn))
    )
    assert angle(sides, SQUARE) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(("drawn_at", "told"), [(20.0, 20.0), (90.0, 90.0), (160.0, 20.0)])
def test_that_a_cobb_angle_is_the_smaller_whichever_way_lines_were_drawn(
    drawn_at: float, told: float
) -> None:
    assert angle(cobb(drawn_at), None) == pytest.approx(told)
    assert label(cobb(drawn_at), None, None) == (f"Cobb {told:.1f}°",)


def test_that_angles_are_those_of_the_patient_where_pixels_are_not_square() -> None:
    # 4 columns and 2 rows are 1 mm by 1 mm.
    sides = drawn(Kind.ANGLE, (4.0, 0.0), (0.0, 0.0), (4.0, 2.0))
    assert angle(sides, UNEQUAL) == pytest.approx(45.0)


def test_that_areas_follow_the_closed_forms() -> None:
    box = ((10.0, 10.0), (22.0, 18.0))
    assert area(drawn(Kind.RECTANGLE, *box), UNEQUAL) == pytest.approx(12.0)
    assert area(drawn(Kind.ELLIPSE, *box), UNEQUAL) == pytest.approx(math.pi * 1.5 * 2.0)
    assert area(drawn(Kind.RECTANGLE, *box), None) == pytest.approx(96.0)


@pytest.mark.parametrize("box", [((10.2, 5.7), (70.9, 33.1)), ((-20.0, 100.0), (30.0, 400.0))])
@pytest.mark.parametrize("kind", [Kind.RECTANGLE, Kind.ELLIPSE])
def test_that_values_of_a_region_are_those_of_a_mask(kind: Kind, box: tuple[Point, Point]) -> None:
    (left, top), (right, bottom) = box
    y, x = np.mgrid[: VALUES.shape[0], : VALUES.shape[1]] + 0.5
    if kind is Kind.RECTANGLE:
        mask = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    else:
        across, down = (
            (2 * x - left - right) / (right - left),
            (2 * y - top - bottom) / (bottom - top),
        )
        mask = across**2 + down**2 <= 1.0
    inside = VALUES[mask].astype(np.float64)
    found = statistics(drawn(kind, *box), VALUES)
    assert found is not None
    assert found.num_pixels == inside.size
    assert (found.low, found.high) == (inside.min(), inside.max())
    assert found.mean == pytest.approx(inside.mean())
    assert found.deviation == pytest.approx(inside.std())


def test_that_a_region_between_pixels_says_so() -> None:
    speck = drawn(Kind.RECTANGLE, (10.6, 10.6), (11.4, 11.4))
    assert statistics(speck, VALUES) is None
    assert label(speck, None, VALUES)[-1] == "no pixel inside"


def test_that_each_film_has_its_own_undo() -> None:
    book = MeasureBook()
    one, other = cobb(10.0), cobb(30.0)
    book.turn_to(Path("a"))
    book.add(one)
    book.turn_to(Path("b"))
    assert (book.now, book.can_undo) == ((), False)
    book.add(other)
    book.delete_selected()
    assert book.now == ()
    book.undo()
    assert book.now == (other,)
    book.turn_to(Path("a"))
    book.delete_all()
    book.undo()
    assert book.now == (one,)
    book.undo()
    assert (book.now, book.can_redo) == ((), True)
    book.redo()
    assert book.now == (one,)
    book.add(other)
    book.undo()
    book.replace_at(0, other)
    assert (book.now, book.can_redo) == ((other,), False)


# Mouse and keys --------------------------------------------------------------------------------


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def is_near(found: Measurement, *points: Point) -> bool:
    return bool(np.allclose(found.points, points, atol=0.4))


@pytest.mark.parametrize("keys", ["", "R", "M", "RV", "RRM", "L"])
def test_that_a_drawn_length_holds_however_the_film_is_turned(desk: Desk, keys: str) -> None:
    for key in keys:
        desk.press(Qt.Key(ord(key)))
    desk.press(Qt.Key.Key_D)
    desk.drag((40.0, 30.0), (70.0, 70.0))
    [found] = desk.drawn
    assert is_near(found, (40.0, 30.0), (70.0, 70.0))
    before = desk.layer.label_of(found)
    assert before[0].endswith(" mm")
    assert float(before[0].split()[0]) == pytest.approx(10.0, abs=0.2)
    for key in (Qt.Key.Key_R, Qt.Key.Key_M, Qt.Key.Key_Plus):
        desk.press(key)
    assert desk.drawn == (found,)
    assert desk.layer.label_of(found) == before


def test_that_clicks_draw_as_well_as_drags(desk: Desk) -> None:
    desk.press(Qt.Key.Key_X)
    for point in ((60.0, 20.0), (30.0, 20.0), (30.0, 60.0)):
        desk.click(*point)
    [found] = desk.drawn
    assert angle(found, SQUARE) == pytest.approx(90.0, abs=1.5)


def test_that_a_cobb_angle_is_two_drags(desk: Desk) -> None:
    desk.press(Qt.Key.Key_C)
    desk.drag((20.0, 20.0), (80.0, 20.0))
    assert desk.drawn == ()
    desk.drag((20.0, 60.0), (80.0, 95.0))
    [found] = desk.drawn
    assert angle(found, None) == pytest.approx(math.degrees(math.atan2(35, 60)), abs=1.5)


def test_that_a_region_tells_the_films_values_whatever_window_is_shown(desk: Desk) -> None:
    desk.press(Qt.Key.Key_B)
    desk.drag((20.0, 20.0), (60.0, 50.0))
    told = desk.layer.label_of(desk.drawn[0])
    found = statistics(desk.drawn[0], VALUES)
    assert found is not None
    assert told[0] == f"mean {found.mean:.1f}   SD {found.deviation:.1f}"
    desk.press(Qt.Key.Key_3)
    desk.press(Qt.Key.Key_I)
    assert desk.layer.label_of(desk.drawn[0]) == told


def test_that_a_handle_reshapes_and_undo_brings_the_old_shape_back(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D)
    desk.drag((40.0, 30.0), (70.0, 70.0))
    desk.drag((70.0, 70.0), (100.0, 30.0))
    assert len(desk.drawn) == 1
    assert is_near(desk.drawn[0], (40.0, 30.0), (100.0, 30.0))
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert is_near(desk.drawn[0], (40.0, 30.0), (70.0, 70.0))
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.drawn == ()
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    desk.press(Qt.Key.Key_Z, both)
    assert len(desk.drawn) == 1


def test_that_delete_takes_the_selected_one_away(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D)
    desk.drag((20.0, 20.0), (60.0, 20.0))
    desk.drag((20.0, 60.0), (60.0, 60.0))
    desk.press(Qt.Key.Key_Delete)
    assert len(desk.drawn) == 1
    assert is_near(desk.drawn[0], (20.0, 20.0), (60.0, 20.0))


def test_that_measurements_stay_with_their_film(desk: Desk) -> None:
    bare = grab(desk.tab._view)
    desk.press(Qt.Key.Key_E)
    desk.drag((20.0, 20.0), (60.0, 50.0))
    first = desk.drawn
    assert not np.array_equal(grab(desk.tab._view), bare)
    desk.press(Qt.Key.Key_PageDown)
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_PageUp)
    assert desk.drawn == first


def test_that_escape_gives_up_and_the_window_tool_gets_the_mouse_back(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D)
    desk.click(30.0, 30.0)
    desk.press(Qt.Key.Key_Escape)
    desk.click(90.0, 90.0)
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_Escape)
    desk.press(Qt.Key.Key_W)
    assert desk.layer.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert desk.tab.state.look is not None
    before = desk.tab.state.look.window
    QTest.mousePress(desk.tab._view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(desk.tab._view, QPoint(160, 130))
    QTest.mouseRelease(desk.tab._view, Qt.MouseButton.LeftButton, pos=QPoint(160, 130))
    assert desk.tab.state.look.window != before


def test_that_the_network_sees_no_measurement_and_shows_none(desk: Desk) -> None:
    film = desk.tab.state.film
    assert film is not None
    grey = film.grey().copy()
    desk.press(Qt.Key.Key_D)
    desk.drag((20.0, 20.0), (60.0, 20.0))
    assert (film.grey() == grey).all()
    desk.tab.choose_model(Path("best.keras"))
    wait_for(desk.qtbot, lambda: not desk.tab.is_busy())
    desk.press(Qt.Key.Key_S)
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_S)
    assert len(desk.drawn) == 1


def test_that_every_tool_is_in_sight_in_the_smallest_window(desk: Desk) -> None:
    desk.tab.resize(1280, 600)
    QApplication.processEvents()
    more = part(desk.tab, QToolButton, "qt_toolbar_ext_button")
    assert not more.isVisible()
    ruler = part(desk.tab, QToolButton, "measureButton")
    desk.press(Qt.Key.Key_C)
    assert ruler.isChecked()
    desk.press(Qt.Key.Key_P)
    assert not ruler.isChecked()


def test_that_undo_in_the_note_is_the_notes(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D)
    desk.drag((20.0, 20.0), (60.0, 20.0))
    note = part(desk.tab, QLineEdit, "noteField")
    note.setFocus()
    QTest.keyClicks(note, "bed")
    assert note.text() == "bed"
    QTest.keyClick(note, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(note, Qt.Key.Key_Delete)
    assert len(desk.drawn) == 1
