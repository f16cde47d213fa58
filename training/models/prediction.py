"""What a model says of a film."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.augmentation.variant import Variant
from training.evaluation.operating_points import Band
from training.models.card import ModelCard

__all__ = ["Band", "HeatMap", "Prediction", "Variant"]


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Where the network looked (Grad-CAM); not where the fracture is.

    Args:
        values: float32, (rows, columns) of the network's last convolution, covering its whole
            input square; 0-1, the largest is 1 unless ``is_empty``.
        is_empty: True where nothing spoke for the class: the map is all zero.
    """

    values: npt.NDArray[np.float32]
    is_empty: bool


@dataclass(frozen=True, eq=False)
class Prediction:
    """One film's score.

    Args:
        score: Probability of the positive class as it is told, 0-1: calibrated where the card says
            so, else as the network gives it.
        card: Of the model that said so.
        heat_map: For the positive class, or None where it was not asked for.
        raw_score: As the network gives it; None for the same as ``score``.
    """

    score: float
    card: ModelCard
    heat_map: HeatMap | None = None
    raw_score: float | None = None

    @property
    def threshold(self) -> float:
        """The model's threshold on the scale of ``score``."""
        return self.card.stated_threshold

    @property
    def is_positive(self) -> bool:
        """True at or above the model's threshold."""
        return self._raw >= self.card.threshold

    @property
    def band(self) -> Band:
        """Negative, unsure or positive, by the model's operating points."""
        return self.card.band(self._raw)

    @property
    def word(self) -> str:
        """The class's name as the model knows it."""
        return self.card.classes[int(self.is_positive)]

    @property
    def _raw(self) -> float:
        return self.score if self.raw_score is None else self.raw_score
