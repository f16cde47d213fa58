"""The second measure of likeness: two views laid over each other, correlated patch by patch.

A first guess of the angle comes from ``rings``; the position is then refined by least squares
over all six affine parameters (Lucas-Kanade, inverse compositional), since copies are also
sheared and shifted. The verdict is a mean over patches, on finer detail than the first measure
sees: two wrists in one pose agree in outline, but not in every patch. One call works in one
thread; calls in several threads do not disturb each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import affine_transform

from training.audit.facts import Flat, GreyView
from training.audit.rings import Floats, flattened, packed, unpacked
from training.audit.views import VIEW_SIZE

Matrix = npt.NDArray[np.float64]

# True pairs seldom need more than two; what the limits here cost stands in decision 6.
MAX_STEPS = 6
# After these steps a pair that agrees less than this is given up: of 240 true pairs measured on
# two real sets, two ended so low.
_EARLY_STEPS, _EARLY_CORRELATION = 4, 0.5
# Between these a second refinement, on finer detail, decides.
_UNDECIDED = (0.6, 0.93)
_SMALLEST_STEP = 0.005
_PATCHES = 5
# Less of the disc in both views tells too little.
_MIN_OVERLAP = 0.35
# Longest to shortest direction of a round thing after copying: shears of 15 degrees make 1.31.
_MAX_STRETCH = 1.4

_LINEAR: dict[str, Any] = {"order": 1, "mode": "nearest", "prefilter": False}

_MIDDLE = (VIEW_SIZE - 1) / 2.0
_UNIT = VIEW_SIZE / 2.0


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


def fine_of(view: GreyView) -> Flat:
    """The detail by which ``align`` judges, packed: worth keeping for a view that is met often.

    Args:
        view: uint8, (VIEW_SIZE, VIEW_SIZE).

    Returns:
        int8, same shape, in steps of 1/32.
    """
    return packed(_fine(view))


def align(first: Laid, second: Laid, angle: float, scale: float, *, mirrored: bool) -> Alignment:
    """Lay one view over another and see how well they agree.

    Args:
        first: The upper view.
        second: The lower.
        angle: First guess, radians, of the turn from the first to the second.
        scale: First guess of the size of what the first shows, in the second.
        mirrored: Whether the second is the first mirrored.

    Returns:
        The fit; agreement -1 where the views hardly overlap.
    """
    guess = _placed(angle, scale, mirrored=mirrored)
    place = _refined(unpacked(first.flat), unpacked(second.flat), guess)
    if place is None:
        return _fit(-1.0, guess)
    fine = unpacked(fine_of(first.view) if first.fine is None else first.fine)
    rough = _fit(_agreement(fine, second.view, place), place)
    if not _UNDECIDED[0] < rough.agreement < _UNDECIDED[1]:
        return rough
    closer = _refined(_detail(first.view), _detail(second.view), place)
    if closer is None:
        return rough
    again = _fit(_agreement(fine, second.view, closer), closer)
    return max(rough, again, key=lambda fit: fit.agreement)


def _fine(view: npt.NDArray[np.generic]) -> Floats:
    return flattened(view, 3.0, 0.6, 1.5)


def _detail(view: GreyView) -> Floats:
    return flattened(view, 5.0, 0.8, 2.0)


def _fit(agreement: float, place: Matrix) -> Alignment:
    mirrored = bool(np.linalg.det(place[:2, :2]) < 0)
    return Alignment(agreement, float(np.degrees(np.arctan2(place[1, 0], place[0, 0]))), mirrored)


def _placed(angle: float, scale: float, *, mirrored: bool) -> Matrix:
    """Where a place of the first view lies in the second, in half sides from the middle."""
    cosine, sine = scale * np.cos(angle), scale * np.sin(angle)
    flip = -1.0 if mirrored else 1.0
    return np.array([[cosine, -sine * flip, 0.0], [sine, cosine * flip, 0.0], [0.0, 0.0, 1.0]])


def _refined(first: Floats, second: Floats, place: Matrix) -> Matrix | None:
    """Improve a placement; None where the views do not come together."""
    template = first[_SPARSE]
    template = (template - template.mean()) / (template.std() + 1e-6)
    slopes = _slopes(first)
    inverse = np.linalg.inv(slopes @ slopes.T + 1e-3 * len(template) * np.eye(6, dtype=np.float32))
    best, best_place = -1.0, None
    for step in range(MAX_STEPS + 1):
        grid, within = _sampled(second, place, 2)
        values, weight = grid[_SPARSE_DISC], within[_SPARSE_DISC].astype(np.float32)
        count = float(weight.sum())
        if count < _MIN_OVERLAP * len(weight) or not _is_plausible(place):
            break
        values -= float(weight @ values) / count
        values *= weight
        values /= np.sqrt(float(values @ values) / count) + 1e-6
        correlation = float(values @ template) / count
        if correlation > best:
            best, best_place = correlation, place
        if step >= _EARLY_STEPS and best < _EARLY_CORRELATION:
            return None
        change = inverse @ (slopes @ (values - template * weight))
        if np.abs(change).max() < _SMALLEST_STEP:
            break
        place = place @ np.linalg.inv(np.eye(3) + _as_matrix(change))
    return best_place


def _slopes(first: Floats) -> Floats:
    """How each sparse point changes with each affine parameter: float32, (6, points)."""
    # Central differences at every second pixel; the disc leaves the border out.
    down, across = np.zeros((2, *_SPARSE_DISC.shape), np.float32)
    down[1:] = (first[3::2, ::2] - first[1:-2:2, ::2]) / 2.0
    across[:, 1:] = (first[::2, 3::2] - first[::2, 1:-2:2]) / 2.0
    steepness = _UNIT / (first[_SPARSE].std() + 1e-6)
    both = np.concatenate([across[_SPARSE_DISC] * _AFFINE, down[_SPARSE_DISC] * _AFFINE])
    found: Floats = (both * steepness).astype(np.float32)
    return found


def _is_plausible(place: Matrix) -> bool:
    """False where a view would be squeezed or blown up beyond what copying does."""
    a, b, c, d = place[0, 0], place[0, 1], place[1, 0], place[1, 1]
    # The singular values of a 2 by 2 matrix in closed form.
    half, rest = np.hypot(a + d, c - b) / 2.0, np.hypot(a - d, c + b) / 2.0
    large, small = half + rest, abs(half - rest)
    return bool(small > 0.55 and large < 1.6 and large < _MAX_STRETCH * small)


def _as_matrix(change: Matrix) -> Matrix:
    found = np.zeros((3, 3))
    found[:2] = change.reshape(2, 3)
    return found


def _sampled(
    picture: npt.NDArray[np.generic], place: Matrix, every: int
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The picture's values where ``place`` puts the upper view's pixels, and which lie within it.

    Args:
        picture: (VIEW_SIZE, VIEW_SIZE), the lower.
        place: Where a place of the upper view lies in the lower.
        every: 1 for all pixels, 2 for every second one of every second row.

    Returns:
        Values, float32, and whether they are the lower picture's: (VIEW_SIZE / every,) * 2.
    """
    # From half sides about the middle to pixels, rows first.
    turn = place[1::-1, 1::-1]
    start = _MIDDLE - turn.sum(axis=1) * _MIDDLE + place[1::-1, 2] * _UNIT
    side = VIEW_SIZE // every
    values = np.empty((side, side), np.float32)
    affine_transform(
        picture, turn * every, start, output=values, output_shape=(side, side), **_LINEAR
    )
    at = np.arange(0, VIEW_SIZE, every)
    inside = np.ones((side, side), np.bool_)
    for (down, across), first in zip(turn, start, strict=True):
        reached = (first + down * at)[:, None] + (across * at)[None, :]
        inside &= (reached >= 0) & (reached <= VIEW_SIZE - 1)
    return values, inside


def _agreement(fine: Floats, second: GreyView, place: Matrix) -> float:
    """Mean correlation over patches of fine detail, in the disc that both views show."""
    moved, inside = _sampled(second, place, 1)
    shown = inside & _DISC
    left = fine * shown
    right = _fine(moved) * shown
    sums = _per_patch(np.stack([shown, left, right, left * left, right * right, left * right]))
    full = sums[0] >= 0.6 * _PATCH_AREA
    if full.sum() < _MIN_OVERLAP * _PATCHES**2:
        return -1.0
    a, b, aa, bb, ab = sums[1:, full] / sums[0, full]
    spread = np.sqrt(np.maximum(aa - a * a, 0.0) * np.maximum(bb - b * b, 0.0))
    # An empty patch says nothing for or against.
    telling = spread > 1e-3
    if not telling.any():
        return -1.0
    return float(np.mean((ab - a * b)[telling] / spread[telling]))


def _per_patch(values: npt.NDArray[np.generic]) -> Matrix:
    """Sums over ``_PATCHES`` by ``_PATCHES`` patches of each of several pictures."""
    edges = np.linspace(0, VIEW_SIZE, _PATCHES + 1).astype(int)[:-1]
    rows = np.add.reduceat(values, edges, axis=1, dtype=np.float64)
    found: Matrix = np.add.reduceat(rows, edges, axis=2)
    return found


_Y, _X = (np.mgrid[:VIEW_SIZE, :VIEW_SIZE].astype(np.float64) - _MIDDLE) / _UNIT
_DISC = np.hypot(_X, _Y) <= 0.92
# Every second pixel is enough for a smooth picture, at a quarter of the time.
_SPARSE = np.zeros_like(_DISC)
_SPARSE[::2, ::2] = _DISC[::2, ::2]
_SPARSE_DISC = _DISC[::2, ::2]
_SPARSE_X, _SPARSE_Y = _X[_SPARSE], _Y[_SPARSE]
_AFFINE = np.stack([_SPARSE_X, _SPARSE_Y, np.ones_like(_SPARSE_X)]).astype(np.float32)
_PATCH_AREA = (VIEW_SIZE / _PATCHES) ** 2
