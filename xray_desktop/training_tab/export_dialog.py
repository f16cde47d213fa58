"""Asks which model is to be exported, as what and where; and tells how it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from training.models.export_formats import ExportFormat
from training.models.export_parity import Parity
from xray_desktop import theme

_KINDS = {
    ExportFormat.ONNX: "&ONNX, for most programs and languages",
    ExportFormat.LITERT: "&LiteRT (TensorFlow Lite), for phones and small devices",
    ExportFormat.SAVED_MODEL: "&SavedModel, for TensorFlow",
}


@dataclass(frozen=True)
class ExportChoice:
    """What the user chose.

    Args:
        model: "best" or "final".
        kind: The format.
        target: The folder to make.
    """

    model: str
    kind: ExportFormat
    target: Path


class ExportDialog(QDialog):
    """Which model, and as what.

    Args:
        models: The models that are there, "best" first.
        parent: The tab.
    """

    def __init__(self, models: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export")
        words = QLabel(
            "Writes a model for other programs: they give it a grey film of any size and get the "
            "score. The same films are then scored by this program and by the exported file; "
            "where the two differ nothing is exported."
        )
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(words)
        self._models = QButtonGroup(self)
        self._kinds = QButtonGroup(self)
        self.model_buttons = {name: QRadioButton(f"The &{name} model") for name in models}
        self.kind_buttons = {kind: QRadioButton(text) for kind, text in _KINDS.items()}
        for title, group, buttons in (
            ("Model", self._models, list(self.model_buttons.values())),
            ("Format", self._kinds, list(self.kind_buttons.values())),
        ):
            heading = QLabel(title)
            heading.setProperty("role", "title")
            layout.addSpacing(theme.SPACE_2)
            layout.addWidget(heading)
            buttons[0].setChecked(True)
            for button in buttons:
                group.addButton(button)
                layout.addWidget(button)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        box.addButton("Choose folder…", QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout.addSpacing(theme.SPACE_2)
        layout.addWidget(box)
        self.setMinimumWidth(460)

    @property
    def model(self) -> str:
        """The model that is chosen."""
        return next(name for name, button in self.model_buttons.items() if button.isChecked())

    @property
    def kind(self) -> ExportFormat:
        """The format that is chosen."""
        return next(kind for kind, button in self.kind_buttons.items() if button.isChecked())


def ask_export(parent: QWidget, folder: Path, models: Sequence[str]) -> ExportChoice | None:
    """Ask for model, format and place; None where the user thinks better of it.

    Args:
        parent: The tab.
        folder: The run's; it is proposed.
        models: The models that are there.
    """
    dialog = ExportDialog(models, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    model, kind = dialog.model, dialog.kind
    dialog.deleteLater()
    if not accepted:
        return None
    chosen = QFileDialog.getExistingDirectory(
        parent, "Export: a new folder is made in the one you choose", str(folder)
    )
    if not chosen:
        return None
    return ExportChoice(
        model, kind, new_folder(Path(chosen), f"{folder.name} {model} {kind.value}")
    )


def new_folder(place: Path, name: str) -> Path:
    """A folder of that name, numbered where there is one already."""
    target, number = place / name, 1
    while target.exists():
        number += 1
        target = place / f"{name} {number}"
    return target


def parity_words(parity: Parity) -> str:
    """What the certificate says, in two sentences."""
    films = "film" if parity.num_films == 1 else "films"
    changed = parity.num_changed_decisions
    decisions = {0: "no answer changed", 1: "one answer changed"}.get(
        changed, f"{changed:,} answers changed"
    )
    largest = parity.largest_difference
    at_most = "less than 0.0001" if largest < 1e-4 else f"at most {largest:.1g}"
    return (
        f"Compared with this program on {parity.num_films:,} {films} ({parity.films}): "
        f"scores differ by {at_most}; {decisions}."
    )


def tell_export(parent: QWidget, target: Path, parity: Parity) -> bool:
    """Tell how it went; True to open the folder."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle("Export")
    box.setText(f"The {parity.format} model is written.")
    box.setInformativeText(
        f"{parity_words(parity)}\n\nThe folder “{target.name}” also holds the model's card, "
        "a README on how to use it, and this comparison film by film."
    )
    opens = box.addButton("Open folder", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    return box.clickedButton() is opens
