"""What the results window computes, in its worker: reading, curves, calibration, comparison. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.calibration import Calibration, fit_temperature
from training.evaluation.comparison import Comparison, compare_models
from training.evaluation.curves import (
    Curve,
    Histogram,
    ReliabilityBin,
    precision_recall,
    reliability,
    roc,
    score_histogram,
)
from training.evaluation.groups import Group, GroupedFilm, groups_of
from training.evaluation.measurement import Measurement, UnitFigures, measure_fully
from training.evaluation.operating_points import OperatingPoints
from training.evaluation.samples import Sample
from training.models.card_file import read_card
from training.report.subject import ManyPart, Part, Subject, read_subject
from xray_desktop.state.results_entries import Entry, Unit, entries_of
from xray_desktop.state.results_state import Loaded


@dataclass(frozen=True, eq=False)
class CurveViews:
    """What is drawn of one part, by film or by file.

    Args:
        roc: Or None with one class.
        precision_recall: Likewise.
        histogram: Scores as the network gives them.
    """

    roc: Curve | None
    precision_recall: Curve | None
    histogram: Histogram


@dataclass(frozen=True, eq=False)
class CalibrationView:
    """Scores before and after temperature scaling.

    Args:
        calibration: Of the model file, else as fitted on its run's validation films; None where it
            cannot be fitted.
        is_kept: Whether the model file holds it.
        before: Reliability curve of scores as the network gives them.
        figures_before: All figures with them.
        after: With the temperature; empty without one.
        figures_after: Likewise, or None.
    """

    calibration: Calibration | None
    is_kept: bool
    before: tuple[ReliabilityBin, ...]
    figures_before: UnitFigures
    after: tuple[ReliabilityBin, ...] = ()
    figures_after: UnitFigures | None = None


@dataclass(frozen=True, eq=False)
class Compared:
    """A run or cross-validation laid beside others.

    Args:
        folder: Its folder.
        part: Best model on validation, or out of fold.
        classes: What it tells apart.
        root: Its folder of films.
        threshold: Its own.
        roc: By film, or None with one class.
        test: Against the first one, or None for the first itself or without common films.
        problem: Why it cannot be compared, or empty.
    """

    folder: Path
    part: Part | ManyPart | None
    classes: tuple[str, ...] = ()
    root: Path = Path()
    threshold: float = 0.5
    roc: Curve | None = None
    test: Comparison | None = None
    problem: str = ""


_ORDER = (Split.VALIDATION, Split.TEST, Split.TRAIN)


def load(folder: Path) -> Loaded:
    """Read a run or a cross-validation and measure it, each model at the threshold in its file.

    Raises:
        UserError: It is neither, is not finished, or is damaged.
    """
    subject = read_subject(folder)
    if subject.crossval is not None:
        return Loaded(folder, subject)
    models = {part.kind: folder / f"{part.kind}.keras" for part in subject.all_parts}
    if subject.is_many:
        many = tuple(sorted(subject.many, key=lambda part: _ORDER.index(part.split)))
        return Loaded(folder, replace(subject, many=many), models=models)
    cards = {kind: read_card(path) for kind, path in models.items()}
    parts = tuple(_at_threshold(part, cards[part.kind].threshold) for part in subject.parts)
    return Loaded(folder, replace(subject, parts=_in_order(parts)), cards, models)


def _in_order(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Validation first: it is what runs are told apart by, and what thresholds are chosen on."""
    return tuple(sorted(parts, key=lambda part: _ORDER.index(part.split)))


def _at_threshold(part: Part, threshold: float) -> Part:
    if part.measured.threshold == threshold:
        return part
    measured = _measured(part.sample, threshold)
    # What brightness alone reaches does not hang on the network's threshold.
    kept = {
        name: replace(
            getattr(measured, name),
            brightness_guess=getattr(part.measured, name).brightness_guess,
            brightness_auc=getattr(part.measured, name).brightness_auc,
        )
        for name in ("by_file", "by_film")
    }
    return replace(part, measured=replace(measured, **kept))


def _measured(sample: Sample, threshold: float) -> Measurement:
    films = [sample.names[number] for number in sample.film_of]
    return measure_fully(sample.truth.astype(np.int64), sample.scores, films, threshold)


def sample_of(part: Part, unit: Unit) -> Sample:
    """The scores of a part, one a file or one a film."""
    return part.sample.by_film() if unit is Unit.FILM else part.sample


def curve_views(part: Part, unit: Unit) -> CurveViews:
    """ROC, precision-recall and histogram of one part."""
    sample = sample_of(part, unit)
    has_both = _has_both(sample)
    return CurveViews(
        roc(sample) if has_both else None,
        precision_recall(sample) if has_both else None,
        score_histogram(sample),
    )


def calibration_view(
    subject: Subject, part: Part, unit: Unit, kept: Calibration | None
) -> CalibrationView:
    """Reliability and calibration error of one part, before and after temperature scaling.

    Args:
        subject: The run; its validation films fit a temperature where none is kept.
        part: What is measured.
        unit: What counts once.
        kept: The model file's, or None.
    """
    calibration = kept or _fitted(subject, part.kind)
    threshold = part.measured.threshold
    before = _unit_figures(part.sample, threshold, unit)
    curve = reliability(sample_of(part, unit))
    if calibration is None:
        return CalibrationView(None, False, curve, before)
    scaled = replace(part.sample, scores=calibration.apply(part.sample.scores))
    after = reliability(scaled.by_film() if unit is Unit.FILM else scaled)
    stated = float(calibration.apply(threshold))
    return CalibrationView(
        calibration,
        kept is not None,
        curve,
        before,
        after,
        _unit_figures(scaled, stated, unit),
    )


def _fitted(subject: Subject, kind: str) -> Calibration | None:
    for part in subject.parts:
        if part.kind == kind and part.split is Split.VALIDATION and _has_both(part.sample):
            return fit_temperature(part.sample)
    return None


def _unit_figures(sample: Sample, threshold: float, unit: Unit) -> UnitFigures:
    measured = _measured(sample, threshold)
    return measured.by_film if unit is Unit.FILM else measured.by_file


def grouped(
    part: Part, group_name: Callable[[Entry], str], points: OperatingPoints
) -> tuple[Group, ...]:
    """How a part's films are read, group by group.

    Args:
        part: Scores.
        group_name: Of a film.
        points: The thresholds; an unsure film is neither found nor spared.
    """
    films = [
        GroupedFilm(group_name(entry), entry.label, entry.score, len(entry.paths))
        for entry in entries_of(part, Unit.FILM)
    ]
    return groups_of(films, points)


def compare(folders: Sequence[Path]) -> tuple[Compared, ...]:
    """Lay runs and cross-validations side by side, each tested against the first.

    Args:
        folders: The first is what the others are held against.

    Raises:
        UserError: The first cannot be read.
    """
    first = _compared(load(folders[0]))
    found = [first]
    for folder in folders[1:]:
        found.append(_against(first, folder))
    return tuple(found)


def _against(first: Compared, folder: Path) -> Compared:
    try:
        other = _compared(load(folder))
    except UserError as error:
        return Compared(folder, None, problem=error.what)
    return tested(first, other)


def tested(first: Compared, other: Compared) -> Compared:
    """One with its paired tests against the first, or with the reason why there are none.

    Args:
        first: What the other is held against; measured.
        other: Likewise.
    """
    assert first.part is not None
    assert other.part is not None
    if first.root != other.root:
        # Films are matched by name, and "film 12" of two folders is not one film.
        return replace(other, problem="They measure films of different folders.")
    if set(first.classes) != set(other.classes):
        names = ", ".join(f"“{name}”" for name in other.classes)
        return replace(other, problem=f"They tell other classes apart ({names}).")
    try:
        test = compare_models(
            _scores_of(first.part),
            _scores_of(other.part),
            thresholds=(first.threshold, other.threshold),
        )
    except ValueError:
        return replace(other, problem="They have measured no common film.")
    return replace(other, test=test)


def _compared(loaded: Loaded) -> Compared:
    subject = loaded.subject
    if subject.is_many:
        return Compared(loaded.folder, subject.many[0], subject.classes, subject.root)
    part = subject.main
    films = part.sample.by_film()
    return Compared(
        loaded.folder,
        part,
        subject.classes,
        subject.root,
        part.measured.threshold,
        roc(films) if _has_both(films) else None,
    )


def _scores_of(part: Part | ManyPart) -> Sample:
    """What two models are compared by: of more than two classes whether each film is read right."""
    return part.sample.films_right() if isinstance(part, ManyPart) else part.sample


def _has_both(sample: Sample) -> bool:
    return bool(sample.truth.any() and not sample.truth.all())
