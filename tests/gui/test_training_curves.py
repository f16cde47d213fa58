"""Smoothing, bounded histories, axis ends: against closed forms. No Qt."""

from __future__ import annotations

import numpy as np
import pytest

from training.fit.events import BatchEnded, DataReady, EpochEnded, Phase, PhaseChanged
from xray_desktop.state.training_curves import (
    BatchHistory,
    epoch_axis_end,
    loss_top,
    round_up,
    smooth,
)
from xray_desktop.state.training_run_curves import RunCurves


def test_that_smoothing_is_the_debiased_average() -> None:
    values = np.random.default_rng(1).normal(size=50)
    weight = 0.8
    expected = [
        sum((1 - weight) * weight ** (n - i) * values[i] for i in range(n + 1))
        / (1 - weight ** (n + 1))
        for n in range(50)
    ]
    assert smooth(values, weight) == pytest.approx(expected, rel=1e-12)


def test_that_smoothing_keeps_a_constant_from_the_first_point_on() -> None:
    assert smooth([3.0] * 20, 0.99) == pytest.approx([3.0] * 20)


def test_that_no_smoothing_gives_the_values_back() -> None:
    assert smooth([1.0, 5.0, 2.0], 0.0).tolist() == [1.0, 5.0, 2.0]


def test_that_few_batches_are_kept_as_they_came() -> None:
    history = BatchHistory(capacity=8)
    for step in range(8):
        history.add(step / 4, float(step), step**2)
    x, y = history.line(by_time=False)
    assert x.tolist() == [step / 4 for step in range(8)]
    assert y.tolist() == [step**2 for step in range(8)]


@pytest.mark.parametrize("num", [17, 100, 1000, 1023])
def test_that_merged_batches_keep_mean_extremes_and_order(num: int) -> None:
    values = np.random.default_rng(num).exponential(size=num)
    history = BatchHistory(capacity=16)
    for step, value in enumerate(values):
        history.add(step / 10, float(step), value)
    stride = history.stride
    pieces = [values[start : start + stride] for start in range(0, num, stride)]
    assert len(history) == len(pieces) <= 16
    assert history.means == pytest.approx([piece.mean() for piece in pieces])
    x, y = history.line(by_time=True)
    assert y.reshape(-1, 2)[:, 0].tolist() == [piece.min() for piece in pieces]
    assert y.reshape(-1, 2)[:, 1].tolist() == [piece.max() for piece in pieces]
    assert (np.diff(x) >= 0).all()
    assert x[-1] == num - 1


def test_that_a_hundred_thousand_batches_take_bounded_room_and_lose_no_spike() -> None:
    history = BatchHistory()
    for step in range(100_000):
        history.add(step / 1000, float(step), 40.0 if step == 54_321 else 0.5)
    assert len(history) <= 2048
    assert history.highest.max() == 40.0


def test_that_values_without_a_number_are_left_out() -> None:
    history = BatchHistory()
    history.add(0.1, 1.0, float("nan"))
    history.add(0.2, 2.0, 0.5)
    assert history.means.tolist() == [0.5]


def test_that_smoothing_of_merged_batches_has_the_same_reach() -> None:
    # After n batches the first one's share is w ** n, whatever is merged.
    history = BatchHistory(capacity=16)
    for step in range(64):
        history.add(float(step), float(step), 1.0 if step < 32 else 0.0)
    whole = smooth([1.0] * 32 + [0.0] * 32, 0.95)
    assert history.smoothed(0.95)[-1] == pytest.approx(whole[-1], abs=0.01)


@pytest.mark.parametrize(
    ("value", "end"), [(0.93, 1.0), (1.0, 1.0), (1.21, 1.5), (0.031, 0.04), (7.0, 8.0), (81.0, 100)]
)
def test_that_axis_ends_are_round(value: float, end: float) -> None:
    assert round_up(value) == pytest.approx(end)


def test_that_one_wild_batch_does_not_set_the_loss_axis() -> None:
    assert loss_top([0.7, 0.6], [0.7] * 999 + [500.0]) < 1.0
    assert loss_top([], []) == 1.0


def test_that_of_a_few_batches_all_are_shown() -> None:
    assert loss_top([0.7], [0.9, 0.8, 1.9, 0.7]) >= 1.9


def test_that_the_epoch_axis_grows_in_few_steps_and_never_beyond_the_run() -> None:
    ends = [epoch_axis_end(epoch / 10, 30) for epoch in range(300)]
    assert ends == sorted(ends)
    assert len(set(ends)) <= 4
    assert max(ends) == 30.0
    assert epoch_axis_end(0.0, 3) == 3.0


def _epoch(number: int, *, best: bool, seconds: float = 0.0) -> EpochEnded:
    return EpochEnded(number, 0.5, 0.7, 0.6, 0.6 + number / 100, 0.7, 1e-3, seconds, best)


def test_that_curves_of_a_run_gather_from_its_events() -> None:
    curves = RunCurves(5)
    assert curves.add(PhaseChanged(Phase.FIRST_STEP), 100.0) is False
    assert curves.add(DataReady(10, 4, 0.6, "fractured", 0), 100.0)
    assert curves.add(BatchEnded(1, 1, 2, 0.7, 0.5, 9.0), 103.0)
    assert curves.add(BatchEnded(1, 2, 2, 0.6, 0.5, 9.0), 104.0)
    assert curves.add(_epoch(1, best=True, seconds=6.0), 106.0)
    assert curves.add(_epoch(2, best=False, seconds=9.0), 109.0)
    assert curves.batches.x(by_time=False).tolist() == [0.5, 1.0]
    assert curves.batches.x(by_time=True).tolist() == [3.0, 4.0]
    assert curves.best is not None
    assert curves.best.epoch == 1
    assert (curves.constant_guess, curves.constant_class) == (0.6, "fractured")
    assert curves.seconds == 9.0
    nearest = curves.nearest(7.4, by_time=True)
    assert nearest is not None
    assert nearest.epoch == 1


def test_that_the_time_of_batches_never_runs_back() -> None:
    curves = RunCurves(5)
    curves.add(BatchEnded(1, 1, 1, 0.7, 0.5, 9.0), 50.0)
    curves.add(BatchEnded(1, 1, 1, 0.7, 0.5, 9.0), 60.0)
    curves.add(_epoch(1, best=True, seconds=2.0), 61.0)
    curves.add(BatchEnded(2, 1, 1, 0.7, 0.5, 9.0), 62.0)
    assert (np.diff(curves.batches.x(by_time=True)) >= 0).all()
