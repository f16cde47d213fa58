"""The few questions that the training tab asks. Tests replace the tab's references to them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from training.data.dataset import DataSet


class CloseChoice(StrEnum):
    """What to do with a run when the window is closed."""

    KEEP_TRAINING = "keep training"
    STOP_AND_KEEP = "stop and keep"
    DISCARD = "discard"


def choose_folder(parent: QWidget, start: Path | None) -> Path | None:
    """Ask for a folder of films."""
    chosen = QFileDialog.getExistingDirectory(parent, "Folder of films", str(start or Path.home()))
    return Path(chosen) if chosen else None


def ask_discard(parent: QWidget, trained: str) -> bool:
    """Ask whether a run may be thrown away; True to throw it away.

    Args:
        parent: The tab.
        trained: How long it has trained, in words.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Cancel the run?")
    box.setText(f"This run has trained for {trained}. Cancelling throws all of it away.")
    box.setInformativeText("“Stop and keep” would end it too, but keep both models.")
    discard = box.addButton("Throw away", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is discard


def ask_discard_fold(parent: QWidget, trained: str, num_finished: int) -> bool:
    """Ask whether the fold that is going on may be thrown away; True to throw it away.

    Args:
        parent: The tab.
        trained: How long this fold has trained, in words.
        num_finished: Folds that are finished and kept.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Stop now?")
    box.setText(f"This fold has trained for {trained}. Stopping now throws that away.")
    kept = "One finished fold is kept." if num_finished == 1 else f"{num_finished} are kept."
    box.setInformativeText(
        f"{kept if num_finished else 'No fold is finished yet.'} "
        "“Stop after this fold” would keep this one too."
    )
    discard = box.addButton("Stop now", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Go on", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is discard


def ask_close_crossval(parent: QWidget) -> CloseChoice:
    """Ask what becomes of a cross-validation when the window is closed.

    Args:
        parent: The tab.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("A cross-validation is going on")
    box.setText("Close the program while it trains?")
    box.setInformativeText("Finished folds are kept: you can go on with it later.")
    keep = box.addButton("Finish this fold, then close", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Stop now, close", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    if box.clickedButton() is keep:
        return CloseChoice.STOP_AND_KEEP
    if box.clickedButton() is discard:
        return CloseChoice.DISCARD
    return CloseChoice.KEEP_TRAINING


def ask_close(parent: QWidget, can_keep: bool) -> CloseChoice:
    """Ask what becomes of the run when the window is closed.

    Args:
        parent: The tab.
        can_keep: Whether there is something to keep yet.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("A run is training")
    box.setText("Close the program while it trains?")
    box.setInformativeText("The window closes as soon as the run has ended.")
    keep = None
    if can_keep:
        keep = box.addButton("Stop, keep models, close", QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton("Throw the run away, close", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Go on training", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    if keep is not None and box.clickedButton() is keep:
        return CloseChoice.STOP_AND_KEEP
    if box.clickedButton() is discard:
        return CloseChoice.DISCARD
    return CloseChoice.KEEP_TRAINING


class DataCheckDialog(QDialog):
    """All warnings about a folder and the files that were left out.

    Args:
        data: The folder as read.
    """

    def __init__(self, data: DataSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataCheckDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Data check")
        self.resize(760, 460)
        layout = QVBoxLayout(self)
        for warning in data.warnings:
            label = QLabel(f"\N{BULLET} {warning}")
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(label)
        num = len(data.skipped)
        heading = QLabel(f"Files left out: {num:,}" if num else "No file was left out.")
        heading.setProperty("role", "title")
        layout.addWidget(heading)
        self.skipped_list = QTreeWidget()
        self.skipped_list.setAccessibleName("Files left out")
        self.skipped_list.setHeaderLabels(["File", "Why"])
        self.skipped_list.setRootIsDecorated(False)
        self.skipped_list.setUniformRowHeights(True)
        for skipped in data.skipped:
            inside = skipped.path.is_relative_to(data.root)
            name = str(skipped.path.relative_to(data.root) if inside else skipped.path)
            item = QTreeWidgetItem([name, skipped.reason])
            item.setToolTip(0, name)
            item.setToolTip(1, skipped.reason)
            self.skipped_list.addTopLevelItem(item)
        self.skipped_list.setColumnWidth(0, 340)
        self.skipped_list.setVisible(bool(num))
        layout.addWidget(self.skipped_list, 1)
        if not num:
            layout.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
