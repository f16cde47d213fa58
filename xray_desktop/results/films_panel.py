"""A grid of films with its heading and the buttons that open them in the viewer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.results.film_grid import EntryGrid
from xray_desktop.results.page import Row, label
from xray_desktop.state.results_entries import Entry

MAX_OPENED = 2000
"""Files handed to the viewer at once."""


class FilmsPanel(QWidget):
    """Shows entries and sends them on.

    Args:
        name: Object name of the grid.
        thumbnails: Where pictures come from.

    Signals:
        viewer_requested: List of files to open in the viewer.
        relabel_requested: Tuple of the chosen entries, of one label.
        undo_requested: Take the last change of labels back.
    """

    viewer_requested = Signal(object)
    relabel_requested = Signal(object)
    undo_requested = Signal()

    def __init__(self, name: str, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[str, ...] = ("", "")
        self._heading = label("", "title")
        self._hint = label("", "muted")
        self.grid = EntryGrid(name, thumbnails)
        self.open_button = QPushButton("Open in &viewer")
        self.open_button.setObjectName(f"{name}Open")
        self.open_button.setIcon(theme.icon("eye"))
        self.open_button.setToolTip(
            "Open the chosen films, or all of these, with the model that read them (Alt+V)"
        )
        self.open_button.clicked.connect(self._on_open)
        self.relabel_button = QPushButton("Other &label")
        self.relabel_button.setObjectName(f"{name}Relabel")
        self.relabel_button.setIcon(theme.icon("flip"))
        self.relabel_button.setToolTip(
            "Put the chosen films, with all copies, under the other label in the data check; the "
            "files stay as they are (Alt+L)"
        )
        self.relabel_button.clicked.connect(self._on_relabel)
        self.undo_button = QPushButton("&Undo")
        self.undo_button.setObjectName(f"{name}Undo")
        self.undo_button.setIcon(theme.icon("undo"))
        self.undo_button.setToolTip("Take the last change of labels back (Alt+U)")
        self.undo_button.clicked.connect(self.undo_requested)
        self.undo_button.hide()
        self.grid.opened.connect(self._on_open)
        self.grid.chosen.connect(self._on_chosen)
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self.undo_button)
        top.addWidget(self.relabel_button)
        top.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(top)
        layout.addWidget(self._hint)
        layout.addWidget(self.grid, 1)

    def show_films(
        self, heading: str, entries: Sequence[Entry], classes: tuple[str, ...], empty: str
    ) -> None:
        """Show entries, the worst first, or say why there are none."""
        self._heading.setText(heading)
        self._classes = classes
        self.grid.show_entries(entries, classes)
        self._hint.setText("Worst first. Double-click one to open it." if entries else empty)
        self._on_chosen()

    @property
    def heading(self) -> str:
        """What it says of the films."""
        return self._heading.text()

    def rows(self) -> list[Row]:
        """The entries as lines of a CSV file."""
        is_many = any(entry.called is not None for entry in self.grid.entries)
        called = ("called",) if is_many else ()
        return [
            ("film", "file", "labelled", *called, "score", "files of the film"),
            *(
                (
                    entry.name,
                    entry.path.name,
                    self._classes[entry.label],
                    *((self._classes[entry.called],) if entry.called is not None else ()),
                    f"{entry.score:.6g}",
                    f"{len(entry.paths)}",
                )
                for entry in self.grid.entries
            ),
        ]

    @Slot()
    def _on_chosen(self) -> None:
        num = len(self.grid.chosen_entries())
        self.open_button.setText(f"Open {num:,} in &viewer" if num else "Open all in &viewer")
        self.open_button.setEnabled(bool(self.grid.entries))
        labels = {entry.label for entry in self.grid.chosen_entries()}
        self.relabel_button.setEnabled(len(labels) == 1)

    def offer_undo(self, offered: bool) -> None:
        """Show the button that takes the last change of labels back, or not."""
        self.undo_button.setVisible(offered)

    @Slot()
    def _on_relabel(self) -> None:
        self.relabel_requested.emit(tuple(self.grid.chosen_entries()))

    @Slot()
    def _on_open(self) -> None:
        entries = self.grid.chosen_entries() or self.grid.entries
        paths = [path for entry in entries for path in entry.paths]
        if paths:
            self.viewer_requested.emit(paths[:MAX_OPENED])
