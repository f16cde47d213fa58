"""Cross-validation by film: k runs, each tested on the films that the others train on.

Called by the command line and by a worker of the window. Importing it loads no TensorFlow; the
first run does.
"""

from __future__ import annotations

import gc
import logging
import shutil
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from training.errors import UserError
from training.fit.config import FoldConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.crossval_events import (
    CrossValEvent,
    CrossValFinished,
    CrossValStopped,
    FoldFinished,
    FoldStarted,
)
from training.fit.crossval_folder import (
    CrossValidation,
    pool_folds,
    read_crossval,
    write_settings,
)
from training.fit.events import Event, RunCancelled, RunFailed, RunFinished
from training.fit.start import check_start
from training.formats import refuse_other_program

_log = logging.getLogger(__name__)

Report = Callable[[CrossValEvent], None]
Train = Callable[[TrainConfig, Callable[[Event], None], RunControl], None]


def cross_validate(
    config: TrainConfig,
    folds: int,
    report: Report,
    control: RunControl,
    *,
    pool: str = "all",
    folder: Path | None = None,
    train: Train | None = None,
) -> None:
    """Train and test every fold, and pool their films. Never raises; one end event, as the last.

    ``control.stop`` ends it after the fold that is going on, ``control.cancel`` at once; finished
    folds are kept in both cases. A fold is never kept half: it would not be like the others.

    Args:
        config: The settings of every run. ``validation_share`` of the films outside a fold choose
            the best epoch; the fold itself chooses nothing.
        folds: How many.
        report: Takes every event, in this thread.
        control: The two switches.
        pool: "all" films for training and validation, or those for "train" only.
        folder: A cross-validation to go on with, with the same settings; None starts a new one in
            ``config.runs``.
        train: Trains one run; ``training.fit.train.train`` if None.
    """
    try:
        end = _CrossVal(config, folds, pool, report, control, train).run(folder)
    except UserError as error:
        end = RunFailed(error.what, error.advice)
    except OSError as error:
        end = RunFailed(
            f"The cross-validation could not be written ({error.strerror or error}).",
            "Check the disk, then start it again: finished folds are kept.",
        )
    except Exception as error:  # noqa: BLE001 - whatever ends it is told as its end.
        details = "".join(traceback.format_exception(error))
        end = RunFailed("The cross-validation ended by an error in the program.", "", details)
    try:
        report(end)
    except Exception:  # noqa: BLE001 - the caller's bug must not end its thread unseen.
        _log.exception("the end of a cross-validation could not be reported")


class _CrossVal:
    """One cross-validation on its way."""

    def __init__(
        self,
        config: TrainConfig,
        count: int,
        pool: str,
        report: Report,
        control: RunControl,
        train: Train | None,
    ) -> None:
        # Absolute: it may be gone on with from another folder.
        start = config.start and config.start.absolute()
        self._config = replace(config, data=config.data.absolute(), start=start, fold=None)
        self._count = count
        self._pool = pool
        self._report = report
        self._control = control
        self._train = train
        self._is_new = False
        # What the first fold chose, where it was left to choose: all folds train alike.
        self._precision = ""

    def run(self, folder: Path | None) -> CrossValEvent:
        self._config.check()
        check_start(self._config)
        FoldConfig(number=1, count=self._count, pool=self._pool).check()
        crossval = self._open(folder)
        self._config = crossval.config
        self._precision = next((run.precision for run in crossval.runs if run is not None), "")
        for number in range(1, self._count + 1):
            earlier = crossval.runs[number - 1]
            if earlier is not None:
                self._report(FoldFinished(number, self._count, earlier, is_earlier=True))
                continue
            if self._is_over:
                return self._stopped(crossval.folder)
            end = self._run_fold(number, crossval.folder)
            if isinstance(end, RunFailed):
                return self._failed(end, crossval.folder)
            if not isinstance(end, RunFinished):
                return self._stopped(crossval.folder)
            self._precision = self._precision or end.run.precision
            self._report(FoldFinished(number, self._count, end.run, is_earlier=False))
        finished = read_crossval(crossval.folder)
        return CrossValFinished(pool_folds(finished))

    @property
    def _is_over(self) -> bool:
        return self._control.stop.is_set() or self._control.cancel.is_set()

    def _open(self, folder: Path | None) -> CrossValidation:
        """The folder to work in, new or to be gone on with."""
        if folder is None:
            self._is_new = True
            folder = _make_folder(self._config, self._count)
            write_settings(folder, self._config, self._count, self._pool)
            return read_crossval(folder)
        found = read_crossval(folder)
        # It goes by the data check as it was in the beginning.
        same = (found.config, found.count, found.pool) == (
            replace(self._config, runs=folder, data_check=found.config.data_check),
            self._count,
            self._pool,
        )
        if not same:
            raise UserError(
                f"The cross-validation in {folder.name} was begun with other settings.",
                "Go on with the settings that it was begun with, or start a new one.",
            )
        if any(found.runs) and not found.is_finished:
            refuse_other_program(found.program, f"The cross-validation in {folder.name}")
        return found

    def _run_fold(self, number: int, folder: Path) -> RunFinished | RunCancelled | RunFailed:
        """Train one fold, passing on all events but its end."""
        self._report(FoldStarted(number, self._count, folder))
        fold = FoldConfig(number=number, count=self._count, pool=self._pool)
        ends: list[RunFinished | RunCancelled | RunFailed] = []

        def take(event: Event) -> None:
            if isinstance(event, (RunFinished, RunCancelled, RunFailed)):
                ends.append(event)
            else:
                self._report(event)

        # A switch of its own for "stop", which would keep half a fold.
        control = RunControl(cancel=self._control.cancel)
        config = replace(self._config, fold=fold)
        if config.precision == "auto" and self._precision:
            config = replace(config, precision=self._precision)
        self._trainer()(config, take, control)
        # A network and its films are in cycles; the next fold needs their memory.
        gc.collect()
        if not ends:
            return RunFailed("A fold ended without a result.")
        return ends[0]

    def _trainer(self) -> Train:
        if self._train is None:
            from training.fit.train import train  # loads TensorFlow

            self._train = train
        return self._train

    def _stopped(self, folder: Path) -> CrossValStopped:
        num_finished = _num_finished(folder)
        if not num_finished and self._is_new:
            shutil.rmtree(folder, ignore_errors=True)
        return CrossValStopped(folder if num_finished else None, num_finished, self._count)

    def _failed(self, end: RunFailed, folder: Path) -> RunFailed:
        num_finished = _num_finished(folder)
        if not num_finished:
            if self._is_new and not end.kept:
                shutil.rmtree(folder, ignore_errors=True)
            return end
        kept = f"{num_finished} of {self._count} folds are kept in {folder}."
        return replace(end, kept=f"{end.kept} {kept}".strip())


def _num_finished(folder: Path) -> int:
    return sum(run is not None for run in read_crossval(folder).runs)


def _make_folder(config: TrainConfig, count: int) -> Path:
    """A new folder; a second one of the same second gets a number."""
    now = f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}"
    name = f"{now}_{config.network.name}_{count}-folds"
    number = 1
    while True:
        folder = config.runs / (name if number == 1 else f"{name}_{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not config.runs.is_dir():
                break
            number += 1
        except OSError as error:
            raise UserError(
                f"Runs cannot be kept in {config.runs}: {error.strerror or error}.",
                "Choose a folder that you may write to.",
            ) from error
        else:
            return folder
    raise UserError(
        f"Runs cannot be kept in {config.runs}: it is a file, not a folder.",
        "Choose another folder for runs.",
    )
