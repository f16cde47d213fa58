"""The film's information as a tree: nesting, search, private elements, copying, hidden identity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from training.films.dicom_tags import tags_of
from training.films.film import Film, Tag, Window
from xray_desktop.state.hidden_identity import VALUE
from xray_desktop.viewer_tab.film.information import InformationWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


def header() -> Dataset:
    code, view, data = Dataset(), Dataset(), Dataset()
    code.CodeMeaning = "postero-anterior"
    view.ViewModifierCodeSequence = Sequence([code, code])
    view.CodeValue = "R-10206"
    data.ViewCodeSequence = Sequence([view])
    data.PatientName = "Nobody^Nemo"
    data.Rows = 20
    data.private_block(0x0011, "NOBODY", create=True).add_new(1, "LO", "secret sauce")
    return data


def film_of(tags: tuple[Tag, ...]) -> Film:
    pixels = np.zeros((20, 20), np.float32)
    return Film(Path("knee.dcm"), pixels, Window(1.0, 2.0), tags=tags, format="DICOM")


@pytest.fixture
def window(qtbot: QtBot) -> InformationWindow:
    shown = InformationWindow()
    qtbot.addWidget(shown)
    shown.show_film(film_of(tags_of(header())))
    shown.show()
    return shown


def shown(window: InformationWindow) -> list[str]:
    """The names in sight, each with as many dots as it is deep."""
    found = []
    for line in window.tree.lines():
        depth, above = 0, line.parent()
        while above is not None:
            depth, above = depth + 1, above.parent()
        if not line.isHidden():
            found.append("." * depth + line.text(1))
    return found


def test_that_sequences_are_a_tree_with_vr_and_keyword(window: InformationWindow) -> None:
    assert shown(window) == [
        "Patient's Name",
        "Private Creator",
        "Private tag data",
        "Rows",
        "View Code Sequence",
        ".Item 1",
        "..Code Value",
        "..View Modifier Code Sequence",
        "...Item 1",
        "....Code Meaning",
        "...Item 2",
        "....Code Meaning",
    ]
    first = next(window.tree.lines())
    assert [first.text(column) for column in range(5)] == [
        "(0010,0010)",
        "Patient's Name",
        "Nobody^Nemo",
        "PN",
        "PatientName",
    ]


def test_that_private_elements_are_marked(window: InformationWindow) -> None:
    marked = [line.text(2) for line in window.tree.lines() if line.font(1).italic()]
    assert marked == ["NOBODY", "secret sauce"]
    assert all(line.text(4) == "private" for line in window.tree.lines() if line.font(1).italic())


@pytest.mark.parametrize("wanted", ["postero", "CODEMEANING", "(0008,0104)"])
def test_that_a_search_leaves_the_way_to_what_it_finds(
    window: InformationWindow, wanted: str
) -> None:
    window.search.setText(wanted)
    assert shown(window) == [
        "View Code Sequence",
        ".Item 1",
        "..View Modifier Code Sequence",
        "...Item 1",
        "....Code Meaning",
        "...Item 2",
        "....Code Meaning",
    ]
    window.search.setText("View Modifier")
    assert "....Code Meaning" in shown(window)
    assert "..Code Value" not in shown(window)


def test_that_lines_are_copied(window: InformationWindow) -> None:
    tree = window.tree
    tree.setCurrentItem(next(line for line in tree.lines() if line.text(1) == "Rows"))
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "(0028,0010)\tRows\t20\tUS\tRows"
    tree.copy_value.trigger()
    assert QGuiApplication.clipboard().text() == "20"
    window.search.setText("rows")
    tree.copy_all.trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 0
    window.search.setText("")
    tree.copy_all.trigger()
    assert QGuiApplication.clipboard().text().count("\n") == 11


def test_that_nothing_hidden_is_shown_or_copied(window: InformationWindow) -> None:
    window.show_film(film_of(tags_of(header())), hide_identity=True)
    window.tree.copy_all.trigger()
    told = QGuiApplication.clipboard().text()
    assert "Nemo" not in told
    assert "sauce" not in told
    assert told.count(VALUE) > 5
    assert "\tRows\t20\t" in told


def test_that_a_pictures_facts_have_no_columns_of_dicom(window: InformationWindow) -> None:
    window.show_film(film_of((Tag("", "Format", "PNG"),)))
    hidden = [window.tree.isColumnHidden(column) for column in range(5)]
    assert hidden == [True, False, False, True, True]
