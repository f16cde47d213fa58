"""A training run in its own thread, told apart from the window by events only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.crossval_events import CrossValEvent, CrossValFinished, CrossValStopped
from training.fit.events import Event, RunCancelled, RunFailed, RunFinished
from xray_desktop.logs import discreet_traceback
from xray_desktop.workers.jobs import STACK_BYTES
from xray_desktop.workers.smooth_import import import_tensorflow

log = logging.getLogger(__name__)

TrainFunction = Callable[[TrainConfig, Callable[[Event], None], RunControl], None]
# A run, or a cross-validation, which tells more kinds of events.
WorkFunction = Callable[[TrainConfig, Callable[[CrossValEvent], None], RunControl], None]

_END_EVENTS = (RunFinished, RunCancelled, RunFailed, CrossValFinished, CrossValStopped)


@dataclass(frozen=True)
class CrossValidate:
    """A cross-validation in the shape of a run, for ``TrainingThread``.

    Args:
        folds: How many.
        pool: Which films are divided.
        folder: One to go on with, or None.
        train: Stands in for the engine in tests.
    """

    folds: int
    pool: str = "all"
    folder: Path | None = None
    train: TrainFunction | None = None

    def __call__(
        self, config: TrainConfig, report: Callable[[CrossValEvent], None], control: RunControl
    ) -> None:
        """Cross-validate, in the thread that calls."""
        from training.fit.crossval import cross_validate

        cross_validate(
            config,
            self.folds,
            report,
            control,
            pool=self.pool,
            folder=self.folder,
            train=self._train,
        )

    def _train(
        self, config: TrainConfig, report: Callable[[Event], None], control: RunControl
    ) -> None:
        # Late: one whose folds are all finished needs no TensorFlow.
        (self.train or _engine())(config, report, control)


class TrainingThread(QThread):
    """Runs ``training.fit.train.train`` and passes its events on.

    The object lives in the GUI thread: connect ``event_reported`` to a ``@Slot`` method there.
    Exactly one end event is reported whatever happens, then ``finished`` follows. Keep a
    reference until ``finished``.

    Args:
        config: The run's settings.
        train: Stands in for the engine in tests; it is imported in the thread where left out,
            so that TensorFlow is never loaded before the first run.
        parent: The owner. It must not be destroyed before ``finished``.

    Signals:
        event_reported: One ``training.fit.crossval_events.CrossValEvent``.
    """

    event_reported = Signal(object)

    def __init__(
        self,
        config: TrainConfig,
        train: WorkFunction | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training")
        self.setStackSize(STACK_BYTES)
        self._config = config
        self._train = train
        self._control = RunControl()
        self._ended = False

    @property
    def config(self) -> TrainConfig:
        """The run's settings."""
        return self._config

    @property
    def is_stopping(self) -> bool:
        """True once ``stop_and_keep`` or ``cancel`` was called."""
        return self._control.stop.is_set() or self._control.cancel.is_set()

    @property
    def is_cancelling(self) -> bool:
        """True once ``cancel`` was called."""
        return self._control.cancel.is_set()

    def stop_and_keep(self) -> None:
        """End after the current step; both models are saved and measured. Never waits."""
        self._control.stop.set()

    def cancel(self) -> None:
        """Discard the run, also while it saves. Never waits."""
        self._control.cancel.set()

    def run(self) -> None:
        """The worker."""
        try:
            train = self._train or _engine()
            train(self._config, self._report, self._control)
        except UserError as error:
            cause = error.__cause__
            details = "" if cause is None else discreet_traceback(cause)
            self._report(RunFailed(error.what, error.advice, details))
        except Exception as error:
            # Broad: the window must hear of every end, or it waits for ever.
            log.exception("training ended by an unexpected %s", type(error).__name__)
            self._report(_bug(discreet_traceback(error)))
        if not self._ended:
            self._report(_bug("train() returned without an end event"))

    def _report(self, event: CrossValEvent) -> None:
        if self._ended:
            log.error("%s after the run's end is left out", type(event).__name__)
            return
        self._ended = isinstance(event, _END_EVENTS)
        self.event_reported.emit(event)


def _engine() -> TrainFunction:
    try:
        import_tensorflow()
        from training.fit.train import train
    except (ImportError, OSError) as error:
        raise UserError(
            "The part that trains (TensorFlow) could not be loaded: the installation of this "
            "program is incomplete, or this processor is too old for it.",
            "Install the program anew. Viewing films goes on working.",
        ) from error
    return train


def _bug(details: str) -> RunFailed:
    return RunFailed(
        "Training ended because of a mistake in this program, not in your films.",
        "The log holds the details (Help > Open log folder). Starting the run again may work.",
        details,
    )
