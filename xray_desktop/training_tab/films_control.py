"""Choosing films: folder, sample set, thumbnails. The films there stay until new ones proved good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from training.data.dataset import DataSet
from training.fit.config import TrainConfig
from xray_desktop import paths
from xray_desktop.data_check.jobs import CheckJobs
from xray_desktop.data_check.window import DataCheckWindow
from xray_desktop.settings import Settings
from xray_desktop.state.training_state import Message
from xray_desktop.training_tab import dialogs
from xray_desktop.training_tab.data_jobs import DataJobs, FoundFilms, Picture
from xray_desktop.training_tab.data_panel import DataPanel
from xray_desktop.training_tab.settings_panel import SettingsPanel
from xray_desktop.training_tab.store import Store, message_of
from xray_desktop.training_tab.thumbnails import MAX_THUMBNAILS


class FilmsControl(QObject):
    """Wires the data panel to the worker that reads folders.

    Args:
        store: The tab's state.
        jobs: The tab's workers.
        panel: The data panel.
        settings_panel: Tells share and seed of a split.
        settings: Remembers the folder.
        parent: The tab.

    Signals:
        films_chosen: New films are there.
        films_requested: (list of films, None) to be opened in the viewer.
    """

    films_chosen = Signal()
    films_requested = Signal(object, object)

    def __init__(
        self,
        store: Store,
        jobs: DataJobs,
        panel: DataPanel,
        settings_panel: SettingsPanel,
        settings: Settings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._jobs = jobs
        self._panel = panel
        self._settings_panel = settings_panel
        self._settings = settings
        self._window = parent
        self._checks = CheckJobs(self)
        # Told once the films being read are there.
        self._said: Message | None = None
        self.choose_folder: Callable[[QWidget, Path | None], Path | None] = dialogs.choose_folder
        panel.folder_entered.connect(self.open_folder)
        panel.choose_requested.connect(self._on_choose)
        panel.sample_requested.connect(self.use_sample_set)
        panel.cancel_requested.connect(self._on_cancel)
        panel.check_requested.connect(self._on_check)
        jobs.reading.connect(self._on_reading)
        jobs.data_ready.connect(self._on_ready)
        jobs.data_failed.connect(self._on_failed)
        jobs.picture_ready.connect(self._on_picture)

    @Slot(object)
    def open_folder(self, folder: Path) -> None:
        """Read a folder of films."""
        state = self._store.state
        if state.is_training:
            self._store.say("A run trains just now.", "Choose other films when it has ended.")
            return
        self._store.put(state.reading(f"Looking through {folder.name or folder}"))
        self._said = None
        config = self._settings_panel.config()
        self._jobs.read_folder(folder, config.validation_share, config.seed)

    def prepare_again(self, config: TrainConfig) -> None:
        """Have everything ready to train once more, with a run's settings and its folder of films.

        Train is left to the user: a training may take hours, and a run may be under way.

        Args:
            config: The run's settings.
        """
        if self._store.state.is_training:
            self._store.say("A run trains just now.", "Train again when it has ended.")
            return
        self._settings_panel.show_config(config)
        said = Message(
            "The run's films and settings are here again, with the labels you changed.",
            "Press Train or Cross-validate.",
            is_error=False,
        )
        self.open_folder(config.data)
        self._said = said

    @Slot(object)
    def read_again(self, root: Path) -> None:
        """Read the chosen films again, where they are these: their data check has changed."""
        state = self._store.state
        if state.data is not None and state.data.root == root and not state.is_training:
            self.open_folder(root)

    @Slot()
    def use_sample_set(self) -> None:
        """Draw the sample set where it is not there yet, and read it."""
        self._said = None
        self._store.put(self._store.state.reading("Preparing the sample set"))
        config = self._settings_panel.config()
        folder = paths.sample_set_folder()
        self._jobs.read_sample_set(folder, config.validation_share, config.seed)

    @Slot()
    def _on_choose(self) -> None:
        folder = self.choose_folder(self._window, self._settings.data_folder)
        if folder is not None:
            self.open_folder(folder)

    @Slot()
    def _on_cancel(self) -> None:
        self._jobs.cancel_reading()
        self._store.put(self._store.state.reading_cancelled())
        self._show_folder()

    @Slot(int, int)
    def _on_reading(self, done: int, total: int) -> None:
        work = self._store.state.work
        if work is not None:
            self._store.put(self._store.state.reading(work.what, done, total))

    @Slot(object)
    def _on_ready(self, found: FoundFilms) -> None:
        data = found.data
        stale = self._check_window()
        if stale is not None:
            stale.close()
        state = self._store.state.with_data(data, found.scanned, found.check)
        self._store.put(state.with_message(self._said))
        self._said = None
        self._settings.data_folder = data.root
        self._jobs.show_pictures(data, MAX_THUMBNAILS)
        self.films_chosen.emit()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        message = message_of(error, "The folder cannot be read.")
        self._store.put(self._store.state.reading_failed(message))
        self._show_folder()

    def _show_folder(self) -> None:
        data = self._store.state.data
        self._panel.folder_edit.setText(str(data.root) if data is not None else "")

    @Slot(object)
    def _on_picture(self, picture: Picture) -> None:
        if picture.data is self._store.state.data:
            self._panel.show_picture(picture.label, picture.index, picture.pixels, picture.words)

    @Slot()
    def _on_check(self) -> None:
        state = self._store.state
        if state.data is None or state.scanned is None:
            return
        open_one = self._check_window()
        if open_one is not None:
            open_one.raise_()
            open_one.activateWindow()
            return
        before = state.data if state.data_check is not None else None
        config = self._settings_panel.config()
        window = DataCheckWindow(
            state.scanned, before, config.validation_share, config.seed, self._checks, self._window
        )
        window.applied.connect(self._on_applied)
        window.films_requested.connect(self._on_films_requested)
        window.show()

    def _check_window(self) -> DataCheckWindow | None:
        return self._window.findChild(DataCheckWindow)

    @Slot(object, object)
    def _on_applied(self, data: DataSet, path: Path) -> None:
        state = self._store.state
        if state.data is None or state.data.root != data.root:
            # Another folder was chosen while the check went on.
            return
        self._store.put(state.with_check(data, path))
        if not state.is_training:
            self._jobs.show_pictures(data, MAX_THUMBNAILS)
            self.films_chosen.emit()

    @Slot(object)
    def _on_films_requested(self, paths: list[Path]) -> None:
        self.films_requested.emit(paths, None)

    def shut_down(self) -> None:
        """End the data check as soon as can be; never waits."""
        self._checks.stop()
