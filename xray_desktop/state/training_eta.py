"""How much of a run is done and how long the rest will take. Called by the training tab per event."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A film that is only looked at costs about a third of one that is learned from
# (forward pass against forward, backward and update; measured 0.3 to 0.4 on CPU).
LOOK_COST = 0.35
# How far back the speed is averaged, and how fast the shown time follows, in seconds.
SPEED_MEMORY_S = 60.0
SHOWN_MEMORY_S = 8.0
# Speed is told only after this many steps and seconds: the first steps build the graph.
SETTLING_STEPS = 3
SETTLING_S = 2.0


@dataclass(frozen=True)
class Workload:
    """The work of a run, in films learned from.

    Args:
        num_train: Files to train on.
        num_validation: Files to validate on.
        epochs: Epochs asked for.
    """

    num_train: int
    num_validation: int
    epochs: int

    @property
    def epoch(self) -> float:
        """Work of one epoch with its validation."""
        return self.num_train + LOOK_COST * self.num_validation

    @property
    def measuring(self) -> float:
        """Work of measuring two models on all files at the end."""
        return 2.0 * LOOK_COST * (self.num_train + self.num_validation)

    @property
    def total(self) -> float:
        """Work of the whole run."""
        return self.epochs * self.epoch + self.measuring

    def training_done(self, epoch: int, step: int, steps: int) -> float:
        """Work done after ``step`` of ``steps`` of ``epoch`` (from 1)."""
        return (epoch - 1) * self.epoch + self.num_train * step / max(1, steps)

    def validating_done(self, epoch: int, done: int, total: int) -> float:
        """Work done after ``done`` of ``total`` validation films (or steps) of ``epoch``."""
        share = done / total if total else 0.0
        return (epoch - 1) * self.epoch + self.num_train + LOOK_COST * self.num_validation * share

    def measuring_done(self, done: int, total: int) -> float:
        """Work done after ``done`` of ``total`` films (or steps) of the last measuring."""
        share = done / total if total else 0.0
        return self.total - self.measuring * (1.0 - share)


class TimeLeft:
    """A steady estimate of the time left.

    The speed is work over time with exponentially fading memory, so it is exact at constant
    speed; the shown time counts down with the clock and only drifts towards a new estimate.

    Args:
        speed_memory_s: Time constant of the speed, in seconds.
        shown_memory_s: Time constant of the shown time, in seconds.
    """

    def __init__(
        self, speed_memory_s: float = SPEED_MEMORY_S, shown_memory_s: float = SHOWN_MEMORY_S
    ) -> None:
        self._speed_memory = speed_memory_s
        self._shown_memory = shown_memory_s
        self._start: tuple[float, float] | None = None
        self._last = (0.0, 0.0)
        self._faded_seconds = 0.0
        self._faded_work = 0.0
        self._shown: float | None = None
        self._num_updates = 0

    def update(self, now: float, done: float, total: float) -> float | None:
        """Take in progress.

        Args:
            now: Clock in seconds, never going back.
            done: Work done.
            total: All work.

        Returns:
            Seconds left, or None while the first steps settle.
        """
        self._num_updates += 1
        if self._num_updates <= SETTLING_STEPS:
            self._start = self._last = (now, done)
            return None
        seconds, work = now - self._last[0], done - self._last[1]
        if seconds <= 0.0 or work < 0.0:
            return self._shown
        self._last = (now, done)
        fade = math.exp(-seconds / self._speed_memory)
        self._faded_seconds = self._faded_seconds * fade + seconds
        self._faded_work = self._faded_work * fade + work
        if self._start is None or now - self._start[0] < SETTLING_S or self._faded_work <= 0.0:
            return None
        estimate = max(0.0, total - done) * self._faded_seconds / self._faded_work
        if self._shown is None:
            self._shown = estimate
        else:
            expected = max(0.0, self._shown - seconds)
            follow = 1.0 - math.exp(-seconds / self._shown_memory)
            self._shown = expected + (estimate - expected) * follow
        return self._shown


def time_left_words(seconds: float | None, shown_before: str = "") -> str:
    """Time left as a person says it: coarse, so that it does not flicker.

    Args:
        seconds: Seconds left, or None while unknown.
        shown_before: The last words; kept while the time is near the edge between the two.

    Returns:
        "about 6 min left", or empty while unknown.
    """
    if seconds is None:
        return ""
    words = _coarse(seconds)
    # Within a tenth of a step from the edge both readings are right: keep the one shown.
    if shown_before and shown_before in (_coarse(seconds * 1.03), _coarse(seconds * 0.97)):
        return shown_before
    return words


def duration_words(seconds: float) -> str:
    """A duration as a person says it: "48 s", "3 min 20 s", "2 h 05 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _coarse(seconds: float) -> str:
    if seconds < 10:
        return "a few seconds left"
    if seconds < 55:
        return f"about {5 * max(2, round(seconds / 5))} s left"
    if seconds < 3570:
        return f"about {max(1, round(seconds / 60))} min left"
    minutes = 5 * round(seconds / 300)
    return f"about {minutes // 60} h {minutes % 60:02d} min left"
