"""The Report button: asks, writes in a worker, offers to open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from training_fakes import FakeEngine, listed

from tests.report.report_builders import make_run
from training.fit.run_folder import read_run
from xray_desktop.training_tab import report_dialog
from xray_desktop.training_tab.report_dialog import ReportChoice, ReportDialog, ask_report
from xray_desktop.training_tab.tab import TrainingTab


@pytest.fixture
def reported(tab: TrainingTab, tmp_path: Path) -> TrainingTab:
    run = read_run(make_run(tmp_path / "made"))
    listed(tab, run)
    tab.runs_panel.run_picked.emit(run.run_id)
    return tab


def press(qtbot: QtBot, tab: TrainingTab) -> None:
    qtbot.mouseClick(tab.results_panel.report_button, Qt.MouseButton.LeftButton)


def test_that_a_report_is_written_and_opened(
    qtbot: QtBot, reported: TrainingTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.pdf"
    opened: list[str] = []
    offered: list[Path] = []

    def ask_open(parent: QWidget, path: Path) -> bool:
        offered.append(path)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    reported.report.ask = lambda parent, folder: ReportChoice(target, pictures=True)
    reported.report.ask_open = ask_open
    press(qtbot, reported)
    qtbot.waitUntil(lambda: bool(opened), timeout=20_000)
    assert target.read_bytes().startswith(b"%PDF")
    assert offered == [target]
    assert opened == [str(target)]


def test_that_a_report_that_cannot_be_written_is_told(
    qtbot: QtBot, reported: TrainingTab, tmp_path: Path
) -> None:
    target = tmp_path / "missing" / "out.html"
    reported.report.ask = lambda parent, folder: ReportChoice(target, pictures=False)
    press(qtbot, reported)
    qtbot.waitUntil(lambda: reported.state.message is not None)
    assert reported.state.message is not None
    assert "not there" in reported.state.message.what


def test_that_there_is_nothing_to_report_without_a_run(tab: TrainingTab) -> None:
    assert not tab.results_panel.report_button.isEnabled()


def test_that_thinking_better_of_it_writes_nothing(
    qtbot: QtBot, reported: TrainingTab, engine: FakeEngine
) -> None:
    reported.report.ask = lambda parent, folder: None
    press(qtbot, reported)
    assert not reported.report.is_busy()


def test_that_the_ending_fits_the_kind(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(dialog: ReportDialog) -> int:
        dialog.pdf_button.setChecked(True)
        dialog.pictures_box.setChecked(True)
        return int(ReportDialog.DialogCode.Accepted)

    monkeypatch.setattr(report_dialog.ReportDialog, "exec", accept)
    chosen = str(tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    assert ask_report(tab, tmp_path) == ReportChoice(tmp_path / "mine.pdf", pictures=True)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    assert ask_report(tab, tmp_path) is None
