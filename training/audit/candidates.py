"""Which views may show one film: nearest neighbours by the first measure of likeness.

Called by ``near_equal``. Works in the calling thread; NumPy's matrix product uses all cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.audit.facts import Glance
from training.audit.rings import SCALES, Floats, Spectra, best_angles, descriptors
from training.data.dataset import ScanCancelled

Numbers = npt.NDArray[np.intp]

MIN_LIKENESS = 0.75
"""Correlation along rings from which a pair is worth a closer look; of 3,716 pairs that proved to
be one film the least alike had 0.772."""

# Of the product of features, likewise: 0.897. It spares most of the correlations.
_MIN_PRODUCT = 0.86

_QUERIES_AT_ONCE = 512


@dataclass(frozen=True)
class Candidate:
    """Two views that are alike along rings.

    Args:
        likeness: Correlation at the best angle, 0-1.
        first: Number of the file whose view is laid on top.
        first_view: Which of its views.
        second: Number of the file below it.
        second_view: Which of its views.
        angle: Radians by which the second is turned against the first.
        scale: Size of what the first shows, in the second.
        mirrored: Whether it is mirrored as well.
    """

    likeness: float
    first: int
    first_view: int
    second: int
    second_view: int
    angle: float
    scale: float
    mirrored: bool


@dataclass(frozen=True)
class ViewTable:
    """The views of many files, ready for looking up.

    Args:
        files: int, (n,): the file of each view.
        views: int, (n,): which of the file's views.
        spectra: complex64, (n, rings, orders).
        features: float32, (n, features).
    """

    files: Numbers
    views: Numbers
    spectra: Spectra
    features: Floats

    @classmethod
    def of(cls, glances: Sequence[Glance], numbers: Iterable[int], scale: int = 0) -> ViewTable:
        """The views of some files at one of ``SCALES``, as far as they were read at it."""
        rows = [
            (number, view, spectra[scale])
            for number in numbers
            for view, spectra in enumerate(glances[number].spectra)
            if scale < len(spectra)
        ]
        spectra = np.array([row[2] for row in rows], np.complex64)
        if not rows:
            return cls(
                np.zeros(0, np.intp), np.zeros(0, np.intp), spectra, np.zeros((0, 0), np.float32)
            )
        files, views = (np.array([row[part] for row in rows], np.intp) for part in (0, 1))
        return cls(files, views, spectra, descriptors(spectra))


def find_candidates(
    glances: Sequence[Glance],
    numbers: Sequence[int],
    groups: Numbers,
    neighbours: int,
    *,
    queries: Sequence[int] | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Candidate]:
    """Look up each view's likeliest partners in other groups.

    Args:
        glances: All files.
        numbers: Which of them to compare with each other.
        groups: int, (len(glances),): files that are tied already have equal numbers.
        neighbours: How many partners to look up for each view and scale.
        queries: For which of ``numbers`` to look up partners; None for all.
        progress: Called with (views looked up, views in all), in the calling thread.
        cancelled: Asked now and then.

    Returns:
        Candidates with a likeness of at least ``MIN_LIKENESS``, the likeliest first.

    Raises:
        ScanCancelled: If ``cancelled`` said so.
    """
    index = ViewTable.of(glances, numbers)
    asked = numbers if queries is None else queries
    tables = [ViewTable.of(glances, asked, scale) for scale in range(len(SCALES))]
    total = sum(len(table.files) for table in tables)
    found: dict[tuple[int, int], Candidate] = {}
    done = 0
    for scale, table in zip(SCALES, tables, strict=True):
        for start in range(0, len(table.files), _QUERIES_AT_ONCE):
            if cancelled is not None and cancelled():
                raise ScanCancelled
            rows = np.arange(start, min(start + _QUERIES_AT_ONCE, len(table.files)))
            for candidate in _look_up(index, table, rows, scale, groups, neighbours):
                key = (
                    min(candidate.first, candidate.second),
                    max(candidate.first, candidate.second),
                )
                if key not in found or found[key].likeness < candidate.likeness:
                    found[key] = candidate
            done += len(rows)
            if progress is not None:
                progress(done, total)
    return sorted(found.values(), key=lambda one: (-one.likeness, one.first, one.second))


def compare(glances: Sequence[Glance], first: int, second: int) -> Candidate | None:
    """The likeliest fit of two files over all their views and scales, whatever its likeness."""
    best: Candidate | None = None
    for one, other in ((first, second), (second, first)):
        index = ViewTable.of(glances, (one,))
        for number, scale in enumerate(SCALES):
            table = ViewTable.of(glances, (other,), number)
            pairs = [(a, b) for a in range(len(index.files)) for b in range(len(table.files))]
            if not pairs:
                continue
            left, right = (np.array(side, np.intp) for side in zip(*pairs, strict=True))
            top = max(_measured(index, table, left, right, scale, -1.0), key=lambda c: c.likeness)
            if best is None or top.likeness > best.likeness:
                best = top
    return best


def _look_up(
    index: ViewTable,
    table: ViewTable,
    queries: Numbers,
    scale: float,
    groups: Numbers,
    neighbours: int,
) -> list[Candidate]:
    likeness = table.features[queries] @ index.features.T
    likeness[groups[table.files[queries]][:, None] == groups[index.files][None, :]] = -1.0
    rows, left = _likeliest(likeness, neighbours)
    return _measured(index, table, left, queries[rows], scale, MIN_LIKENESS)


def _likeliest(likeness: Floats, neighbours: int) -> tuple[Numbers, Numbers]:
    """Rows and columns of the highest entries of each row, as far as they reach ``_MIN_PRODUCT``."""
    possible = likeness >= _MIN_PRODUCT
    # Nearly all rows have few: only the others are worth a search for their highest.
    for row in np.flatnonzero(possible.sum(axis=1) > neighbours):
        columns = np.flatnonzero(possible[row])
        lowest = np.argpartition(likeness[row, columns], -neighbours)[:-neighbours]
        possible[row, columns[lowest]] = False
    rows, columns = np.nonzero(possible)
    return rows, columns


def _measured(
    index: ViewTable, table: ViewTable, left: Numbers, right: Numbers, scale: float, least: float
) -> list[Candidate]:
    if not left.size:
        return []
    likeness, angles, mirrored = best_angles(index.spectra[left], table.spectra[right])
    return [
        Candidate(
            float(likeness[at]),
            int(index.files[left[at]]),
            int(index.views[left[at]]),
            int(table.files[right[at]]),
            int(table.views[right[at]]),
            float(angles[at]),
            scale,
            bool(mirrored[at]),
        )
        for at in np.flatnonzero(likeness >= least)
    ]
