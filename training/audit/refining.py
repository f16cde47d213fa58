"""Lays many views over many others at once: samples them, and improves where they lie.

Called by ``aligning``. Pairs are worked through together because Python's lock is given up only
within an array operation: with one pair at a time two threads were no faster than one. A call
works in one thread; calls in several threads do not disturb each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.audit.rings import Floats
from training.audit.views import VIEW_SIZE

Matrices = npt.NDArray[np.float64]
Found = npt.NDArray[np.bool_]

# True pairs seldom need more than two; what the limits here cost stands in decision 6.
MAX_STEPS = 6
# After these steps a pair that agrees less than this is given up: of 240 true pairs measured on
# two real sets, two ended so low.
_EARLY_STEPS, _EARLY_CORRELATION = 4, 0.5
_SMALLEST_STEP = 0.005
MIN_OVERLAP = 0.35
"""Less of the disc in both views tells too little."""
# Longest to shortest direction of a round thing after copying: shears of 15 degrees make 1.31.
_MAX_STRETCH = 1.4

_MIDDLE = (VIEW_SIZE - 1) / 2.0
_UNIT = VIEW_SIZE / 2.0


@dataclass(frozen=True)
class Grid:
    """Some pixels of a view.

    Args:
        places: float32, (3, points): x and y in half sides from the middle, and ones.
    """

    places: Floats

    @classmethod
    def of(cls, chosen: npt.NDArray[np.bool_]) -> Grid:
        """The pixels where ``chosen``, bool, (VIEW_SIZE, VIEW_SIZE), is true, row by row."""
        across, down = _X[chosen], _Y[chosen]
        return cls(np.stack([across, down, np.ones_like(across)]).astype(np.float32))


def placed(angle: float, scale: float, *, mirrored: bool) -> npt.NDArray[np.float64]:
    """Where a place of the first view lies in the second, in half sides from the middle.

    Args:
        angle: Radians by which the second is turned.
        scale: Size of what the first shows, in the second.
        mirrored: Whether the second is mirrored as well.

    Returns:
        float64, (3, 3).
    """
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    flip = -1.0 if mirrored else 1.0
    return np.array([[cosine, -sine * flip, 0.0], [sine, cosine * flip, 0.0], [0.0, 0.0, 1.0]])


def sampled(pictures: Floats, places: Matrices, grid: Grid) -> tuple[Floats, Found]:
    """The pictures' values where ``places`` put the points of a grid, and which lie within them.

    Args:
        pictures: float32, (n, VIEW_SIZE, VIEW_SIZE), the lower views.
        places: float64, (n, 3, 3): where a place of each upper view lies in its lower one.
        grid: Points of the upper views.

    Returns:
        Values between pixels by their four neighbours, beyond the edge those of the edge, float32;
        and whether they are the picture's. Both (n, points).
    """
    # From half sides about the middle to pixels, rows first.
    turn = places[:, 1::-1, :].copy() * _UNIT
    turn[:, :, 2] += _MIDDLE
    at = turn.astype(np.float32) @ grid.places
    last = np.float32(VIEW_SIZE - 1)
    bound = np.clip(at, 0.0, last)
    within = (bound == at).all(axis=1)
    # The last pixel is reached from the one before it.
    corner = np.minimum(np.floor(bound), last - 1)
    bound -= corner
    down, across = bound[:, 0], bound[:, 1]
    # Exact in float32 for as many views as are laid at once.
    first = corner[:, 0] * VIEW_SIZE + corner[:, 1]
    first += np.arange(len(pictures), dtype=np.float32)[:, None] * VIEW_SIZE**2
    index = first.astype(np.intp)
    flat = pictures.ravel()
    upper, lower = (_between(flat[row:], index, across) for row in (0, VIEW_SIZE))
    lower -= upper
    lower *= down
    lower += upper
    return lower, within


def _between(flat: Floats, index: npt.NDArray[np.intp], share: Floats) -> Floats:
    """Between each pixel and the next of its row."""
    # "clip" only spares NumPy a check: no index is out of range.
    left, right = flat.take(index, mode="clip"), flat[1:].take(index, mode="clip")
    right -= left
    right *= share
    right += left
    return right


def refined(first: Floats, second: Floats, places: Matrices) -> tuple[Matrices, Found]:
    """Improve placements by least squares over all six affine parameters.

    Lucas-Kanade, inverse compositional (S. Baker and I. Matthews, International Journal of
    Computer Vision 56, 2004): what depends on the upper view is computed once.

    Args:
        first: float32, (n, VIEW_SIZE, VIEW_SIZE), the upper views, flattened.
        second: Likewise, the lower.
        places: float64, (n, 3, 3), first guesses.

    Returns:
        The placements, and which of the pairs came together; bool, (n,).
    """
    places = places.copy()
    points = first[:, ::2, ::2][:, _SPARSE_DISC]
    deviation = points.std(axis=1, keepdims=True) + 1e-6
    template = (points - points.mean(axis=1, keepdims=True)) / deviation
    slopes = _slopes(first, deviation)
    ridge = 1e-3 * template.shape[1] * np.eye(6, dtype=np.float32)
    inverse = np.linalg.inv(slopes @ slopes.transpose(0, 2, 1) + ridge)
    best, best_places = np.full(len(first), -1.0), places.copy()
    open_pairs = np.flatnonzero(_are_plausible(places))
    for step in range(MAX_STEPS + 1):
        values, within = sampled(second[open_pairs], places[open_pairs], SPARSE)
        count = within.sum(axis=1)
        enough = count >= MIN_OVERLAP * template.shape[1]
        open_pairs, values, within, count = (
            each[enough] for each in (open_pairs, values, within, count)
        )
        if not open_pairs.size:
            break
        weight = _standardised(values, within, count)
        target = template[open_pairs]
        correlation = np.einsum("np,np->n", values, target) / count
        better = correlation > best[open_pairs]
        best[open_pairs[better]] = correlation[better]
        best_places[open_pairs[better]] = places[open_pairs[better]]
        target *= weight
        values -= target
        change = inverse[open_pairs] @ (slopes[open_pairs] @ values[:, :, None])
        places[open_pairs] = _moved(places[open_pairs], change[:, :, 0])
        hopeless = (best[open_pairs] < _EARLY_CORRELATION) & (step >= _EARLY_STEPS)
        best[open_pairs[hopeless]] = -1.0
        settled = np.abs(change).max(axis=(1, 2)) < _SMALLEST_STEP
        open_pairs = open_pairs[~(hopeless | settled) & _are_plausible(places[open_pairs])]
    return best_places, best > -1.0


def _standardised(values: Floats, within: Found, count: npt.NDArray[np.intp]) -> Floats:
    """Give values mean 0 and deviation 1 where they count, 0 elsewhere, in place; their weights."""
    weight = within.astype(np.float32)
    share = (1.0 / count).astype(np.float32)
    values -= (np.einsum("np,np->n", values, weight) * share)[:, None]
    values *= weight
    deviation = np.sqrt(np.einsum("np,np->n", values, values) * share) + np.float32(1e-6)
    values /= deviation[:, None]
    return weight


def _slopes(first: Floats, deviation: Floats) -> Floats:
    """How each sparse point changes with each affine parameter: float32, (n, 6, points)."""
    # Central differences at every second pixel; the disc leaves the border out.
    down, across = np.zeros((2, len(first), *_SPARSE_DISC.shape), np.float32)
    down[:, 1:] = first[:, 3::2, ::2] - first[:, 1:-2:2, ::2]
    across[:, :, 1:] = first[:, ::2, 3::2] - first[:, ::2, 1:-2:2]
    found = np.empty((len(first), 6, SPARSE.places.shape[1]), np.float32)
    for start, steepness in ((0, across), (3, down)):
        along = steepness[:, _SPARSE_DISC] * (0.5 * _UNIT / deviation)
        np.multiply(along[:, None, :], SPARSE.places, out=found[:, start : start + 3])
    return found


def _are_plausible(places: Matrices) -> Found:
    """False where a view would be squeezed or blown up beyond what copying does."""
    a, b, c, d = places[:, 0, 0], places[:, 0, 1], places[:, 1, 0], places[:, 1, 1]
    # The singular values of a 2 by 2 matrix in closed form.
    half, rest = np.hypot(a + d, c - b) / 2.0, np.hypot(a - d, c + b) / 2.0
    large, small = half + rest, np.abs(half - rest)
    found: Found = (small > 0.55) & (large < 1.6) & (large < _MAX_STRETCH * small)
    return found


def _moved(places: Matrices, change: Floats) -> Matrices:
    step = np.tile(np.eye(3), (len(places), 1, 1))
    step[:, :2] += change.reshape(-1, 2, 3)
    moved: Matrices = places @ np.linalg.inv(step)
    return moved


_Y, _X = (np.mgrid[:VIEW_SIZE, :VIEW_SIZE].astype(np.float64) - _MIDDLE) / _UNIT
DISC = np.hypot(_X, _Y) <= 0.92
# Every second pixel is enough for a smooth picture, at a quarter of the time.
_SPARSE_DISC = DISC[::2, ::2]
_EVERY_SECOND = np.zeros_like(DISC)
_EVERY_SECOND[::2, ::2] = _SPARSE_DISC
SPARSE = Grid.of(_EVERY_SECOND)
WHOLE = Grid.of(np.ones_like(DISC))
