"""Temperature scaling: one number that makes a network's scores less (or more) sure.

C. Guo et al., "On calibration of modern neural networks", ICML 2017. It changes no order, so
neither ROC nor any threshold's decision on a file; it changes what a score of 0.9 promises.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from training.evaluation.samples import Sample, Values

# Where scores are upside down, or all alike, no temperature is best.
MIN_TEMPERATURE = 0.05
MAX_TEMPERATURE = 20.0
# A score of exactly 0 or 1 has no logit; Keras clips here too.
SMALLEST = 1e-7
_HALVINGS = 80


@dataclass(frozen=True)
class Calibration:
    """A temperature and what it was fitted on.

    Args:
        temperature: Divides the logits; above 1 the network was too sure.
        is_on: Whether scores are stated with it.
        num_films: Validation films it was fitted on.
        loss_before: Mean cross-entropy with these, each film counting once.
        loss_after: Likewise, with the temperature.
    """

    temperature: float
    is_on: bool = True
    num_films: int = 0
    loss_before: float = 0.0
    loss_after: float = 0.0

    def apply(self, scores: npt.ArrayLike) -> Values:
        """Calibrated scores, whether it is on or not.

        Args:
            scores: As the network states them, 0-1, any shape.

        Returns:
            float64, 0-1, in the same order.
        """
        return _scaled(scores, 1.0 / self.temperature)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Calibration:
        """From what ``to_json`` gave; names of a newer version are left out.

        Raises:
            KeyError: There is no temperature.
            TypeError: A value is of the wrong kind.
            ValueError: The temperature makes no sense.
        """
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        temperature = float(kept["temperature"])
        if not (math.isfinite(temperature) and temperature > 0):
            raise ValueError("its temperature is not above 0")
        if not isinstance(kept.get("is_on", True), bool):
            raise TypeError("its calibration is neither on nor off")
        return cls(**kept | {"temperature": temperature})


def fit_temperature(validation: Sample) -> Calibration:
    """The temperature with the least cross-entropy on validation files, each film counting once.

    Fitted on files, because it is a file's score that it changes; weighted, because a film with
    many copies is still one film. The classes are taken as a film short of certain, as J. Platt
    does ("Probabilistic outputs for support vector machines", 1999): a few films that happen to be
    told apart would otherwise make every score 0 or 1.

    Args:
        validation: Files with the scores of the network, not calibrated.

    Returns:
        The calibration, switched on; at the ends of its range where no temperature is best.

    Raises:
        ValueError: With one class only, where being surer is always better.
    """
    if validation.truth.all() or not validation.truth.any():
        raise ValueError("calibration needs films of both classes")
    logits, truth = _logits(validation.scores), validation.truth
    positives = int(validation.film_truth().sum())
    negatives = validation.num_films - positives
    wanted = np.where(truth, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    weights = validation.film_weights() / validation.num_films

    def slope(steepness: float) -> float:
        # Rises with the steepness: the loss is convex in it.
        chances = 1.0 / (1.0 + np.exp(-np.clip(steepness * logits, -700, 700)))
        return float(np.sum(weights * (chances - wanted) * logits))

    low, high = 1.0 / MAX_TEMPERATURE, 1.0 / MIN_TEMPERATURE
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    steepness = math.sqrt(low * high)
    return Calibration(
        temperature=1.0 / steepness,
        num_films=validation.num_films,
        loss_before=_loss(truth, validation.scores, weights),
        loss_after=_loss(truth, _scaled(validation.scores, steepness), weights),
    )


def _scaled(scores: npt.ArrayLike, steepness: float) -> Values:
    values = np.asarray(scores, np.float64)
    scaled: Values = 1.0 / (1.0 + np.exp(-np.clip(steepness * _logits(values), -700, 700)))
    return scaled


def _logits(scores: npt.NDArray[np.floating]) -> Values:
    clipped = np.clip(np.asarray(scores, np.float64), SMALLEST, 1.0 - SMALLEST)
    logits: Values = np.log(clipped) - np.log1p(-clipped)
    return logits


def _loss(truth: npt.NDArray[np.bool_], scores: Values, weights: Values) -> float:
    right = np.clip(np.where(truth, scores, 1.0 - scores), SMALLEST, 1.0)
    return float(-np.sum(weights * np.log(right)))
