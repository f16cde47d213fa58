"""How the training tab lists what there is to look at, and opens the results window at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.report.report_builders import make_crossval, make_run
from training.fit.crossval_folder import read_crossval
from training.fit.run_folder import read_run
from xray_desktop.main_window import MainWindow
from xray_desktop.settings import Settings
from xray_desktop.state.results_state import Page
from xray_desktop.training_tab.tab import TrainingTab
from xray_desktop.workers.running import running_threads


@pytest.fixture
def tab(qtbot: QtBot, settings: Settings) -> TrainingTab:
    shown = TrainingTab(settings)

    def finish(_: object) -> None:
        shown.shut_down()
        qtbot.waitUntil(lambda: not running_threads(shown))

    qtbot.addWidget(shown, before_close_func=finish)
    shown.resize(1280, 656)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def button(owner: TrainingTab, name: str) -> QPushButton:
    found = owner.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_that_a_cross_validation_is_listed_with_the_runs_and_opens_its_folds(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    crossval = read_crossval(make_crossval(tmp_path))
    tab._jobs.crossvals_listed.emit((crossval,))
    item = tab.runs_panel.list.topLevelItem(0)
    assert item is not None
    assert [item.text(1), item.text(2)] == ["compact", "3 folds"]
    tab.runs_panel.list.setCurrentItem(item)
    assert tab.crossval_panel.isVisible()
    assert not tab.results_panel.isVisible()
    assert tab.curves_panel.loss_plot.num_other_lines == 4
    with qtbot.waitSignal(tab.results_requested) as asked:
        button(tab, "crossvalDoubtsButton").click()
    assert asked.args == [crossval.folder, Page.DOUBTS]


def test_that_a_run_opens_the_results_window_at_the_page_asked_for(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    assert not button(tab, "resultsConfusionButton").isEnabled()
    run = read_run(make_run(tmp_path))
    tab._jobs.runs_listed.emit((run,))
    tab.runs_panel.list.setCurrentItem(tab.runs_panel.list.topLevelItem(0))
    with qtbot.waitSignal(tab.results_requested) as asked:
        button(tab, "resultsConfusionButton").click()
    assert asked.args == [run.folder, Page.CONFUSION]


def test_that_the_main_window_keeps_one_results_window_and_ends_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    folder = make_run(tmp_path)
    window._on_results_requested(folder, Page.CURVES)
    results = window.results
    assert results is not None
    qtbot.waitUntil(lambda: results.state.loaded is not None)
    assert results.page is Page.CURVES
    window._on_results_requested(folder, Page.FIGURES)
    assert window.results is results
    with qtbot.waitSignal(window.closed):
        window.close()
    assert not results.isVisible()
    assert not running_threads(window)
