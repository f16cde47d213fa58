"""A run's films that somebody outlined, as they lie in the network's square. No TensorFlow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.dataset import Split
from training.data.outlines_drawing import draw_outlines
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing
from training.fit.preparing import RunData

Numbers = npt.NDArray[np.int64]


class OutlinedFilms:
    """Which films bear outlines, and where.

    Args:
        data: The run's films.
        preprocessing: How they became squares.
    """

    def __init__(self, data: RunData, preprocessing: Preprocessing) -> None:
        self._data = data
        self._preprocessing = preprocessing

    def looked_at(self, split: Split) -> Numbers:
        """int64, (n,): numbers of a split's films on which somebody looked for fractures."""
        numbers = self._data.numbers(split)
        return numbers[self.is_looked_at(numbers)]

    def outlined(self, split: Split) -> Numbers:
        """int64, (n,): numbers of a split's films of which an outline covers a pixel at least."""
        numbers = self.looked_at(split)
        return numbers[[bool(self._square(int(number)).any()) for number in numbers]]

    def films(self, numbers: Numbers) -> list[str]:
        """The film behind each file."""
        return [self._data.items[number].film for number in numbers]

    def pictures(self, numbers: Numbers) -> GreyPixels:
        """uint8, (n, size, size, 1): the films."""
        return self._data.store.gather(numbers)

    def is_looked_at(self, numbers: Numbers) -> npt.NDArray[np.bool_]:
        """bool, (n,): films on which somebody looked for fractures."""
        outlines = self._data.dataset.outlines.by_path
        return np.array([self._data.items[number].path in outlines for number in numbers], bool)

    def sites(self, numbers: Numbers) -> GreyPixels:
        """uint8, (n, size, size, 1): 255 inside their outlines; 0 where nobody looked for any."""
        return np.stack([self._square(int(number)) for number in numbers])[..., np.newaxis]

    def _square(self, number: int) -> GreyPixels:
        outlines = self._data.dataset.outlines.by_path.get(self._data.items[number].path, ())
        height, width = (int(side) for side in self._data.films.shapes[number])
        corners = [outline.corners for outline in outlines]
        return draw_outlines(corners, self._preprocessing, height, width)
