"""A study's folder, written and read back, and its table. No Keras.

``RUNS/DATE_study/`` holds ``study.json`` (all settings), one cross-validation a variant, and once
all are done ``comparison.json``.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from training.errors import UserError
from training.evaluation.comparison import Comparison, compare_models, holm
from training.evaluation.many_classes import ManyMeasurement
from training.evaluation.many_samples import make_many_sample
from training.evaluation.measurement import Measurement
from training.evaluation.samples import Sample, make_sample
from training.fit.config import FoldConfig, TrainConfig
from training.fit.crossval_folder import (
    CROSSVAL,
    CrossValidation,
    Spread,
    out_of_fold,
    read_crossval,
)
from training.fit.study_settings import Study, Variant
from training.formats import PROGRAM, head, refuse_newer

STUDY = "study.json"
STUDY_FORMAT = 1
COMPARISON = "comparison.json"


@dataclass(frozen=True)
class Row:
    """One line of a study's table, of the best models.

    Args:
        name: The variant's.
        pooled: All films' out-of-fold scores, with intervals.
        accuracy: By film, over the folds.
        against_first: Paired tests by film against the first variant; None for the first. Of more
            than two classes the accuracies alone are compared.
        auc_p: The test's p for the area, allowed for the number of comparisons (Holm); or None.
        accuracy_p: Likewise for the accuracy.
    """

    name: str
    pooled: Measurement | ManyMeasurement
    accuracy: Spread
    against_first: Comparison | None = None
    auc_p: float | None = None
    accuracy_p: float | None = None


@dataclass(frozen=True)
class StudyState:
    """A study as its folder tells it.

    Args:
        folder: Its folder.
        study: What it compares.
        results: The cross-validation of each variant; None where none was begun.
        rows: The table; empty until all are finished.
        program: Version of the program that began it; empty where its file does not tell.
    """

    folder: Path
    study: Study
    results: tuple[CrossValidation | None, ...]
    rows: tuple[Row, ...] = ()
    program: str = ""

    @property
    def num_finished(self) -> int:
        """Variants whose cross-validation is finished and pooled."""
        return sum(result is not None and bool(result.figures) for result in self.results)


def variant_folder(folder: Path, number: int) -> Path:
    """Where a variant's cross-validation lies.

    Args:
        folder: The study's.
        number: Of the variant, from 1.
    """
    return folder / f"variant-{number:02}"


def write_study(folder: Path, study: Study) -> None:
    """Write ``study.json``.

    Raises:
        OSError: It cannot be written.
    """
    values = head(STUDY_FORMAT) | {
        "folds": study.folds,
        "pool": study.pool,
        "variants": [
            {"name": each.name, "config": each.config.to_json()} for each in study.variants
        ],
    }
    _write(folder / STUDY, json.dumps(values, indent=1) + "\n")


def read_study(folder: Path) -> StudyState:
    """Read a study, finished or not.

    Args:
        folder: Its folder; may have been moved.

    Raises:
        UserError: The folder is no study, or is damaged.
    """
    try:
        values = json.loads((folder / STUDY).read_text(encoding="utf-8"))
        refuse_newer(values, STUDY_FORMAT, f"The study {folder.name}")
        variants = tuple(
            Variant(str(each["name"]), replace(TrainConfig.from_json(each["config"]), runs=folder))
            for each in values["variants"]
        )
        study = Study(variants, int(values["folds"]), str(values["pool"]))
        FoldConfig(number=1, count=study.folds, pool=study.pool).check()
    except OSError as error:
        raise UserError(f"{folder} cannot be read as a study: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder.name} is not a study of this program, or it is damaged."
        ) from error
    results = tuple(
        _read_result(variant_folder(folder, number)) for number in range(1, len(variants) + 1)
    )
    state = StudyState(folder, study, results, program=str(values.get(PROGRAM, "")))
    if state.num_finished < len(variants):
        return state
    return replace(state, rows=compare(study, [each for each in results if each is not None]))


def list_studies(runs: Path) -> tuple[StudyState, ...]:
    """All finished studies in a folder of runs.

    Args:
        runs: The folder; it may be missing.

    Returns:
        Newest first. Folders that are no studies, or broken ones, are left out.
    """
    try:
        folders = [folder for folder in runs.iterdir() if (folder / STUDY).is_file()]
    except OSError:
        return ()
    found = []
    for folder in folders:
        with contextlib.suppress(UserError):
            found.append(read_study(folder))
    finished = [study for study in found if study.rows]
    return tuple(sorted(finished, key=lambda study: study.folder.name, reverse=True))


def compare(study: Study, results: list[CrossValidation]) -> tuple[Row, ...]:
    """The study's table: each variant's pooled figures, and tests by film against the first.

    Args:
        study: What was compared.
        results: Of each variant, finished and pooled.

    Raises:
        UserError: A run's files are damaged.
    """
    samples = [_sample(result) for result in results]
    is_many = isinstance(results[0].figures[0].pooled, ManyMeasurement)
    thresholds = [0.5 if is_many else variant.config.threshold for variant in study.variants]
    tests = [
        compare_models(samples[0], sample, thresholds=(thresholds[0], threshold))
        for sample, threshold in zip(samples[1:], thresholds[1:], strict=True)
    ]
    # Areas are there for all variants or for none: the films are the same.
    areas = holm([test.auc.p_value for test in tests if test.auc is not None])
    accuracies = holm([test.accuracy.p_value for test in tests])
    rows = []
    for number, (variant, result) in enumerate(zip(study.variants, results, strict=True)):
        best = result.figures[0]
        row = Row(variant.name, best.pooled, best.by_fold["accuracy"])
        if number:
            row = replace(
                row,
                against_first=tests[number - 1],
                auc_p=areas[number - 1] if areas else None,
                accuracy_p=accuracies[number - 1],
            )
        rows.append(row)
    return tuple(rows)


def write_comparison(state: StudyState) -> None:
    """Write ``comparison.json``.

    Raises:
        OSError: It cannot be written.
    """
    text = json.dumps([asdict(row) for row in state.rows], indent=1, allow_nan=False)
    _write(state.folder / COMPARISON, text + "\n")


def _sample(result: CrossValidation) -> Sample:
    files = [score.file for score in out_of_fold(result, result.figures[0].kind)]
    if files[0].scores:
        return make_many_sample(
            [file.label for file in files],
            [file.scores for file in files],
            [file.film for file in files],
        ).films_right()
    return make_sample(
        [file.label for file in files],
        [file.score for file in files],
        [file.film for file in files],
    )


def _read_result(folder: Path) -> CrossValidation | None:
    return read_crossval(folder) if (folder / CROSSVAL).is_file() else None


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
