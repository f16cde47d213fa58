"""What a model file says of itself. Travels inside the ``.keras`` file; readable without Keras."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from training.films.preprocessing import Preprocessing

CARD_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that is needed to use a model rightly.

    Args:
        classes: (negative, positive) class names; the score is the positive one's probability.
        preprocessing: How a film becomes the input.
        threshold: Score from which on a film counts as positive.
        network: The network's name.
        kind: "best" or "final".
        run_id: Name of the run that made it.
        created: ISO 8601, UTC.
        program_version: Version of this program that wrote it.
        data_fingerprint: Of the films it was trained on.
        num_train_files: Files trained on.
        num_train_films: Different films behind them.
        synthetic: True where it was trained on the built-in sample set only.
        figures: Validation figures as plain values (``Figures`` by name), may be empty.
        card_version: Format of this card.
    """

    classes: tuple[str, str]
    preprocessing: Preprocessing
    threshold: float = 0.5
    network: str = ""
    kind: str = ""
    run_id: str = ""
    created: str = ""
    program_version: str = ""
    data_fingerprint: str = ""
    num_train_files: int = 0
    num_train_films: int = 0
    synthetic: bool = False
    figures: dict[str, Any] = field(default_factory=dict)
    card_version: int = CARD_VERSION

    def to_json(self) -> dict[str, Any]:
        """As plain values that strict JSON can hold: figures that are not finite become None."""
        values: dict[str, Any] = _finite(asdict(self))
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> ModelCard:
        """From what ``to_json`` gave; names of a newer version are left out.

        Raises:
            KeyError: The classes or the preprocessing are missing.
            TypeError: A value is of the wrong kind.
            ValueError: A value makes no sense.
        """
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        card = cls(
            **kept
            | {
                "classes": tuple(kept["classes"]),
                "preprocessing": Preprocessing.from_json(kept["preprocessing"]),
            }
        )
        card.check()
        return card

    def check(self) -> None:
        """Raise ``ValueError`` or ``TypeError`` where a value cannot be right."""
        if len(self.classes) != 2 or not all(isinstance(name, str) for name in self.classes):
            raise ValueError("it does not name two classes")
        if self.classes[0] == self.classes[1] or not all(self.classes):
            raise ValueError("its two classes are not told apart")
        if not 0.0 < float(self.threshold) < 1.0:
            raise ValueError("its threshold does not lie between 0 and 1")
        if not 8 <= self.preprocessing.size <= 4096:
            raise ValueError(f"its input size of {self.preprocessing.size} pixels makes no sense")
        if not isinstance(self.figures, dict) or not isinstance(self.synthetic, bool):
            raise TypeError("its figures or its origin are missing")


def _finite(value: Any) -> Any:
    """The same plain value, with None for every float that JSON cannot write."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
