"""The model chooser: none, best or final of any run, or a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from xray_desktop.state.viewer_models import ModelChoice, file_choice

_NONE = "No model"
_FILE = "A model file..."


class ModelBox(QComboBox):
    """Lists the models.

    Signals:
        model_asked: ``Path``, or None for no model.
    """

    model_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelBox")
        self.setAccessibleName("Model")
        self.setToolTip("The model that reads the films: best or final of a run, or a file")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self._runs: tuple[ModelChoice, ...] = ()
        self._files: tuple[ModelChoice, ...] = ()
        self._current: Path | None = None
        self._dialog: QFileDialog | None = None
        self.activated.connect(self._on_activated)
        self._rebuild()

    def set_choices(self, choices: tuple[ModelChoice, ...]) -> None:
        """List the models of the runs; files added by hand stay."""
        if choices != self._runs:
            self._runs = choices
            self._rebuild()

    def show_model(self, path: Path | None) -> None:
        """Name the model in use, without asking for it."""
        known = {choice.path for choice in (*self._runs, *self._files)}
        if path is not None and path not in known:
            self._files = (*self._files, file_choice(path))
            self._current = path
            self._rebuild()
        elif path != self._current:
            self._current = path
        self._select_current()

    def forget_file(self, path: Path) -> None:
        """Take a file that turned out to be no model off the list."""
        self._files = tuple(choice for choice in self._files if choice.path != path)
        self._rebuild()

    def _rebuild(self) -> None:
        self.clear()
        self.addItem(_NONE, None)
        for choice in (*self._runs, *self._files):
            self.addItem(choice.label, choice.path)
            self.setItemData(self.count() - 1, choice.label, Qt.ItemDataRole.ToolTipRole)
        self.insertSeparator(self.count())
        self.addItem(_FILE, _FILE)
        self._select_current()

    def _select_current(self) -> None:
        # findData compares through QVariant, which does not know Path.
        paths = [self.itemData(row) for row in range(self.count() - 2)]
        self.setCurrentIndex(paths.index(self._current) if self._current in paths else 0)

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        chosen = self.itemData(row)
        if chosen == _FILE:
            self._select_current()
            self.choose_file()
        elif chosen != self._current:
            self.model_asked.emit(chosen)

    @Slot()
    def choose_file(self) -> None:
        """Ask for a model file."""
        self._dialog = QFileDialog(self, "Choose a model file", "", "Models (*.keras)")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.fileSelected.connect(self._on_file_selected)
        self._dialog.open()

    @Slot(str)
    def _on_file_selected(self, name: str) -> None:
        self.model_asked.emit(Path(name))
