"""A small table that never cuts a figure: columns as wide as they need, spare room shared out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from xray_desktop import theme

_HEAD_PX = 38
_ROW_PX = 22


class FittedTable(QTableWidget):
    """A read-only table with two lines of column names.

    Args:
        name: Its object name.
        meaning: For screen readers.
        rows: Names of the rows.
        num_columns: Number of columns.
    """

    def __init__(
        self,
        name: str,
        meaning: str,
        rows: tuple[str, ...],
        num_columns: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(len(rows), num_columns, parent)
        self.setObjectName(name)
        self.setAccessibleName(meaning)
        self.setVerticalHeaderLabels(list(rows))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setHighlightSections(False)
        across.setFixedHeight(_HEAD_PX)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(30)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        down.setMinimumSectionSize(_ROW_PX)
        down.setDefaultSectionSize(_ROW_PX)
        down.setHighlightSections(False)
        self.show_rows(len(rows))
        self.setStyleSheet(
            f"QTableWidget, QHeaderView, QHeaderView::section {{ font-size: {theme.FONT_SMALL_PX}px }}"
            "QHeaderView::section { padding: 0 4px }"
        )

    def put(self, row: int, column: int, text: str) -> QTableWidgetItem:
        """Set a cell; call ``fit`` after the last one."""
        item = QTableWidgetItem(text)
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setItem(row, column, item)
        return item

    def text(self, row: int, column: int) -> str:
        """A cell's text."""
        item = self.item(row, column)
        return item.text() if item is not None else ""

    def show_rows(self, count: int, most_in_sight: int | None = None) -> None:
        """Show the first rows only, and be no higher than they need.

        Args:
            count: How many.
            most_in_sight: With more of them a bar moves the table.
        """
        in_sight = count if most_in_sight is None else min(count, most_in_sight)
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if in_sight < count else policy.ScrollBarAlwaysOff
        )
        for row in range(self.rowCount()):
            self.setRowHidden(row, row >= count)
        self._height = _HEAD_PX + in_sight * _ROW_PX + 4
        self.setFixedHeight(self._height)

    def fit(self) -> None:
        """Share the width out among the columns."""
        needs = self._needs()
        spare = max(0, self.viewport().width() - sum(needs))
        for column, need in enumerate(needs):
            self.setColumnWidth(column, need + spare // len(needs))
        # Where even that is too narrow the bar to move it by must not hide the last row.
        is_wider = sum(needs) > self.viewport().width() > 0
        bar = self.horizontalScrollBar().sizeHint().height() if is_wider else 0
        self.setFixedHeight(self._height + bar)
        self.updateGeometry()

    def _needs(self) -> list[int]:
        across = self.horizontalHeader()
        return [
            max(self.sizeHintForColumn(column), across.sectionSizeHint(column))
            for column in range(self.columnCount())
        ]

    def sizeHint(self) -> QSize:
        """As wide as all it holds."""
        width = self.verticalHeader().sizeHint().width() + sum(self._needs()) + 4
        return QSize(width, self.height())

    def minimumSizeHint(self) -> QSize:
        """Narrow: the window must not grow with a figure."""
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width out."""
        super().resizeEvent(event)
        self.fit()
