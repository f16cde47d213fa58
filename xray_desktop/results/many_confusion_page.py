"""The confusion matrix of more than two classes, whose cells open their films."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.results.films_panel import FilmsPanel
from xray_desktop.results.page import ResultsPage, Row, label
from xray_desktop.state.results_entries import ManyCells, many_cells_of, many_entries_of
from xray_desktop.state.results_state import Loaded, Offers, ResultsState

_MATRIX_PX = 520
_NAMES_PX = 150
_HEAD_PX = 30
_CELL_PX = (64, 150)
_ROW_PX = (40, 64)
# What the rows may take before they are scrolled.
_ROWS_PX = 400
# A cell with none of its class is as dark as the ground, one with all of them this strong.
_STRONGEST = 150


class ManyConfusionPage(ResultsPage):
    """Matrix at the left, true class down, called class across; the films of a cell at the right.

    Args:
        thumbnails: Where pictures come from.

    Signals:
        viewer_requested: List of files to open in the viewer.
    """

    viewer_requested = Signal(object)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._state = ResultsState()
        self._cells: ManyCells = {}
        self._shown: tuple[Loaded | None, int, object] | None = None
        self.table = QTableWidget()
        self.table.setObjectName("manyConfusion")
        self.table.setAccessibleName("True class down, called class across")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setHighlightSections(False)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.table.verticalHeader().setFixedWidth(_NAMES_PX)
        self.table.horizontalHeader().setFixedHeight(_HEAD_PX)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.currentCellChanged.connect(self._on_cell)
        self._note = label("", "muted")
        self.films = FilmsPanel("manyCellFilms", thumbnails)
        # Which of the other labels would be right is asked in the data check.
        self.films.relabel_button.hide()
        self.films.viewer_requested.connect(self.viewer_requested)
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE_2)
        title = label("What the model says (across), over what is true (down)", "title")
        for widget in (title, self.table, self._note):
            widget.setFixedWidth(_MATRIX_PX)
        left.addWidget(title)
        left.addWidget(self.table, 100)
        left.addWidget(self._note)
        left.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_4)
        layout.addLayout(left)
        layout.addWidget(self.films, 1)

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """Count anew and open the fullest cell of mistakes, where what is shown has changed."""
        self._state = state
        part = state.many_shown
        if part is None or self._shown == (state.loaded, state.part, state.unit):
            return
        self._shown = (state.loaded, state.part, state.unit)
        self._cells = many_cells_of(many_entries_of(part, state.unit), len(state.classes))
        self._fill(state.classes)
        unit = state.unit.value
        self._note.setText(
            f"Each {unit} is called by its largest score. Click a number to see its {unit}s. Shade "
            "and percentage: share of the true class."
        )
        wrong = [place for place in self._cells if place[0] != place[1]]
        first = max(wrong, key=lambda place: len(self._cells[place]))
        if not self._cells[first]:
            first = max(self._cells, key=lambda place: len(self._cells[place]))
        self.table.setCurrentCell(*first)
        self._show_films(*first)

    def _fill(self, classes: tuple[str, ...]) -> None:
        blocked = self.table.blockSignals(True)
        room, rows = (_MATRIX_PX - _NAMES_PX - 4) // len(classes), _ROWS_PX // len(classes)
        across, down = self.table.horizontalHeader(), self.table.verticalHeader()
        across.setDefaultSectionSize(min(max(room, _CELL_PX[0]), _CELL_PX[1]))
        down.setDefaultSectionSize(min(max(rows, _ROW_PX[0]), _ROW_PX[1]))
        height = _HEAD_PX + len(classes) * down.defaultSectionSize() + 4
        is_wider = len(classes) * across.defaultSectionSize() > _MATRIX_PX - _NAMES_PX
        bar = self.table.horizontalScrollBar().sizeHint().height() if is_wider else 0
        # As high as it needs; many rows are scrolled where the window is low.
        self.table.setMinimumHeight(min(height + bar, _ROWS_PX))
        self.table.setMaximumHeight(height + bar)
        self.table.setRowCount(len(classes))
        self.table.setColumnCount(len(classes))
        self.table.setHorizontalHeaderLabels(list(classes))
        totals = [
            sum(len(self._cells[truth, called]) for called in range(len(classes)))
            for truth in range(len(classes))
        ]
        named = [f"{name} ({total:,})" for name, total in zip(classes, totals, strict=True)]
        self.table.setVerticalHeaderLabels(named)
        for row, name in enumerate(named):
            self._name(self.table.verticalHeaderItem(row), name)
        for column, name in enumerate(classes):
            self._name(self.table.horizontalHeaderItem(column), name)
        for (truth, called), entries in self._cells.items():
            share = len(entries) / totals[truth] if totals[truth] else 0.0
            item = QTableWidgetItem(f"{len(entries):,}\n{100 * share:.0f} %")
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            shade = QColor(theme.ACCENT if truth == called else theme.WARNING)
            shade.setAlpha(round(_STRONGEST * share))
            item.setBackground(QBrush(shade))
            item.setToolTip(
                f"{len(entries):,} of {totals[truth]:,} that are “{classes[truth]}” are called "
                f"“{classes[called]}”"
            )
            self.table.setItem(truth, called, item)
        self.table.blockSignals(blocked)

    @staticmethod
    def _name(item: QTableWidgetItem | None, name: str) -> None:
        if item is not None:
            item.setToolTip(name)

    @Slot(int, int, int, int)
    def _on_cell(self, truth: int, called: int, _row: int, _column: int) -> None:
        if (truth, called) in self._cells:
            self._show_films(truth, called)

    def _show_films(self, truth: int, called: int) -> None:
        entries, classes = self._cells[truth, called], self._state.classes
        unit = self._state.unit.value
        counted = f"{len(entries):,} {unit if len(entries) == 1 else f'{unit}s'}"
        said = "are" if truth == called else f"are “{classes[truth]}” and are"
        heading = f"{counted} that {said} called “{classes[called]}”"
        if truth == called:
            heading = f"{counted} that are “{classes[truth]}” and are called so"
        self.films.show_films(
            heading, entries, classes, "None here. Click another number at the left."
        )

    def rows(self) -> list[Row]:
        """The matrix, then the films of the open cell."""
        classes = self._state.classes
        matrix: list[Row] = [("is, is called", *classes)]
        for truth, name in enumerate(classes):
            cells = (f"{len(self._cells[truth, c])}" for c in range(len(classes)))
            matrix.append((name, *cells))
        return [*matrix, (), *self.films.rows()]
