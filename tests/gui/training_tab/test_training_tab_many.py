"""The training tab on a folder of more than two classes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QTableWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from training_fakes import child, listed, with_films

from tests.builders.three_classes import SQUARES, squares
from tests.data.film_folders import put
from tests.report.report_builders import make_many_crossval, make_many_run
from training.evaluation.figures import ClassCount
from training.fit.crossval_folder import read_crossval
from training.fit.run_folder import read_run
from xray_desktop.training_tab.results_panel import confusion_words, guess_name
from xray_desktop.training_tab.tab import TrainingTab


def captions(tab: TrainingTab) -> list[str]:
    panel = tab.data_panel
    return [
        label.text()
        for label, column in zip(panel._captions, panel._columns, strict=True)
        if not column.isHidden()
    ]


def test_that_every_class_is_shown_and_two_classes_after_it(
    qtbot: QtBot, tab: TrainingTab, films: Path, tmp_path: Path
) -> None:
    with_films(qtbot, tab, squares(tmp_path / "three", train=4, validation=2))
    assert captions(tab) == [f"{name} 6" for name in SQUARES]
    assert "3 classes" in child(tab, QLabel, "warningLabel").text()
    places = [column.x() for column in tab.data_panel._columns[:3]]
    assert places == sorted(places)
    with_films(qtbot, tab, films)
    qtbot.waitUntil(lambda: len(captions(tab)) == 2)
    first, second = tab.data_panel._columns[:2]
    qtbot.waitUntil(lambda: second.x() < first.x())


def test_that_more_classes_than_fit_are_named(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    put(tmp_path / "six", [f"{name}/film{number}.png" for name in "abcdef" for number in (1, 2)])
    with_films(qtbot, tab, tmp_path / "six")
    assert captions(tab) == ["a 2", "b 2", "c 2", "d 2"]
    assert tab.data_panel._more.text() == "and e 2, f 2"


def test_that_the_threshold_is_not_offered(qtbot: QtBot, tab: TrainingTab, tmp_path: Path) -> None:
    child(tab, QToolButton, "moreButton").setChecked(True)
    threshold = child(tab, QWidget, "thresholdBox")
    assert threshold.isVisibleTo(tab)
    with_films(qtbot, tab, squares(tmp_path / "three", train=4, validation=2))
    qtbot.waitUntil(lambda: tab.state.data is not None)
    assert not threshold.isVisibleTo(tab)
    assert child(tab, QCheckBox, "classWeightsBox").text() == "Weigh all classes the same"


def test_that_a_run_tells_what_is_found_of_the_classes(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    run = read_run(make_many_run(tmp_path / "many"))
    listed(tab, run)
    tab.runs_panel.run_picked.emit(run.run_id)
    detail = child(tab, QTableWidget, "detailTable")
    heads = [detail.horizontalHeaderItem(column).text() for column in range(4)]
    assert heads[1:] == ["found, mean\nof classes", "least\nfound", "AUC\nmean"]
    assert detail.item(0, 1).text() == "75.0 %"
    assert detail.item(0, 2).text().startswith("75 % ")
    assert f"{SQUARES[0]}: 3 of 4 files called so" in detail.item(0, 1).toolTip()
    assert not child(tab, QPushButton, "resultsCurvesButton").isVisibleTo(tab)
    assert child(tab, QPushButton, "resultsConfusionButton").isVisibleTo(tab)
    assert guess_name(run) == f"always “{SQUARES[0]}”"
    assert run.best is not None
    assert run.best.validation.by_class == (ClassCount(3, 4),) * 3
    assert "fracture" not in confusion_words(run.best.validation, SQUARES)


def test_that_a_cross_validation_tells_the_mean_over_classes(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    crossval = read_crossval(make_many_crossval(tmp_path))
    tab._jobs.crossvals_listed.emit((crossval,))
    tab.runs_panel.list.setCurrentItem(tab.runs_panel.list.topLevelItem(0))
    table = tab.crossval_panel.table
    names = [
        table.verticalHeaderItem(row).text()
        for row in range(table.rowCount())
        if not table.isRowHidden(row)
    ]
    assert names == ["accuracy", "found of a class, mean", "area under ROC, mean"]
    assert table.text(1, 0).count("%") == 1
    assert not child(tab, QPushButton, "crossvalDoubtsButton").isVisibleTo(tab)
