"""Asks what a report is to be, and where; and whether to open it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)


@dataclass(frozen=True)
class ReportChoice:
    """What the user chose.

    Args:
        target: The file; its ending says which kind.
        pictures: Show misread films.
    """

    target: Path
    pictures: bool


class ReportDialog(QDialog):
    """HTML or PDF, with pictures of films or without."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reportDialog")
        self.setWindowTitle("Report")
        words = QLabel(
            "Figures with intervals, curves, films, misread films, settings, model card and two "
            "reporting checklists in one file. Files are named from the folder of films on: where a "
            "name tells a patient, so does the report."
        )
        words.setWordWrap(True)
        self.html_button = QRadioButton("One &HTML file, for any browser")
        self.html_button.setChecked(True)
        self.pdf_button = QRadioButton("&PDF, to print or to attach")
        self.pictures_box = QCheckBox("With pictures of &misread films")
        self.pictures_box.setToolTip("Films may not be for everybody's eyes")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton("Save as…", QDialogButtonBox.ButtonRole.AcceptRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (words, self.html_button, self.pdf_button, self.pictures_box, buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(460)

    @property
    def ending(self) -> str:
        """Of the kind that is chosen."""
        return ".pdf" if self.pdf_button.isChecked() else ".html"


def ask_report(parent: QWidget, folder: Path) -> ReportChoice | None:
    """Ask for kind and place; None where the user thinks better of it.

    Args:
        parent: The tab.
        folder: What the report is about; its place is proposed.
    """
    dialog = ReportDialog(parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    ending, pictures = dialog.ending, dialog.pictures_box.isChecked()
    dialog.deleteLater()
    if not accepted:
        return None
    kind = "PDF (*.pdf)" if ending == ".pdf" else "HTML (*.html)"
    proposed = str(folder / f"report{ending}")
    chosen, _ = QFileDialog.getSaveFileName(parent, "Report", proposed, kind)
    if not chosen:
        return None
    target = Path(chosen)
    # Not every system adds the ending by itself.
    if target.suffix.lower() != ending:
        target = target.with_name(target.name + ending)
    return ReportChoice(target, pictures)


def ask_open(parent: QWidget, target: Path) -> bool:
    """Offer to open a report; True to open it."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle("Report")
    box.setText(f"The report is written: {target.name}")
    opens = box.addButton("Open", QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Close)
    box.exec()
    return box.clickedButton() is opens
