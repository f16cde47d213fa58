"""What a benchmark tells: a measured value beside its goal."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured value.

    Args:
        name: What was measured, in a few words.
        value: The measurement.
        unit: Its unit; "x" for a ratio of two measurements of the same run.
        goal: What is asked for, or None where nothing is.
        at_most: True where smaller is better.
    """

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = False

    @property
    def ratio(self) -> float | None:
        """How much better than the goal: 1 just reaches it, 2 is twice as good."""
        if self.goal is None:
            return None
        if self.at_most and not self.goal:
            return float(self.value <= 0)
        # A value of 0 (no gap, no growth) is as good as can be told.
        return self.goal / max(self.value, 1e-9) if self.at_most else self.value / self.goal

    def to_json(self) -> dict[str, Any]:
        """As plain values, the ratio included."""
        return asdict(self) | {"ratio": self.ratio}


def tell(figure: Figure) -> None:
    """Hand a figure to the program that started this one, as one line of JSON."""
    sys.stdout.write(json.dumps(asdict(figure)) + "\n")
    sys.stdout.flush()


def as_row(figure: Figure) -> str:
    """One line of the table."""
    value = f"{figure.value:,.3g}" if figure.value < 1000 else f"{figure.value:,.0f}"
    row = f"{figure.name:<58} {value:>9} {figure.unit:<8}"
    if figure.goal is None or figure.ratio is None:
        return row.rstrip()
    sign = "<=" if figure.at_most else ">="
    verdict = "reached" if figure.ratio >= 1 else "MISSED"
    # How many times better than a goal nothing at all is cannot be told.
    ratio = f"{figure.ratio:>7.2f}x" if figure.value else " " * 8
    return f"{row} {sign} {figure.goal:<6g} {ratio}  {verdict}"
