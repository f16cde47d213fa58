"""The film's information: what the file says of itself, searchable."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training.films.film import Film
from xray_desktop import theme
from xray_desktop.state.hidden_identity import NAME, REMARK, shown_tags

_COLUMNS = ("Tag", "Name", "Value")


class InformationWindow(QDialog):
    """A small window beside the film; it stays open and follows from film to film.

    Args:
        parent: The tab.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("informationWindow")
        self.setWindowTitle("Film information")
        self.resize(640, 560)
        self._notes = QLabel()
        self._notes.setTextFormat(Qt.TextFormat.PlainText)
        self._notes.setWordWrap(True)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search in tags, names and values")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_search)
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(24)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(1, 210)
        header.setStretchLastSection(True)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_2)
        for widget in (self._notes, self.search, self.table):
            column.addWidget(widget)

    def show_film(self, film: Film, *, hide_identity: bool = False) -> None:
        """Tell what a film says of itself.

        Args:
            film: The film.
            hide_identity: Show technical values only.
        """
        tags = shown_tags(film.tags) if hide_identity else film.tags
        name = NAME if hide_identity else film.path.name
        facts = [f"{name}: {film.format}, {film.width} x {film.height} px"]
        if film.spacing is not None:
            told = film.spacing
            known = ": ".join(filter(None, (told.source, told.detail)))
            facts.append(f"{told.column_mm:.4g} x {told.row_mm:.4g} mm per pixel, {known}")
        elif film.pixel_aspect != 1.0:
            facts.append(f"pixels are {film.pixel_aspect:.4g} times as high as wide")
        self._notes.setText("\n".join([*facts, *film.notes, *([REMARK] if hide_identity else [])]))
        self.table.setRowCount(len(tags))
        for row, tag in enumerate(tags):
            for place, text in enumerate((tag.tag, tag.name, tag.value)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, place, item)
        self._on_search(self.search.text())

    @Slot(str)
    def _on_search(self, text: str) -> None:
        wanted = text.casefold().strip()
        for row in range(self.table.rowCount()):
            words = (self.table.item(row, place) for place in range(len(_COLUMNS)))
            line = " ".join(item.text() for item in words if item is not None)
            self.table.setRowHidden(row, wanted not in line.casefold())
