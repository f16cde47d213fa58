"""A run's folder on disk, read back. No Keras; ``run_writer`` writes it while the run trains.

Everything in it is readable without the program: JSON, CSV, TensorBoard events and two ``.keras``
files.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.figures import Figures
from training.evaluation.pointing import Hits
from training.films.region import region_in_name
from training.fit.config import TrainConfig
from training.fit.events import EpochEnded
from training.formats import refuse_newer
from training.models.start_origin import StartOrigin

# Of the folder as a whole; in its status.
RUN_FORMAT = 2
# What is written: runs of two classes are of the first format, so that older programs read them.
TWO_CLASSES_FORMAT = 1
MANY_CLASSES_FORMAT = 2
CONFIG = "config.json"
STATUS = "status.json"
VERSIONS = "versions.json"
HISTORY = "history.csv"
TENSORBOARD = "tensorboard"
EVALUATION = "evaluation.json"
SCORES = "scores.csv"
SKIPPED = "skipped.csv"
# The data check that the run went by, as it was then.
DATA_CHECK = "data_check.json"
# Weights of the best epoch while the run trains; gone when it has ended.
CHECKPOINT = "best.weights.h5"
KINDS = ("best", "final")
# Every figure with its interval, for people who look at the folder without the program.
FIGURES = "figures.json"
SCORE_COLUMNS = ("split", "kind", "path", "film", "label", "score", "grey", "region", "view")
# With more than two classes one column a class, its name after this, in the place of "score".
CLASS_SCORE = "score_"
# How often the best model points at the fractures that somebody outlined.
SITE_FILE = "site.json"

# Folders of the runs that go on in this process; kept by ``run_writer``.
ACTIVE: set[Path] = set()

_INTERRUPTED = "The run was interrupted: the program ended while it was training."


class RunStatus(StrEnum):
    """How a run ended, or that it has not."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped and kept"
    FAILED = "failed"


@dataclass(frozen=True)
class ModelResult:
    """One of a run's two models and its figures: a column of the published table.

    Args:
        kind: "best" or "final".
        path: The ``.keras`` file.
        epoch: The last epoch that had ended when its weights were taken, from 1; 0 where the run
            was stopped before the first ended. A run stopped within an epoch keeps the steps made
            since.
        train: On the training files, not augmented.
        validation: On the validation files.
        test: On the test files, or those of the fold that was left out; None where there are none.
    """

    kind: str
    path: Path
    epoch: int
    train: Figures
    validation: Figures
    test: Figures | None = None


@dataclass(frozen=True)
class Run:
    """A run as its folder tells it.

    Args:
        folder: Its folder; the folder's name is the run's id.
        config: Its settings.
        status: How it ended.
        started: ISO 8601, local time with offset.
        history: One entry an epoch.
        best: The best model, or None where the run has none.
        final: The final model, or None.
        failure: Why it failed, in words, or empty.
        classes: (negative, positive) names, or more than two; None before the films were read.
        synthetic: True where it was trained on the sample set.
        constant_guess: Validation accuracy of the constant guess, 0-1, or None before that.
        precision: The precision trained in, or empty before it was chosen.
        known_to_start: Validation files that the model it began with had learnt from.
        known_tested: Test files, or those of the fold that was left out, that it had learnt from.
        start: The model it began with; None for fresh weights, or in runs of an older version.
        site: How often the best model points at outlined fractures of validation films, by way of
            pointing; empty where there are none.
        site_tested: Likewise of test films, or those of the fold that was left out.
    """

    folder: Path
    config: TrainConfig
    status: RunStatus
    started: str
    history: tuple[EpochEnded, ...] = ()
    best: ModelResult | None = None
    final: ModelResult | None = None
    failure: str = ""
    classes: tuple[str, ...] | None = None
    synthetic: bool = False
    constant_guess: float | None = None
    precision: str = ""
    known_to_start: int = 0
    known_tested: int = 0
    start: StartOrigin | None = None
    site: Mapping[str, Hits] = field(default_factory=dict)
    site_tested: Mapping[str, Hits] = field(default_factory=dict)

    @property
    def run_id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def is_many(self) -> bool:
        """True with more than two classes."""
        return self.classes is not None and len(self.classes) > 2


@dataclass(frozen=True)
class FileScore:
    """One file's score by one model.

    Args:
        path: The film's file.
        label: Number of its class; of two, 1 for the positive one.
        film: Name of the film it shows.
        score: Probability of the positive class as the network gives it, 0-1; of more than two
            classes the largest score.
        grey: Mean grey of its input, 0-255; None in runs of an older version.
        region: Part of the body it shows; empty where nothing says. Of runs of an older version
            by its names alone.
        view: DICOM View Position, empty where nothing says.
        scores: Of more than two classes each one's probability, by label; else empty.
    """

    path: Path
    label: int
    film: str
    score: float
    grey: float | None = None
    region: str = ""
    view: str = ""
    scores: tuple[float, ...] = ()


def start_words(run: Run) -> str:
    """What to mind of a run's figures because of its start, in words for people; mostly empty."""
    result = run.best or run.final
    if result is None:
        return ""
    parts = [(run.known_to_start, result.validation.num_files, "validation")]
    if result.test is not None:
        parts.append((run.known_tested, result.test.num_files, "test"))
    known = [f"{num:,} of the {all_:,} {part} files" for num, all_, part in parts if num]
    if known:
        name = run.start.name if run.start else "the starter model"
        return (
            f"{' and '.join(known)} are among those that {name}, which this run began from, "
            "learnt from: its figures flatter it."
        )
    return run.start.warning if run.start else ""


def read_run(folder: Path) -> Run:
    """Read a run folder.

    Args:
        folder: A run folder, of a run that has ended or is still going on.

    Returns:
        The run. One that says it is running, but whose program has ended, is told as failed.

    Raises:
        UserError: If the folder is no run, its files are broken, or of a newer version.
    """
    try:
        status = _read_json(folder / STATUS)
        refuse_newer(status, RUN_FORMAT, f"The run {folder.name}")
        config = TrainConfig.from_json(_read_json(folder / CONFIG))
        state, failure = RunStatus(status["status"]), str(status.get("failure", ""))
        if state is RunStatus.RUNNING and not _is_alive(folder, status):
            state, failure = RunStatus.FAILED, _INTERRUPTED
        results = _read_results(folder)
        classes, start = status.get("classes"), status.get("start")
        return Run(
            folder=folder,
            config=config,
            status=state,
            started=str(status["started"]),
            history=_read_history(folder / HISTORY),
            best=results.get("best"),
            final=results.get("final"),
            failure=failure,
            classes=tuple(str(name) for name in classes) if classes else None,
            synthetic=bool(status.get("synthetic", False)),
            constant_guess=status.get("constant_guess"),
            precision=str(status.get("precision", "")),
            known_to_start=int(status.get("known_to_start", 0)),
            known_tested=int(status.get("known_tested", 0)),
            start=StartOrigin.from_json(start) if start else None,
            site=_read_site(folder, Split.VALIDATION),
            site_tested=_read_site(folder, Split.TEST),
        )
    except OSError as error:
        raise UserError(f"{folder.name} cannot be read as a run: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        # What a file that was edited, cut short or is of another program gives.
        raise UserError(f"{folder.name} is not a run of this program, or it is damaged.") from error


def list_runs(runs: Path) -> tuple[Run, ...]:
    """All runs in a folder of runs.

    Args:
        runs: The folder; it may be missing.

    Returns:
        Newest first. Folders that are no runs, or broken ones, are left out.
    """
    try:
        folders = [folder for folder in runs.iterdir() if (folder / CONFIG).is_file()]
    except OSError:
        return ()
    found = []
    for folder in folders:
        try:
            found.append(read_run(folder))
        except UserError:
            continue
    return tuple(sorted(found, key=lambda run: (run.started, run.run_id), reverse=True))


def read_scores(run: Run, kind: str, split: Split) -> tuple[FileScore, ...]:
    """The scores of every file of one split by one model.

    Args:
        run: The run.
        kind: "best" or "final".
        split: Train or validation, or the test films of a fold.

    Returns:
        In the order of the data set; empty where the run has none.

    Raises:
        UserError: If the file is broken.
    """
    path = run.folder / SCORES
    if not path.is_file():
        return ()
    try:
        with path.open(encoding="utf-8", newline="", errors="surrogateescape") as file:
            root = run.config.data.absolute()
            return tuple(
                _file_score(row, root)
                for row in csv.DictReader(file)
                if row["kind"] == kind and row["split"] == split.value
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} cannot be read: it was changed or cut short.") from error


def _file_score(row: Mapping[str, str], root: Path) -> FileScore:
    path, region = root / row["path"], row.get("region")
    scores = tuple(float(row[name]) for name in row if name and name.startswith(CLASS_SCORE))
    return FileScore(
        path,
        int(row["label"]),
        row["film"],
        max(scores) if scores else float(row["score"]),
        float(row["grey"]) if row.get("grey") else None,
        region_in_name(path, root) if region is None else region,
        row.get("view") or "",
        scores,
    )


def _read_json(path: Path) -> dict[str, Any]:
    values = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        raise TypeError(f"{path.name} holds no names")
    return values


def _read_history(path: Path) -> tuple[EpochEnded, ...]:
    if not path.is_file():
        return ()
    names = [item.name for item in fields(EpochEnded)]
    history = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # A killed run may leave half a line at the end.
            if any(row.get(name) in (None, "") for name in names):
                break
            numbers = {name: float(row[name]) for name in names}
            history.append(
                EpochEnded(
                    **numbers
                    | {"epoch": int(numbers["epoch"]), "is_best": bool(numbers["is_best"])}  # type: ignore[arg-type]
                )
            )
    return tuple(history)


def _read_results(folder: Path) -> dict[str, ModelResult]:
    path = folder / EVALUATION
    if not path.is_file():
        return {}
    return {
        kind: ModelResult(
            kind=kind,
            path=folder / f"{kind}.keras",
            epoch=int(values["epoch"]),
            train=Figures.from_json(values["train"]),
            validation=Figures.from_json(values["validation"]),
            test=Figures.from_json(values["test"]) if values.get("test") else None,
        )
        for kind, values in _read_json(path).items()
        if kind in KINDS
    }


def _read_site(folder: Path, split: Split) -> dict[str, Hits]:
    path = folder / SITE_FILE
    if not path.is_file():
        return {}
    ways = _read_json(path)["hits"].get(split.value, {})
    return {str(name): Hits.from_json(values) for name, values in ways.items()}


def _is_alive(folder: Path, status: Mapping[str, Any]) -> bool:
    """True while the run goes on, in this program or another one."""
    if status["pid"] == os.getpid():
        return folder.resolve() in ACTIVE
    try:
        born = float(psutil.Process(int(status["pid"])).create_time())
    except (psutil.Error, ValueError):
        return False
    # The system uses process numbers again, so the birth must fit too.
    return abs(born - float(status["process_born"])) < 2.0
