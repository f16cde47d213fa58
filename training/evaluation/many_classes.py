"""Every figure of a model that tells more than two classes apart, by file and by film.

Called by a run when it measures its models, by ``evaluate`` and ``crossval``, and by whoever shows
the scores of a run again. A film is called by its largest score; there is no threshold. Each class
is also measured against all the others together, with the figures and intervals that two classes
have. NumPy only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.evaluation.figures import FEW_FILMS, ClassCount, Figures, Interval, wilson
from training.evaluation.interval_choice import BOOTSTRAP, WILSON, IntervalChoice
from training.evaluation.intervals import FilmBootstrap
from training.evaluation.many_samples import ManySample, make_many_sample
from training.evaluation.measurement import Figure, figure_of, read_figure
from training.evaluation.measures import Measure, Weights, measures
from training.evaluation.samples import Values

CLASS_FIGURES = ("sensitivity", "specificity", "ppv", "auc")
# As in ``figures``: a score of exactly 0 for the true class would cost infinitely much.
_SMALLEST = 1e-7


@dataclass(frozen=True)
class ClassFigures:
    """One class against all the others together.

    Args:
        count: Files, or films, of the class.
        sensitivity: Share of them that are called so.
        specificity: Share of the others that are not.
        ppv: Share of those called so that are.
        auc: Area under the ROC curve of the class's own score.
    """

    count: int
    sensitivity: Figure
    specificity: Figure
    ppv: Figure
    auc: Figure


@dataclass(frozen=True)
class ManyUnit:
    """All figures with one unit: the file or the film.

    Args:
        count: Files, or films.
        confusion: Row by true class, column by called class.
        accuracy: Share called rightly.
        balanced_accuracy: Mean over the classes of what is found of each (balanced accuracy).
        auc: Mean over the classes of their areas under ROC, each against the rest.
        constant_guess: Accuracy of always naming the commonest class of these entries.
        by_class: One a class, by label.
    """

    count: int
    confusion: tuple[tuple[int, ...], ...]
    accuracy: Figure
    balanced_accuracy: Figure
    auc: Figure
    constant_guess: float
    by_class: tuple[ClassFigures, ...]


@dataclass(frozen=True)
class ManyMeasurement:
    """A model of more than two classes on a set of films.

    Args:
        by_file: Each file counts once; intervals still over films.
        by_film: Each film counts once, with the mean scores of its files.
    """

    by_file: ManyUnit
    by_film: ManyUnit

    @property
    def has_few_films(self) -> bool:
        """True where the figures should not be shown without a warning."""
        return self.by_film.count < FEW_FILMS

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ManyMeasurement:
        """From what ``to_json`` gave; names of a newer version are left out.

        Raises:
            KeyError: A figure is missing.
            TypeError: A figure is of the wrong kind.
        """
        return cls(_unit(values["by_file"]), _unit(values["by_film"]))


def measure_many(
    labels: npt.ArrayLike, scores: npt.ArrayLike, films: Sequence[str]
) -> ManyMeasurement:
    """Measure scores of more than two classes with every figure and interval.

    Args:
        labels: int, (n,), 0 to classes - 1.
        scores: float, (n, classes), 0-1, each row sums to 1.
        films: n film names; files of one film share a name within a class.

    Raises:
        ValueError: For scores that cannot be measured.
    """
    return measure_many_sample(make_many_sample(labels, scores, films))


def measure_many_sample(files: ManySample) -> ManyMeasurement:
    """The same of what was checked before."""
    return ManyMeasurement(_measure_unit(files), _measure_unit(files.by_film()))


def brief_figures(labels: npt.ArrayLike, scores: npt.ArrayLike, films: Sequence[str]) -> Figures:
    """The figures of a run's table; quick, with one interval.

    Args:
        labels: As for ``measure_many``.
        scores: Likewise.
        films: Likewise.

    Raises:
        ValueError: For scores that cannot be measured.
    """
    sample = make_many_sample(labels, scores, films)
    by_film = sample.by_film()
    films_right = int(np.sum(by_film.called == by_film.labels))
    counts = np.bincount(sample.labels, minlength=sample.num_classes)
    right = np.bincount(sample.labels[sample.called == sample.labels], minlength=sample.num_classes)
    ones = np.ones((1, len(sample.labels)))
    area = float(_macro([_known(sample, label)["auc"] for label in sample.present])(ones)[0])
    own = sample.scores[np.arange(len(sample.labels)), sample.labels]
    return Figures(
        num_files=len(sample.labels),
        num_films=sample.num_films,
        loss=float(-np.log(np.clip(own, _SMALLEST, 1.0)).mean()),
        accuracy=float(right.sum() / len(sample.labels)),
        sensitivity=None,
        specificity=None,
        auc=area if np.isfinite(area) else None,
        film_accuracy=films_right / sample.num_films,
        film_accuracy_interval=wilson(films_right, sample.num_films),
        constant_guess=float(counts.max() / len(sample.labels)),
        by_class=tuple(ClassCount(int(r), int(n)) for r, n in zip(right, counts, strict=True)),
    )


def _measure_unit(entries: ManySample) -> ManyUnit:
    right = entries.called == entries.labels
    confusion = np.zeros((entries.num_classes, entries.num_classes), np.int64)
    np.add.at(confusion, (entries.labels, entries.called), 1)
    known = {label: _known(entries, label) for label in range(entries.num_classes)}
    bootstrap = FilmBootstrap(entries.film_labels(), entries.film_of)
    found, areas = (
        _macro([known[label][name] for label in entries.present]) for name in ("sensitivity", "auc")
    )
    return ManyUnit(
        count=len(entries.labels),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        accuracy=_accuracy(entries, right, bootstrap),
        balanced_accuracy=_resampled(found, bootstrap, len(right)),
        auc=_resampled(areas, bootstrap, len(right)),
        constant_guess=float(confusion.sum(axis=1).max() / len(right)),
        by_class=tuple(_class_figures(entries, label, known[label]) for label in known),
    )


def _known(entries: ManySample, label: int) -> dict[str, Measure]:
    """The figures of one class against the rest, as functions of the entries' weights."""
    truth = entries.labels == label
    called = (entries.called == label).astype(np.float64)
    shares = measures(truth, called, threshold=0.5, prevalence=None)
    ranks = measures(truth, entries.scores[:, label], threshold=0.5, prevalence=None)
    return {name: (ranks if name == "auc" else shares)[name] for name in CLASS_FIGURES}


def _class_figures(entries: ManySample, label: int, known: Mapping[str, Measure]) -> ClassFigures:
    rest = entries.against_rest(label)
    values = {name: _value(measure, len(entries.labels)) for name, measure in known.items()}
    choice = IntervalChoice(rest, values, None)
    figures = {name: figure_of(choice, name, values[name], known[name]) for name in known}
    return ClassFigures(count=int(rest.truth.sum()), **figures)


def _accuracy(
    entries: ManySample, right: npt.NDArray[np.bool_], bootstrap: FilmBootstrap
) -> Figure:
    """By the same rules as with two classes (``interval_choice``)."""
    value = float(right.mean())
    is_by_film = entries.num_films == len(right)
    if not is_by_film and entries.num_films >= FEW_FILMS:
        found = bootstrap.interval(
            lambda weights: weights @ right.astype(np.float64) / weights.sum(axis=1)
        )
        if found is not None:
            return Figure(value, found, BOOTSTRAP)
    return Figure(value, wilson(round(value * entries.num_films), entries.num_films), WILSON)


def _resampled(measure: Measure, bootstrap: FilmBootstrap, count: int) -> Figure:
    value = _value(measure, count)
    if value is None:
        return Figure(None)
    found: Interval | None = bootstrap.interval(measure)
    return Figure(value, found, BOOTSTRAP if found is not None else "")


def _macro(each: Sequence[Measure]) -> Measure:
    """The plain mean of a figure over the classes that are there."""

    def mean(weights: Weights) -> Values:
        found: Values = np.mean([measure(weights) for measure in each], axis=0)
        return found

    return mean


def _value(measure: Measure, count: int) -> float | None:
    value = float(measure(np.ones((1, count)))[0])
    return value if np.isfinite(value) else None


def _unit(values: Mapping[str, Any]) -> ManyUnit:
    return ManyUnit(
        count=int(values["count"]),
        confusion=tuple(tuple(int(cell) for cell in row) for row in values["confusion"]),
        accuracy=read_figure(values["accuracy"]),
        balanced_accuracy=read_figure(values["balanced_accuracy"]),
        auc=read_figure(values["auc"]),
        constant_guess=float(values["constant_guess"]),
        by_class=tuple(
            ClassFigures(
                count=int(each["count"]),
                **{name: read_figure(each[name]) for name in CLASS_FIGURES},
            )
            for each in values["by_class"]
        ),
    )
