"""Starting, following and ending a run."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from training.fit.config import TrainConfig
from training.fit.events import Event, RunCancelled, RunFailed, RunFinished
from xray_desktop.state.training_eta import duration_words
from xray_desktop.state.training_run_curves import RunCurves
from xray_desktop.state.training_share import RunShare
from xray_desktop.state.training_state import worth_asking
from xray_desktop.training_tab import dialogs
from xray_desktop.training_tab.curves_panel import CurvesPanel
from xray_desktop.training_tab.run_session import RunSession
from xray_desktop.training_tab.store import Store
from xray_desktop.workers.training_thread import TrainFunction

log = logging.getLogger(__name__)

RENDER_MS = 100


class RunControl(QObject):
    """Owns the run's thread and turns its events into state, curves and progress.

    Args:
        store: The tab's state.
        curves_panel: Draws the run.
        train: Stands in for the engine in tests.
        clock: Seconds, never going back.
        parent: The tab.

    Signals:
        ended: ``RunFinished``, ``RunCancelled`` or ``RunFailed``; the state is that after it.
        thread_ended: The thread of a run is over.
    """

    ended = Signal(object)
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
        self.share = RunShare(1)
        self.ask_discard: Callable[[QWidget, str], bool] = dialogs.ask_discard
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RENDER_MS)
        self._timer.timeout.connect(store.changed)

    def start(self, config: TrainConfig) -> None:
        """Start a run."""
        session = RunSession(config, self._train, self)
        session.reported.connect(self._on_event)
        session.ended.connect(self._on_thread_ended)
        self._session = session
        self._sessions.add(session)
        self.share = RunShare(config.epochs)
        self._curves = RunCurves(config.epochs)
        self._panel.show_curves(self._curves)
        self._store.put(self._store.state.run_requested(config.epochs, config.learning_rate))
        session.start()

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
        if not asks or self.ask_discard(self._window, duration_words(seconds)):
            self.discard()

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
    def _on_event(self, session: RunSession, event: Event) -> None:
        if session is not self._session:
            return
        now = self._clock()
        self.share.add(event, now)
        if self._curves.add(event, now):
            self._panel.curves_changed()
        self._store.put_quietly(self._store.state.after(event))
        if isinstance(event, (RunFinished, RunCancelled, RunFailed)):
            self._on_ended(event)
        elif not self._timer.isActive():
            # Steps may come by the thousand a second; ten pictures a second are enough.
            self._timer.start()

    def _on_ended(self, event: RunFinished | RunCancelled | RunFailed) -> None:
        self._session = None
        self._timer.stop()
        if isinstance(event, RunCancelled):
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
