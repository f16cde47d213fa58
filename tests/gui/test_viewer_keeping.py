"""Kept measurements: round trip, damage, copies, early drawing, the table, closing."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from viewer_desk import VALUES, Desk
from viewer_fakes import part, wait_for

from training.errors import UserError
from training.films.film import FilmKey, Spacing
from xray_desktop import paths
from xray_desktop.state.measure_book import MeasureBook, Sheet
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.measurements import Kind, Measurement
from xray_desktop.viewer_tab.measure.measuring import MeasureMenu
from xray_desktop.viewer_tab.measure.text_editor import TextEditor

FILM = "ab" * 32
BY_HAND = Spacing(0.25, 0.25, "calibrated by hand")
SHEET = Sheet(
    (
        Measurement(Kind.LENGTH, ((1.0, 2.0), (4.0, 6.0))),
        Measurement(Kind.ELLIPSE, ((10.0, 10.0), (40.0, 30.0))),
        Measurement(Kind.COBB, ((0.0, 0.0), (9.0, 0.0), (0.0, 5.0), (9.0, 14.0))),
        Measurement(Kind.ARROW, ((1.0, 2.0), (8.0, 9.0)), "callus"),
        Measurement(Kind.TEXT, ((7.5, 8.25),), 'old "fracture", left\u00df'),
    ),
    BY_HAND,
)


@pytest.fixture
def store(tmp_path: Path) -> MeasureStore:
    return MeasureStore(tmp_path / "kept")


def keep(store: MeasureStore, sheet: Sheet = SHEET) -> None:
    store.keep(FILM, Path("/somewhere/knee.dcm"), sheet, BY_HAND, VALUES)


# The store -------------------------------------------------------------------------------------


def test_that_what_is_kept_is_loaded_and_an_empty_sheet_is_no_file(
    store: MeasureStore, tmp_path: Path
) -> None:
    assert store.load(FILM) == (Sheet(), "")
    keep(store)
    assert store.load(FILM) == (SHEET, "")
    [file] = (tmp_path / "kept").iterdir()
    assert "somewhere" not in file.read_text(encoding="utf-8")
    keep(store, Sheet())
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 1, "calibration": null, "measurements": [{"kind": "length", "points": [[1, 2]],'
        ' "text": ""}]}',
        '{"version": 1, "calibration": null, "measurements": [{"kind": "circle", "points": [],'
        ' "text": ""}]}',
        '{"version": 1, "calibration": {"row_mm": 0, "column_mm": 1, "source": ""},'
        ' "measurements": []}',
        '{"version": 1, "calibration": null, "measurements": [{"kind": "text", "points":'
        ' [[NaN, 1]], "text": ""}]}',
    ],
)
def test_that_a_damaged_file_is_put_aside_and_told_of(
    store: MeasureStore, tmp_path: Path, text: str
) -> None:
    keep(store)
    file = tmp_path / "kept" / f"{FILM}.json"
    file.write_text(text, encoding="utf-8")
    sheet, why = store.load(FILM)
    assert (sheet, "damaged" in why) == (Sheet(), True)
    assert file.with_suffix(".damaged").read_text(encoding="utf-8") == text
    keep(store)
    assert store.load(FILM) == (SHEET, "")


def test_that_a_newer_versions_file_is_left_alone(store: MeasureStore, tmp_path: Path) -> None:
    keep(store)
    file = tmp_path / "kept" / f"{FILM}.json"
    values = json.loads(file.read_text(encoding="utf-8")) | {"version": 3}
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(UserError, match="newer version"):
        store.load(FILM)
    assert json.loads(file.read_text(encoding="utf-8")) == values


def test_that_the_table_has_the_figures_of_closed_forms(
    store: MeasureStore, tmp_path: Path
) -> None:
    keep(store)
    (tmp_path / "kept" / "other.json").write_text("broken", encoding="utf-8")
    assert store.export(tmp_path / "out.csv") == 5
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    length, ellipse, cobb, arrow, text = rows
    assert (float(length["value"]), length["unit"]) == (5.0 * 0.25, "mm")
    assert length["millimetres"] == "calibrated by hand"
    assert length["file_name"] == "knee.dcm"
    y, x = np.mgrid[: VALUES.shape[0], : VALUES.shape[1]] + 0.5
    inside = VALUES[((x - 25.0) / 15.0) ** 2 + ((y - 20.0) / 10.0) ** 2 <= 1.0]
    assert float(ellipse["value"]) == pytest.approx(np.pi * 15 * 10 * 0.0625, rel=1e-5)
    assert float(ellipse["mean"]) == pytest.approx(inside.mean(), rel=1e-5)
    assert float(ellipse["deviation"]) == pytest.approx(inside.std(), rel=1e-4)
    assert int(ellipse["pixels"]) == inside.size
    assert (float(cobb["value"]), cobb["unit"]) == (45.0, "degrees")
    assert (arrow["text"], arrow["value"]) == ("callus", "")
    assert text["text"] == SHEET.drawn[4].text
    assert text["points"] == "7.5,8.2"


def test_that_what_was_kept_joins_what_is_drawn_behind_it() -> None:
    book, film = MeasureBook(), Path("a")
    book.turn_to(film)
    book.add(SHEET.drawn[1])
    book.put_kept(film, Sheet(SHEET.drawn[:1], BY_HAND))
    assert book.now == (SHEET.drawn[1], SHEET.drawn[0])
    assert book.selected == 0
    book.undo()
    assert (book.now, book.calibration_of(film)) == (SHEET.drawn[:1], BY_HAND)
    assert not book.can_undo


# In the tab ------------------------------------------------------------------------------------


def rest(desk: Desk) -> None:
    wait_for(desk.qtbot, lambda: not desk.tab.is_busy())


def draw(desk: Desk) -> None:
    desk.press(Qt.Key.Key_D)
    desk.drag((30.0, 30.0), (80.0, 30.0))
    rest(desk)


def kept_file(name: str) -> Path:
    film = hashlib.sha256(name.encode()).hexdigest()
    return paths.measurements_folder() / f"{film}.json"


def test_that_what_is_drawn_is_there_in_the_next_session(qtbot: QtBot, tmp_path: Path) -> None:
    first = Desk(qtbot, tmp_path)
    draw(first)
    drawn = first.drawn
    first.tab.shut_down()
    rest(first)
    second = Desk(qtbot, tmp_path)
    assert second.drawn == drawn
    assert not second.tab.state.measures.can_undo
    second.press(Qt.Key.Key_PageDown)
    assert second.drawn == ()


def test_that_every_change_is_on_the_disk_at_once_undo_too(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    draw(desk)
    assert len(json.loads(kept_file("a.dcm").read_text())["measurements"]) == 1
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not kept_file("a.dcm").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.dcm", "b.dcm"]


def test_that_a_text_being_written_is_kept_when_the_program_closes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.press(Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    desk.click(50.0, 40.0)
    QTest.keyClicks(part(desk.tab, TextEditor, "annotationField"), "not yet entered")
    desk.tab.shut_down()
    rest(desk)
    [kept] = json.loads(kept_file("a.dcm").read_text())["measurements"]
    assert kept["text"] == "not yet entered"


def test_that_a_text_ended_by_leaving_its_film_is_kept_at_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    desk = Desk(qtbot, tmp_path)
    desk.press(Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    desk.click(50.0, 40.0)
    QTest.keyClicks(part(desk.tab, TextEditor, "annotationField"), "left behind")
    desk.tab._tools.entries["next"].trigger()
    wait_for(desk.qtbot, lambda: desk.tab.state.shown == 1 and not desk.tab.is_busy())
    [kept] = json.loads(kept_file("a.dcm").read_text())["measurements"]
    assert kept["text"] == "left behind"
    assert not kept_file("b.dcm").exists()


def test_that_what_is_drawn_before_the_kept_was_read_joins_it(qtbot: QtBot, tmp_path: Path) -> None:
    first = Desk(qtbot, tmp_path)
    draw(first)
    second = Desk(qtbot, tmp_path)
    keeping, path = second.tab._keeping, tmp_path / "a.dcm"
    keeping._kept.clear()
    second.tab.state.measures._films.clear()
    assert second.tab.state.film is not None
    keeping.film_shown(second.tab.state.film)
    second.tab.state.measures.turn_to(FilmKey(path))
    second.tab.state.measures.add(SHEET.drawn[0])
    rest(second)
    assert [one.kind for one in second.drawn] == [Kind.LENGTH, Kind.LENGTH]
    rest(second)
    assert len(json.loads(kept_file("a.dcm").read_text())["measurements"]) == 2


def test_that_copies_of_a_film_share_what_is_drawn(qtbot: QtBot, tmp_path: Path) -> None:
    desk = Desk(qtbot, tmp_path)
    (tmp_path / "b.dcm").write_bytes((tmp_path / "a.dcm").read_bytes())
    desk.press(Qt.Key.Key_PageDown)
    draw(desk)
    desk.press(Qt.Key.Key_PageUp)
    rest(desk)
    assert len(desk.drawn) == 1
    part(desk.tab, MeasureMenu, "measureMenu").delete_all.trigger()
    rest(desk)
    desk.press(Qt.Key.Key_PageDown)
    rest(desk)
    assert desk.drawn == ()
    desk.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(desk.drawn) == 1


def test_that_a_disk_that_refuses_is_said_once(qtbot: QtBot, tmp_path: Path) -> None:
    paths.measurements_folder().parent.mkdir(parents=True, exist_ok=True)
    paths.measurements_folder().write_bytes(b"a file where the folder should be")
    desk = Desk(qtbot, tmp_path)
    draw(desk)
    assert "is not kept" in desk.tab._bar.message
    assert len(desk.drawn) == 1
    desk.tab._bar.clear()
    desk.press(Qt.Key.Key_I)
    desk.tab._refresh()
    rest(desk)
    assert desk.tab._bar.message == ""


def test_that_nothing_is_kept_over_a_newer_versions_file(qtbot: QtBot, tmp_path: Path) -> None:
    first = Desk(qtbot, tmp_path)
    draw(first)
    file = kept_file("a.dcm")
    file.write_text(json.dumps({"version": 9}))
    second = Desk(qtbot, tmp_path)
    draw(second)
    assert "newer version" in second.tab._bar.message
    assert json.loads(file.read_text()) == {"version": 9}


def test_that_a_kept_calibration_holds_for_the_film_beside(qtbot: QtBot, tmp_path: Path) -> None:
    first = Desk(qtbot, tmp_path)
    first.press(Qt.Key.Key_PageDown)
    first.tab.state.measures.calibrate(BY_HAND)
    first.tab._refresh()
    rest(first)
    second = Desk(qtbot, tmp_path)
    second.press(Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    rest(second)
    picture = second.tab.state.picture_beside()
    assert picture is not None
    assert picture.spacing == BY_HAND
    assert second.tab._comparing.view._picture is not None
    assert second.tab._comparing.view._picture.spacing == BY_HAND
    assert second.tab.state.spacing != BY_HAND


def test_that_the_table_is_written_from_the_menu(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    desk = Desk(qtbot, tmp_path / "films")
    draw(desk)
    desk.tab._keeping.export_to(str(tmp_path / "out.csv"))
    rest(desk)
    assert desk.tab._bar.message == "Written: 1 measurement to out.csv."
    assert "a.dcm" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
