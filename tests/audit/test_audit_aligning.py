"""Laying views over each other: against SciPy's own affine transform, and many against one."""

from __future__ import annotations

from collections import Counter, deque
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageOps
from scipy.ndimage import affine_transform, map_coordinates

from tests.audit.wrists import turned, wrist
from training.audit.aligning import Laid, Pair, align, is_one_film
from training.audit.candidates import Candidate
from training.audit.joins import Groups, Reason
from training.audit.near_equal import next_batch
from training.audit.refining import WHOLE, placed, sampled
from training.audit.rings import COORDINATES, flat_of, rings_of
from training.audit.views import VIEW_SIZE, views_of


def _laid(image: object) -> Laid:
    view = views_of(np.asarray(image))[0]
    return Laid(view, flat_of(view))


def _pair(first: int, second: int, degrees: float, *, mirrored: bool = False) -> Pair:
    lower = wrist(second)
    if mirrored:
        lower = ImageOps.mirror(lower)
    # Pillow turns anticlockwise; ours is clockwise, rows running down.
    return Pair(
        _laid(wrist(first)),
        _laid(turned(lower, -degrees)),
        # A guess that is some degrees off, as the rings give it.
        float(np.radians(degrees + (180 if mirrored else 0) + 2.0)),
        1.0,
        mirrored,
    )


def test_that_views_are_sampled_as_scipy_does() -> None:
    rng = np.random.default_rng(3)
    views = rng.uniform(0, 255, (4, VIEW_SIZE, VIEW_SIZE)).astype(np.float32)
    places = np.stack(
        [placed(angle, 0.8 + 0.1 * n, mirrored=n % 2 == 1) for n, angle in enumerate((0, 1, 2, -3))]
    )
    places[:, :2, 2] = rng.uniform(-0.3, 0.3, (4, 2))
    values, within = sampled(views, places, WHOLE)
    middle, half = (VIEW_SIZE - 1) / 2, VIEW_SIZE / 2
    for view, place, own, inside in zip(views, places, values, within, strict=True):
        turn = place[1::-1, 1::-1]
        start = middle - turn @ (middle, middle) + place[1::-1, 2] * half
        expected = affine_transform(view.astype(np.float64), turn, start, order=1, mode="nearest")
        assert np.abs(own.reshape(view.shape) - expected).max() < 0.05
        beyond = affine_transform(np.ones_like(view), turn, start, order=0, mode="constant")
        # SciPy counts half a pixel beyond the edge as inside.
        assert (inside.reshape(view.shape) <= (beyond > 0)).all()
        assert inside.mean() == pytest.approx((beyond > 0).mean(), abs=0.03)


def test_that_rings_are_read_as_scipy_reads_them() -> None:
    flat = flat_of(views_of(np.asarray(wrist(6)))[0])
    expected = map_coordinates(flat.astype(np.float64), COORDINATES, order=1, mode="nearest")
    assert np.abs(rings_of(flat) - expected).max() < 1e-3
    assert np.array_equal(rings_of(flat, 1), rings_of(flat)[:1])


def test_that_pairs_laid_together_fit_as_each_does_alone() -> None:
    pairs = [
        _pair(3, 3, 20.0),
        _pair(3, 9, 20.0),
        _pair(5, 5, -75.0),
        _pair(7, 7, 40.0, mirrored=True),
        _pair(8, 11, 0.0),
    ]
    together = align(pairs)
    alone = [align([pair])[0] for pair in pairs]
    for one, other in zip(together, alone, strict=True):
        assert one.agreement == pytest.approx(other.agreement, abs=1e-5)
        assert one.turned == pytest.approx(other.turned, abs=1e-3)
    assert [is_one_film(fit) for fit in together] == [True, False, True, True, False]
    assert together[0].turned == pytest.approx(20.0, abs=1.0)
    assert together[2].turned == pytest.approx(-75.0, abs=1.0)
    assert align([]) == []


def _candidate(first: int, second: int) -> Candidate:
    return Candidate(0.9, first, 0, second, 0, 0.0, 1.0, False)


def test_that_a_batch_holds_no_pair_that_another_may_make_needless() -> None:
    groups = Groups(Path(f"{n}.png") for n in range(6))
    groups.join(4, 5, Reason.BYTES)
    waiting = deque(_candidate(*pair) for pair in ((0, 1), (1, 2), (0, 2), (4, 5), (3, 4), (3, 5)))
    batch = next_batch(waiting, groups, Counter())
    assert [(one.first, one.second) for one in batch] == [(0, 1), (1, 2), (3, 4)]
    # Those that wait keep their order; 4 and 5 are one film already.
    assert [(one.first, one.second) for one in waiting] == [(0, 2), (3, 5)]
    groups.join(0, 1, Reason.PICTURE)
    # 1 and 2 proved to be two films, so 0 and 2 are looked at after all.
    again = next_batch(waiting, groups, Counter())
    assert [(one.first, one.second) for one in again] == [(0, 2), (3, 5)]
