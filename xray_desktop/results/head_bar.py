"""The results window's head: which run, which model on which films, by film or by file; what next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from xray_desktop import theme
from xray_desktop.state.results_entries import Unit
from xray_desktop.state.results_state import Offers, ResultsState


class HeadBar(QWidget):
    """Three choices and two buttons.

    Signals:
        folder_picked: The folder of a run or cross-validation.
        part_picked: Number of the part.
        unit_picked: ``Unit``.
        again_asked: Train again was pressed.
        export_asked: Export was pressed.
    """

    folder_picked = Signal(object)
    part_picked = Signal(int)
    unit_picked = Signal(object)
    again_asked = Signal()
    export_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: list[tuple[Path, str]] = []
        self._parts: tuple[str, ...] = ()
        self.run_box = _box("resultsRunBox", "Run or cross-validation", 330)
        self.run_box.activated.connect(self._on_run)
        self.part_box = _box("resultsPartBox", "Model and films", 220)
        self.part_box.activated.connect(self.part_picked)
        self.unit_box = _box("resultsUnitBox", "What counts once", 110)
        for unit in Unit:
            self.unit_box.addItem(f"by {unit.value}", unit)
        self.unit_box.setToolTip("By film: each film counts once, with the mean of its files")
        self.unit_box.activated.connect(self._on_unit)
        self.again_button = QPushButton("&Train again…")
        self.again_button.setObjectName("trainAgainButton")
        self.again_button.setIcon(theme.icon("train"))
        self.again_button.setToolTip(
            "Go to the training tab with this run's films and settings; training goes by the labels "
            "you changed (Alt+T)"
        )
        self.again_button.clicked.connect(self.again_asked)
        self.again_button.hide()
        self.export_button = QPushButton("&Export CSV…")
        self.export_button.setObjectName("exportButton")
        self.export_button.setIcon(theme.icon("export"))
        self.export_button.setToolTip("Write what this page shows to a table (Alt+E)")
        self.export_button.clicked.connect(self.export_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        for box in (self.run_box, self.part_box, self.unit_box):
            layout.addWidget(box)
        layout.addStretch(1)
        layout.addWidget(self.again_button)
        layout.addWidget(self.export_button)

    def show_choices(self, choices: Sequence[tuple[Path, str]]) -> None:
        """Offer these runs and cross-validations."""
        if list(choices) == self._choices:
            return
        self._choices = list(choices)
        self.run_box.clear()
        for folder, words in choices:
            self.run_box.addItem(words, folder)

    def offer_again(self, offered: bool) -> None:
        """Show the button that leads to another training, or not."""
        self.again_button.setVisible(offered)

    def show_state(self, state: ResultsState, allowed: Offers, folder: Path | None) -> None:
        """Show what is in sight."""
        self.run_box.setCurrentIndex(self._place_of(folder))
        parts = tuple(part.name for part in state.loaded.subject.all_parts) if state.loaded else ()
        if parts != self._parts:
            self._parts = parts
            self.part_box.clear()
            self.part_box.addItems(list(parts))
        self.part_box.setCurrentIndex(state.part if parts else -1)
        self.unit_box.setCurrentIndex(list(Unit).index(state.unit))
        for widget in (self.part_box, self.unit_box, self.export_button):
            widget.setEnabled(allowed.look)

    def _place_of(self, folder: Path | None) -> int:
        return next((row for row, choice in enumerate(self._choices) if choice[0] == folder), -1)

    @Slot(int)
    def _on_run(self, row: int) -> None:
        self.folder_picked.emit(self._choices[row][0])

    @Slot(int)
    def _on_unit(self, row: int) -> None:
        self.unit_picked.emit(list(Unit)[row])


def _box(name: str, meaning: str, width: int) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(meaning)
    box.setFixedWidth(width)
    return box
