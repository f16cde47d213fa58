"""The confusion matrix, whose cells open their films."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from training.evaluation.operating_points import Band
from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.results.films_panel import FilmsPanel
from xray_desktop.results.page import ResultsPage, Row, label
from xray_desktop.state.results_entries import Cells, cells_of
from xray_desktop.state.results_state import Offers, ResultsState

_MATRIX_PX = 440
_BANDS = (Band.NEGATIVE, Band.UNSURE, Band.POSITIVE)
# (label, band): what it amounts to, in a word.
_MEANING = {
    (1, Band.POSITIVE): "found",
    (1, Band.NEGATIVE): "missed",
    (1, Band.UNSURE): "left open",
    (0, Band.POSITIVE): "false alarms",
    (0, Band.NEGATIVE): "spared",
    (0, Band.UNSURE): "left open",
}
Place = tuple[int, Band]
# What one wants to see first: the errors.
_LOOKED_AT = ((1, Band.NEGATIVE), (0, Band.POSITIVE), (1, Band.POSITIVE), (0, Band.NEGATIVE))
_FIRST = _LOOKED_AT[0]


class Cell(QPushButton):
    """One cell: how many, what that means, what share of the class.

    Args:
        place: (label, band).
    """

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.setObjectName(f"cell-{place[0]}-{place[1].value}")
        self.setCheckable(True)
        self.setIconSize(QSize(20, 20))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        wrong = place in ((1, Band.NEGATIVE), (0, Band.POSITIVE))
        right = place in ((1, Band.POSITIVE), (0, Band.NEGATIVE))
        self.setIcon(
            theme.icon("warning", theme.WARNING)
            if wrong
            else theme.icon("check" if right else "unsure", theme.TEXT_MUTED)
        )
        self.setStyleSheet(
            f"QPushButton {{ font-size: {theme.FONT_TITLE_PX}px; min-height: 84px }}"
        )

    def show_count(self, count: int, total: int, unit: str) -> None:
        """Say how many of the class lie here."""
        share = f"{100 * count / total:.0f} %" if total else "none"
        meaning = _MEANING[self.place]
        self.setText(f"{count:,} {meaning}\n{share} of the class")
        self.setToolTip(f"Show these {count:,} {unit}s, the worst first")
        self.setAccessibleName(f"{count:,} {unit}s {meaning}")


class ConfusionPage(ResultsPage):
    """Matrix at the left, the films of a cell at the right.

    Args:
        thumbnails: Where pictures come from.

    Signals:
        viewer_requested: List of files to open in the viewer.
    """

    viewer_requested = Signal(object)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._state = ResultsState()
        self._cells: Cells = {}
        self._place: Place = _FIRST
        self._part: tuple[object, int] | None = None
        self.buttons = {(truth, band): Cell((truth, band)) for truth in (1, 0) for band in _BANDS}
        self._heads = {band: label("", "small") for band in _BANDS}
        self._truths = {truth: label("", "small") for truth in (1, 0)}
        self._note = label("", "muted")
        self.films = FilmsPanel("cellFilms", thumbnails)
        self.films.viewer_requested.connect(self.viewer_requested)
        for button in self.buttons.values():
            button.clicked.connect(self._on_cell)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_4)
        layout.addLayout(self._matrix())
        layout.addWidget(self.films, 1)

    def _matrix(self) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.SPACE_2)
        for column, band in enumerate(_BANDS, start=1):
            self._heads[band].setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(self._heads[band], 0, column)
        for row, truth in enumerate((1, 0), start=1):
            self._truths[truth].setFixedWidth(76)
            grid.addWidget(self._truths[truth], row, 0)
            for column, band in enumerate(_BANDS, start=1):
                grid.addWidget(self.buttons[truth, band], row, column)
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE_2)
        title = label("What the model says, over what is true", "title")
        title.setFixedWidth(_MATRIX_PX)
        left.addWidget(title)
        left.addLayout(grid)
        left.addWidget(self._note)
        left.addStretch(1)
        return left

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """Count anew and keep the cell that is open."""
        self._state = state
        if state.shown is None:
            return
        points = state.shown_points
        self._cells = cells_of(state.entries(), points)
        names = dict(zip((Band.NEGATIVE, Band.POSITIVE), state.classes, strict=True))
        names[Band.UNSURE] = "unsure"
        if not points.has_unsure_band and self._place[1] is Band.UNSURE:
            self._place = _FIRST
        if self._part != (state.loaded, state.part):
            self._part = (state.loaded, state.part)
            filled = [place for place in _LOOKED_AT if self._cells[place]]
            self._place = filled[0] if filled else _FIRST
        for truth in (1, 0):
            total = sum(len(self._cells[truth, band]) for band in Band)
            self._truths[truth].setText(f"is “{state.classes[truth]}”\n{total:,} {_many(state)}")
            for band in _BANDS:
                button = self.buttons[truth, band]
                button.show_count(len(self._cells[truth, band]), total, state.unit.value)
                button.setVisible(band is not Band.UNSURE or points.has_unsure_band)
        for band, head in self._heads.items():
            head.setText(f"says “{names[band]}”" if band is not Band.UNSURE else "unsure")
            head.setVisible(band is not Band.UNSURE or points.has_unsure_band)
        self._note.setText(_thresholds_words(state))
        self._show_films()

    def _show_films(self) -> None:
        truth, band = self._place
        entries = self._cells.get(self._place, ())
        for place, button in self.buttons.items():
            button.setChecked(place == self._place)
        known = self._state.classes[truth]
        counted = f"{len(entries):,} {_many(self._state, len(entries))}"
        heading = f"{counted} that are “{known}”: {_MEANING[truth, band]}"
        self.films.show_films(
            heading, entries, self._state.classes, "None here. Pick another cell at the left."
        )

    @Slot()
    def _on_cell(self) -> None:
        cell = self.sender()
        if isinstance(cell, Cell):
            self._place = cell.place
            self._show_films()

    def rows(self) -> list[Row]:
        """The films of the open cell."""
        return self.films.rows()


def _many(state: ResultsState, count: int = 2) -> str:
    return state.unit.value if count == 1 else f"{state.unit.value}s"


def _thresholds_words(state: ResultsState) -> str:
    points = state.shown_points
    low = points.low.threshold
    tried = "" if points == state.kept_points else " Tried here, not saved in the model file."
    if points.has_unsure_band and points.high is not None:
        return (
            f"Below a score of {low:.3g}: “{state.classes[0]}”. From {points.high.threshold:.3g} "
            f"on: “{state.classes[1]}”. Between them: unsure.{tried}"
        )
    return (
        f"From a score of {low:.3g} on a {state.unit.value} counts as “{state.classes[1]}”.{tried}"
    )
