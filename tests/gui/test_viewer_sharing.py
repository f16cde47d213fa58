"""The Share menu: reports, results, copies and tables, through the real tab with a fake model."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QMenu,
    QMessageBox,
    QProgressDialog,
    QPushButton,
)
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import open_films, part, wait_for, write_film

from tests.builders.films import bone_picture, dicom_dataset
from training.films.reader import read_film
from training.sharing.facts import RESEARCH_USE
from training.sharing.film_report import BLIND_NOTE, WITHHELD
from xray_desktop.review.verdicts import Opinion
from xray_desktop.viewer_tab.sharing.report_dialog import ReportDialog, ReportWish


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[QFileDialog]:
    """File dialogs are noted, not opened."""
    dialogs: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialogs.append(dialog))
    return dialogs


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    (tmp_path / "films").mkdir()
    found = Bench(qtbot, tmp_path / "films")
    found.open()
    found.choose()
    return found


def use(bench: Bench, name: str) -> None:
    bench.tab._tools.entries[name].trigger()


def dicom_film(folder: Path, **elements: str) -> Path:
    known = {"StudyInstanceUID": "1.2.276.0.99.2", "SeriesInstanceUID": "1.2.276.0.99.3"}
    path = folder / "Nemo.dcm"
    dataset = dicom_dataset(bone_picture(200, 150), **(known | elements))
    dataset.save_as(path, enforce_file_format=True)
    return path


def open_dicom(bench: Bench, folder: Path, **elements: str) -> Path:
    path = dicom_film(folder, **elements)
    open_films(bench.qtbot, bench.tab, path)
    bench.settle()
    return path


def report(bench: Bench, wish: ReportWish, target: Path) -> list[str]:
    """Have a report made as PDF; gives its pages as text."""
    use(bench, "share_list" if wish.is_list else "share_film")
    dialog = bench.tab._sharing.dialog
    assert isinstance(dialog, ReportDialog)
    dialog.accept()
    dialog.wished.emit(wish)
    bench.settle()
    bench.tab._sharing.save_pdf(str(target))
    bench.settle()
    assert bench.tab._bar.message == f"Saved as {target.name}."
    return [" ".join(page.extract_text().split()) for page in PdfReader(target).pages]


def test_that_the_menu_follows_what_can_be_shared(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    entries = bench.tab._tools.entries
    menu = part(bench.tab, QMenu, "shareMenu")
    assert {entries[name] for name in ("save_picture", "share_film")} <= set(menu.actions())
    named = ("share_film", "share_list", "share_result", "share_copy", "share_copies")

    def enabled() -> list[str]:
        return [name for name in (*named, "share_scores") if entries[name].isEnabled()]

    assert enabled() == []
    bench.open()
    assert enabled() == ["share_film", "share_list", "share_copy", "share_copies"]
    bench.choose()
    assert enabled() == ["share_film", "share_list", "share_copy", "share_copies", "share_scores"]
    open_dicom(bench, tmp_path)
    assert enabled() == [*named, "share_scores"]


def test_that_a_film_report_tells_all_and_ends_as_a_pdf(bench: Bench, tmp_path: Path) -> None:
    part(bench.tab, QCheckBox, "heatMapBox").click()
    bench.tab._verdict_panel.note.setText("thin line")
    bench.press(Qt.Key.Key_F)
    found = report(bench, ReportWish(False, heat_map=True), tmp_path / "one.pdf")
    assert len(found) == 1
    for words in ("a dark.png", "thin line", "Reader 1", "0.20", RESEARCH_USE, "80 x 60 px"):
        assert words in found[0], words
    assert len(PdfReader(tmp_path / "one.pdf").pages[0].images) == 2


def test_that_the_view_can_be_reported_as_it_is_shown(bench: Bench, tmp_path: Path) -> None:
    bench.press(Qt.Key.Key_M)
    found = report(bench, ReportWish(False, as_shown=True), tmp_path / "one.pdf")
    assert "As shown:" in found[0]
    assert "mirrored" in found[0]
    (image,) = PdfReader(tmp_path / "one.pdf").pages[0].images
    assert image.image is not None
    assert image.image.size == (bench.tab._view.width(), bench.tab._view.height())


def test_that_a_blind_reader_is_told_nothing_by_a_report(bench: Bench, tmp_path: Path) -> None:
    use_blind = part(bench.tab, QCheckBox, "blindBox")
    use_blind.click()
    bench.settle()
    use(bench, "share_film")
    dialog = bench.tab._sharing.dialog
    assert isinstance(dialog, ReportDialog)
    assert not dialog.heat_map.isEnabled()
    dialog.reject()
    found = report(bench, ReportWish(False, heat_map=True), tmp_path / "one.pdf")
    assert WITHHELD in found[0]
    assert "0.20" not in found[0]
    assert len(PdfReader(tmp_path / "one.pdf").pages[0].images) == 1
    bench.tab._verdicts.give(Opinion.NO_FRACTURE)
    bench.settle()
    listed = report(bench, ReportWish(True, pages=True, heat_map=True), tmp_path / "all.pdf")
    assert BLIND_NOTE in listed[0]
    assert "0.20" in listed[0]
    # Only the film with a verdict shows its map.
    counts = [len(page.images) for page in PdfReader(tmp_path / "all.pdf").pages]
    assert counts == [0, 2, 1, 1]


def test_that_the_list_is_reported_with_a_page_a_film(bench: Bench, tmp_path: Path) -> None:
    bench.press(Qt.Key.Key_F)
    bench.films[2].unlink()
    found = report(bench, ReportWish(True, pages=True), tmp_path / "all.pdf")
    assert len(found) == 3
    assert "3 films; 1 with a verdict" in found[0]
    assert "does not exist any more" in found[0]
    assert "b bright.png" in found[2]


def test_that_hidden_names_are_hidden_in_reports(bench: Bench, tmp_path: Path) -> None:
    use(bench, "identity")
    found = report(bench, ReportWish(True, pages=True), tmp_path / "all.pdf")
    assert "Film 2" in found[0]
    assert not any("bright" in page for page in found)
    use(bench, "share_scores")
    bench.tab._sharing.save_scores(str(tmp_path / "scores.csv"))
    bench.settle()
    assert "bright" not in (tmp_path / "scores.csv").read_text()


def test_that_a_preview_shows_the_same_pages(bench: Bench) -> None:
    use(bench, "share_list")
    dialog = bench.tab._sharing.dialog
    assert isinstance(dialog, ReportDialog)
    dialog.pages.setChecked(True)
    dialog.preview_button.click()
    bench.settle()
    shown = bench.tab._sharing.dialog
    assert shown is not None
    assert shown.objectName() == "reportPreview"
    assert shown.isVisible()
    assert "Work list" in shown.windowTitle()
    shown.close()
    assert bench.tab._sharing.dialog is None


def test_that_a_long_report_can_be_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    gate = threading.Event()
    reading = bench.tab._sharing._engine.read_film

    def slow(path: Path) -> object:
        assert gate.wait(10.0)
        return reading(path)

    monkeypatch.setattr(
        bench.tab._sharing,
        "_engine",
        type(bench.tab._sharing._engine)(read_film=slow),  # type: ignore[arg-type]
    )
    bench.tab._sharing.make_report(ReportWish(True, pages=True))
    progress = part(bench.tab, QProgressDialog, "sharingProgress")
    stop = progress.findChild(QPushButton)
    assert stop is not None
    assert stop.text() == "Stop"
    stop.click()
    gate.set()
    wait_for(qtbot, lambda: not bench.tab.is_busy())
    assert bench.tab._bar.message == "Stopped; no report was made."
    assert bench.tab._sharing._worker.progress is None


def test_that_the_models_answer_becomes_dicom(bench: Bench, tmp_path: Path) -> None:
    film = open_dicom(bench, tmp_path)
    before = film.read_bytes()
    bench.press(Qt.Key.Key_F)
    use(bench, "share_result")
    target = tmp_path / "result.dcm"
    bench.tab._sharing.save_result(str(target))
    bench.settle()
    assert "result.dcm and result report.dcm" in bench.tab._bar.message
    assert dcmread(target).StudyInstanceUID == "1.2.276.0.99.2"
    assert "Reader 1" not in bench.tab._bar.message
    assert b"Reader's verdict" in (tmp_path / "result report.dcm").read_bytes()
    assert film.read_bytes() == before
    use(bench, "share_result")
    bench.tab._sharing.save_result(str(target))
    bench.settle()
    assert "is there already" in bench.tab._bar.message


def test_that_a_film_that_nothing_can_refer_to_says_so(bench: Bench, tmp_path: Path) -> None:
    open_dicom(bench, tmp_path, StudyInstanceUID="")
    use(bench, "share_result")
    bench.tab._sharing.save_result(str(tmp_path / "result.dcm"))
    bench.settle()
    assert "the film has no study UID" in bench.tab._bar.message
    assert not (tmp_path / "result.dcm").exists()


def test_that_a_copy_is_made_after_a_warning(
    bench: Bench, tmp_path: Path, asked: list[QFileDialog]
) -> None:
    film = open_dicom(bench, tmp_path, BurnedInAnnotation="YES")
    use(bench, "share_copy")
    warning = bench.tab._sharing.dialog
    assert isinstance(warning, QMessageBox)
    assert "text is burned into it" in warning.informativeText()
    warning.accept()
    assert Path(asked[-1].selectedFiles()[0]).name == "anonymous film.dcm"
    assert asked[-1].testOption(QFileDialog.Option.DontConfirmOverwrite)
    bench.tab._sharing.save_copy(str(tmp_path / "copy.dcm"))
    bench.settle()
    assert bench.tab._bar.message.startswith("Copied to copy.dcm. The file itself says")
    copy = tmp_path / "copy.dcm"
    assert b"Nemo" not in copy.read_bytes()
    assert np.array_equal(read_film(copy).pixels, read_film(film).pixels)


def test_that_the_whole_list_is_copied(bench: Bench, tmp_path: Path) -> None:
    use(bench, "share_copies")
    warning = bench.tab._sharing.dialog
    assert isinstance(warning, QMessageBox)
    assert "all 3 films" in warning.text()
    warning.reject()
    folder = tmp_path / "out"
    folder.mkdir()
    bench.films[1].unlink()
    bench.tab._sharing.save_copies(str(folder))
    bench.settle()
    assert sorted(path.name for path in folder.iterdir()) == ["film-0001.png", "film-0002.png"]
    assert "2 copies written. 1 films could not be copied." in bench.tab._bar.message
    assert "bright" not in bench.tab._bar.message


def test_that_the_scores_of_the_list_are_written_as_csv_and_json(
    bench: Bench, tmp_path: Path
) -> None:
    broken = tmp_path / "films" / "d broken.png"
    broken.write_bytes(write_film(tmp_path / "whole.png", 9).read_bytes()[:60])
    open_films(bench.qtbot, bench.tab, *bench.films, broken)
    bench.tab._work_bar.button.click()
    wait_for(bench.qtbot, lambda: not bench.tab.state.work.is_running)
    bench.settle()
    table, document = tmp_path / "scores.csv", tmp_path / "scores.json"
    for target in (table, document):
        bench.tab._sharing.save_scores(str(target))
        bench.settle()
    assert bench.tab._bar.message.startswith("Saved as scores.json: 3 of 4 films have a score.")
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["score"] or -1) for row in rows] == [0.2, 0.8, 0.4, -1]
    assert [row["band"] for row in rows] == ["negative", "positive", "negative", ""]
    assert "d broken.png cannot be opened" in rows[3]["error"]
    found = json.loads(document.read_text())
    assert [film["score"] for film in found["films"]] == [0.2, 0.8, 0.4, None]
    assert found["classes"] == ["not fractured", "fractured"]


def test_that_films_are_never_overwritten_and_full_disks_are_told(
    bench: Bench, tmp_path: Path
) -> None:
    before = bench.films[0].read_bytes()
    bench.tab._sharing.save_scores(str(bench.films[0]))
    bench.settle()
    assert "is one of the films" in bench.tab._bar.message
    assert bench.films[0].read_bytes() == before
    bench.tab._sharing.save_scores(str(tmp_path / "gone" / "scores.csv"))
    bench.settle()
    assert "cannot be written" in bench.tab._bar.message


def test_that_closing_ends_what_is_going_on(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    bench.tab._sharing.save_copies(str(folder))
    bench.tab.shut_down()
    wait_for(bench.qtbot, lambda: not bench.tab.is_busy())
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            assert image.size == (80, 60)
