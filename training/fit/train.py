"""One training run, from a folder of films to two proven models. Imports TensorFlow.

Called by the window's training thread and by the command line. Knows nothing of either: it tells
events and looks at two switches.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from training.fit import run_folder
from training.fit.config import TrainConfig
from training.fit.control import CancelledError, RunControl
from training.fit.events import Event, Phase, PhaseChanged, RunCancelled, RunFinished, RunStarted
from training.fit.failures import explain
from training.fit.fitting import FittingError, fit_network
from training.fit.preparing import prepare
from training.fit.results import Results
from training.fit.run_folder import RunStatus, read_run
from training.fit.run_writer import RunWriter
from training.fit.start import check_start

_log = logging.getLogger(__name__)

_KEPT_NAMES = {"best": "the best model", "final": "the final model"}


def train(config: TrainConfig, report: Callable[[Event], None], control: RunControl) -> None:
    """Train, save, prove and measure. Never raises; reports exactly one end event, as the last.

    The precision policy and the seeds of Keras, NumPy and Python are neither read nor changed, so
    other threads can predict meanwhile.

    Args:
        config: The run's settings.
        report: Takes every event, in this thread. If it raises, the run fails.
        control: Two switches, looked at after each step.
    """
    try:
        end = _run(config, report, control)
    except CancelledError:
        end = RunCancelled()
    except Exception as error:  # noqa: BLE001 - whatever ends a run is told as its end.
        end = explain(error)
    try:
        report(end)
    except Exception:  # noqa: BLE001 - the caller's bug must not end its thread unseen.
        _log.exception("the end of a run could not be reported")


def _run(config: TrainConfig, report: Callable[[Event], None], control: RunControl) -> Event:
    config.check()
    check_start(config)
    control.check_before_training()
    writer = RunWriter(config)
    try:
        report(RunStarted(writer.run_id, writer.folder))
        report(PhaseChanged(Phase.STARTING))
        with prepare(config, writer, report, control) as data:
            results = Results(config, data, writer, report, control)
            try:
                trained = fit_network(config, data, writer, report, control)
            except FittingError as error:
                results.rescue(error.trained)
                raise error.__cause__ or error from None
            results.make(trained)
        status = RunStatus.STOPPED if trained.is_stopped else RunStatus.FINISHED
        writer.update(status=status.value)
        return RunFinished(read_run(writer.folder))
    except CancelledError:
        writer.remove()
        return RunCancelled()
    except Exception as error:  # noqa: BLE001 - whatever ends a run is told as its end.
        return _fail(error, writer)
    finally:
        writer.close()


def _fail(error: Exception, writer: RunWriter) -> Event:
    """Keep what there is of a failed run and say so; a run without an epoch leaves nothing."""
    saved = [kind for kind in run_folder.KINDS if (writer.folder / f"{kind}.keras").is_file()]
    if not saved and not (writer.folder / run_folder.HISTORY).is_file():
        writer.remove()
        return explain(error)
    names = " and ".join(f"{_KEPT_NAMES[kind]} ({kind}.keras)" for kind in saved)
    kept = f"{names or 'The history'} of this run is kept in {writer.folder}."
    failed = explain(error, kept=kept[0].upper() + kept[1:])
    try:
        writer.update(status=RunStatus.FAILED.value, failure=failed.what)
    except OSError:
        # On a full disk the folder is read as an interrupted run, which is nearly as true.
        _log.warning("the failure of run %s could not be written down", writer.run_id)
    return failed
