"""Guesses that any network has to beat: the commoner class, and brightness alone.

On the published set the mean grey of a film alone separates the validation classes with an area
under ROC of 0.95, so a network can be right or wrong there without looking at bone.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.evaluation.samples import Sample, Values

# Keeps the fit finite where brightness separates the classes; a thousandth of a film.
_RIDGE = 1e-3
_MAX_STEPS = 100


@dataclass(frozen=True)
class BrightnessGuess:
    """A logistic regression on one feature: the mean grey of the network's input.

    Args:
        slope: Per grey level, on the logit scale.
        intercept: On the logit scale.
        num_films: Training films it was fitted on.
    """

    slope: float
    intercept: float
    num_films: int

    def scores(self, greys: npt.ArrayLike) -> Values:
        """Probability of the positive class from brightness alone.

        Args:
            greys: (n,), mean grey of each input, 0-255.

        Returns:
            float64, (n,), 0-1.
        """
        logits = self.slope * np.asarray(greys, np.float64) + self.intercept
        scores: Values = 1.0 / (1.0 + np.exp(-np.clip(logits, -700, 700)))
        return scores

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> BrightnessGuess:
        """From what ``to_json`` gave.

        Raises:
            KeyError: A value is missing.
            TypeError: A value is no number.
            ValueError: A value is no finite number.
        """
        slope, intercept = float(values["slope"]), float(values["intercept"])
        if not (math.isfinite(slope) and math.isfinite(intercept)):
            raise ValueError("its guess by brightness is no number")
        return cls(slope, intercept, int(values["num_films"]))


def fit_brightness(training: Sample, greys: npt.ArrayLike) -> BrightnessGuess:
    """Fit the guess on training films, each film counting once however many files it has.

    Newton's method on the logistic loss with a very small ridge.

    Args:
        training: Files with their labels and films; the scores play no part.
        greys: (n,), mean grey of each file's input, 0-255.

    Returns:
        The guess; with one class it always names that class.
    """
    values = np.asarray(greys, np.float64)
    weights = training.film_weights()
    middle = float(np.average(values, weights=weights))
    # A set of one grey has no spread; then only the intercept tells anything.
    spread = math.sqrt(float(np.average((values - middle) ** 2, weights=weights))) or 1.0
    design = np.stack([(values - middle) / spread, np.ones_like(values)], axis=1)
    found = _newton(design, training.truth.astype(np.float64), weights)
    slope = float(found[0]) / spread
    return BrightnessGuess(slope, float(found[1]) - slope * middle, training.num_films)


def _newton(design: Values, truth: Values, weights: Values) -> Values:
    found = np.zeros(2)
    for _ in range(_MAX_STEPS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(design @ found, -700, 700)))
        gradient = design.T @ (weights * (chances - truth)) + _RIDGE * found
        curvature = design.T @ (design * (weights * chances * (1 - chances))[:, np.newaxis])
        step = np.linalg.solve(curvature + _RIDGE * np.eye(2), gradient)
        # Long steps overshoot where the classes are far apart.
        step *= min(1.0, 2.0 / max(float(np.max(np.abs(step))), 1e-300))
        found = found - step
        if np.max(np.abs(step)) < 1e-10:
            break
    return found
