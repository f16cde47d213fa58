"""Asks how many folds, or which cross-validation to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from training.fit.crossval_folder import CrossValidation
from xray_desktop import theme

# More columns than this the table has no room for; the command line takes twenty.
MAX_FOLDS = 10
DEFAULT_FOLDS = 5


@dataclass(frozen=True)
class CrossValChoice:
    """What the user chose.

    Args:
        folds: Of a new one.
        earlier: One to go on with, or to see again; None for a new one.
    """

    folds: int
    earlier: CrossValidation | None = None


class CrossValDialog(QDialog):
    """Number of folds, and the cross-validations that are there already.

    Args:
        num_films: Different films to be divided.
        earlier: Those in the runs folder, newest first.
        parent: The tab.
    """

    def __init__(
        self, num_films: int, earlier: Sequence[CrossValidation], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("crossvalDialog")
        self.setWindowTitle("Cross-validate")
        self._num_films = num_films
        self._earlier = tuple(earlier)
        words = QLabel(
            "The films are divided into parts. For each part a network is trained on the others and "
            "tested on it, so every film is scored once by a network that has not seen it. "
            "This takes as many runs as there are folds."
        )
        words.setWordWrap(True)
        self.which_box = QComboBox()
        self.which_box.setObjectName("crossvalWhichBox")
        self.which_box.addItem("A new one, with the settings on the left")
        self.which_box.addItems([earlier_words(each) for each in self._earlier])
        self.which_box.currentIndexChanged.connect(self._on_changed)
        self.folds_box = QSpinBox()
        theme.indent(self.folds_box)
        self.folds_box.setObjectName("foldsBox")
        self.folds_box.setRange(2, MAX_FOLDS)
        self.folds_box.setValue(DEFAULT_FOLDS)
        self.folds_box.valueChanged.connect(self._on_changed)
        self._note = QLabel()
        self._note.setObjectName("crossvalNote")
        self._note.setWordWrap(True)
        self._note.setProperty("role", "muted")
        form = QFormLayout()
        form.addRow("&Cross-validation", self.which_box)
        form.addRow("&Folds", self.folds_box)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start_button = buttons.addButton("Start", QDialogButtonBox.ButtonRole.AcceptRole)
        self.start_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (words,):
            layout.addWidget(widget)
        layout.addLayout(form)
        layout.addWidget(self._note)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)
        self._on_changed()

    @property
    def choice(self) -> CrossValChoice:
        """What is chosen now."""
        return CrossValChoice(self.folds_box.value(), self._chosen)

    @property
    def note(self) -> str:
        """The words above the buttons."""
        return self._note.text()

    @property
    def _chosen(self) -> CrossValidation | None:
        index = self.which_box.currentIndex()
        return self._earlier[index - 1] if index > 0 else None

    @Slot()
    def _on_changed(self) -> None:
        chosen = self._chosen
        self.folds_box.setEnabled(chosen is None)
        if chosen is None:
            each = self._num_films / self.folds_box.value()
            self._note.setText(
                f"{self._num_films:,} different films, some {each:,.0f} in each fold. "
                "It can be stopped after a fold and gone on with later."
            )
            self.start_button.setText("Start")
            return
        done = sum(run is not None for run in chosen.runs)
        self._note.setText(
            f"It goes on with its own settings and films ({chosen.config.data.name}); "
            f"{done} of {chosen.count} folds are done."
        )
        self.start_button.setText("Show" if chosen.is_finished else "Go on")


def earlier_words(crossval: CrossValidation) -> str:
    """A cross-validation in one line: when, what, how far."""
    moment = crossval.folder.name[5:16].replace("_", " ")
    done = sum(run is not None for run in crossval.runs)
    state = "finished" if crossval.is_finished else f"{done} of {crossval.count} folds done"
    return f"{moment}  {crossval.config.network.name}, {crossval.count} folds, {state}"


def ask_crossval(
    parent: QWidget, num_films: int, earlier: Sequence[CrossValidation]
) -> CrossValChoice | None:
    """Ask; None where the user thinks better of it.

    Args:
        parent: The tab.
        num_films: Different films to be divided.
        earlier: Those in the runs folder, newest first.
    """
    dialog = CrossValDialog(num_films, earlier, parent)
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    choice = dialog.choice
    dialog.deleteLater()
    return choice if accepted else None
