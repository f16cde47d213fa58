"""What a model file says of itself. Travels inside the ``.keras`` file; readable without Keras."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from training.evaluation.baselines import BrightnessGuess
from training.evaluation.calibration import Calibration
from training.evaluation.operating_points import Band, OperatingPoints
from training.evaluation.samples import Values
from training.films.preprocessing import Preprocessing
from training.models.site_rate import SiteRate
from training.models.start_origin import StartOrigin

# Two classes are of version 1, so that older programs read them; more are of version 2, so that
# older programs refuse them with their own message.
CARD_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that is needed to use a model rightly.

    Args:
        classes: (negative, positive) class names; the score is the positive one's probability. Or
            more than two names: the model gives a score for each, and the largest is its answer.
        preprocessing: How a film becomes the input.
        threshold: Score of the network, not calibrated, from which on a film counts as positive; of
            no meaning with more than two classes.
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
        calibration: A temperature fitted on validation, or None; as points, brightness and site None
            with more than two classes.
        points: Operating points chosen on validation, or None; their thresholds are scores of the
            network too.
        brightness: The guess by brightness alone, fitted on the training films, or None.
        site: How often its site was right, or None where nobody measured it.
        learnt_sets: Names of the sets that it, or the model it began with, learnt from; empty where
            they have none.
        known_to_start: Validation files that the model it began with had learnt from: its figures
            flatter it by them.
        start: The model that it began from, or None where it began with fresh weights, or in files
            of an older version.
        refuses: True where its file keeps how its training films look to it, so that it can tell
            films unlike them.
    """

    classes: tuple[str, ...]
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
    # What follows came later: older versions leave it out, and older files lack it.
    calibration: Calibration | None = None
    points: OperatingPoints | None = None
    brightness: BrightnessGuess | None = None
    site: SiteRate | None = None
    learnt_sets: tuple[str, ...] = ()
    known_to_start: int = 0
    start: StartOrigin | None = None
    refuses: bool = False

    @property
    def is_many(self) -> bool:
        """True with more than two classes."""
        return len(self.classes) > 2

    @property
    def card_version(self) -> int:
        """Format of this card."""
        return CARD_VERSION if self.is_many else 1

    @property
    def is_calibrated(self) -> bool:
        """True where scores are stated with the calibration."""
        return self.calibration is not None and self.calibration.is_on

    @property
    def stated_threshold(self) -> float:
        """The threshold among scores as they are stated."""
        return float(self.stated(self.threshold))

    def stated(self, scores: npt.ArrayLike) -> Values:
        """Scores as they are told to people: calibrated where that is on, else as they are.

        Args:
            scores: As the network gives them, 0-1, any shape.

        Returns:
            float64, 0-1, in the same order.
        """
        if self.calibration is not None and self.calibration.is_on:
            return self.calibration.apply(scores)
        return np.asarray(scores, np.float64)

    def band(self, score: float) -> Band:
        """The band of a score of the network: by the operating points, else by the threshold.

        Only of two classes: more have no bands.
        """
        if self.points is not None:
            return self.points.band(score)
        return Band.POSITIVE if score >= self.threshold else Band.NEGATIVE

    def to_json(self) -> dict[str, Any]:
        """As plain values that strict JSON can hold: figures that are not finite become None."""
        values: dict[str, Any] = _finite(asdict(self))
        if self.is_many:
            del values["threshold"]
        return values | {"card_version": self.card_version}

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
                "calibration": _read(Calibration, kept.get("calibration")),
                "points": _read(OperatingPoints, kept.get("points")),
                "brightness": _read(BrightnessGuess, kept.get("brightness")),
                "site": _read(SiteRate, kept.get("site")),
                "start": _read(StartOrigin, kept.get("start")),
                "learnt_sets": tuple(str(name) for name in kept.get("learnt_sets", ())),
            }
        )
        card.check()
        return card

    def check(self) -> None:
        """Raise ``ValueError`` or ``TypeError`` where a value cannot be right."""
        if len(self.classes) < 2 or not all(isinstance(name, str) for name in self.classes):
            raise ValueError("it does not name two classes")
        if len(set(self.classes)) < len(self.classes) or not all(self.classes):
            raise ValueError("its classes are not told apart")
        if self.is_many and (self.calibration or self.points or self.brightness or self.site):
            raise ValueError("it has more than two classes, and what only two can have")
        if not 0.0 < float(self.threshold) < 1.0:
            raise ValueError("its threshold does not lie between 0 and 1")
        if not 8 <= self.preprocessing.size <= 4096:
            raise ValueError(f"its input size of {self.preprocessing.size} pixels makes no sense")
        if not isinstance(self.figures, dict) or not isinstance(self.synthetic, bool):
            raise TypeError("its figures or its origin are missing")


class _Part(Protocol):
    """What a card holds that reads itself back."""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From plain values."""


_Kind = TypeVar("_Kind", bound=_Part)


def _read(kind: type[_Kind], values: Any) -> _Kind | None:
    if values is None:
        return None
    if not isinstance(values, dict):
        raise TypeError(f"its {kind.__name__} cannot be read")
    return kind.from_json(values)


def _finite(value: Any) -> Any:
    """The same plain value, with None for every float that JSON cannot write."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
