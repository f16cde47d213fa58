"""A study in the training tab: listed, shown, written down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from training_fakes import listed

from tests.fit.crossval_fakes import FakeTrain
from tests.report.report_builders import films_and_config
from training.fit.control import RunControl
from training.fit.run_folder import Run
from training.fit.study import run_study
from training.fit.study_folder import StudyState, list_studies
from training.fit.study_settings import Study, Variant
from training.fit.study_wording import study_rows
from xray_desktop import paths
from xray_desktop.training_tab.report_dialog import ReportChoice
from xray_desktop.training_tab.tab import TrainingTab


def make_study(root: Path, runs: Path) -> None:
    plain = replace(films_and_config(root), runs=runs)
    larger = replace(plain, network=replace(plain.network, kernel_size=5))
    study = Study((Variant("plain", plain), Variant("larger kernels", larger)), folds=2)
    run_study(study, lambda _: None, RunControl(), train=FakeTrain())


@pytest.fixture
def study(qtbot: QtBot, tab: TrainingTab, tmp_path: Path) -> StudyState:
    """One that the window has found by itself."""
    make_study(tmp_path / "made", paths.runs_folder())
    tab._jobs.list_runs(paths.runs_folder())
    qtbot.waitUntil(lambda: bool(tab.state.studies))
    return tab.state.studies[0]


def test_that_broken_and_unfinished_studies_are_passed_over(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    make_study(tmp_path / "made", runs)
    (runs / "broken").mkdir()
    (runs / "broken" / "study.json").write_text("{")
    (found,) = list_studies(runs)
    assert len(found.rows) == 2
    (found.folder / "variant-02" / "figures.json").unlink()
    assert list_studies(runs) == ()
    assert list_studies(tmp_path / "nowhere") == ()


def test_that_a_study_is_listed_and_shown_with_its_table(
    tab: TrainingTab, study: StudyState, other_run: Run
) -> None:
    rows = [
        tab.runs_panel.list.topLevelItem(n) for n in range(tab.runs_panel.list.topLevelItemCount())
    ]
    (row,) = [each for each in rows if each.text(1) == "study"]
    assert row.text(2) == "2 variants"
    assert "larger kernels" in row.toolTip(0)
    tab.runs_panel.list.setCurrentItem(row)
    panel = tab.study_panel
    assert panel.isVisible()
    assert not tab.results_panel.isVisible()
    assert not tab.crossval_panel.isVisible()
    expected = study_rows(study.rows)[1:]
    assert panel.table.rowCount() == 2
    assert panel.table.verticalHeaderItem(1).text() == "larger kernels"
    assert panel.table.text(0, 0) == expected[0][1]
    assert panel.table.text(1, 2) == expected[1][3]
    # A run picked afterwards takes its place.
    listed(tab, other_run)
    tab.runs_panel.run_picked.emit(other_run.run_id)
    assert not panel.isVisible()
    assert tab.results_panel.isVisible()


def test_that_its_report_is_written(
    qtbot: QtBot, tab: TrainingTab, study: StudyState, tmp_path: Path
) -> None:
    assert not tab.study_panel.report_button.isEnabled()
    tab.runs_panel.run_picked.emit(study.folder.name)
    offered: list[Path] = []

    def ask_open(_: object, target: Path) -> bool:
        offered.append(target)
        return False

    def ask(_: object, folder: Path) -> ReportChoice:
        assert folder == study.folder
        return ReportChoice(tmp_path / "study.pdf", pictures=False)

    tab.report.ask, tab.report.ask_open = ask, ask_open
    qtbot.mouseClick(tab.study_panel.report_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(offered), timeout=30_000)
    text = "\n".join(page.extract_text() for page in PdfReader(offered[0]).pages)
    assert f"Study: {study.folder.name}" in text
    assert "larger kernels" in text
