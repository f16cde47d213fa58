"""Labels changed from the misread films: into the data check, with undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from training.audit.check import check_data
from training.audit.kept import default_path, keep_audit, read_check
from training.audit.repairs import Relabel, SplitAnew
from training.data.dataset import DataSet
from training.data.scan import scan_folder
from xray_desktop.results.films_panel import FilmsPanel
from xray_desktop.results.window import ResultsWindow
from xray_desktop.state.results_entries import Entry
from xray_desktop.state.results_state import Page

Opened = Callable[[Path, Page], ResultsWindow]


@pytest.fixture
def data(crossval: Path) -> DataSet:
    return scan_folder(crossval.parent.parent / "films")


def choose(panel: FilmsPanel, count: int) -> list[Entry]:
    """Select the first entries of one label."""
    entries = panel.grid.entries
    rows = [n for n, entry in enumerate(entries) if entry.label == entries[0].label][:count]
    selection = panel.grid.selectionModel()
    for row in rows:
        selection.select(
            panel.grid.film_model.index(row, 0), QItemSelectionModel.SelectionFlag.Select
        )
    return [entries[row] for row in rows]


def said(window: ResultsWindow) -> str:
    found = window.findChild(QLabel, "resultsWorth")
    assert found is not None
    return found.text()


def press(qtbot: QtBot, window: ResultsWindow, panel: FilmsPanel, name: str) -> None:
    qtbot.mouseClick(getattr(panel, name), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.is_busy())


def test_that_doubted_films_are_relabelled_in_the_data_check_and_back(
    qtbot: QtBot, opened: Opened, crossval: Path, data: DataSet
) -> None:
    path = default_path(data)
    keep_audit(path, check_data(data), [SplitAnew(0.3)])
    window = opened(crossval, Page.DOUBTS)
    panel = window.doubts.films
    assert not panel.relabel_button.isEnabled()
    chosen = choose(panel, 2)
    with qtbot.waitSignal(window.labels_changed) as changed:
        press(qtbot, window, panel, "relabel_button")
    assert changed.args[0] == data.root
    names = tuple(entry.path.relative_to(data.root).as_posix() for entry in chosen)
    assert read_check(path).repairs == (SplitAnew(0.3), Relabel(names, 1 - chosen[0].label))
    assert f"{len(chosen)} film" in said(window)
    assert window.head.again_button.isVisible()
    assert all(entry.path.is_file() for entry in chosen)
    press(qtbot, window, panel, "undo_button")
    assert read_check(path).repairs == (SplitAnew(0.3),)
    assert not panel.undo_button.isVisible()
    assert not window.head.again_button.isVisible()


def test_that_films_without_a_data_check_say_what_to_do(
    qtbot: QtBot, opened: Opened, crossval: Path, data: DataSet
) -> None:
    window = opened(crossval, Page.DOUBTS)
    choose(window.doubts.films, 1)
    press(qtbot, window, window.doubts.films, "relabel_button")
    assert "Data check" in said(window)
    assert not default_path(data).exists()


def test_that_undo_takes_no_other_repair_back(
    qtbot: QtBot, opened: Opened, crossval: Path, data: DataSet
) -> None:
    path = default_path(data)
    audit = check_data(data)
    keep_audit(path, audit)
    window = opened(crossval, Page.DOUBTS)
    choose(window.doubts.films, 1)
    press(qtbot, window, window.doubts.films, "relabel_button")
    # Meanwhile parts were drawn anew in the data check's own window.
    repairs = (*read_check(path).repairs, SplitAnew(0.4))
    keep_audit(path, audit, repairs)
    press(qtbot, window, window.doubts.films, "undo_button")
    assert "no change of labels" in said(window)
    assert read_check(path).repairs == repairs


def test_that_training_again_asks_for_the_run_s_own_settings(
    qtbot: QtBot, opened: Opened, crossval: Path, data: DataSet
) -> None:
    keep_audit(default_path(data), check_data(data))
    window = opened(crossval, Page.DOUBTS)
    assert not window.head.again_button.isVisible()
    choose(window.doubts.films, 1)
    press(qtbot, window, window.doubts.films, "relabel_button")
    with qtbot.waitSignal(window.training_requested) as asked:
        qtbot.mouseClick(window.head.again_button, Qt.MouseButton.LeftButton)
    assert window.state.loaded is not None
    assert asked.args == [window.state.loaded.subject.config]


def test_that_findings_of_other_labels_are_told_as_out_of_date(
    qtbot: QtBot, opened: Opened, crossval: Path, data: DataSet
) -> None:
    path = default_path(data)
    keep_audit(path, check_data(data))
    before = read_check(path).told
    window = opened(crossval, Page.DOUBTS)
    choose(window.doubts.films, 1)
    press(qtbot, window, window.doubts.films, "relabel_button")
    stale, *rest = read_check(path).told
    assert "check the films again" in stale.words
    assert stale.serious
    assert tuple(rest) == before
    # Back at the labels of the check, its findings are true again.
    press(qtbot, window, window.doubts.films, "undo_button")
    assert read_check(path).told == before
