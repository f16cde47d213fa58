"""The Export button: asks, writes in a worker, tells how it went."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from training_fakes import FakeEngine, listed

from tests.report.report_builders import make_run
from training.errors import UserError
from training.fit.run_folder import read_run
from training.models.export_formats import ExportFormat
from training.models.export_parity import Pair, Parity
from xray_desktop.training_tab.export_dialog import (
    ExportChoice,
    ExportDialog,
    ask_export,
    parity_words,
)
from xray_desktop.training_tab.tab import TrainingTab

PARITY = Parity("m", "ONNX", "r", "films", 2, 1e-4, 5e-5, None, 0, 0.005, (Pair("a", 1, 1, 0, 0),))


@pytest.fixture
def reopened(tab: TrainingTab, tmp_path: Path) -> TrainingTab:
    run = read_run(make_run(tmp_path / "made"))
    listed(tab, run)
    tab.runs_panel.run_picked.emit(run.run_id)
    tab.export.ask = lambda parent, folder, models: ExportChoice(
        "final", ExportFormat.LITERT, tmp_path / "out"
    )
    tab.export.tell = lambda parent, target, parity: False
    return tab


def press(qtbot: QtBot, tab: TrainingTab) -> None:
    qtbot.mouseClick(tab.results_panel.export_button, Qt.MouseButton.LeftButton)


def test_that_the_chosen_model_is_written_and_its_folder_opened(
    qtbot: QtBot, reopened: TrainingTab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []
    opened: list[str] = []

    def export(*arguments: Any, progress: Callable[[int, int], None], cancelled: Any) -> Parity:
        asked.append(arguments)
        progress(1, 2)
        return PARITY

    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    reopened.export.export = export
    reopened.export.tell = lambda parent, target, parity: parity is PARITY
    press(qtbot, reopened)
    assert not reopened.results_panel.export_button.isEnabled()
    assert reopened.state.message is not None
    assert "final model as LiteRT" in reopened.state.message.what
    qtbot.waitUntil(lambda: bool(opened))
    run = reopened.state.run
    assert run is not None
    assert run.final is not None
    assert asked == [(run.final.path, tmp_path / "out", ExportFormat.LITERT)]
    assert opened == [str(tmp_path / "out")]
    assert reopened.results_panel.export_button.isEnabled()
    assert reopened.state.message is None


def test_that_a_refused_export_is_told(qtbot: QtBot, reopened: TrainingTab) -> None:
    def export(*arguments: Any, **keywords: Any) -> Parity:
        raise UserError("The exported file says something else.", "Try another format.")

    reopened.export.export = export
    press(qtbot, reopened)
    qtbot.waitUntil(lambda: reopened.results_panel.export_button.isEnabled())
    assert reopened.state.message is not None
    assert reopened.state.message.advice == "Try another format."


def test_that_there_is_nothing_to_export_without_a_run(tab: TrainingTab) -> None:
    assert not tab.results_panel.export_button.isEnabled()


def test_that_thinking_better_of_it_writes_nothing(
    qtbot: QtBot, reopened: TrainingTab, engine: FakeEngine
) -> None:
    reopened.export.ask = lambda parent, folder, models: None
    press(qtbot, reopened)
    assert not reopened.export.is_busy()
    assert reopened.results_panel.export_button.isEnabled()


def test_that_the_folder_is_new(
    qtbot: QtBot, tab: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(dialog: ExportDialog) -> int:
        dialog.model_buttons["final"].setChecked(True)
        dialog.kind_buttons[ExportFormat.SAVED_MODEL].setChecked(True)
        return int(ExportDialog.DialogCode.Accepted)

    monkeypatch.setattr(ExportDialog, "exec", accept)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    (tmp_path / "run final savedmodel").mkdir()
    choice = ask_export(tab, Path("runs/run"), ["best", "final"])
    expected = tmp_path / "run final savedmodel 2"
    assert choice == ExportChoice("final", ExportFormat.SAVED_MODEL, expected)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    assert ask_export(tab, Path("runs/run"), ["best", "final"]) is None


def test_that_changed_answers_are_counted_in_words() -> None:
    words = parity_words(PARITY)
    assert "at most 0.0001; no answer changed" in words
    closer = dataclasses.replace(PARITY, largest_difference=6e-8, num_changed_decisions=1)
    assert "less than 0.0001; one answer changed" in parity_words(closer)
