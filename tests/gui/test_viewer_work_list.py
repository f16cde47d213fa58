"""The work list: scores in the background, order, and what blind reading keeps hidden."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import grab, part, wait_for, write_film

from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.list_filter import disagrees
from xray_desktop.state.work_list import Order, WorkList


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def button(bench: Bench) -> QPushButton:
    found: QPushButton = part(bench.tab, QPushButton, "scoreAllButton")
    return found


def score_all(bench: Bench) -> None:
    button(bench).click()
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    bench.settle()


def choose_order(bench: Bench, order: Order) -> None:
    box = part(bench.tab, QComboBox, "orderBox")
    assert box.isEnabled()
    box.setCurrentText(order.value)
    box.activated.emit(box.currentIndex())


def orders(bench: Bench) -> list[str]:
    """Those that can be chosen."""
    model = part(bench.tab, QComboBox, "orderBox").model()
    items = [model.item(row) for row in range(model.rowCount())]
    return [item.text() for item in items if item.isEnabled()]


def names(bench: Bench) -> list[str]:
    return [path.name for path in bench.tab.state.films]


def tips(bench: Bench) -> list[str]:
    model = bench.tab._list.film_model
    rows = range(model.rowCount())
    return [str(model.index(row).data(Qt.ItemDataRole.ToolTipRole)) for row in rows]


def answer(score: float, opinion: Opinion) -> ModelAnswer:
    return ModelAnswer("run", score, 0.5, opinion)


def test_that_every_film_of_the_list_gets_its_score(bench: Bench) -> None:
    bench.open()
    assert not button(bench).isEnabled()
    bench.choose()
    score_all(bench)
    scores = {path.name: said.score for path, said in bench.tab.state.work.answers.items()}
    # The fake model's score is the mean grey: 51, 204 and 102 of 255.
    assert scores == {"a dark.png": 0.2, "b bright.png": 0.8, "c grey.png": 0.4}
    assert button(bench).text() == "All scored"
    assert "Model: fracture, 0.80" in tips(bench)[1]


def test_that_scoring_begins_with_the_film_in_sight(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_Down)
    bench.model.asked.clear()
    score_all(bench)
    assert [score for score, _ in bench.model.asked] == [0.8, 0.4, 0.2]


def test_that_a_list_is_sorted_with_the_film_in_sight_staying(bench: Bench) -> None:
    bench.open()
    bench.choose()
    score_all(bench)
    choose_order(bench, Order.SCORE)
    assert names(bench) == ["b bright.png", "c grey.png", "a dark.png"]
    assert bench.tab._place.text() == "3 / 3"
    assert bench.tab.state.film is not None
    assert bench.tab.state.film.path.name == "a dark.png"
    assert part(bench.tab, QLabel, "predictionScore").text() == "0.20"
    bench.press(Qt.Key.Key_Up)
    assert bench.tab.state.film.path.name == "c grey.png"
    choose_order(bench, Order.OPENED)
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]


def test_that_disagreement_brings_the_opposed_films_up(bench: Bench) -> None:
    bench.open()
    bench.choose()
    score_all(bench)
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_N)
    assert "against your verdict" in tips(bench)[1]
    choose_order(bench, Order.DISAGREEMENT)
    assert names(bench)[0] == "b bright.png"


def test_that_stop_keeps_what_is_scored_and_goes_on_later(bench: Bench) -> None:
    bench.open()
    bench.choose()
    gate = threading.Event()
    bench.model.gate = gate
    button(bench).click()
    assert button(bench).text() == "Stop  0/3"
    button(bench).click()
    gate.set()
    bench.settle()
    assert bench.tab.state.work.answers == {}
    assert button(bench).text() == "Score all films"
    score_all(bench)
    assert len(bench.tab.state.work.answers) == 3


def test_that_a_film_that_cannot_be_read_is_marked_and_the_others_are_scored(
    bench: Bench, tmp_path: Path
) -> None:
    broken = write_film(tmp_path / "d broken.png", 10)
    bench.films.append(broken)
    bench.open()
    bench.choose()
    broken.write_bytes(broken.read_bytes()[:40])
    score_all(bench)
    assert len(bench.tab.state.work.answers) == 3
    assert broken in bench.tab.state.unreadable
    assert button(bench).text() == "All scored"


def test_that_another_model_makes_the_scores_void(bench: Bench) -> None:
    bench.open()
    bench.choose()
    score_all(bench)
    choose_order(bench, Order.SCORE)
    bench.tab.choose_model(Path("other.keras"))
    bench.settle()
    assert bench.tab.state.work.answers == {}
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    assert not any("Model" in tip for tip in tips(bench))


def test_that_blind_reading_hides_the_scores_of_films_without_a_verdict(bench: Bench) -> None:
    part(bench.tab, QCheckBox, "blindBox").click()
    bench.open()
    bench.choose()
    model = bench.tab._list.film_model
    pictures = [model.index(row) for row in range(3)]
    wait_for(bench.qtbot, lambda: all(i.data(Qt.ItemDataRole.DecorationRole) for i in pictures))
    before = grab(bench.tab._list)
    score_all(bench)
    assert not any("Model" in tip for tip in tips(bench))
    assert (grab(bench.tab._list) == before).all()
    assert orders(bench) == ["As opened", "By name", "By date", "By verdict"]
    bench.press(Qt.Key.Key_F)
    assert ["Model" in tip for tip in tips(bench)] == [True, False, False]
    assert [verdict.score_seen for verdict in bench.store.history()] == [False]


def test_that_a_score_seen_in_the_list_counts_as_seen(bench: Bench) -> None:
    bench.open()
    bench.choose()
    score_all(bench)
    part(bench.tab, QCheckBox, "blindBox").click()
    # Never in sight itself, only its score in the list.
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_F)
    assert [verdict.score_seen for verdict in bench.store.history()] == [True]


def test_that_blind_reading_brings_the_order_of_opening_back(bench: Bench) -> None:
    bench.open()
    bench.choose()
    score_all(bench)
    choose_order(bench, Order.SCORE)
    part(bench.tab, QCheckBox, "blindBox").click()
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]


def test_that_films_without_a_score_come_last_and_equals_stay_as_opened() -> None:
    films = tuple(Path(name) for name in "abcde")
    work = WorkList(films)
    for name, score in (("b", 0.3), ("c", 0.9), ("e", 0.3)):
        work.answers[Path(name)] = answer(score, Opinion.NO_FRACTURE)
    found = work.sorted_films(Order.SCORE, {})
    assert [path.name for path in found] == ["c", "b", "e", "a", "d"]


@pytest.mark.parametrize("sign", Opinion)
@pytest.mark.parametrize("said", Opinion)
def test_that_only_fracture_and_no_fracture_oppose_each_other(sign: Opinion, said: Opinion) -> None:
    opposed = {sign, said} == {Opinion.FRACTURE, Opinion.NO_FRACTURE}
    assert disagrees(answer(0.5, said), sign) == opposed
    assert not disagrees(answer(0.5, said), None)
