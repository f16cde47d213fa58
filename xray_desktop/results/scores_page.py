"""Scores of each class, and how groups of films are read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from training.evaluation.figures import FEW_FILMS
from training.evaluation.wording import group_rows
from xray_desktop import theme
from xray_desktop.results.measuring import CurveViews, grouped
from xray_desktop.results.page import ResultsPage, Row, RowsTable, label
from xray_desktop.results.plots import HistogramPlot
from xray_desktop.results.points_panel import thresholds_of
from xray_desktop.state.results_entries import Entry
from xray_desktop.state.results_state import Offers, ResultsState

_GROUPINGS = (
    "folder",
    "body region",
    "view",
    "file family",
    "kind of file",
    "copies of a film",
)

# Where films say what they are grouped by.
_SOURCES = {
    "body region": "Regions are those that DICOM films record and that names of files and folders tell.",
    "view": "Views are those that DICOM films record.",
}


class ScoresPage(ResultsPage):
    """The histogram at the left, the table of groups at the right."""

    def __init__(self) -> None:
        super().__init__()
        self._state = ResultsState()
        self.plot = HistogramPlot()
        self.group_box = QComboBox()
        self.group_box.setObjectName("groupBox")
        self.group_box.setAccessibleName("Group films by")
        self.group_box.addItems([f"By {name}" for name in _GROUPINGS])
        self.group_box.currentIndexChanged.connect(self._on_grouping)
        self.table = RowsTable("groupsTable", "How each group is read, by film")
        self._note = label("", "muted")
        top = QHBoxLayout()
        top.addWidget(label("Groups, by film", "title"), 1)
        top.addWidget(self.group_box)
        right = QVBoxLayout()
        right.setSpacing(theme.SPACE_2)
        right.addLayout(top)
        right.addWidget(self.table, 1)
        right.addWidget(self._note)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_4)
        layout.addWidget(self.plot, 2)
        layout.addLayout(right, 3)

    def show_views(self, views: CurveViews | None, state: ResultsState) -> None:
        """Draw the histogram."""
        self.plot.say("" if views is not None else "Measuring...")
        if views is not None:
            self.plot.show_histogram(views.histogram, state.classes)

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """Draw the thresholds and the groups."""
        self._state = state
        if state.shown is None or state.loaded is None:
            return
        points = state.shown_points
        self.plot.show_limits(thresholds_of(points))
        name = _GROUPINGS[self.group_box.currentIndex()]
        groups = grouped(state.shown, _namer(name, state.loaded.subject.root), points)
        few = frozenset(
            (row, column)
            for row, group in enumerate(groups)
            if group.num_films < FEW_FILMS
            for column in (1, 3)
        )
        self.table.show_rows(group_rows(groups), few)
        unrecorded = "" if _SOURCES.get(name) is None else f" {_SOURCES[name]}"
        unsure = " Unsure films are neither." if points.has_unsure_band else ""
        self._note.setText(
            f"Found: of “{state.classes[1]}”; spared: of “{state.classes[0]}”.{unsure} Red: fewer than "
            f"{FEW_FILMS} films, which say little. Differences between "
            f"many groups arise by chance too.{unrecorded}"
        )

    @Slot(int)
    def _on_grouping(self, _index: int) -> None:
        if self._state.shown is not None:
            from xray_desktop.state.results_state import offers

            self.show_state(self._state, offers(self._state))

    def rows(self) -> list[Row]:
        """The groups."""
        return self.table.rows()


def _namer(grouping: str, root: Path) -> Callable[[Entry], str]:
    def folder(entry: Entry) -> str:
        parent = entry.path.parent
        inside = parent.is_relative_to(root)
        return (parent.relative_to(root) if inside else PurePath(parent.name)).as_posix()

    def family(entry: Entry) -> str:
        return entry.name

    def kind(entry: Entry) -> str:
        return entry.path.suffix.lower() or "without an ending"

    def copies(entry: Entry) -> str:
        num = len(entry.paths)
        if num == 1:
            return "one file"
        return "2 to 10 files" if num <= 10 else "more than 10 files"

    def region(entry: Entry) -> str:
        return entry.region

    def view(entry: Entry) -> str:
        return entry.view

    namers = (folder, region, view, family, kind, copies)
    return dict(zip(_GROUPINGS, namers, strict=True))[grouping]
