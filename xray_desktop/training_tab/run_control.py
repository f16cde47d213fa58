"""Starting, following and ending a run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from training.fit.config import TrainConfig
from training.fit.crossval_events import (
    CrossValEvent,
    CrossValFinished,
    CrossValStopped,
    FoldFinished,
    FoldStarted,
)
from training.fit.events import RunCancelled, RunFailed, RunFinished
from training.fit.run_folder import Run
from xray_desktop.state.crossval_state import CrossValShare, CrossValState
from xray_desktop.state.training_controls import worth_asking
from xray_desktop.state.training_eta import duration_words
from xray_desktop.state.training_run_curves import RunCurves
from xray_desktop.state.training_share import RunShare
from xray_desktop.training_tab import dialogs
from xray_desktop.training_tab.curves_panel import CurvesPanel
from xray_desktop.training_tab.run_session import RunSession
from xray_desktop.training_tab.store import Store
from xray_desktop.workers.training_thread import CrossValidate, TrainFunction, WorkFunction

log = logging.getLogger(__name__)

RENDER_MS = 100

EndEvent = RunFinished | RunCancelled | RunFailed | CrossValFinished | CrossValStopped
END_EVENTS = (RunFinished, RunCancelled, RunFailed, CrossValFinished, CrossValStopped)


class RunControl(QObject):
    """Owns the run's thread and turns its events into state, curves and progress.

    Args:
        store: The tab's state.
        curves_panel: Draws the run.
        train: Stands in for the engine in tests.
        clock: Seconds, never going back.
        parent: The tab.

    Signals:
        ended: An ``EndEvent``; the state is that after it.
        folds_changed: ``fold_curves`` have changed.
        thread_ended: The thread of a run is over.
    """

    ended = Signal(object)
    folds_changed = Signal()
    thread_ended = Signal()

    def __init__(
        self,
        store: Store,
        curves_panel: CurvesPanel,
        train: TrainFunction | None,
        clock: Callable[[], float],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._panel = curves_panel
        self._train = train
        self._clock = clock
        self._window = parent
        self._session: RunSession | None = None
        # A thread lives a little longer than its run.
        self._sessions: set[RunSession] = set()
        self._curves = RunCurves(1)
        self.share: RunShare | CrossValShare = RunShare(1)
        self.fold_curves: tuple[RunCurves, ...] = ()
        """Of the folds that are done, to lie over the one that trains."""
        self.ask_discard: Callable[[QWidget, str], bool] = dialogs.ask_discard
        self.ask_discard_fold: Callable[[QWidget, str, int], bool] = dialogs.ask_discard_fold
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RENDER_MS)
        self._timer.timeout.connect(store.changed)

    def start(self, config: TrainConfig) -> None:
        """Start a run."""
        self._begin(config, self._train)
        self.share = RunShare(config.epochs)
        self._store.put(self._store.state.run_requested(config.epochs, config.learning_rate))
        self._start_session()

    def cross_validate(
        self, config: TrainConfig, folds: int, *, pool: str = "all", folder: Path | None = None
    ) -> None:
        """Start a cross-validation, or go on with one.

        Args:
            config: The settings of every run.
            folds: How many.
            pool: Which films are divided.
            folder: One to go on with, or None.
        """
        self._begin(config, CrossValidate(folds, pool, folder, self._train))
        self.share = CrossValShare(folds, config.epochs)
        asked = CrossValState(config.network.name, folds, folder=folder)
        state = self._store.state
        self._store.put(state.crossval_requested(config.epochs, config.learning_rate, asked))
        self._start_session()

    def _begin(self, config: TrainConfig, work: WorkFunction | None) -> None:
        session = RunSession(config, work, self)
        session.reported.connect(self._on_event)
        session.ended.connect(self._on_thread_ended)
        self._session = session
        self._sessions.add(session)
        self._curves = RunCurves(config.epochs)
        self.fold_curves = ()
        self._panel.show_curves(self._curves)

    def _start_session(self) -> None:
        if self._session is not None:
            self._session.start()

    @property
    def has_threads(self) -> bool:
        """True while any run's thread lives."""
        return bool(self._sessions)

    @Slot()
    def stop_and_keep(self) -> None:
        """End after the current step and keep both models."""
        if self._session is not None and self._store.allowed.stop:
            self._session.stop_and_keep()
            self._store.put(self._store.state.stop_requested())

    @Slot()
    def cancel(self) -> None:
        """Throw the run away; asks where more than a minute of work would be lost."""
        if not self._store.allowed.cancel:
            return
        seconds = self._curves.seconds
        asks = worth_asking(self._store.state, seconds)
        if not asks or self._asked_to_discard(duration_words(seconds)):
            self.discard()

    def _asked_to_discard(self, trained: str) -> bool:
        crossval = self._store.state.crossval
        if crossval is not None:
            return self.ask_discard_fold(self._window, trained, crossval.num_finished)
        return self.ask_discard(self._window, trained)

    def discard(self) -> None:
        """Throw the run away without asking."""
        # The run may have ended while a question was open.
        if self._session is not None:
            self._session.cancel()
            self._store.put(self._store.state.cancel_requested())

    def shut_down(self) -> None:
        """End the run as soon as can be; never waits."""
        self._timer.stop()
        if self._session is not None:
            self._session.cancel()

    @Slot(object, object)
    def _on_event(self, session: RunSession, event: CrossValEvent) -> None:
        if session is not self._session:
            return
        now = self._clock()
        self.share.add(event, now)
        self._draw(event, session.config.epochs, now)
        self._store.put_quietly(self._store.state.after(event))
        if isinstance(event, END_EVENTS):
            self._on_ended(event)
        elif isinstance(event, (FoldStarted, FoldFinished)):
            self._store.changed.emit()
        elif not self._timer.isActive():
            # Steps may come by the thousand a second; ten pictures a second are enough.
            self._timer.start()

    def _draw(self, event: CrossValEvent, num_epochs: int, now: float) -> None:
        """Take an event into the curves."""
        if isinstance(event, FoldStarted):
            self._curves = RunCurves(num_epochs, f"fold {event.number}")
            self._panel.show_curves(self._curves)
            self.folds_changed.emit()
        elif isinstance(event, FoldFinished):
            self.fold_curves = (*self.fold_curves, RunCurves.of_run(event.run))
        elif isinstance(event, CrossValFinished):
            # The last one is shown as the run that it is, the others over it.
            self.fold_curves = self.fold_curves[:-1]
            last = event.result.runs[-1]
            if last is not None:
                self._panel.show_curves(RunCurves.of_run(last))
            self.folds_changed.emit()
        elif self._curves.add(event, now):
            self._panel.curves_changed()

    def show_folds(self, runs: Sequence[Run | None]) -> None:
        """Show the folds of a cross-validation: the last as the run that it is, the others over it."""
        curves = [RunCurves.of_run(run) for run in runs if run is not None]
        self.fold_curves = tuple(curves[:-1])
        if curves:
            self._panel.show_curves(curves[-1])

    def forget_folds(self) -> None:
        """Show no folds any more: another run is to be seen."""
        self.fold_curves = ()

    def _on_ended(self, event: EndEvent) -> None:
        self._session = None
        self._timer.stop()
        if isinstance(event, (RunCancelled, CrossValStopped)):
            self._panel.show_curves(None)
        elif isinstance(event, RunFailed) and event.details:
            log.error("a run failed\n%s", event.details)
        self._store.changed.emit()
        self.ended.emit(event)

    @Slot(object)
    def _on_thread_ended(self, session: RunSession) -> None:
        self._sessions.discard(session)
        session.deleteLater()
        self.thread_ended.emit()
