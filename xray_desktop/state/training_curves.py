"""The numbers behind the curves: bounded batch history, smoothing, ranges. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Twice the pixels that a plot of a wide screen has across: finer is invisible.
CAPACITY = 2048


def smooth(values: npt.ArrayLike, weight: float) -> Values:
    """Exponential moving average without its start-up bias (as Adam corrects its moments).

    ``s[n] = sum((1 - w) * w**(n - i) * x[i]) / (1 - w**(n + 1))`` for i = 0..n.

    Args:
        values: (n,), any finite numbers.
        weight: 0 (no smoothing) to under 1.

    Returns:
        float64, (n,).
    """
    raw = np.asarray(values, dtype=np.float64)
    if weight <= 0.0 or raw.size < 2:
        return raw.copy()
    smoothed = np.empty_like(raw)
    average = 0.0
    remaining = 1.0
    for index, value in enumerate(raw.tolist()):
        average = weight * average + (1.0 - weight) * value
        remaining *= weight
        smoothed[index] = average / (1.0 - remaining)
    return smoothed


class BatchHistory:
    """Every batch of a run in bounded memory.

    Points are kept as they come until ``capacity``; then neighbours are merged in pairs, each
    keeping its lowest and highest value, so a spike is never lost. What a point stands for doubles each time.

    Args:
        capacity: Most points kept; even.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        # Columns: position in epochs, seconds, sum, lowest, highest.
        self._rows = np.empty((capacity, 5), np.float64)
        self._num_rows = 0
        self._stride = 1
        self._in_last = 0

    def add(self, epochs: float, seconds: float, value: float) -> None:
        """Add one batch; values that are not finite are left out.

        Args:
            epochs: Its place in epochs (2.5: middle of the third).
            seconds: Since training started.
            value: Its loss.
        """
        if not math.isfinite(value):
            return
        if self._in_last in (0, self._stride):
            if self._num_rows == len(self._rows):
                self._merge_pairs()
            self._rows[self._num_rows] = (epochs, seconds, value, value, value)
            self._num_rows += 1
            self._in_last = 1
            return
        row = self._rows[self._num_rows - 1]
        row[:] = (epochs, seconds, row[2] + value, min(row[3], value), max(row[4], value))
        self._in_last += 1

    def __len__(self) -> int:
        return self._num_rows

    @property
    def stride(self) -> int:
        """Batches behind each point (the last may hold fewer)."""
        return self._stride

    def x(self, *, by_time: bool) -> Values:
        """Positions, float64 (n,): epochs, or seconds since training started."""
        return self._rows[: self._num_rows, 1 if by_time else 0].copy()

    @property
    def means(self) -> Values:
        """Mean of each point's batches, float64 (n,)."""
        counts = np.full(self._num_rows, float(self._stride))
        if self._num_rows:
            counts[-1] = self._in_last
        return np.asarray(self._rows[: self._num_rows, 2] / counts)

    @property
    def highest(self) -> Values:
        """Highest of each point's batches, float64 (n,)."""
        return self._rows[: self._num_rows, 4].copy()

    def smoothed(self, weight: float) -> Values:
        """``smooth`` with ``weight`` per batch, float64 (n,)."""
        return smooth(self.means, weight**self._stride)

    def line(self, *, by_time: bool) -> tuple[Values, Values]:
        """The raw line: each point's value, or its lowest and highest where it stands for several."""
        x = self.x(by_time=by_time)
        if self._stride == 1:
            return x, self.means
        both = self._rows[: self._num_rows, 3:5].reshape(-1)
        return np.repeat(x, 2), both.copy()

    def _merge_pairs(self) -> None:
        old = self._rows[: self._num_rows]
        first, second = old[0::2], old[1::2]
        num = len(second)
        merged = np.column_stack(
            (
                second[:, 0],
                second[:, 1],
                first[:num, 2] + second[:, 2],
                np.minimum(first[:num, 3], second[:, 3]),
                np.maximum(first[:num, 4], second[:, 4]),
            )
        )
        self._rows[:num] = merged
        self._num_rows = num
        self._stride *= 2
        self._in_last = self._stride


def loss_top(epoch_losses: Sequence[float], batch_losses: npt.ArrayLike) -> float:
    """Upper end of the loss axis: all epochs and nearly all batches fit, one wild batch does not count.

    Args:
        epoch_losses: Training and validation losses of the epochs.
        batch_losses: Losses of the batches.

    Returns:
        A round number above 0; 1 without losses.
    """
    batches = np.asarray(batch_losses, dtype=np.float64)
    tops = [loss for loss in epoch_losses if math.isfinite(loss)]
    if batches.size:
        # Of a few batches all are shown: two in a hundred is none of them.
        share = 98 if batches.size >= 50 else 100
        tops.append(float(np.percentile(batches, share)))
    # Room above for the best epoch's words.
    return round_up(max(tops) * 1.1) if tops else 1.0


def round_up(value: float) -> float:
    """The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten at or above ``value`` (> 0)."""
    if value <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for factor in (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0):
        if factor * power >= value * (1.0 - 1e-9):
            return factor * power
    return 10.0 * power


def epoch_axis_end(now: float, epochs: int) -> float:
    """Right end of the epoch axis: grows in few large steps, never beyond the run's epochs.

    Args:
        now: Position in epochs.
        epochs: Epochs asked for.

    Returns:
        Epochs, at least 1.
    """
    if epochs <= 5:
        return float(max(1, epochs))
    for end in (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        if end >= epochs or now <= 0.95 * end:
            return float(min(end, epochs))
    return float(epochs)
