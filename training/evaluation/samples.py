"""Scores with their labels and films, checked once: what every figure is computed from.

NumPy only: ``figures``, which every reader of a run folder loads, builds on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sample:
    """Scored files and the films behind them.

    Args:
        truth: bool, (n,): True for the positive class.
        scores: float64, (n,), 0-1.
        film_of: int64, (n,): number of each file's film, 0 to m - 1.
        names: m film names, by number.
    """

    truth: Labels
    scores: Values
    film_of: Numbers
    names: tuple[str, ...]

    @property
    def num_films(self) -> int:
        """Films behind the files."""
        return len(self.names)

    def film_truth(self) -> Labels:
        """bool, (m,): each film's class."""
        truth = np.zeros(self.num_films, np.bool_)
        truth[self.film_of] = self.truth
        return truth

    def film_means(self, values: npt.NDArray[np.floating]) -> Values:
        """float64, (m,): the mean over each film's files of any value of the files."""
        num_files = np.bincount(self.film_of, minlength=self.num_films)
        sums = np.bincount(self.film_of, weights=values, minlength=self.num_films)
        means: Values = sums / num_files
        return means

    def film_weights(self) -> Values:
        """float64, (n,): what each file counts where each film counts once; they sum to m."""
        num_files = np.bincount(self.film_of, minlength=self.num_films)
        weights: Values = 1.0 / num_files[self.film_of]
        return weights

    def by_film(self) -> Sample:
        """One entry a film, scored with the mean of its files."""
        return Sample(
            self.film_truth(),
            self.film_means(self.scores),
            np.arange(self.num_films),
            self.names,
        )


def make_sample(labels: npt.ArrayLike, scores: npt.ArrayLike, films: Sequence[str]) -> Sample:
    """Check what is to be measured and number its films.

    Args:
        labels: int, (n,), 1 for the positive class, 0 for the other.
        scores: float, (n,), probability of the positive class, 0-1.
        films: n film names. Equal names in both classes are two films, whatever the names say.

    Returns:
        The sample; films are numbered in the order they come.

    Raises:
        ValueError: For no files, unequal lengths, labels other than 0 and 1, or scores that are
            no probabilities (NaN included).
    """
    given = np.asarray(labels)
    # float64: sums over 100,000 files in float32 would round the loss.
    values = np.asarray(scores, dtype=np.float64)
    if given.ndim != 1 or values.shape != given.shape or len(films) != given.size:
        raise ValueError(f"{given.shape} labels, {values.shape} scores, {len(films)} films")
    if given.size == 0:
        raise ValueError("no files to measure")
    if not np.isin(given, (0, 1)).all():
        raise ValueError("labels other than 0 and 1")
    if not ((values >= 0.0) & (values <= 1.0)).all():
        raise ValueError("scores that are no probabilities")
    truth = given.astype(np.bool_)
    numbers: dict[tuple[str, bool], int] = {}
    film_of = [
        numbers.setdefault((film, bool(label)), len(numbers))
        for film, label in zip(films, truth, strict=True)
    ]
    return Sample(truth, values, np.array(film_of, np.int64), tuple(name for name, _ in numbers))
