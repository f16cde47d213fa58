"""Agreement figures and the export, from the viewer's buttons."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import part


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def test_that_agreement_is_shown_and_says_that_the_films_are_few(bench: Bench) -> None:
    bench.open()
    bench.choose()
    part(bench.tab, QCheckBox, "blindBox").click()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_F, Qt.Key.Key_Down, Qt.Key.Key_F):
        bench.press(key)
    part(bench.tab, QToolButton, "agreementButton").click()
    bench.settle()
    dialog = bench.tab._figures.dialog
    assert dialog is not None
    texts = [dialog.table.item(0, column).text() for column in range(5)]
    assert texts == ["Reader 1", "best.keras", "blind", "2", "50.0 %"]
    assert "ONLY 2 FILMS" in part(dialog, QLabel, "fewFilms").text()
    counts = [[dialog.counts.item(r, c).text() for c in range(1, 4)] for r in range(3)]
    assert counts == [["1", "1", "0"], ["0", "0", "0"], ["0", "0", "0"]]


def test_that_agreement_of_nothing_says_what_to_do(bench: Bench) -> None:
    part(bench.tab, QToolButton, "agreementButton").click()
    bench.settle()
    dialog = bench.tab._figures.dialog
    assert dialog is not None
    assert any("Nothing to compare" in label.text() for label in dialog.findChildren(QLabel))


def test_that_verdicts_are_exported_and_a_refused_target_is_told(
    bench: Bench, tmp_path: Path
) -> None:
    bench.open()
    bench.press(Qt.Key.Key_F)
    bench.tab._figures.export_to(str(tmp_path / "out.csv"))
    bench.settle()
    assert bench.tab._bar.message == "Written: 1 verdict to out.csv."
    assert bench.films[0].name in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    bench.tab._figures.export_to(str(tmp_path / "no such folder" / "out.csv"))
    bench.settle()
    assert "out.csv cannot be written" in bench.tab._bar.message
