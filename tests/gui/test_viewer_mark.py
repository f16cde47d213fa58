"""The reader's mark on the film: set by mouse, in the film's own pixels, kept with the verdict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import grab, part

from xray_desktop.review.verdicts import Mark, Opinion
from xray_desktop.viewer_tab.verdict.mark_layer import MarkLayer


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    bench = Bench(qtbot, tmp_path)
    bench.open()
    return bench


def place(bench: Bench, x: float, y: float) -> QPoint:
    """Where a point of the film lies in the view."""
    geometry = bench.tab._view.film_geometry
    assert geometry is not None
    across, down = geometry.film_to_view().apply(x, y)
    ratio = bench.tab._view.devicePixelRatioF()
    return QPoint(round(across / ratio), round(down / ratio))


def drag(bench: Bench, start: QPoint, end: QPoint) -> None:
    part(bench.tab, QToolButton, "markButton").click()
    layer = part(bench.tab, MarkLayer, "markLayer")
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(layer, end)
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=end)
    bench.settle()


def near(mark: Mark | None, *wanted: float) -> bool:
    assert mark is not None
    found = (mark.x, mark.y, mark.width, mark.height)
    # One pixel of the view is an eighth of one of the film.
    return bool(np.allclose(found, wanted, atol=0.3))


def test_that_a_box_waits_for_the_verdict_and_is_kept_with_it(bench: Bench) -> None:
    drag(bench, place(bench, 30, 40), place(bench, 10, 20))
    assert bench.kept() == []
    assert not part(bench.tab, QToolButton, "markButton").isChecked()
    bench.press(Qt.Key.Key_F)
    [verdict] = bench.store.history()
    assert near(verdict.mark, 10, 20, 20, 20)


@pytest.mark.parametrize("keys", ["R", "M", "RV", "RRM"])
def test_that_a_mark_keeps_its_place_on_the_film_however_it_is_turned(
    bench: Bench, keys: str
) -> None:
    for key in keys:
        bench.press(Qt.Key(ord(key)))
    drag(bench, place(bench, 10, 20), place(bench, 30, 50))
    bench.press(Qt.Key.Key_F)
    assert near(bench.store.history()[0].mark, 10, 20, 20, 30)


def test_that_a_click_marks_a_point_and_a_mark_after_the_verdict_belongs_to_it(
    bench: Bench,
) -> None:
    bench.press(Qt.Key.Key_F)
    point = place(bench, 40, 30)
    drag(bench, point, point)
    first, second = bench.store.history()
    assert first.mark is None
    assert second.opinion is Opinion.FRACTURE
    assert near(second.mark, 40, 30, 0, 0)
    part(bench.tab, QToolButton, "unmarkButton").click()
    bench.settle()
    assert bench.store.history()[-1].mark is None


def test_that_a_mark_is_drawn_again_when_its_film_is(bench: Bench) -> None:
    bare = grab(bench.tab._view)
    point = place(bench, 40, 30)
    drag(bench, point, point)
    bench.press(Qt.Key.Key_U)
    marked = grab(bench.tab._view)
    assert not np.array_equal(bare, marked)
    bench.press(Qt.Key.Key_Down)
    assert part(bench.tab, QToolButton, "unmarkButton").isHidden()
    bench.press(Qt.Key.Key_Up)
    assert np.array_equal(grab(bench.tab._view), marked)


def test_that_escape_ends_marking_and_the_mouse_is_the_views_again(bench: Bench) -> None:
    button = part(bench.tab, QToolButton, "markButton")
    button.click()
    layer = part(bench.tab, MarkLayer, "markLayer")
    transparent = Qt.WidgetAttribute.WA_TransparentForMouseEvents
    assert not layer.testAttribute(transparent)
    bench.press(Qt.Key.Key_Escape)
    assert not button.isChecked()
    assert layer.testAttribute(transparent)


def test_that_a_box_beside_the_film_is_none(bench: Bench) -> None:
    for _ in range(4):
        bench.press(Qt.Key.Key_Minus)
    drag(bench, QPoint(1, 5), QPoint(20, 60))
    bench.press(Qt.Key.Key_F)
    assert bench.store.history()[0].mark is None
