"""The training tab: lays out the panels and wires them to one state and its controllers."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from training.data.dataset import Split
from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.crossval_events import CrossValFinished
from training.fit.crossval_folder import CrossValidation
from training.fit.events import RunFinished
from training.fit.run_folder import Run
from training.fit.study_folder import StudyState
from xray_desktop import paths, theme
from xray_desktop.settings import Settings
from xray_desktop.state.results_state import Page
from xray_desktop.state.training_run_curves import RunCurves
from xray_desktop.state.training_state import TrainingState
from xray_desktop.training_tab import dialogs
from xray_desktop.training_tab.crossval_control import CrossValControl
from xray_desktop.training_tab.crossval_panel import CrossValPanel
from xray_desktop.training_tab.curves_panel import CurvesPanel
from xray_desktop.training_tab.data_jobs import DataJobs, validation_films
from xray_desktop.training_tab.data_panel import DataPanel
from xray_desktop.training_tab.export_control import ExportControl
from xray_desktop.training_tab.films_control import FilmsControl
from xray_desktop.training_tab.message_bar import MessageBar
from xray_desktop.training_tab.preview_control import PreviewControl
from xray_desktop.training_tab.progress_panel import ProgressPanel
from xray_desktop.training_tab.report_control import ReportControl, shown_folder
from xray_desktop.training_tab.results_panel import ResultsPanel
from xray_desktop.training_tab.run_control import EndEvent, RunControl
from xray_desktop.training_tab.runs_panel import RunsPanel
from xray_desktop.training_tab.settings_panel import SettingsPanel
from xray_desktop.training_tab.store import Store
from xray_desktop.training_tab.study_panel import StudyPanel
from xray_desktop.training_tab.tab_order import tab_through
from xray_desktop.workers.training_thread import TrainFunction

log = logging.getLogger(__name__)

_LEFT_WIDTH = 348
_SETTINGS = "training/settings"


class TrainingTab(QWidget):
    """Films, settings, run, curves, results, runs.

    Args:
        settings: What the program remembers; the user's own where left out.
        train: Stands in for ``training.fit.train.train`` in tests.
        clock: Seconds, never going back.
        parent: The window.

    Signals:
        run_saved: A ``Run`` that ended with models.
        films_requested: (list of films, model file or None) to be opened in the viewer.
        results_requested: (folder of a run or cross-validation, ``Page``) for the results window.
        became_idle: The last run's thread has ended.
    """

    run_saved = Signal(object)
    films_requested = Signal(object, object)
    results_requested = Signal(object, object)
    became_idle = Signal()

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        train: TrainFunction | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("trainingTab")
        self.setAcceptDrops(True)
        self._settings = settings or Settings()
        self._store = Store(self)
        self._jobs = DataJobs(self)
        self._make_panels()
        self.films = FilmsControl(
            self._store, self._jobs, self.data_panel, self.settings_panel, self._settings, self
        )
        self.preview = PreviewControl(self._store, self._jobs, self.settings_panel, self)
        self.run = RunControl(self._store, self.curves_panel, train, clock, self)
        self.crossval = CrossValControl(self._store, self.settings_panel, self.run, self)
        self.report = ReportControl(self._store, self)
        self.export = ExportControl(self._store, self)
        self.ask_close: Callable[[QWidget, bool], dialogs.CloseChoice] = dialogs.ask_close
        self.ask_close_crossval = dialogs.ask_close_crossval
        self._connect()
        self._render()

    def _make_panels(self) -> None:
        self.data_panel = DataPanel()
        self.message_bar = MessageBar()
        self.settings_panel = SettingsPanel()
        self.progress_panel = ProgressPanel()
        self.curves_panel = CurvesPanel()
        self.results_panel = ResultsPanel()
        self.crossval_panel = CrossValPanel()
        self.study_panel = StudyPanel()
        self.runs_panel = RunsPanel()
        left = QVBoxLayout()
        left.setSpacing(theme.SPACE_2)
        left.addWidget(self.settings_panel, 5)
        left.addWidget(self.runs_panel, 2)
        right = QVBoxLayout()
        right.setSpacing(theme.SPACE_2)
        right.addWidget(self.curves_panel, 1)
        right.addWidget(self.progress_panel)
        right.addWidget(self.results_panel)
        right.addWidget(self.crossval_panel)
        right.addWidget(self.study_panel)
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.SPACE_2, theme.SPACE_2, theme.SPACE_2, theme.SPACE_2)
        grid.setSpacing(theme.SPACE_2)
        grid.addWidget(self.data_panel, 0, 0, 1, 2)
        grid.addWidget(self.message_bar, 1, 0, 1, 2)
        grid.addLayout(left, 2, 0)
        grid.addLayout(right, 2, 1)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)
        panels = (self.data_panel, self.message_bar, self.settings_panel, self.progress_panel)
        results = (self.results_panel, self.crossval_panel, self.study_panel)
        tab_through(*panels, self.curves_panel, *results, self.runs_panel)
        self.settings_panel.setFixedWidth(_LEFT_WIDTH)
        self.runs_panel.setFixedWidth(_LEFT_WIDTH)

    def _connect(self) -> None:
        self._store.changed.connect(self._render)
        self.films.films_chosen.connect(self._on_films_chosen)
        self.films.films_requested.connect(self.films_requested)
        self.settings_panel.changed.connect(self._on_settings_changed)
        self.progress_panel.train_requested.connect(self._on_train)
        self.progress_panel.stop_requested.connect(self.run.stop_and_keep)
        self.progress_panel.cancel_requested.connect(self.run.cancel)
        self.progress_panel.crossval_requested.connect(self.crossval.request)
        self.run.folds_changed.connect(self._show_overlays)
        for panel in (self.results_panel, self.crossval_panel):
            panel.report_requested.connect(self.report.request)
            panel.page_requested.connect(self._on_page_requested)
        self.results_panel.export_requested.connect(self.export.request)
        self.study_panel.report_requested.connect(self.report.request)
        for folds in (self.crossval_panel, self.study_panel):
            folds.folder_requested.connect(self._on_folder_requested)
        self.run.ended.connect(self._on_run_ended)
        self.run.thread_ended.connect(self._on_thread_ended)
        self.message_bar.dismissed.connect(self._on_dismissed)
        self.runs_panel.run_picked.connect(self._on_run_picked)
        self.runs_panel.overlays_changed.connect(self._on_overlays_changed)
        self.results_panel.viewer_requested.connect(self._on_viewer_requested)
        self.results_panel.folder_requested.connect(self._on_folder_requested)
        self._jobs.runs_listed.connect(self._on_runs_listed)
        self._jobs.crossvals_listed.connect(self._on_crossvals_listed)
        self._jobs.studies_listed.connect(self._on_studies_listed)

    # For the window

    @property
    def state(self) -> TrainingState:
        """The facts as they stand."""
        return self._store.state

    @Slot()
    def start(self) -> None:
        """Bring back the settings and films of last time, and list the runs."""
        self._restore_settings()
        self._jobs.list_runs(paths.runs_folder())
        folder = self._settings.data_folder
        if folder is not None:
            self.open_folder(folder)

    def open_folder(self, folder: Path) -> None:
        """Read a folder of films; those there stay until it proved good."""
        self.films.open_folder(folder)

    def is_busy(self) -> bool:
        """True while a run trains, saves or measures."""
        return self.state.is_training or self.run.has_threads

    def request_close(self) -> bool:
        """Ask what becomes of the run; True where it ends (or none is there), False to stay."""
        if not self.state.is_training:
            return True
        if self.state.crossval is not None:
            choice = self.ask_close_crossval(self)
        else:
            choice = self.ask_close(self, self._store.allowed.stop)
        if choice is dialogs.CloseChoice.KEEP_TRAINING:
            return False
        if choice is dialogs.CloseChoice.STOP_AND_KEEP:
            self.run.stop_and_keep()
        else:
            self.run.discard()
        return True

    def shut_down(self) -> None:
        """Save the settings and end all jobs and runs as soon as can be; never waits."""
        self._settings.put(_SETTINGS, json.dumps(self.settings_panel.config().to_json()))
        self.preview.stop()
        self.curves_panel.stop()
        self._jobs.stop()
        self.films.shut_down()
        self.crossval.shut_down()
        self.report.shut_down()
        self.export.shut_down()
        self.run.shut_down()

    def _restore_settings(self) -> None:
        text = self._settings.text(_SETTINGS)
        if not text:
            return
        try:
            config = TrainConfig.from_json(json.loads(text))
            config.check()
        except (ValueError, KeyError, TypeError, AttributeError, UserError):
            # Edited by hand, or of another version: the defaults stand.
            log.info("the remembered training settings do not fit and are left out")
            return
        self.settings_panel.show_config(config)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a single folder; other things are the window's."""
        if self._store.allowed.choose_films and _dropped_folder(event) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the dropped folder."""
        folder = _dropped_folder(event)
        if folder is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self.open_folder(folder)

    # Films, settings, run

    @Slot()
    def _on_films_chosen(self) -> None:
        data = self.state.data
        self.settings_panel.set_num_train(data.count(Split.TRAIN) if data is not None else None)
        self.preview.start_anew()
        if self.state.train_when_ready:
            self._store.put(replace(self.state, train_when_ready=False))
            self._on_train()

    @Slot()
    def _on_settings_changed(self) -> None:
        self._store.put(replace(self.state, settings_problem=self.settings_panel.problem))

    @Slot()
    def _on_train(self) -> None:
        if not self._store.allowed.train:
            return
        data = self.state.data
        if data is None:
            self._store.put(replace(self.state, train_when_ready=True))
            self.films.use_sample_set()
            return
        # All that had the focus is disabled now: Qt would hand it on to some far field.
        self.curves_panel.axis_box.setFocus()
        config = self.settings_panel.config(data.root, paths.runs_folder())
        self.run.start(replace(config, data_check=self.state.data_check))
        self._show_overlays()

    @Slot(object)
    def _on_run_ended(self, event: EndEvent) -> None:
        finished = isinstance(event, (RunFinished, CrossValFinished))
        self.progress_panel.show_share(1.0 if finished else 0.0, None)
        if isinstance(event, RunFinished):
            self.run_saved.emit(event.run)
        self._jobs.list_runs(paths.runs_folder())

    @Slot()
    def _on_thread_ended(self) -> None:
        if not self.is_busy():
            self.became_idle.emit()

    # Runs

    @Slot(object)
    def _on_runs_listed(self, runs: tuple[Run, ...]) -> None:
        known = frozenset(run.run_id for run in runs)
        self._store.put(replace(self.state, runs=runs, overlays=self.state.overlays & known))
        self._show_overlays()

    @Slot(object)
    def _on_crossvals_listed(self, crossvals: tuple[CrossValidation, ...]) -> None:
        self._store.put(replace(self.state, crossvals=crossvals))

    @Slot(object)
    def _on_studies_listed(self, studies: tuple[StudyState, ...]) -> None:
        self._store.put(replace(self.state, studies=studies))

    @Slot(str)
    def _on_run_picked(self, run_id: str) -> None:
        if not self._store.allowed.reopen:
            return
        folds = next((each for each in self.state.crossvals if each.folder.name == run_id), None)
        if folds is not None:
            self.run.show_folds(folds.runs)
            self._store.put(self.state.with_crossval(folds))
            self._show_overlays()
            return
        study = next((each for each in self.state.studies if each.folder.name == run_id), None)
        if study is not None:
            # It has curves of many runs; those of one variant stand in its cross-validation.
            self.curves_panel.show_curves(None)
            self.run.forget_folds()
            self._store.put(self.state.with_study(study))
            self._show_overlays()
            return
        run = next((run for run in self.state.runs if run.run_id == run_id), None)
        if run is None:
            return
        self.curves_panel.show_curves(RunCurves.of_run(run))
        self.run.forget_folds()
        self._store.put(self.state.with_run(run))
        self._show_overlays()

    @Slot(object)
    def _on_overlays_changed(self, overlays: frozenset[str]) -> None:
        self._store.put(replace(self.state, overlays=overlays))
        self._show_overlays()

    @Slot()
    def _show_overlays(self) -> None:
        shown = self.state.run.run_id if self.state.run is not None else ""
        wanted = self.state.overlays - {shown}
        runs = [run for run in self.state.runs if run.run_id in wanted]
        others = [RunCurves.of_run(run) for run in runs]
        self.curves_panel.show_others([*self.run.fold_curves, *others])

    @Slot()
    def _on_viewer_requested(self) -> None:
        run = self.state.run
        if run is None or run.best is None:
            return
        try:
            films = validation_films(run)
        except UserError as error:
            self._store.say(error.what, error.advice)
            return
        self.films_requested.emit(films, run.best.path)

    @Slot()
    def _on_folder_requested(self) -> None:
        folder = shown_folder(self._store)
        if folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot(object)
    def _on_page_requested(self, page: Page) -> None:
        folder = shown_folder(self._store)
        if folder is not None:
            self.results_requested.emit(folder, page)

    # Showing

    @Slot()
    def _on_dismissed(self) -> None:
        self._store.put(replace(self.state, message=None))

    @Slot()
    def _render(self) -> None:
        state, allowed = self.state, self._store.allowed
        self.data_panel.render_state(state, allowed)
        self.message_bar.show_message(state.message)
        self.settings_panel.set_allowed(allowed.settings, allowed.preview)
        self.settings_panel.more.show_num_classes(state.data.num_classes if state.data else 2)
        self.progress_panel.render_state(state, allowed)
        if state.is_training:
            self.progress_panel.show_share(self.run.share.share, self.run.share.seconds_left)
        self.results_panel.setVisible(state.crossval is None and state.study is None)
        self.results_panel.render_state(state, allowed)
        self.crossval_panel.render_state(state, allowed)
        self.study_panel.render_state(state, allowed)
        self.runs_panel.render_state(state, allowed)


def _dropped_folder(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    folder = Path(urls[0].toLocalFile())
    return folder if folder.is_dir() else None
