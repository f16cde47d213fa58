"""Asks what a report is to show. Not modal to the program's work; asks, never decides."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import theme

MAX_PAGES = 200
"""Films that may have a page each: more would fill the memory, and nobody prints them."""

# The preview is laid out while the window waits.
_PREVIEW_FILMS, _PREVIEW_PAGES = 100, 8
_FILM = (
    "The film with verdict, note, measurements and the model's answer on one page. Nothing is drawn "
    "into the film's own file."
)
_LIST = "A table of all films with verdict, the model's answer and whether both agree."
_NAMES = "Files are named as they are: where a name tells a patient, so does the report."
_HIDDEN = "Names are hidden in it, as they are in the window."
_TOO_LONG = "Too long for a preview: save it as PDF, and print that"
_TOO_MANY = f"For lists of up to {MAX_PAGES} films."
_BESIDE = "The film under its &heat map beside it"
_NO_MAP = "There is no answer of a model that may be told."


@dataclass(frozen=True)
class ReportWish:
    """What the user wants.

    Args:
        is_list: Of the whole work list.
        as_shown: The film as the view shows it, not as recorded.
        heat_map: Also under its heat map.
        pages: A page for each film of the list.
        preview: To a preview; else to a PDF file.
    """

    is_list: bool
    as_shown: bool = False
    heat_map: bool = False
    pages: bool = False
    preview: bool = False


class ReportDialog(QDialog):
    """Of the film in sight, or of the list.

    Args:
        parent: The tab.
        num_films: Of the list, or 0 for the film in sight.
        has_answer: A model's answer may be told.
        hides_names: Identity is hidden.

    Signals:
        wished: ``ReportWish``.
    """

    wished = Signal(object)

    def __init__(
        self, parent: QWidget, *, num_films: int, has_answer: bool, hides_names: bool
    ) -> None:
        super().__init__(parent)
        self.setObjectName("filmReportDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._is_list = bool(num_films)
        title = "Report of the work list" if self._is_list else "Report of this film"
        self.setWindowTitle(title)
        words = QLabel(f"{_LIST if self._is_list else _FILM} {_HIDDEN if hides_names else _NAMES}")
        words.setWordWrap(True)
        self.recorded = QRadioButton("The film as &recorded")
        self.recorded.setChecked(True)
        self.shown = QRadioButton("The view as &shown now, with what is drawn on it")
        self.pages = QCheckBox("A &page for each film")
        self.pages.setEnabled(num_films <= MAX_PAGES)
        self.pages.setToolTip("" if num_films <= MAX_PAGES else _TOO_MANY)
        beside = "Films under their &heat maps, too" if self._is_list else _BESIDE
        self.heat_map = QCheckBox(beside)
        self._has_answer = has_answer
        self._num_films = num_films
        self.heat_map.setToolTip("" if has_answer else _NO_MAP)
        self._build(words)
        self.pages.toggled.connect(self._on_pages)
        self._on_pages()

    def _build(self, words: QLabel) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.preview_button = buttons.addButton("Preview and print…", role)
        self.save_button = buttons.addButton("Save as PDF…", role)
        self.save_button.setDefault(True)
        self.preview_button.clicked.connect(self._on_preview)
        self.save_button.clicked.connect(self._on_save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(words)
        chosen = (self.pages,) if self._is_list else (self.recorded, self.shown)
        for widget in (*chosen, self.heat_map):
            column.addWidget(widget)
        for widget in {self.pages, self.recorded, self.shown} - set(chosen):
            widget.setParent(self)
            widget.hide()
        column.addSpacing(theme.SPACE_2)
        column.addWidget(buttons)
        self.setMinimumWidth(480)

    @Slot()
    def _on_pages(self) -> None:
        """Heat maps stand on the films' pages; a preview has its limits."""
        limit = _PREVIEW_PAGES if self.pages.isChecked() else _PREVIEW_FILMS
        is_short = self._num_films <= limit
        self.preview_button.setEnabled(is_short)
        self.preview_button.setToolTip("" if is_short else _TOO_LONG)
        self.heat_map.setEnabled(self._has_answer and (not self._is_list or self.pages.isChecked()))

    @Slot()
    def _on_preview(self) -> None:
        self._wish(preview=True)

    @Slot()
    def _on_save(self) -> None:
        self._wish(preview=False)

    def _wish(self, *, preview: bool) -> None:
        heat_map = self.heat_map.isEnabled() and self.heat_map.isChecked()
        wish = ReportWish(
            self._is_list,
            as_shown=not self._is_list and self.shown.isChecked(),
            heat_map=heat_map,
            pages=self._is_list and self.pages.isChecked(),
            preview=preview,
        )
        self.accept()
        self.wished.emit(wish)
