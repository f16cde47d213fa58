"""A cross-validation's folder, written and read back. No Keras.

``RUNS/DATE_NETWORK_5-folds/`` holds ``crossval.json`` (settings), one run folder a fold, and once
all folds are done ``out_of_fold.csv`` (each file's score by the model that never saw its film) and
``figures.json``. It has no ``config.json``, so the list of runs passes over it.
"""

from __future__ import annotations

import csv
import json
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.baselines import BrightnessGuess
from training.evaluation.many_classes import ManyMeasurement, ManyUnit, measure_many
from training.evaluation.measurement import FIGURES, Measurement, UnitFigures, measure_fully
from training.fit import run_folder
from training.fit.config import FoldConfig, TrainConfig
from training.fit.run_folder import FileScore, ModelResult, Run, RunStatus, list_runs, read_scores
from training.formats import PROGRAM, head, refuse_newer
from training.models.card_file import read_card

CROSSVAL = "crossval.json"
CROSSVAL_FORMAT = 2
# What is written at first, and what more than two classes make of it when they are pooled.
_TWO_CLASSES_FORMAT = 1
OUT_OF_FOLD = "out_of_fold.csv"
COLUMNS = ("kind", "fold", "path", "film", "label", "score", "brightness")
# What folds of more than two classes are told by.
MANY_FIGURES = ("accuracy", "balanced_accuracy", "auc")


@dataclass(frozen=True)
class Spread:
    """One figure over the folds.

    Args:
        mean: Over the folds that define it.
        deviation: Standard deviation, or None with fewer than two such folds. Not the error of the
            mean: the folds share most of their training films.
        values: One a fold; None where a fold does not define it.
    """

    mean: float | None
    deviation: float | None
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class PooledFigures:
    """Both kinds of summary of one kind of model.

    Args:
        kind: "best" or "final".
        pooled: All films' out-of-fold scores measured together, each film once, with intervals.
        by_fold: By figure, by film, over the folds.
    """

    kind: str
    pooled: Measurement | ManyMeasurement
    by_fold: dict[str, Spread]


@dataclass(frozen=True)
class FoldScore:
    """A file's score by the model that has seen none of its film.

    Args:
        fold: The fold it was left out in, from 1.
        file: The file with its score.
        brightness: The score that brightness alone gives it, fitted on that fold's training films.
    """

    fold: int
    file: FileScore
    brightness: float | None


@dataclass(frozen=True)
class CrossValidation:
    """A cross-validation as its folder tells it.

    Args:
        folder: Its folder.
        config: The settings of all its runs; ``runs`` is this folder, ``data_check`` its copy here,
            ``fold`` is None.
        count: Number of folds.
        pool: Which films were divided.
        runs: The finished run of each fold, None where there is none yet.
        figures: For the best and the final models; empty until all folds are finished.
        program: Version of the program that began it; empty where its file does not tell.
    """

    folder: Path
    config: TrainConfig
    count: int
    pool: str
    runs: tuple[Run | None, ...]
    figures: tuple[PooledFigures, ...] = ()
    program: str = ""

    @property
    def is_finished(self) -> bool:
        """True where every fold has its run."""
        return all(run is not None for run in self.runs)


def write_settings(folder: Path, config: TrainConfig, count: int, pool: str) -> None:
    """Write ``crossval.json``, and a copy of the data check that all folds go by.

    Raises:
        OSError: It cannot be written, or the data check not be read.
    """
    if config.data_check is not None:
        shutil.copyfile(config.data_check, folder / run_folder.DATA_CHECK)
    values = head(_TWO_CLASSES_FORMAT) | {"config": config.to_json(), "folds": count, "pool": pool}
    _write(folder / CROSSVAL, json.dumps(values, indent=1) + "\n")


def read_crossval(folder: Path) -> CrossValidation:
    """Read a cross-validation, finished or not.

    Args:
        folder: Its folder; may have been moved.

    Raises:
        UserError: The folder is no cross-validation, or is damaged.
    """
    try:
        values = json.loads((folder / CROSSVAL).read_text(encoding="utf-8"))
        refuse_newer(values, CROSSVAL_FORMAT, f"The cross-validation {folder.name}")
        config = replace(TrainConfig.from_json(values["config"]), runs=folder)
        if config.data_check is not None:
            config = replace(config, data_check=folder / run_folder.DATA_CHECK)
        count, pool = int(values["folds"]), str(values["pool"])
        # The same rules as for a run's own fold.
        FoldConfig(number=1, count=count, pool=pool).check()
        figures = _read_figures(folder / run_folder.FIGURES)
        program = str(values.get(PROGRAM, ""))
    except OSError as error:
        raise UserError(
            f"{folder} cannot be read as a cross-validation: {error.strerror}."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder.name} is not a cross-validation of this program, or it is damaged."
        ) from error
    return CrossValidation(folder, config, count, pool, _finished(folder, count), figures, program)


def list_crossvals(runs: Path) -> tuple[CrossValidation, ...]:
    """All cross-validations in a folder of runs.

    Args:
        runs: The folder; it may be missing.

    Returns:
        Newest first, finished or not. Broken ones are left out.
    """
    try:
        folders = sorted(runs.iterdir(), reverse=True)
    except OSError:
        return ()
    found = []
    for folder in folders:
        if (folder / CROSSVAL).is_file():
            try:
                found.append(read_crossval(folder))
            except UserError:
                continue
    return tuple(found)


def out_of_fold(crossval: CrossValidation, kind: str) -> tuple[FoldScore, ...]:
    """Every file's score by the model that has not seen its film.

    Args:
        crossval: Folds that are not finished are left out.
        kind: "best" or "final".

    Raises:
        UserError: A run's files are damaged.
    """
    found = []
    for number, run in enumerate(crossval.runs, start=1):
        model: ModelResult | None = getattr(run, kind) if run else None
        if run is None or model is None:
            continue
        guess = read_card(model.path).brightness
        for file in read_scores(run, kind, Split.TEST):
            found.append(FoldScore(number, file, _by_brightness(guess, file)))
    return tuple(found)


def pool_folds(crossval: CrossValidation) -> CrossValidation:
    """Measure all folds together and write the result into the folder.

    Args:
        crossval: Finished.

    Returns:
        The same with its figures.

    Raises:
        UserError: A run's files are damaged.
        OSError: The result cannot be written.
    """
    scores = {kind: out_of_fold(crossval, kind) for kind in run_folder.KINDS}
    figures = tuple(_pooled(crossval, kind, found) for kind, found in scores.items())
    classes = _classes(crossval)
    if len(classes) > 2:
        # Older versions would take the first two classes for all.
        values = json.loads((crossval.folder / CROSSVAL).read_text(encoding="utf-8"))
        text = json.dumps(values | head(CROSSVAL_FORMAT), indent=1)
        _write(crossval.folder / CROSSVAL, text + "\n")
    _write_scores(crossval, scores, classes)
    text = json.dumps([asdict(each) for each in figures], indent=1, allow_nan=False)
    _write(crossval.folder / run_folder.FIGURES, text + "\n")
    return replace(crossval, figures=figures)


def at_prevalence(crossval: CrossValidation, prevalence: float) -> CrossValidation:
    """The same with pooled PPV and NPV at a stated prevalence; its files keep their own.

    With more than two classes nothing hangs on it.

    Args:
        crossval: Finished and pooled.
        prevalence: Share of positives, 0-1 excluded.

    Raises:
        UserError: A run's files are damaged.
    """
    threshold = crossval.config.threshold
    figures = tuple(
        replace(
            each,
            pooled=measure_scores(
                out_of_fold(crossval, each.kind), threshold, prevalence=prevalence
            ),
        )
        for each in crossval.figures
    )
    return replace(crossval, figures=figures)


def measure_scores(
    scores: Sequence[FoldScore], threshold: float, *, prevalence: float | None = None
) -> Measurement | ManyMeasurement:
    """Measure out-of-fold scores.

    Args:
        scores: At least one.
        threshold: Score from which on a film counts as positive.
        prevalence: Share of positives for PPV and NPV; None for the share among these.
    """
    labels = [score.file.label for score in scores]
    films = [score.file.film for score in scores]
    if scores[0].file.scores:
        return measure_many(labels, [score.file.scores for score in scores], films)
    guesses = [score.brightness for score in scores if score.brightness is not None]
    return measure_fully(
        labels,
        [score.file.score for score in scores],
        films,
        threshold,
        prevalence=prevalence,
        brightness=guesses if len(guesses) == len(scores) else None,
    )


def _pooled(crossval: CrossValidation, kind: str, scores: Sequence[FoldScore]) -> PooledFigures:
    threshold = crossval.config.threshold
    units = [
        measure_scores([score for score in scores if score.fold == number], threshold).by_film
        for number in range(1, crossval.count + 1)
    ]
    names = MANY_FIGURES if isinstance(units[0], ManyUnit) else FIGURES
    spreads = {name: _spread(units, name) for name in names}
    return PooledFigures(kind, measure_scores(scores, threshold), spreads)


def _spread(units: Sequence[UnitFigures | ManyUnit], name: str) -> Spread:
    values = tuple(getattr(unit, name).value for unit in units)
    known = [value for value in values if value is not None]
    return Spread(
        statistics.fmean(known) if known else None,
        statistics.stdev(known) if len(known) > 1 else None,
        values,
    )


def _by_brightness(guess: BrightnessGuess | None, file: FileScore) -> float | None:
    if guess is None or file.grey is None:
        return None
    return float(guess.scores(file.grey))


def _finished(folder: Path, count: int) -> tuple[Run | None, ...]:
    """The newest finished run of each fold."""
    found: dict[int, Run] = {}
    for run in list_runs(folder):
        fold = run.config.fold
        if fold is not None and run.status is RunStatus.FINISHED and run.best is not None:
            found.setdefault(fold.number, run)
    return tuple(found.get(number) for number in range(1, count + 1))


def _read_figures(path: Path) -> tuple[PooledFigures, ...]:
    if not path.is_file():
        return ()
    return tuple(
        PooledFigures(
            values["kind"],
            _measurement(values["pooled"]),
            {
                name: Spread(spread["mean"], spread["deviation"], tuple(spread["values"]))
                for name, spread in values["by_fold"].items()
            },
        )
        for values in json.loads(path.read_text(encoding="utf-8"))
    )


def _measurement(values: dict[str, Any]) -> Measurement | ManyMeasurement:
    kind = Measurement if "threshold" in values else ManyMeasurement
    return kind.from_json(values)


def _classes(crossval: CrossValidation) -> tuple[str, ...]:
    return next((run.classes for run in crossval.runs if run is not None and run.classes), ())


def _write_scores(
    crossval: CrossValidation, scores: dict[str, tuple[FoldScore, ...]], classes: Sequence[str]
) -> None:
    path = crossval.folder / OUT_OF_FOLD
    root = crossval.config.data.absolute()
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="", errors="surrogateescape") as file:
        writer = csv.writer(file)
        header = list(COLUMNS)
        if len(classes) > 2:
            place = header.index("score")
            header[place : place + 1] = [f"{run_folder.CLASS_SCORE}{name}" for name in classes]
        writer.writerow(header)
        for kind, found in scores.items():
            writer.writerows(_row(kind, score, root) for score in found)
    part.replace(path)


def _row(kind: str, score: FoldScore, root: Path) -> tuple[Any, ...]:
    file = score.file
    name = file.path.relative_to(root) if file.path.is_relative_to(root) else file.path
    guess = "" if score.brightness is None else f"{score.brightness:.6g}"
    cells = [f"{each:.6g}" for each in file.scores or (file.score,)]
    return kind, score.fold, name.as_posix(), file.film, file.label, *cells, guess


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
