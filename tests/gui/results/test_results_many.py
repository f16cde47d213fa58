"""The results window on runs of more than two classes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.builders.three_classes import SQUARES
from tests.report.report_builders import make_many_crossval, make_many_run, make_run
from xray_desktop.results.window import ResultsWindow
from xray_desktop.state.results_entries import Unit
from xray_desktop.state.results_state import Page

Opened = Callable[[Path, Page], ResultsWindow]


@pytest.fixture
def many_run(tmp_path: Path) -> Path:
    return make_many_run(tmp_path / "many")


def pages_in_sight(window: ResultsWindow) -> list[str]:
    pages = window.pages_list
    return [pages.item(row).text() for row in range(pages.count()) if not pages.isRowHidden(row)]


def test_that_only_views_without_a_threshold_are_offered(
    qtbot: QtBot, opened: Opened, many_run: Path, run: Path
) -> None:
    window = opened(many_run, Page.CURVES)
    assert window.state.problem == ""
    assert pages_in_sight(window) == ["Figures", "Confusion", "Folds", "Compare runs"]
    assert window.page is Page.FIGURES
    window = opened(run, Page.CURVES)
    qtbot.waitUntil(lambda: window.state.loaded is not None)
    assert len(pages_in_sight(window)) == len(Page)


def test_that_every_class_has_its_figures(opened: Opened, many_run: Path) -> None:
    window = opened(many_run, Page.FIGURES)
    rows = window.figures.table.rows()
    assert rows[0][1:] == (
        "best on validation",
        "final on validation",
        "best on train",
        "final on train",
    )
    shown = [row[0] for row in rows]
    for name in SQUARES:
        assert f'"{name}"' in shown
    accuracy = next(row for row in rows if row[0] == "Accuracy")
    # Three of twelve films are called another class.
    assert accuracy[1].startswith("75.0 %")
    window.head.unit_picked.emit(Unit.FILE)
    assert "by file" in window.figures._title.text()


def test_that_a_cell_of_the_confusion_shows_its_films(opened: Opened, many_run: Path) -> None:
    window = opened(many_run, Page.CONFUSION)
    page = window.many_confusion
    assert page.isVisible()
    texts = [
        [page.table.item(row, column).text().split("\n")[0] for column in range(3)]
        for row in range(3)
    ]
    assert texts == [["3", "1", "0"], ["0", "3", "1"], ["1", "0", "3"]]
    # The fullest cell of mistakes is open at first.
    assert page.films.heading == f"1 film that are “{SQUARES[0]}” and are called “{SQUARES[1]}”"
    page.table.setCurrentCell(2, 2)
    assert page.films.heading.startswith("3 films that are “two squares”")
    assert [entry.label for entry in page.films.grid.entries] == [2, 2, 2]
    with_films = page.rows()
    assert with_films[0] == ("is, is called", *SQUARES)
    assert with_films[5][:4] == ("film", "file", "labelled", "called")
    assert not page.films.relabel_button.isVisible()
    found = []
    window.films_requested.connect(lambda films, model: found.append((films, model)))
    page.films.open_button.click()
    assert len(found[0][0]) == 3
    assert found[0][1] == many_run / "best.keras"


def test_that_a_run_of_other_classes_is_not_compared(
    opened: Opened, many_run: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    from xray_desktop.results import measuring

    other = make_run(tmp_path / "two")
    again = make_many_run(tmp_path / "again")
    first, second, third = measuring.compare([many_run, other, again])
    assert first.problem == ""
    assert second.problem == "They measure films of different folders."
    assert third.problem == "They measure films of different folders."
    window = opened(many_run, Page.COMPARE)
    qtbot.waitUntil(lambda: not window.is_busy())
    assert not window.compare.plot.isVisible()
    assert "no one ROC" in window.compare._no_plot.text()


def test_that_runs_of_the_same_films_are_compared_by_what_they_read_right(
    many_run: Path,
) -> None:
    from xray_desktop.results import measuring
    from xray_desktop.results.compare_page import compare_rows, paired_words

    first, same = measuring.compare([many_run, many_run])
    assert same.test is not None
    assert same.test.auc is None
    assert (same.test.accuracy.only_first, same.test.accuracy.only_second) == (0, 0)
    assert same.test.accuracy.first == pytest.approx(0.75)
    words = paired_words("A first", "B same", same)
    assert "McNemar" in words
    assert "ROC" not in words
    rows = compare_rows([first, same], ["A", "B"])
    assert rows[0][3] == "found of a class, mean"
    assert len({len(row) for row in rows}) == 1


def test_that_other_classes_of_the_same_films_are_refused(many_run: Path) -> None:
    from dataclasses import replace

    from xray_desktop.results import measuring

    first = measuring._compared(measuring.load(many_run))
    told = measuring.tested(first, replace(first, classes=("a", "b", "c")))
    assert told.problem == "They tell other classes apart (“a”, “b”, “c”)."
    assert told.test is None


def test_that_folds_of_three_classes_are_shown(opened: Opened, tmp_path: Path) -> None:
    window = opened(make_many_crossval(tmp_path / "folds"), Page.FOLDS)
    assert window.state.problem == ""
    rows = window.folds.table.rows()
    assert [row[0] for row in rows[1:]] == [
        "accuracy",
        "mean found of a class",
        "area under ROC",
    ]
