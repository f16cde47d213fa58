"""Asks for films or a folder to be opened; the dialog does not hold the window up."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from xray_desktop.settings import Settings


class FilmChooser(QObject):
    """The "Open" button's two dialogs.

    Args:
        settings: For the last folder; none is remembered without.
        parent: The tab, over which they appear.

    Signals:
        chosen: ``list[Path]``, never empty.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self._window = parent
        self._dialog: QFileDialog | None = None

    @Slot()
    def ask_for_films(self) -> None:
        """Films, one or more."""
        self._ask("Open films", QFileDialog.FileMode.ExistingFiles)

    @Slot()
    def ask_for_folder(self) -> None:
        """One folder."""
        self._ask("Open a folder", QFileDialog.FileMode.Directory)

    @property
    def keeps_folder(self) -> bool:
        """The last folder is written down for the next start: the user allows it."""
        return self._settings is not None and self._settings.keeps_film_folder

    def keep_folder(self, keeps: bool) -> None:
        """Write the last folder down from now on, or never again."""
        if self._settings is not None:
            self._settings.keeps_film_folder = keeps

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        folder = self._settings.film_folder if self._settings else None
        self._dialog = QFileDialog(self._window, title, str(folder or Path.home()))
        self._dialog.setFileMode(mode)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.filesSelected.connect(self._on_files_selected)
        self._dialog.open()

    @Slot(list)
    def _on_files_selected(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if not paths:
            return
        if self._settings:
            first = paths[0]
            self._settings.film_folder = first if first.is_dir() else first.parent
        self.chosen.emit(paths)
