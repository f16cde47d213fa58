"""Figures that a run or a cross-validation has written down, where they still are those of its scores.

Called by ``subject``: intervals take seconds to make anew, and nobody should wait for what is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import training
from training.evaluation.many_classes import ManyMeasurement, ManyUnit
from training.evaluation.many_samples import ManySample
from training.evaluation.measurement import Measurement, UnitFigures
from training.evaluation.measures import measures
from training.evaluation.samples import Sample
from training.fit import run_folder

# ``scores.csv`` has six digits, the figures are of all of them.
_TOLERANCE = 1e-4
_PROOFS = ("auc", "average_precision", "brier")


def read_kept(folder: Path, versions: Mapping[str, object]) -> Mapping[str, Any]:
    """The figures in a run's folder, by kind and split.

    Args:
        folder: The run's.
        versions: What its ``versions.json`` holds.

    Returns:
        Plain values; empty where there are none, or where another version of this program
        measured them.
    """
    programs = versions.get("versions")
    if not isinstance(programs, dict) or programs.get("program") != training.__version__:
        return {}
    try:
        found = json.loads((folder / run_folder.FIGURES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def kept_measurement(
    kept: Mapping[str, Any], kind: str, split: str, sample: Sample, threshold: float
) -> Measurement | None:
    """The figures of one model on one part, where they fit its scores.

    Args:
        kept: As ``read_kept`` gives.
        kind: "best" or "final".
        split: The part.
        sample: Its scores.
        threshold: What is to be measured at.

    Returns:
        None where there are none that fit: they have to be made.
    """
    try:
        found = Measurement.from_json(kept[kind][split])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if fits(found, sample, threshold) else None


def kept_many(
    kept: Mapping[str, Any], kind: str, split: str, sample: ManySample
) -> ManyMeasurement | None:
    """The same of more than two classes.

    Args:
        kept: As ``read_kept`` gives.
        kind: "best" or "final".
        split: The part.
        sample: Its scores.
    """
    try:
        found = ManyMeasurement.from_json(kept[kind][split])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    units = ((found.by_file, sample), (found.by_film, sample.by_film()))
    return found if all(_fits_many(unit, entries) for unit, entries in units) else None


def _fits_many(unit: ManyUnit, entries: ManySample) -> bool:
    counts = np.zeros((entries.num_classes, entries.num_classes), np.int64)
    np.add.at(counts, (entries.labels, entries.called), 1)
    if len(unit.by_class) != entries.num_classes or not np.array_equal(counts, unit.confusion):
        return False
    for label, each in enumerate(unit.by_class):
        rest = entries.against_rest(label)
        area = measures(rest.truth, rest.scores, threshold=0.5, prevalence=None)["auc"]
        value = float(area(np.ones((1, len(rest.truth))))[0])
        if np.isfinite(value) != (each.auc.value is not None):
            return False
        if each.auc.value is not None and abs(value - each.auc.value) > _TOLERANCE:
            return False
    return True


def fits(found: Measurement, sample: Sample, threshold: float) -> bool:
    """True where figures are of these scores, at this threshold, at the prevalence among them.

    Args:
        found: The figures.
        sample: The scores.
        threshold: What is to be measured at.
    """
    if found.threshold != threshold:
        return False
    units = ((found.by_file, sample), (found.by_film, sample.by_film()))
    return all(_fits(unit, entries, threshold) for unit, entries in units)


def _fits(unit: UnitFigures, entries: Sample, threshold: float) -> bool:
    truth, called = entries.truth, entries.scores >= threshold
    counts = (
        int(np.sum(called & truth)),
        int(np.sum(called & ~truth)),
        int(np.sum(~called & ~truth)),
        int(np.sum(~called & truth)),
    )
    told = (
        unit.true_positives,
        unit.false_positives,
        unit.true_negatives,
        unit.false_negatives,
    )
    if counts != told or abs(unit.prevalence - truth.mean()) > _TOLERANCE:
        return False
    known = measures(truth, entries.scores, threshold=threshold, prevalence=None)
    for name in _PROOFS:
        value, kept = float(known[name](np.ones((1, len(truth))))[0]), getattr(unit, name).value
        if np.isfinite(value) != (kept is not None):
            return False
        if kept is not None and abs(value - kept) > _TOLERANCE:
            return False
    return True
