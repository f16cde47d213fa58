"""Hidden identity: nothing but technical values in the tag window, and no name anywhere in the tab."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from viewer_fakes import grab, make_model, open_films, show_tab, wait_for, write_film

from training.films.dicom_tags import tags_of
from training.films.film import Film, Window
from xray_desktop.state.hidden_identity import VALUE, shown_tags
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.tab import ViewerTab

SECRET = "Zweistein"


def header() -> Dataset:
    """Every kind of value that names someone, of PS3.15 E.1, with technical ones between."""
    data = Dataset()
    for keyword in (
        "PatientName",
        "PatientID",
        "PatientComments",
        "InstitutionName",
        "ReferringPhysicianName",
        "OperatorsName",
        "StationName",
        "AccessionNumber",
        "StudyDescription",
        "SeriesDescription",
        "ProtocolName",
        "ImageComments",
        "DeviceSerialNumber",
        "RequestedProcedureDescription",
    ):
        setattr(data, keyword, SECRET)
    data.PatientBirthDate = "19010203"
    data.StudyDate = "20200102"
    data.StudyInstanceUID = "1.2.3.4.5"
    data.add_new(0x00091001, "LO", SECRET)
    item = Dataset()
    item.PatientName = SECRET
    item.Rows = 7
    data.RequestAttributesSequence = Sequence([item])
    data.Rows, data.Columns = 10, 12
    data.Modality, data.KVP, data.ViewPosition = "DX", "60", "PA"
    return data


def test_that_only_technical_values_are_shown() -> None:
    lines = shown_tags(tags_of(header()))
    assert SECRET not in " ".join(line.value for line in lines)
    open_ones = {line.name for line in lines if line.value != VALUE and line.tag}
    assert open_ones == {"Rows", "Columns", "Modality", "KVP", "View Position"}
    assert len(lines) == len(tags_of(header()))


def test_that_no_open_element_is_one_that_the_standards_profile_removes() -> None:
    from xray_desktop.state import hidden_identity

    # PS3.15 table E.1-1: names, dates, times, identifiers, free text of these groups.
    telling = ("Name", "Date", "Time", "ID", "UID", "Comments", "Description", "Serial", "Address")
    allowed = {"TransferSyntaxUID", "ExposureTime", "ExposureTimeInuS"}
    for number in hidden_identity._OPEN:
        group, element = number.split(",")
        keyword = keyword_for_tag(int(group + element, 16))
        assert keyword, number
        assert keyword in allowed or not keyword.endswith(telling), keyword


def test_that_facts_of_a_picture_file_stay(tmp_path: Path) -> None:
    from training.films.reader import read_film

    tags = read_film(write_film(tmp_path / "a.png", 90)).tags
    assert shown_tags(tags) == tags


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path) -> ViewerTab:
    for name in (f"{SECRET} 1.dcm", f"{SECRET} 2.dcm"):
        (tmp_path / name).write_bytes(b"")
    broken = tmp_path / f"{SECRET} 3.dcm"
    broken.write_bytes(b"")
    pixels = np.zeros((60, 80), np.float32)

    def read(path: Path) -> Film:
        if path == broken:
            from training.films.film import FilmError

            raise FilmError(path, "the file is empty")
        return Film(path, pixels, Window(10.0, 20.0), tags=tags_of(header()))

    engine = Engine(
        read_film=read,
        read_grey=lambda path: read(path).grey(),
        sniff=lambda _path: "DICOM",
        load_predictor=make_model(),
    )
    shown = show_tab(qtbot, ViewerTab(engine=engine))
    open_films(qtbot, shown, *sorted(tmp_path.glob("*.dcm")))
    return shown


def words_of(tab: ViewerTab) -> str:
    """All that labels, fields, tooltips, list and tag window say."""
    widgets: list[QWidget] = [*tab.findChildren(QWidget), *tab._information.findChildren(QWidget)]
    words = [widget.toolTip() + widget.accessibleName() for widget in widgets]
    words += [one.text() for one in widgets if isinstance(one, QLabel | QLineEdit)]
    model = tab._list.film_model
    for row in range(model.rowCount()):
        for role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            words.append(str(model.data(model.index(row), role)))
    for line in tab._information.tree.lines():
        words += [line.text(2), line.toolTip(2)]
    for picture in (tab.state.picture(), tab.state.picture_beside()):
        words += picture.lines if picture is not None else ()
    return "\n".join(words)


def test_that_no_name_is_left_in_sight_and_all_come_back(qtbot: QtBot, tab: ViewerTab) -> None:
    def press(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        tab.activateWindow()
        wait_for(qtbot, tab.isActiveWindow)
        tab._view.setFocus()
        QTest.keyClick(tab._view, key, held)
        wait_for(qtbot, lambda: not tab.is_busy())

    shift = Qt.KeyboardModifier.ShiftModifier
    press(Qt.Key.Key_T)
    assert words_of(tab).count(SECRET) > 10
    named = grab(tab._view)
    press(Qt.Key.Key_I, shift)
    assert SECRET not in words_of(tab)
    assert "burned" in tab._bar.message
    assert not np.array_equal(grab(tab._view), named)
    press(Qt.Key.Key_C, shift)
    press(Qt.Key.Key_PageDown)
    tab._ask_for(2)
    wait_for(qtbot, lambda: not tab.is_busy())
    assert tab._bar.message.startswith("This film cannot be opened")
    tab._comparing.compare_with(2)
    wait_for(qtbot, lambda: not tab.is_busy())
    assert SECRET not in words_of(tab)
    press(Qt.Key.Key_I, shift)
    assert words_of(tab).count(SECRET) > 10
