"""How far two who judge the same films agree: Cohen's kappa with its interval. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.evaluation.figures import FEW_FILMS, Interval
from training.evaluation.intervals import NUM_RESAMPLES, SEED, FilmBootstrap
from training.evaluation.measures import Weights
from training.evaluation.samples import Numbers, Values

# Leaving out one film at a time takes a square of this many numbers; above it, BCa and the plain
# percentiles differ by less than is shown.
_MANY_FILMS = 2000


@dataclass(frozen=True)
class Agreement:
    """Two judgements of the same films.

    Args:
        categories: What can be said, in the order of the counts.
        counts: Films, by what the first says (rows) and the second (columns).
        kappa: Cohen, Educ. Psychol. Meas. 20, 1960, unweighted, at most 1; None where chance alone
            would agree always (both say the same word of every film) or there is no film.
        interval: 95 %, over films, or None where resampling cannot tell.
    """

    categories: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    kappa: float | None
    interval: Interval | None

    @property
    def num_films(self) -> int:
        """Films judged by both."""
        return sum(map(sum, self.counts))

    @property
    def num_agreed(self) -> int:
        """Films of which both say the same."""
        return sum(row[place] for place, row in enumerate(self.counts))

    @property
    def is_of_few_films(self) -> bool:
        """True where the figures say little."""
        return self.num_films < FEW_FILMS


def agreement_of(
    first: Sequence[str], second: Sequence[str], categories: Sequence[str]
) -> Agreement:
    """Compare two judgements, film by film.

    Args:
        first: What the first says of each film: one of the categories.
        second: What the second says of the same films, in the same order.
        categories: All that can be said; one that neither uses changes no figure.

    Raises:
        ValueError: A word is none of the categories, or the lengths differ.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} judgements cannot be compared with {len(second)}")
    places = {word: place for place, word in enumerate(categories)}
    unknown = {*first, *second} - places.keys()
    if unknown:
        raise ValueError(f"not among the categories: {sorted(unknown)}")
    size = len(places)
    cells = np.array(
        [places[one] * size + places[two] for one, two in zip(first, second, strict=True)],
        np.int64,
    )
    counts = np.bincount(cells, minlength=size * size)
    kappa = float(_kappas(counts[None].astype(np.float64), size)[0])
    return Agreement(
        tuple(categories),
        tuple(tuple(int(count) for count in row) for row in counts.reshape(size, size)),
        kappa if np.isfinite(kappa) else None,
        _interval(cells, size) if np.isfinite(kappa) else None,
    )


def _interval(cells: Numbers, size: int) -> Interval | None:
    num_films = len(cells)
    if num_films > _MANY_FILMS:
        shares = np.bincount(cells, minlength=size * size) / num_films
        random = np.random.default_rng(SEED)
        # Films of one cell are alike, so drawing films is drawing cells.
        drawn = random.multinomial(num_films, shares, NUM_RESAMPLES).astype(np.float64)
        values = _kappas(drawn, size)
        if np.ptp(values) < 1e-12:
            return None
        low, high = np.nanquantile(values, (0.025, 0.975))
        return Interval(float(low), float(high))
    is_cell = np.equal(cells[:, None], np.arange(size * size)).astype(np.float64)

    def kappa(weights: Weights) -> Values:
        return _kappas(weights @ is_cell, size)

    # Nobody fixed how many films of each kind there are, so all are drawn from one heap.
    bootstrap = FilmBootstrap(np.ones(num_films, np.bool_), np.arange(num_films))
    return bootstrap.interval(kappa)


def _kappas(counts: Weights, size: int) -> Values:
    """Kappa of each row of counts: float64, (rows, size * size) to (rows,); NaN if undefined."""
    tables = counts.reshape(-1, size, size)
    totals = tables.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = np.trace(tables, axis1=1, axis2=2) / totals
        by_chance = np.sum(tables.sum(axis=1) * tables.sum(axis=2), axis=1) / totals**2
        kappas: Values = (observed - by_chance) / (1.0 - by_chance)
    # Rounding may leave a trace of a difference where both always say one word.
    kappas[~(by_chance < 1.0 - 1e-12)] = np.nan
    return kappas
