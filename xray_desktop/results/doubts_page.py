"""Films whose out-of-fold score speaks against their label."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.results.films_panel import FilmsPanel
from xray_desktop.results.page import ResultsPage, Row, label
from xray_desktop.state.results_entries import doubtful
from xray_desktop.state.results_state import Offers, ResultsState

_WHY = (
    "No network that scored a film here has seen it in training. A film far up this list is hard to "
    "read, or labelled wrong: look at it before you believe either."
)
_NEEDS_FOLDS = (
    "A run has seen its own training films, so its scores cannot doubt their labels. "
    "Cross-validate, then open the cross-validation here."
)


class DoubtsPage(ResultsPage):
    """The films ranked, side by side.

    Args:
        thumbnails: Where pictures come from.

    Signals:
        viewer_requested: List of files to open in the viewer.
    """

    viewer_requested = Signal(object)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._why = label(_WHY, "muted")
        self.films = FilmsPanel("doubtFilms", thumbnails)
        self.films.viewer_requested.connect(self.viewer_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(self._why)
        layout.addWidget(self.films, 1)
        self._room = layout

    def show_state(self, state: ResultsState, allowed: Offers) -> None:  # noqa: ARG002
        """List the films, or say what it takes to have them."""
        if state.loaded is None:
            return
        is_crossval = state.loaded.is_crossval
        self._why.setText(_WHY if is_crossval else _NEEDS_FOLDS)
        entries = doubtful(state.entries()) if is_crossval else ()
        self.films.setVisible(is_crossval)
        heading = f"{len(entries):,} {state.unit.value}s scored against their label"
        self.films.show_films(heading, entries, state.classes, "No score speaks against its label.")

    def rows(self) -> list[Row]:
        """The films."""
        return self.films.rows()
