"""What speaks against a model's answer: its variants' scores, and the folder of the film. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from training.models.prediction import Prediction, Variant


@dataclass(frozen=True)
class Spread:
    """How far a model's scores of one film's variants lie apart.

    Args:
        low: Smallest score, 0-1.
        middle: Median score.
        high: Largest score.
        num_against: Variants on the other side of the threshold than the film itself; of more than
            two classes those that are called another class.
        num_scored: Variants with a score.
    """

    low: float
    middle: float
    high: float
    num_against: int
    num_scored: int

    def text(self) -> str:
        """In words for the strip."""
        return f"spread {self.low:.2f} to {self.high:.2f}, median {self.middle:.2f}"


def spread(variants: tuple[Variant, ...], prediction: Prediction | None) -> Spread | None:
    """Sum up scored variants; None where there is no score yet.

    Args:
        variants: Of one film.
        prediction: The same model's, of the film itself, or None while it is awaited.
    """
    scores = [variant.score for variant in variants if variant.score is not None]
    if not scores:
        return None
    against = 0
    if prediction is not None and prediction.is_many:
        against = sum(variant.label != prediction.label for variant in variants)
    elif prediction is not None:
        threshold = prediction.threshold
        against = sum((score >= threshold) != prediction.is_positive for score in scores)
    return Spread(min(scores), median(scores), max(scores), against, len(scores))


def folder_label(path: Path, classes: tuple[str, ...]) -> int | None:
    """The class that a film's folder names, or None: films of a data set lie so."""
    names = [_plain(name) for name in classes]
    folder = _plain(path.parent.name)
    return names.index(folder) if folder in names else None


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").lower().split())
