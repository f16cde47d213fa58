"""What every page of the results window is: a widget that shows a state and can be written as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.state.results_state import Offers, ResultsState

Row = tuple[str, ...]

# What a name keeps where figures need the room.
_NAME_PX = 120


class ResultsPage(QWidget):
    """A page; the window calls ``show_state`` after each change."""

    def show_state(self, state: ResultsState, allowed: Offers) -> None:
        """Draw the state."""
        raise NotImplementedError

    def rows(self) -> list[Row]:
        """What is seen, as lines of a CSV file."""
        raise NotImplementedError


class RowsTable(QTableWidget):
    """A table filled from rows whose first is the head; text only, read only.

    Args:
        name: Object name.
        meaning: For screen readers.
    """

    def __init__(self, name: str, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(meaning)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self._rows: list[Row] = []

    def show_rows(self, rows: Sequence[Row], red: frozenset[tuple[int, int]] = frozenset()) -> None:
        """Fill it; ``red`` names (row, column) of cells below the head that are warnings."""
        self._rows = list(rows)
        head, body = (rows[0], rows[1:]) if rows else ((), ())
        self.setColumnCount(len(head))
        self.setHorizontalHeaderLabels(list(head))
        self.setRowCount(len(body))
        for row, cells in enumerate(body):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if (row, column) in red:
                    item.setForeground(QBrush(QColor(theme.ERROR)))
                self.setItem(row, column, item)
        self._share_out()

    def _share_out(self) -> None:
        """Give each column what it needs, the first no more than it must have, the rest the spare."""
        num = self.columnCount()
        if not num:
            return
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        across.setStretchLastSection(False)
        needs = [
            max(self.sizeHintForColumn(column), across.sectionSizeHint(column)) + 2
            for column in range(num)
        ]
        room = self.viewport().width()
        short = sum(needs) - room
        if short > 0:
            # Names are told in full on hover; figures must not be cut.
            needs[0] = max(min(needs[0], _NAME_PX), needs[0] - short)
        spare = max(0, room - sum(needs))
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need + spare // num)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self._share_out()

    def fit_height(self) -> None:
        """As high as its rows are, for a small table below a large one."""
        lines = self.rowCount() * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + lines + 4)

    def rows(self) -> list[Row]:
        """What it shows, the head first."""
        return list(self._rows)

    def text(self, row: int, column: int) -> str:
        """A cell's text below the head."""
        item = self.item(row, column)
        return item.text() if item is not None else ""


def label(text: str = "", role: str = "", *, wrap: bool = True) -> QLabel:
    """A label of plain text in one of the style sheet's roles."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if role:
        made.setProperty("role", role)
    return made
