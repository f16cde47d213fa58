"""What a run's models are worth: every figure, the guess by brightness, a temperature. No Keras."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.dataset import Split
from training.evaluation.baselines import BrightnessGuess, fit_brightness
from training.evaluation.calibration import Calibration, fit_temperature
from training.evaluation.many_classes import ManyMeasurement, measure_many
from training.evaluation.measurement import Measurement, measure_fully
from training.evaluation.samples import Sample, make_sample
from training.fit.config import TrainConfig
from training.fit.preparing import RunData


class RunWorth:
    """Measures a run's scores in full.

    Args:
        data: The films, with their mean greys.
        config: The run's settings.

    Attributes:
        brightness: The guess by brightness alone, fitted on the training films; None of more than
            two classes.
    """

    def __init__(self, data: RunData, config: TrainConfig) -> None:
        self._data = data
        self._config = config
        self._is_many = data.dataset.num_classes > 2
        self.brightness: BrightnessGuess | None = None
        if self._is_many:
            return
        train = data.numbers(Split.TRAIN)
        unscored = np.full(len(data.items), 0.5, np.float32)
        self.brightness = fit_brightness(
            self._sample(Split.TRAIN, unscored), data.films.greys[train]
        )

    def measure(
        self, scores: npt.NDArray[np.float32]
    ) -> dict[str, Measurement] | dict[str, ManyMeasurement]:
        """Every figure on every split that there is.

        Args:
            scores: float32, (n,), one a file of the run, as the network gives them; (n, classes) of
                more than two classes.
        """
        if self.brightness is None:
            return {
                split.value: measure_many(
                    self._data.labels(split), scores[self._data.numbers(split)], self._films(split)
                )
                for split in Split
                if len(self._data.numbers(split))
            }
        guesses = self.brightness.scores(self._data.films.greys)
        found = {}
        for split in Split:
            numbers = self._data.numbers(split)
            if len(numbers):
                found[split.value] = measure_fully(
                    self._data.labels(split),
                    scores[numbers],
                    self._films(split),
                    self._config.threshold,
                    brightness=guesses[numbers],
                )
        return found

    def calibration(self, scores: npt.NDArray[np.float32]) -> Calibration | None:
        """A temperature fitted on validation; None where it is not asked for, or cannot be.

        Of more than two classes there is none.

        Args:
            scores: As for ``measure``.
        """
        labels = self._data.labels(Split.VALIDATION)
        if self._is_many or not self._config.calibrate or len(np.unique(labels)) < 2:
            return None
        return fit_temperature(self._sample(Split.VALIDATION, scores))

    def _sample(self, split: Split, scores: npt.NDArray[np.float32]) -> Sample:
        numbers = self._data.numbers(split)
        return make_sample(self._data.labels(split), scores[numbers], self._films(split))

    def _films(self, split: Split) -> list[str]:
        return [self._data.items[number].film for number in self._data.numbers(split)]
