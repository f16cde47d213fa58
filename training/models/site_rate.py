"""How often a model's site was right, as its card tells it. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

TESTED = "held-out films"
VALIDATED = "validation films, which also chose the epoch"

NEAR_SHARE = 15.0 / 224.0
"""How near a point must come to an outline to count as near, as a share of the input's side."""


@dataclass(frozen=True)
class SiteRate:
    """Measured on films with an outlined fracture that the model had not learnt from.

    Args:
        num_films: How many.
        near: Share of them whose largest value lay within ``NEAR_SHARE`` of the outline.
        low: Lower end of its 95 % interval.
        high: Upper end.
        centre: Share that the film's centre alone would have reached.
        films: Which films, in words.
    """

    num_films: int
    near: float
    low: float
    high: float
    centre: float
    films: str = TESTED

    @property
    def beats_the_centre(self) -> bool:
        """True where the whole interval lies above what guessing the centre reaches."""
        return self.low > self.centre

    @property
    def words(self) -> str:
        """In words for people."""
        return (
            f"Its brightest point lay within 15 px (of 224) of the outlined fracture in "
            f"{100 * self.near:.0f} of 100 {self.films} "
            f"(95 %: {100 * self.low:.0f} to {100 * self.high:.0f}); "
            f"guessing the centre: {100 * self.centre:.0f}."
        )

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From plain values.

        Raises:
            KeyError: One is missing.
            ValueError: One is no number.
        """
        near, low, high, centre = (
            float(values[name]) for name in ("near", "low", "high", "centre")
        )
        return cls(
            int(values["num_films"]), near, low, high, centre, str(values.get("films", TESTED))
        )
