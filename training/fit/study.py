"""A small study: several settings cross-validated on the same folds and compared by film.

Called by the command line. Importing it loads no TensorFlow; the first run does.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.crossval import Train, cross_validate
from training.fit.crossval_events import CrossValEvent, CrossValFinished, CrossValStopped
from training.fit.crossval_folder import CrossValidation, write_settings
from training.fit.events import RunFailed
from training.fit.study_events import (
    StudyEvent,
    StudyFinished,
    StudyStopped,
    VariantFinished,
    VariantStarted,
)
from training.fit.study_folder import (
    StudyState,
    read_study,
    variant_folder,
    write_comparison,
    write_study,
)
from training.fit.study_settings import Study, Variant
from training.formats import refuse_other_program

_log = logging.getLogger(__name__)

_Report = Callable[[StudyEvent], None]


def run_study(
    study: Study,
    report: _Report,
    control: RunControl,
    *,
    folder: Path | None = None,
    train: Train | None = None,
) -> None:
    """Cross-validate every variant, then compare. Never raises; one end event, as the last.

    ``control.stop`` ends it after the fold that is going on, ``control.cancel`` at once; finished
    folds are kept in both cases.

    Args:
        study: What to compare.
        report: Takes every event, in this thread.
        control: The two switches.
        folder: A study to go on with, with the same settings; None starts a new one in the
            settings' folder for runs.
        train: Trains one run; ``training.fit.train.train`` if None.
    """
    try:
        end = _StudyRun(study, report, control, train).run(folder)
    except UserError as error:
        end = RunFailed(error.what, error.advice)
    except OSError as error:
        end = RunFailed(
            f"The study could not be written ({error.strerror or error}).",
            "Check the disk, then go on with it: finished folds are kept.",
        )
    except Exception as error:  # noqa: BLE001 - whatever ends it is told as its end.
        details = "".join(traceback.format_exception(error))
        end = RunFailed("The study ended by an error in the program.", "", details)
    try:
        report(end)
    except Exception:  # noqa: BLE001 - the caller's bug must not end its thread unseen.
        _log.exception("the end of a study could not be reported")


class _StudyRun:
    """One study on its way."""

    def __init__(
        self, study: Study, report: _Report, control: RunControl, train: Train | None
    ) -> None:
        self._study = _absolute(study)
        self._report = report
        self._control = control
        self._train = train
        # What the first variant chose, where it was left to choose: another arithmetic would be a
        # difference that nobody asked for.
        self._precision = ""

    def run(self, folder: Path | None) -> StudyEvent:
        state = self._open(folder)
        count = len(self._study.variants)
        for number, variant in enumerate(self._study.variants, start=1):
            self._report(VariantStarted(number, count, variant.name))
            found = state.results[number - 1]
            is_earlier = found is not None and bool(found.figures)
            if found is None or not is_earlier:
                end = self._run_variant(number, variant, found, state.folder)
                if isinstance(end, RunFailed):
                    return _told_of(end, variant, state.folder)
                if not isinstance(end, CrossValFinished):
                    return StudyStopped(state.folder, read_study(state.folder).num_finished, count)
                found = end.result
            self._precision = self._precision or _precision_of(found)
            self._report(VariantFinished(number, count, variant.name, is_earlier))
        finished = read_study(state.folder)
        write_comparison(finished)
        return StudyFinished(finished)

    def _run_variant(
        self, number: int, variant: Variant, begun: CrossValidation | None, folder: Path
    ) -> CrossValFinished | CrossValStopped | RunFailed:
        """Cross-validate a variant, passing on all events but the end."""
        ends: list[CrossValFinished | CrossValStopped | RunFailed] = []

        def take(event: CrossValEvent) -> None:
            if isinstance(event, (CrossValFinished, CrossValStopped, RunFailed)):
                ends.append(event)
            else:
                self._report(event)

        target = variant_folder(folder, number)
        if begun is None:
            config = replace(variant.config, runs=folder)
            if config.precision == "auto" and self._precision:
                config = replace(config, precision=self._precision)
            target.mkdir(exist_ok=True)
            write_settings(target, config, self._study.folds, self._study.pool)
        else:
            config = begun.config
        cross_validate(
            config,
            self._study.folds,
            take,
            self._control,
            pool=self._study.pool,
            folder=target,
            train=self._train,
        )
        return ends[0]

    def _open(self, folder: Path | None) -> StudyState:
        """The folder to work in, new or to be gone on with."""
        if folder is None:
            folder = _make_folder(self._study.variants[0].config)
            write_study(folder, self._study)
            return read_study(folder)
        found = read_study(folder)
        if found.study != _in_folder(self._study, folder):
            raise UserError(
                f"The study in {folder.name} was begun with other settings or films.",
                "Go on with the settings that it was begun with, or start a new one.",
            )
        if found.num_finished < len(found.study.variants) and any(found.results):
            refuse_other_program(found.program, f"The study in {folder.name}")
        return found


def _absolute(study: Study) -> Study:
    """It may be gone on with from another folder."""
    variants = tuple(
        replace(each, config=replace(each.config, data=each.config.data.absolute()))
        for each in study.variants
    )
    return replace(study, variants=variants)


def _in_folder(study: Study, folder: Path) -> Study:
    variants = tuple(
        replace(each, config=replace(each.config, runs=folder)) for each in study.variants
    )
    return replace(study, variants=variants)


def _make_folder(config: TrainConfig) -> Path:
    name = f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}_study"
    number = 1
    while True:
        folder = config.runs / (name if number == 1 else f"{name}_{number}")
        try:
            config.runs.mkdir(parents=True, exist_ok=True)
            folder.mkdir()
        except FileExistsError:
            if not config.runs.is_dir():
                raise UserError(
                    f"Runs cannot be kept in {config.runs}: it is a file, not a folder.",
                    "Choose another folder for runs.",
                ) from None
            number += 1
        else:
            return folder


def _precision_of(result: CrossValidation) -> str:
    return next((run.precision for run in result.runs if run is not None), "")


def _told_of(end: RunFailed, variant: Variant, folder: Path) -> RunFailed:
    kept = f"Finished folds are kept in {folder}."
    return replace(
        end, what=f"Variant “{variant.name}”: {end.what}", kept=f"{end.kept} {kept}".strip()
    )
