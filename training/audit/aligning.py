"""The second measure of likeness: two views laid over each other, correlated patch by patch.

A first guess of the angle comes from ``rings``; ``refining`` improves the position, since copies
are also sheared and shifted. The verdict is a mean over patches, on finer detail than the first
measure sees: two wrists in one pose agree in outline, but not in every patch. One call works in
one thread; calls in several threads do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from training.audit.facts import Flat, GreyView
from training.audit.refining import (
    DISC,
    MIN_OVERLAP,
    WHOLE,
    Matrices,
    placed,
    refined,
    sampled,
)
from training.audit.rings import Floats, flattened, packed, unpacked
from training.audit.views import VIEW_SIZE

MIN_AGREEMENT = 0.82
"""Agreement from which two files are one film; what was measured stands in decision 6."""

MIN_AGREEMENT_MIRRORED = 0.92
"""The same where one is mirrored: a patient's left and right wrist reach 0.88."""

# What a second refinement, on finer detail, may add: of 41 pairs that it made one film the most
# that any gained was 0.15.
_MAY_GAIN = 0.2
_PATCHES = 5

Floats64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Alignment:
    """How two views fit.

    Args:
        agreement: Mean correlation over patches, -1 to 1.
        turned: Degrees, -180 to 180, by which the second is turned against the first.
        mirrored: Whether it is mirrored as well.
    """

    agreement: float
    turned: float
    mirrored: bool


@dataclass(frozen=True)
class Laid:
    """One of the two views.

    Args:
        view: uint8, (VIEW_SIZE, VIEW_SIZE).
        flat: int8, same shape, of ``rings.flat_of``.
        fine: int8, same shape, of ``fine_of``; made here where it is not given.
    """

    view: GreyView
    flat: Flat
    fine: Flat | None = None


@dataclass(frozen=True)
class Pair:
    """Two views that may show one film.

    Args:
        first: The upper view.
        second: The lower.
        angle: First guess, radians, of the turn from the first to the second.
        scale: First guess of the size of what the first shows, in the second.
        mirrored: Whether the second is the first mirrored.
    """

    first: Laid
    second: Laid
    angle: float
    scale: float
    mirrored: bool


def is_one_film(fit: Alignment) -> bool:
    """True where two views agree so well that they show one film."""
    return fit.agreement >= (MIN_AGREEMENT_MIRRORED if fit.mirrored else MIN_AGREEMENT)


def fine_of(view: GreyView) -> Flat:
    """The detail by which ``align`` judges, packed: worth keeping for a view that is met often.

    Args:
        view: uint8, (VIEW_SIZE, VIEW_SIZE).

    Returns:
        int8, same shape, in steps of 1/32.
    """
    return packed(_fine(view[None])[0])


def align(pairs: Sequence[Pair]) -> list[Alignment]:
    """Lay one view of each pair over the other and see how well they agree.

    Args:
        pairs: Some dozen at most: each takes half a megabyte while it is worked on.

    Returns:
        The fits, in order; agreement -1 where the views hardly overlap.
    """
    if not pairs:
        return []
    places = np.array([placed(pair.angle, pair.scale, mirrored=pair.mirrored) for pair in pairs])
    agreements = np.full(len(pairs), -1.0)
    first, second = (unpacked(np.stack([laid.flat for laid in side])) for side in _sides(pairs))
    found, together = refined(first, second, places)
    places[together] = found[together]
    agreements[together] = _agreements(list(compress(pairs, together)), places[together])
    short = _needed(places) - agreements
    rows = np.flatnonzero((short > 0) & (short < _MAY_GAIN))
    if rows.size:
        _look_closer(pairs, places, agreements, rows)
    return [_fit(float(one), place) for one, place in zip(agreements, places, strict=True)]


def _needed(places: Matrices) -> Floats64:
    """The agreement from which each pair is one film."""
    mirrored = np.linalg.det(places[:, :2, :2]) < 0
    return np.where(mirrored, MIN_AGREEMENT_MIRRORED, MIN_AGREEMENT)


def _look_closer(
    pairs: Sequence[Pair], places: Matrices, agreements: Floats64, rows: npt.NDArray[np.intp]
) -> None:
    """Lay some of the pairs over each other again, by finer detail; keeps what is better, in place."""
    sides = _sides([pairs[row] for row in rows])
    first, second = (_detail(np.stack([laid.view for laid in side])) for side in sides)
    closer, together = refined(first, second, places[rows])
    rows, closer = rows[together], closer[together]
    again = _agreements([pairs[row] for row in rows], closer)
    better = again > agreements[rows]
    agreements[rows[better]] = again[better]
    places[rows[better]] = closer[better]


def _sides(pairs: Sequence[Pair]) -> tuple[list[Laid], list[Laid]]:
    return [pair.first for pair in pairs], [pair.second for pair in pairs]


def _fine(views: npt.NDArray[np.generic]) -> Floats:
    return flattened(views, 3.0, 0.6, 1.5)


def _detail(views: npt.NDArray[np.generic]) -> Floats:
    return flattened(views, 5.0, 0.8, 2.0)


def _fit(agreement: float, place: npt.NDArray[np.float64]) -> Alignment:
    mirrored = bool(np.linalg.det(place[:2, :2]) < 0)
    return Alignment(agreement, float(np.degrees(np.arctan2(place[1, 0], place[0, 0]))), mirrored)


def _agreements(pairs: Sequence[Pair], places: Matrices) -> Floats64:
    """Mean correlation over patches of fine detail, in the disc that both views show: (n,)."""
    if not pairs:
        return np.zeros(0)
    firsts, seconds = _sides(pairs)
    fine = unpacked(np.stack([fine_of(f.view) if f.fine is None else f.fine for f in firsts]))
    lower = np.stack([second.view for second in seconds]).astype(np.float32)
    moved, inside = (each.reshape(lower.shape) for each in sampled(lower, places, WHOLE))
    shown = (inside & DISC).astype(np.float32)
    left = fine * shown
    right = _fine(moved) * shown
    area = _per_patch(shown)
    full = area >= 0.6 * _PATCH_AREA
    share = 1.0 / np.maximum(area, 1.0)
    a, b, aa, bb, ab = (
        _per_patch(each) * share for each in (left, right, left * left, right * right, left * right)
    )
    spread = np.sqrt(np.maximum(aa - a * a, 0.0) * np.maximum(bb - b * b, 0.0))
    # An empty patch says nothing for or against.
    telling = full & (spread > 1e-3)
    correlations = np.where(telling, (ab - a * b) / np.maximum(spread, 1e-3), 0.0)
    count = telling.sum(axis=(1, 2))
    enough = (full.sum(axis=(1, 2)) >= MIN_OVERLAP * _PATCHES**2) & (count > 0)
    return np.where(enough, correlations.sum(axis=(1, 2)) / np.maximum(count, 1), -1.0)


def _per_patch(pictures: Floats) -> Matrices:
    """Sums over ``_PATCHES`` by ``_PATCHES`` patches of each picture: (n, patches, patches)."""
    # float32 sums of 400 values of some 1: exact to 1e-6.
    found: Matrices = (_IN_PATCH.T @ (pictures @ _IN_PATCH)).astype(np.float64)
    return found


_EDGES = np.linspace(0, VIEW_SIZE, _PATCHES + 1).astype(int)
_PATCH_OF = np.searchsorted(_EDGES, np.arange(VIEW_SIZE), "right") - 1
_IN_PATCH = (_PATCH_OF[:, None] == np.arange(_PATCHES)).astype(np.float32)
_PATCH_AREA = (VIEW_SIZE / _PATCHES) ** 2
