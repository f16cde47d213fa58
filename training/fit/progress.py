"""Tells the progress of a phase, but not more often than a person can see."""

from __future__ import annotations

import time
from collections.abc import Callable

from training.fit.events import Event, Phase, PhaseChanged

_EVERY_S = 0.1


class Progress:
    """Reports one phase's progress: its start, at most ten steps a second, and its end.

    Args:
        report: Takes the events.
        phase: The phase; reported at once.
        total: Of how many, or 0 where that is unknown.
        detail: A few words more, or empty.
    """

    def __init__(
        self, report: Callable[[Event], None], phase: Phase, total: int = 0, detail: str = ""
    ) -> None:
        self._report = report
        self._phase = phase
        self._detail = detail
        self._told = time.monotonic()
        report(PhaseChanged(phase, 0, total, detail))

    def __call__(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` if it is time to."""
        now = time.monotonic()
        if done == total or now - self._told >= _EVERY_S:
            self._told = now
            self._report(PhaseChanged(self._phase, done, total, self._detail))
