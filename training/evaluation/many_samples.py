"""Scores of more than two classes with their labels and films, checked once. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.evaluation.samples import Numbers, Sample, Values

# Scores are written with six digits; twenty of them may be off by this much together.
_ROUNDING = 1e-3


@dataclass(frozen=True, eq=False)
class ManySample:
    """Scored files and the films behind them.

    Args:
        labels: int64, (n,), 0 to classes - 1.
        scores: float64, (n, classes), 0-1.
        film_of: int64, (n,): number of each file's film, 0 to m - 1.
        names: m film names, by number.
    """

    labels: Numbers
    scores: Values
    film_of: Numbers
    names: tuple[str, ...]

    @property
    def num_classes(self) -> int:
        """Classes that are told apart."""
        return int(self.scores.shape[1])

    @property
    def num_films(self) -> int:
        """Films behind the files."""
        return len(self.names)

    @property
    def called(self) -> Numbers:
        """int64, (n,): the class of the largest score; of equal ones the first."""
        called: Numbers = np.argmax(self.scores, axis=1)
        return called

    @property
    def present(self) -> tuple[int, ...]:
        """The classes that any file is of."""
        return tuple(int(label) for label in np.unique(self.labels))

    def film_labels(self) -> Numbers:
        """int64, (m,): each film's class."""
        labels = np.zeros(self.num_films, np.int64)
        labels[self.film_of] = self.labels
        return labels

    def by_film(self) -> ManySample:
        """One entry a film, scored with the means of its files."""
        num_files = np.bincount(self.film_of, minlength=self.num_films)
        sums = np.zeros((self.num_films, self.num_classes))
        np.add.at(sums, self.film_of, self.scores)
        return ManySample(
            self.film_labels(),
            sums / num_files[:, np.newaxis],
            np.arange(self.num_films),
            self.names,
        )

    def films_right(self) -> Sample:
        """One entry a film, positive and scored 1 where it is called rightly, else 0.

        So two models can be compared by their accuracies (``comparison.compare_models``).
        """
        films = self.by_film()
        right = (films.called == films.labels).astype(np.float64)
        return Sample(np.ones(len(right), np.bool_), right, films.film_of, films.names)

    def against_rest(self, label: int) -> Sample:
        """One class as the positive one, all others as the negative one, by the class's score."""
        return Sample(self.labels == label, self.scores[:, label], self.film_of, self.names)


def make_many_sample(
    labels: npt.ArrayLike, scores: npt.ArrayLike, films: Sequence[str]
) -> ManySample:
    """Check what is to be measured and number its films.

    Args:
        labels: int, (n,), 0 to classes - 1.
        scores: float, (n, classes), 0-1, each row sums to 1.
        films: n film names. Equal names in two classes are two films, whatever the names say.

    Returns:
        The sample; films are numbered in the order they come.

    Raises:
        ValueError: For no files, unequal lengths, labels without a score, or scores that are no
            probabilities (NaN included).
    """
    given, values = np.asarray(labels), np.asarray(scores, np.float64)
    if given.ndim != 1 or values.ndim != 2 or len(values) != given.size or len(films) != given.size:
        raise ValueError(f"{given.shape} labels, {values.shape} scores, {len(films)} films")
    if given.size == 0:
        raise ValueError("no files to measure")
    if not np.isin(given, np.arange(values.shape[1])).all():
        raise ValueError(f"labels other than 0 to {values.shape[1] - 1}")
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise ValueError("scores that are no probabilities")
    if not (np.abs(values.sum(axis=1) - 1.0) < _ROUNDING).all():
        raise ValueError("scores that do not sum to 1")
    truth = given.astype(np.int64)
    numbers: dict[tuple[str, int], int] = {}
    film_of = [
        numbers.setdefault((film, int(label)), len(numbers))
        for film, label in zip(films, truth, strict=True)
    ]
    return ManySample(
        truth, values, np.array(film_of, np.int64), tuple(name for name, _ in numbers)
    )
