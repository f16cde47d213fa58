"""Every figure of one model on one set of films, by file and by film, with its interval.

Called by a run when it measures its models, by ``evaluate`` and ``crossval``, and by whoever shows
the scores of a run again, at another threshold or prevalence. NumPy only; half a second for
10,000 files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from training.evaluation.chance import errors_by_chance
from training.evaluation.figures import FEW_FILMS, Interval
from training.evaluation.interval_choice import IntervalChoice
from training.evaluation.measures import Measure, measures
from training.evaluation.samples import Sample, make_sample


@dataclass(frozen=True)
class Figure:
    """One figure.

    Args:
        value: The figure, or None where it is not defined (no positives, for instance).
        interval: 95 %, over films; None where films cannot tell.
        method: How the interval was made, or empty.
    """

    value: float | None
    interval: Interval | None = None
    method: str = ""


@dataclass(frozen=True)
class UnitFigures:
    """All figures with one unit: the file or the film.

    Args:
        count: Files, or films.
        positives: Of the positive class.
        true_positives: Called positive, and are.
        false_positives: Called positive, and are not.
        true_negatives: Called negative, and are.
        false_negatives: Called negative, and are not.
        prevalence: Share of positives that ``ppv`` and ``npv`` hold for.
        accuracy: Share read right.
        sensitivity: Share of the positives found.
        specificity: Share of the negatives spared.
        ppv: Share of positives among those called positive, at ``prevalence``.
        npv: Share of negatives among those called negative, at ``prevalence``.
        auc: Area under the ROC curve.
        average_precision: Area under the precision-recall curve, by steps.
        brier: Mean squared distance of score and class, 0 best; always 0.5 has 0.25.
        ece: Expected calibration error, ten bins of equal width.
        ece_by_chance: Mean error that exactly right scores would show on as few films.
        constant_guess: Accuracy of always naming the commoner class of these entries.
        brightness_guess: Accuracy of brightness alone, or None where it is not known.
        brightness_auc: Area under ROC of brightness alone, or None.
    """

    count: int
    positives: int
    true_positives: int
    false_positives: int
    true_negatives: int
    false_negatives: int
    prevalence: float
    accuracy: Figure
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    npv: Figure
    auc: Figure
    average_precision: Figure
    brier: Figure
    ece: Figure
    ece_by_chance: float
    constant_guess: float
    brightness_guess: float | None = None
    brightness_auc: float | None = None


FIGURES = tuple(item.name for item in fields(UnitFigures) if item.type == "Figure")


@dataclass(frozen=True)
class Measurement:
    """A model on a set of films.

    Args:
        threshold: Score from which on a file, or a film's mean score, counts as positive.
        by_file: Each file counts once; intervals still over films.
        by_film: Each film counts once, with the mean score of its files.
    """

    threshold: float
    by_file: UnitFigures
    by_film: UnitFigures

    @property
    def has_few_films(self) -> bool:
        """True where the figures should not be shown without a warning."""
        return self.by_film.count < FEW_FILMS

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Measurement:
        """From what ``to_json`` gave; names of a newer version are left out.

        Raises:
            KeyError: A figure is missing.
            TypeError: A figure is of the wrong kind.
        """
        return cls(float(values["threshold"]), _unit(values["by_file"]), _unit(values["by_film"]))


def measure_fully(
    labels: npt.ArrayLike,
    scores: npt.ArrayLike,
    films: Sequence[str],
    threshold: float,
    *,
    prevalence: float | None = None,
    brightness: npt.ArrayLike | None = None,
) -> Measurement:
    """Measure scores against labels with every figure and interval.

    Args:
        labels: int, (n,), 1 for the positive class, 0 for the other.
        scores: float, (n,), probability of the positive class, 0-1.
        films: n film names; files of one film share a name within a class.
        threshold: Score from which on a file, or a film's mean score, counts as positive.
        prevalence: Share of positives for which PPV and NPV are to hold, 0-1 excluded; None for
            the share among what is measured.
        brightness: float, (n,), scores of the guess by brightness (``BrightnessGuess.scores``).

    Returns:
        The figures.

    Raises:
        ValueError: For scores that cannot be measured, or a prevalence that is no share.
    """
    if prevalence is not None and not 0.0 < prevalence < 1.0:
        raise ValueError(f"a prevalence of {prevalence}")
    files = make_sample(labels, scores, films)
    guess = None if brightness is None else make_sample(labels, brightness, films)
    by_film_guess = None if guess is None else guess.by_film()
    return Measurement(
        threshold=float(threshold),
        by_file=_measure_unit(files, threshold, prevalence, guess),
        by_film=_measure_unit(files.by_film(), threshold, prevalence, by_film_guess),
    )


def _measure_unit(
    entries: Sample,
    threshold: float,
    prevalence: float | None,
    guess: Sample | None,
) -> UnitFigures:
    truth, called = entries.truth, entries.scores >= threshold
    positives = int(truth.sum())
    known = measures(truth, entries.scores, threshold=threshold, prevalence=prevalence)
    values = {name: _value(known[name], len(truth)) for name in FIGURES}
    choice = IntervalChoice(entries, values, prevalence)
    figures: dict[str, Any] = {
        name: figure_of(choice, name, value, known[name]) for name, value in values.items()
    }
    guessed, guessed_auc = (None, None) if guess is None else _guessed(guess)
    return UnitFigures(
        count=len(truth),
        positives=positives,
        true_positives=int(np.sum(called & truth)),
        false_positives=int(np.sum(called & ~truth)),
        true_negatives=int(np.sum(~called & ~truth)),
        false_negatives=int(np.sum(~called & truth)),
        prevalence=positives / len(truth) if prevalence is None else prevalence,
        ece_by_chance=float(errors_by_chance(entries).mean()),
        constant_guess=max(positives, len(truth) - positives) / len(truth),
        brightness_guess=guessed,
        brightness_auc=guessed_auc,
        **figures,
    )


def figure_of(choice: IntervalChoice, name: str, value: float | None, measure: Measure) -> Figure:
    """A figure with the interval that suits it.

    Args:
        choice: Of the entries measured.
        name: As in ``measures``.
        value: The figure, or None where it is not defined.
        measure: What computes it from weights.
    """
    if value is None:
        return Figure(None)
    interval, method = choice.interval(name, value, measure)
    return Figure(value, interval, method)


def _value(measure: Measure, count: int) -> float | None:
    value = float(measure(np.ones((1, count)))[0])
    return value if np.isfinite(value) else None


def _guessed(guess: Sample) -> tuple[float | None, float | None]:
    """Accuracy and area under ROC of the guess by brightness."""
    known = measures(guess.truth, guess.scores, threshold=0.5, prevalence=None)
    count = len(guess.truth)
    return _value(known["accuracy"], count), _value(known["auc"], count)


def _unit(values: Mapping[str, Any]) -> UnitFigures:
    known = {item.name for item in fields(UnitFigures)}
    kept = {name: value for name, value in values.items() if name in known}
    return UnitFigures(**kept | {name: read_figure(kept[name]) for name in FIGURES})


def read_figure(values: Mapping[str, Any]) -> Figure:
    """A figure from plain values (``asdict``).

    Raises:
        KeyError: It has no value.
    """
    interval = values.get("interval")
    return Figure(
        values["value"],
        None if interval is None else Interval(float(interval["low"]), float(interval["high"])),
        str(values.get("method", "")),
    )
