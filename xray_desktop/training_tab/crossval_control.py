"""From the button to a cross-validation under way: lists those there are, asks, starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from training.fit.crossval_folder import CrossValidation, list_crossvals
from xray_desktop import paths
from xray_desktop.training_tab.crossval_dialog import CrossValChoice, ask_crossval
from xray_desktop.training_tab.run_control import RunControl
from xray_desktop.training_tab.settings_panel import SettingsPanel
from xray_desktop.training_tab.store import Store
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread


class CrossValControl(QObject):
    """Starts cross-validations; ``RunControl`` follows them.

    Args:
        store: The tab's state.
        settings_panel: What a new one trains with.
        run: Owns the thread.
        parent: The tab.
    """

    def __init__(
        self, store: Store, settings_panel: SettingsPanel, run: RunControl, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._settings = settings_panel
        self._run = run
        self._window = parent
        self.ask: Callable[[QWidget, int, Sequence[CrossValidation]], CrossValChoice | None] = (
            ask_crossval
        )
        self._jobs = JobThread("cross-validations", self)
        self._jobs.done.connect(self._on_listed)

    @Slot()
    def request(self) -> None:
        """Ask how many folds, once those in the runs folder are listed."""
        if self._store.allowed.cross_validate:
            self._jobs.submit("list", list_crossvals, paths.runs_folder())

    def shut_down(self) -> None:
        """End the thread; never waits."""
        self._jobs.stop()

    @Slot(object)
    def _on_listed(self, outcome: JobDone | JobFailed) -> None:
        data = self._store.state.data
        if data is None or not self._store.allowed.cross_validate:
            return
        # A bug in listing is in the log already; a new one can be started all the same.
        earlier = outcome.result if isinstance(outcome, JobDone) else ()
        choice = self.ask(self._window, data.num_films(), earlier)
        # A run may have been started while the question was open.
        if choice is None or not self._store.allowed.cross_validate:
            return
        known = choice.earlier
        if known is not None:
            folder = known.folder
            self._run.cross_validate(known.config, known.count, pool=known.pool, folder=folder)
        else:
            config = self._settings.config(data.root, paths.runs_folder())
            self._run.cross_validate(config, choice.folds)
