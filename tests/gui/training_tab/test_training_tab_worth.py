"""What the words under the results say of the figures' worth."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.figures import Figures, measure
from xray_desktop.training_tab.results_panel import worth_words


def figures(num_films: int, files_a_film: int) -> Figures:
    """Every second film bears a fracture, and all are read right."""
    labels = np.repeat(np.arange(num_films) % 2, files_a_film)
    films = [f"film {number}" for number in np.repeat(np.arange(num_films), files_a_film)]
    return measure(labels, labels * 0.8 + 0.1, films, 0.5)


@pytest.mark.parametrize(("files_a_film", "tells_copies"), [(1, False), (3, True)])
def test_copies_are_told_only_where_there_are_some(files_a_film: int, tells_copies: bool) -> None:
    """Eight films are few either way; 24 files of them make it no better."""
    words, _ = worth_words(figures(8, files_a_film))
    assert words.startswith("Only 8 films: the true accuracy may be anything from ")
    assert ("24 files show them" in words) == tells_copies
    assert ("certainty" in words) == tells_copies


def test_many_films_are_told_as_measured() -> None:
    words, _ = worth_words(figures(200, 1))
    assert words.startswith("Measured on 200 films")
