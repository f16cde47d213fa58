"""Asks how a set is to be divided anew."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from training.audit.repairs import SplitAnew
from xray_desktop import theme


class SplitDialog(QDialog):
    """Shares of validation and test films, and a seed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("splitDialog")
        self.setWindowTitle("Draw parts anew")
        words = QLabel(
            "Validation and test films are drawn by film, the same share of each class; all files of "
            "a film, and all films of a patient where DICOM files tell, stay together."
        )
        words.setWordWrap(True)
        self.validation_box = _percent("Share of validation films", 20, least=5)
        self.test_box = _percent("Share of test films", 0, least=0)
        self.seed_box = QSpinBox()
        theme.indent(self.seed_box)
        self.seed_box.setAccessibleName("Seed")
        self.seed_box.setRange(0, 2**31 - 1)
        self.seed_box.setToolTip("Another seed draws other films")
        form = QFormLayout()
        form.addRow("&Validation", self.validation_box)
        form.addRow("&Test", self.test_box)
        form.addRow("S&eed", self.seed_box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton("Draw", QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)

    def repair(self) -> SplitAnew:
        """What was asked for."""
        return SplitAnew(
            self.validation_box.value() / 100, self.seed_box.value(), self.test_box.value() / 100
        )


def ask_split(parent: QWidget) -> SplitAnew | None:
    """Ask for shares and seed; None where the user thought better of it."""
    dialog = SplitDialog(parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    repair = dialog.repair() if accepted else None
    dialog.deleteLater()
    return repair


def _percent(name: str, value: int, *, least: int) -> QSpinBox:
    box = QSpinBox()
    theme.indent(box)
    box.setAccessibleName(name)
    box.setRange(least, 50)
    box.setSuffix(" %")
    box.setValue(value)
    return box
