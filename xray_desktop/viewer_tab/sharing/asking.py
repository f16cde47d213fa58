"""Asks where something is to go, and what must be known before it goes. Opens dialogs, never blocks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

_COPY_FILM = (
    "A DICOM film is copied after the basic confidentiality profile of DICOM (PS3.15): names, numbers, "
    "dates, places and private elements are removed, identifiers replaced. A picture file loses "
    "everything besides the picture. The original is not touched."
)
_LOOK = "Text that is burned into a film stays. Look at each copy before you give it away."
_SAYS_BURNED_IN = "This film says itself that text is burned into it: the copy will show it."


def ask_for_file(
    parent: QWidget,
    title: str,
    proposed: Path,
    kinds: tuple[str, ...],
    then: Callable[[str], None],
    *,
    may_replace: bool = True,
) -> QFileDialog:
    """Ask for a file to be written.

    Args:
        parent: The tab.
        title: Of the dialog.
        proposed: Folder and name.
        kinds: "PDF (*.pdf)", the first is proposed.
        then: A slot, called with the file chosen.
        may_replace: Ask before a file is replaced; else the writer refuses one that is there.
    """
    dialog = QFileDialog(parent, title, str(proposed.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(kinds))
    dialog.setDefaultSuffix(proposed.suffix.removeprefix("."))
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not may_replace)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.selectFile(proposed.name)
    dialog.fileSelected.connect(then)
    dialog.open()
    return dialog


def ask_for_folder(
    parent: QWidget, title: str, proposed: Path, then: Callable[[str], None]
) -> QFileDialog:
    """Ask for a folder to be written to.

    Args:
        parent: The tab.
        title: Of the dialog.
        proposed: Where the dialog begins.
        then: A slot, called with the folder chosen.
    """
    dialog = QFileDialog(parent, title, str(proposed))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly, True)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(then)
    dialog.open()
    return dialog


def warn_of_copies(
    parent: QWidget, num_films: int, says_burned_in: bool, then: Callable[[], None]
) -> QMessageBox:
    """Say what an anonymous copy is and is not, before a place is asked for.

    Args:
        parent: The tab.
        num_films: How many are to be copied.
        says_burned_in: The one film says that there is text in its picture.
        then: A slot, called where the user goes on.
    """
    box = QMessageBox(parent)
    box.setObjectName("copyWarning")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning if says_burned_in else QMessageBox.Icon.Information)
    box.setWindowTitle("Anonymous copy" if num_films == 1 else "Anonymous copies")
    films = "this film" if num_films == 1 else f"all {num_films:,} films of the list"
    box.setText(f"Copy {films} without what tells whose it is?")
    box.setInformativeText(f"{_COPY_FILM}\n\n{_SAYS_BURNED_IN if says_burned_in else _LOOK}")
    go_on = box.addButton("Choose a place…", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(go_on)
    box.accepted.connect(then)
    box.open()
    return box


def says_burned_in(tags: tuple[tuple[str, str], ...]) -> bool:
    """True where a film's Burned In Annotation (0028,0301) says so.

    Args:
        tags: (number, value) of the film's elements.
    """
    return any(number == "(0028,0301)" and value.upper() == "YES" for number, value in tags)
