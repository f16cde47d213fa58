"""The list filtered, searched and sorted: what is shown, what stays, what blind reading keeps hidden."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import part, wait_for, write_film

from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.list_filter import ListFilter, VerdictChoice
from xray_desktop.state.viewer_files import natural
from xray_desktop.state.work_list import Order, WorkList


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    made = Bench(qtbot, tmp_path)
    made.open()
    return made


def names(bench: Bench) -> list[str]:
    return [path.name for path in bench.tab.state.films]


def count(bench: Bench) -> str:
    return str(part(bench.tab, QLabel, "countLabel").text())


def score_all(bench: Bench) -> None:
    bench.choose()
    part(bench.tab, QToolButton, "filterButton")
    bench.tab._work_bar.button.click()
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    bench.settle()


def choose(bench: Bench, box: str, text: str) -> None:
    found = part(bench.tab, QComboBox, box)
    found.setCurrentText(text)
    found.activated.emit(found.currentIndex())
    bench.settle()


def test_that_the_list_is_searched_by_words_of_the_name(bench: Bench) -> None:
    assert count(bench) == "3 files"
    bench.tab.activateWindow()
    wait_for(bench.qtbot, bench.tab.isActiveWindow)
    bench.tab._view.setFocus()
    QTest.keyClick(bench.tab._view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    field = part(bench.tab, QLineEdit, "searchField")
    assert field.hasFocus()
    QTest.keyClicks(field, "PNG brig")
    wait_for(bench.qtbot, lambda: "of" in count(bench))
    # The film in sight keeps its row; it is counted as any other.
    assert names(bench) == ["a dark.png", "b bright.png"]
    assert count(bench) == "2 of 3 files"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.tab._view.hasFocus()
    bench.press(Qt.Key.Key_PageDown)
    assert bench.tab.state.film.path.name == "b bright.png"
    assert not bench.tab._tools.entries["next"].isEnabled()
    field.clear()
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    assert count(bench) == "3 files"


def test_that_films_without_a_verdict_are_shown_and_read_ones_stay_till_the_list_is_made_anew(
    bench: Bench,
) -> None:
    choose(bench, "verdictFilter", "None yet")
    bench.press(Qt.Key.Key_F)
    bench.press(Qt.Key.Key_PageDown)
    # Still there: a reader who was too quick goes back.
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    bench.press(Qt.Key.Key_F5)
    assert names(bench) == ["b bright.png", "c grey.png"]
    assert count(bench) == "2 of 3 files"
    choose(bench, "verdictFilter", "Fracture")
    assert names(bench) == ["a dark.png", "b bright.png"]


def test_that_the_next_unread_film_goes_by_the_filter(bench: Bench) -> None:
    bench.tab._work.set_filter(ListFilter(text="dark"))
    bench.press(Qt.Key.Key_F)
    said: list[str] = []
    bench.tab._verdicts.said.connect(lambda text, _kind: said.append(text))
    bench.press(Qt.Key.Key_K)
    assert said == [
        "Every film of this list that can be read has your verdict. The filter hides others."
    ]


def test_that_scores_and_answers_filter(bench: Bench) -> None:
    lowest = part(bench.tab, QDoubleSpinBox, "lowestScore")
    assert not lowest.isEnabled()
    score_all(bench)
    assert lowest.isEnabled()
    lowest.setValue(0.5)
    # The film in sight and the one of 0.80.
    assert names(bench) == ["a dark.png", "b bright.png"]
    highest = part(bench.tab, QDoubleSpinBox, "highestScore")
    highest.setValue(0.3)
    assert lowest.value() == 0.3
    bench.tab._work.set_filter(ListFilter())
    choose(bench, "saysFilter", "Fracture")
    assert names(bench) == ["a dark.png", "b bright.png"]
    bench.press(Qt.Key.Key_PageDown)
    bench.press(Qt.Key.Key_N)
    choose(bench, "saysFilter", "Anything")
    part(bench.tab, QCheckBox, "disputedBox").click()
    assert names(bench) == ["b bright.png"]


def test_that_blind_reading_filters_and_sorts_by_nothing_of_the_model(bench: Bench) -> None:
    score_all(bench)
    bench.tab._work.set_filter(ListFilter(lowest=0.5))
    choose(bench, "orderBox", "By score")
    assert names(bench) == ["b bright.png", "a dark.png"]
    part(bench.tab, QCheckBox, "blindBox").click()
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    assert count(bench) == "3 files"
    assert part(bench.tab, QComboBox, "orderBox").currentText() == "As opened"
    for kind, name in ((QComboBox, "saysFilter"), (QDoubleSpinBox, "lowestScore")):
        assert not part(bench.tab, kind, name).isEnabled()
    assert part(bench.tab, QComboBox, "verdictFilter").isEnabled()


def test_that_a_filter_by_score_takes_up_films_as_they_are_scored(bench: Bench) -> None:
    bench.choose()
    bench.tab._work.set_filter(ListFilter(lowest=0.7))
    assert names(bench) == ["a dark.png"]
    bench.tab._work_bar.button.click()
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    assert names(bench) == ["a dark.png", "b bright.png"]
    # All were scored, also those that are not shown.
    assert len(bench.tab.state.work.answers) == 3


def test_that_files_that_cannot_be_read_are_found(bench: Bench, tmp_path: Path) -> None:
    broken = write_film(tmp_path / "d broken.png", 10)
    bench.films.append(broken)
    bench.open()
    broken.write_bytes(broken.read_bytes()[:40])
    bench.tab._ask_for(3)
    bench.settle()
    part(bench.tab, QCheckBox, "unreadableBox").click()
    assert names(bench) == ["a dark.png", "d broken.png"]


def test_that_the_key_shows_all_films_again(bench: Bench) -> None:
    bench.tab._work.set_filter(ListFilter(text="bright", verdict=VerdictChoice.NONE))
    assert part(bench.tab, QToolButton, "filterButton").isChecked()
    bench.tab._tools.entries["filter_off"].trigger()
    assert len(names(bench)) == 3
    assert not part(bench.tab, QToolButton, "filterButton").isChecked()
    assert part(bench.tab, QLineEdit, "searchField").text() == ""


def test_that_the_list_is_sorted_by_name_date_and_verdict(bench: Bench) -> None:
    for age, path in enumerate(reversed(bench.films)):
        os.utime(path, (1e9 + age, 1e9 + age))
    choose(bench, "orderBox", "By date")
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    os.utime(bench.films[2], (2e9, 2e9))
    bench.open()
    assert names(bench) == ["c grey.png", "a dark.png", "b bright.png"]
    choose(bench, "orderBox", "By name")
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_PageDown)
    bench.press(Qt.Key.Key_PageDown)
    bench.press(Qt.Key.Key_F)
    choose(bench, "orderBox", "By verdict")
    assert names(bench) == ["c grey.png", "a dark.png", "b bright.png"]


def test_that_names_are_sorted_as_people_count() -> None:
    films = tuple(Path(f"{folder}/film {n}.png") for folder, n in (("b", 10), ("a", 9), ("c", 1)))
    found = WorkList(films).sorted_films(Order.NAME, {})
    assert [path.name for path in found] == ["film 1.png", "film 9.png", "film 10.png"]
    names = ["film 2-rotated1.png", "film 2.png", "film 2", "film 10.png", "Film 1.PNG"]
    assert sorted(names, key=natural) == [names[4], names[2], names[1], names[0], names[3]]
    assert sorted(["1.2.10", "1.2.9", "1.2"], key=natural) == ["1.2", "1.2.9", "1.2.10"]


def test_that_order_and_verdict_are_remembered_and_names_searched_for_are_not(
    bench: Bench,
) -> None:
    choose(bench, "orderBox", "By name")
    bench.tab._work.set_filter(ListFilter(text="bright", verdict=VerdictChoice.NONE, lowest=0.5))
    bench.settings.save()
    assert "bright" not in bench.settings.file.read_text(encoding="utf-8")
    again = bench.show()
    assert again.state.work.order is Order.NAME
    assert again.state.work.filter == ListFilter(verdict=VerdictChoice.NONE)


def test_that_an_order_by_score_waits_for_scores(bench: Bench) -> None:
    bench.settings.put("viewer/order", "SCORE")
    bench.tab = bench.show()
    bench.open()
    assert part(bench.tab, QComboBox, "orderBox").currentText() == "As opened"
    score_all(bench)
    assert part(bench.tab, QComboBox, "orderBox").currentText() == "By score"
    assert names(bench) == ["b bright.png", "c grey.png", "a dark.png"]


def test_that_another_readers_verdicts_filter_for_them(bench: Bench) -> None:
    bench.press(Qt.Key.Key_F)
    choose(bench, "verdictFilter", "Given")
    bench.press(Qt.Key.Key_PageDown)
    assert names(bench) == ["a dark.png"]
    field = part(bench.tab, QLineEdit, "readerField")
    field.setText("Reader 2")
    field.editingFinished.emit()
    bench.settle()
    choose(bench, "verdictFilter", "None yet")
    assert names(bench) == ["a dark.png", "b bright.png", "c grey.png"]


@pytest.mark.parametrize(
    ("wanted", "said", "sign", "holds"),
    [
        (ListFilter(), None, None, True),
        (ListFilter(lowest=0.4), None, None, False),
        (ListFilter(lowest=0.4, highest=0.6), (0.4, Opinion.UNSURE), None, True),
        (ListFilter(lowest=0.4, highest=0.6), (0.61, Opinion.UNSURE), None, False),
        (ListFilter(says=Opinion.UNSURE), (0.4, Opinion.UNSURE), None, True),
        (ListFilter(says=Opinion.UNSURE), (0.4, Opinion.FRACTURE), None, False),
        (ListFilter(disputed=True), (0.9, Opinion.FRACTURE), Opinion.NO_FRACTURE, True),
        (ListFilter(disputed=True), (0.9, Opinion.FRACTURE), Opinion.UNSURE, False),
        (ListFilter(verdict=VerdictChoice.GIVEN), None, Opinion.UNSURE, True),
        (ListFilter(verdict=VerdictChoice.GIVEN), None, None, False),
        (ListFilter(verdict=VerdictChoice.UNSURE), None, Opinion.FRACTURE, False),
        (ListFilter(verdict=VerdictChoice.NONE), None, Opinion.FRACTURE, False),
    ],
)
def test_that_a_film_is_shown_where_it_fulfils_all_that_is_asked(
    wanted: ListFilter, said: tuple[float, Opinion] | None, sign: Opinion | None, holds: bool
) -> None:
    answer = None if said is None else ModelAnswer("run", said[0], 0.5, said[1])
    assert wanted.holds(answer, sign, unreadable=False) is holds
