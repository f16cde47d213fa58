"""What a report is about: a run or a cross-validation, brought to one form. No Keras."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.many_classes import ManyMeasurement, measure_many_sample
from training.evaluation.many_samples import ManySample, make_many_sample
from training.evaluation.measurement import Measurement, measure_fully
from training.evaluation.pointing import Hits, pooled_hits
from training.evaluation.samples import Sample, make_sample
from training.fit import run_folder
from training.fit.config import TrainConfig
from training.fit.crossval_folder import CROSSVAL, CrossValidation, out_of_fold, read_crossval
from training.fit.crossval_wording import known_in_folds
from training.fit.run_folder import KINDS, FileScore, Run, read_run, read_scores, start_words
from training.models.card import ModelCard
from training.models.card_file import read_card
from training.report.kept_figures import fits, kept_many, kept_measurement, read_kept
from training.report.plots import History

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """One kind of model on one part of the films.

    Args:
        name: "best model on validation".
        kind: "best" or "final".
        split: The part; the test part for out-of-fold scores.
        files: Every file with its score.
        sample: The same scores, to draw curves of.
        measured: All figures.
    """

    name: str
    kind: str
    split: Split
    files: tuple[FileScore, ...]
    sample: Sample
    measured: Measurement


@dataclass(frozen=True)
class ManyPart:
    """As ``Part``, of a model that tells more than two classes apart.

    Args:
        name: "best model on validation".
        kind: "best" or "final".
        split: The part; the test part for out-of-fold scores.
        files: Every file with its scores.
        sample: The same scores.
        measured: All figures.
    """

    name: str
    kind: str
    split: Split
    files: tuple[FileScore, ...]
    sample: ManySample
    measured: ManyMeasurement


@dataclass(frozen=True)
class Note:
    """One finding of a data check.

    Args:
        words: Whole sentences; names no patient.
        is_serious: The figures cannot be trusted before it is mended.
    """

    words: str
    is_serious: bool = False


@dataclass(frozen=True)
class Subject:
    """A run or a cross-validation that has been measured.

    Args:
        name: The folder's name.
        root: The folder of films, absolute.
        config: The settings.
        classes: (negative, positive) names, or more than two.
        synthetic: True for the sample set.
        status: How it ended, in words.
        started: ISO 8601, or empty.
        precision: The precision trained in, or empty.
        versions: Packages, the machine and the fingerprint, as the run noted them.
        card: Of the best model (of the first fold).
        parts: What was measured; the one to look at closely comes first. Empty with more than two
            classes.
        histories: One a run.
        left_out: (relative name, reason) of files that were left out.
        constant_guess: Validation accuracy of the constant guess, or None.
        crossval: Where it is one.
        checked: What a data check found, or None where none was kept with the run.
        pointing: How often outlined fractures are hit: on which films, in words, and by way of
            pointing; the best models'.
        start_words: What to mind of the figures because of the model begun from, or empty.
        many: As ``parts``, with more than two classes; else empty.
    """

    name: str
    root: Path
    config: TrainConfig
    classes: tuple[str, ...]
    synthetic: bool
    status: str
    started: str
    precision: str
    versions: Mapping[str, object]
    card: ModelCard
    parts: tuple[Part, ...]
    histories: tuple[History, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    constant_guess: float | None = None
    crossval: CrossValidation | None = None
    checked: tuple[Note, ...] | None = None
    pointing: tuple[tuple[str, Mapping[str, Hits]], ...] = ()
    start_words: str = ""
    many: tuple[ManyPart, ...] = ()

    @property
    def is_many(self) -> bool:
        """True with more than two classes."""
        return bool(self.many)

    @property
    def main(self) -> Part:
        """The part that curves and misread films are shown of; only of two classes."""
        return self.parts[0]

    @property
    def all_parts(self) -> tuple[Part, ...] | tuple[ManyPart, ...]:
        """The parts, of whatever number of classes."""
        return self.many or self.parts


def read_subject(folder: Path, *, prevalence: float | None = None) -> Subject:
    """Read a run's or a cross-validation's folder with the figures of its scores.

    Figures that the folder holds are taken where they fit; else the scores are measured again.

    Args:
        folder: Either's.
        prevalence: Share of positives for PPV and NPV; None for the share among those measured.

    Raises:
        UserError: It is neither, is not finished, or is damaged.
    """
    if (folder / CROSSVAL).is_file():
        return _of_crossval(read_crossval(folder), prevalence)
    return _of_run(read_run(folder), prevalence)


def _of_run(run: Run, prevalence: float | None) -> Subject:
    best = run.best
    if best is None or run.classes is None:
        raise UserError(
            f"The run {run.run_id} has no measured models, so there is nothing to report.",
            "Choose a run that has finished.",
        )
    versions = _versions(run.folder)
    kept = read_kept(run.folder, versions) if prevalence is None else {}
    parts: list[Part] = []
    many: list[ManyPart] = []
    for split in (Split.TEST, Split.VALIDATION, Split.TRAIN):
        for kind in KINDS:
            files = read_scores(run, kind, split)
            if files and run.is_many:
                many.append(_many_part(f"{kind} model on {split.value}", kind, split, files, kept))
            elif files:
                sample, threshold = _sample(files), run.config.threshold
                measured = kept_measurement(kept, kind, split.value, sample, threshold)
                if measured is None:
                    guesses = _brightness(run, kind, files)
                    measured = _measured(files, threshold, prevalence, guesses)
                name = f"{kind} model on {split.value}"
                parts.append(Part(name, kind, split, files, sample, measured))
    if not parts and not many:
        raise UserError(f"The run {run.run_id} has no scores of its films.")
    return Subject(
        name=run.run_id,
        root=run.config.data.absolute(),
        config=run.config,
        classes=run.classes,
        synthetic=run.synthetic,
        status=run.status.value,
        started=run.started,
        precision=run.precision,
        versions=versions,
        card=read_card(best.path),
        parts=tuple(parts),
        histories=(History("", run.history),),
        left_out=_left_out(run),
        constant_guess=run.constant_guess,
        checked=_notes(run.folder),
        pointing=tuple(
            (f"best model on {split.value}", hits)
            for split, hits in ((Split.TEST, run.site_tested), (Split.VALIDATION, run.site))
            if hits
        ),
        start_words=start_words(run),
        many=tuple(many),
    )


def _of_crossval(crossval: CrossValidation, prevalence: float | None) -> Subject:
    runs = [run for run in crossval.runs if run is not None and run.best and run.classes]
    if not crossval.is_finished or not crossval.figures or not runs:
        raise UserError(
            f"The cross-validation {crossval.folder.name} is not finished.",
            "Go on with it first: crossval --resume.",
        )
    first = runs[0]
    parts: list[Part] = []
    many: list[ManyPart] = []
    assert first.best is not None
    assert first.classes is not None
    threshold = crossval.config.threshold
    pooled = {each.kind: each.pooled for each in crossval.figures} if prevalence is None else {}
    for kind in KINDS:
        scores = out_of_fold(crossval, kind)
        files = tuple(score.file for score in scores)
        name = f"{kind} models, out of fold"
        measured = pooled.get(kind)
        if first.is_many:
            many.append(_many_part(name, kind, Split.TEST, files, {}))
            continue
        sample = _sample(files)
        if not isinstance(measured, Measurement) or not fits(measured, sample, threshold):
            known = [score.brightness for score in scores if score.brightness is not None]
            guesses = known if len(known) == len(scores) else None
            measured = _measured(files, threshold, prevalence, guesses)
        parts.append(Part(name, kind, Split.TEST, files, sample, measured))
    hits = pooled_hits([run.site_tested for run in runs])
    return Subject(
        name=crossval.folder.name,
        root=crossval.config.data.absolute(),
        config=crossval.config,
        classes=first.classes,
        synthetic=first.synthetic,
        status="finished",
        started=first.started,
        precision=", ".join(sorted({run.precision for run in runs})),
        versions=_versions(first.folder),
        card=read_card(first.best.path),
        parts=tuple(parts),
        histories=tuple(History(f"fold {n}", run.history) for n, run in enumerate(runs, start=1)),
        left_out=tuple(sorted({entry for run in runs for entry in _left_out(run)})),
        crossval=crossval,
        checked=_notes(crossval.folder),
        pointing=(("best models, out of fold", hits),) if hits else (),
        start_words=known_in_folds(runs),
        many=tuple(many),
    )


def _many_part(
    name: str, kind: str, split: Split, files: tuple[FileScore, ...], kept: Mapping[str, Any]
) -> ManyPart:
    """Of more than two classes; figures that the folder holds are taken where they fit."""
    sample = make_many_sample(
        [file.label for file in files],
        [file.scores for file in files],
        [file.film for file in files],
    )
    measured = kept_many(kept, kind, split.value, sample) or measure_many_sample(sample)
    return ManyPart(name, kind, split, files, sample, measured)


def _sample(files: Sequence[FileScore]) -> Sample:
    return make_sample(
        [file.label for file in files],
        [file.score for file in files],
        [file.film for file in files],
    )


def _measured(
    files: Sequence[FileScore],
    threshold: float,
    prevalence: float | None,
    brightness: Sequence[float] | None,
) -> Measurement:
    return measure_fully(
        [file.label for file in files],
        [file.score for file in files],
        [file.film for file in files],
        threshold,
        prevalence=prevalence,
        brightness=brightness,
    )


def _brightness(run: Run, kind: str, files: Sequence[FileScore]) -> list[float] | None:
    """Scores of the guess by brightness; None in runs of an older version."""
    model = run.best if kind == "best" else run.final
    guess = read_card(model.path).brightness if model is not None else None
    greys = [file.grey for file in files if file.grey is not None]
    if guess is None or len(greys) != len(files):
        return None
    return [float(score) for score in guess.scores(greys)]


def _versions(folder: Path) -> Mapping[str, object]:
    try:
        found = json.loads((folder / run_folder.VERSIONS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _left_out(run: Run) -> tuple[tuple[str, str], ...]:
    try:
        text = (run.folder / run_folder.SKIPPED).read_text(
            encoding="utf-8", errors="surrogateescape"
        )
        rows = list(csv.DictReader(text.splitlines()))
        return tuple(
            (shown_name(Path(row["path"]), run.config.data), row["reason"]) for row in rows
        )
    except (OSError, KeyError, TypeError):
        return ()


def _notes(folder: Path) -> tuple[Note, ...] | None:
    """What a data check left in the folder; None where it left nothing that can be read."""
    try:
        found = json.loads((folder / run_folder.DATA_CHECK).read_text(encoding="utf-8"))
        return tuple(
            Note(str(each["words"]), bool(each.get("serious", False))) for each in found["findings"]
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        _log.warning("the data check of a run cannot be read and is left out of its report")
        return None


def shown_name(path: Path, root: Path) -> str:
    """A file's name from the folder of films on, so that no path of this machine is told.

    Args:
        path: The file.
        root: The folder of films.
    """
    for base in (root, root.absolute()):
        if path.is_relative_to(base):
            return _printable(path.relative_to(base).as_posix())
    return _printable(path.name)


def _printable(name: str) -> str:
    """Names that are no valid UTF-8 with their bytes spelt out."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
