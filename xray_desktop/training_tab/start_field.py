"""The field that says which model a transfer run begins from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from training.errors import UserError
from training.models.card_file import SUFFIX, read_card
from xray_desktop import paths

TIP = (
    "The model that a transfer run begins from: the starter model, or the model of a transfer run of "
    "your own. Where the starter model knows your films, begin from one that does not."
)
_STARTER = "The model that comes with the program"
_OTHER = "Another model…"


def choose_model(parent: QWidget, near: Path) -> Path | None:
    """Ask for a model file; tests replace the field's reference to it.

    Args:
        parent: The field.
        near: Where to look first.
    """
    name, _ = QFileDialog.getOpenFileName(
        parent, "Model to start from", str(near), f"Models (*{SUFFIX})"
    )
    return Path(name) if name else None


class StartBox(QComboBox):
    """The starter model, the chosen model, and a way to choose another.

    Signals:
        edited: The user chose another start.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choose = choose_model
        self._start: Path | None = None
        # A long name must not widen the whole column.
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(self._on_activated)
        self._fill()

    @property
    def start(self) -> Path | None:
        """The chosen model file, or None for the starter model."""
        return self._start

    def show_start(self, start: Path | None) -> None:
        """Fill in a start without telling of it."""
        self._start = start
        self._fill()

    def _fill(self) -> None:
        self.clear()
        self.addItem(_STARTER)
        if self._start is not None:
            self.addItem(_words(self._start))
        self.addItem(_OTHER)
        self.setCurrentIndex(0 if self._start is None else 1)
        self.setToolTip(TIP if self._start is None else f"{TIP}\n{self._start}")

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        if index == self.count() - 1:
            near = self._start.parent if self._start is not None else paths.runs_folder()
            chosen = self.choose(self, near) or self._start
        else:
            chosen = self._start if index else None
        changed = chosen != self._start
        self.show_start(chosen)
        if changed:
            self.edited.emit()


def _words(path: Path) -> str:
    """Which model of which run, or the file's name; what is wrong with it is told elsewhere."""
    try:
        card = read_card(path)
    except UserError:
        return path.name
    return f"{card.run_id}, {card.kind}" if card.run_id else path.name
