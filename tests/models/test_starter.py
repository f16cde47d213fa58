"""The model that comes with the program: its card, its size, and that it reads films."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.operating_points import Band
from training.films.preprocessing import Preprocessing
from training.models.card_file import read_card
from training.models.predictor import Predictor
from training.models.starter import STARTER


def test_that_its_card_says_what_it_is() -> None:
    card = read_card(STARTER)
    assert (card.network, card.kind) == ("transfer", "starter")
    assert card.classes == ("no fracture", "fracture")
    assert card.preprocessing == Preprocessing(320, keep_aspect=True, stretch=True)
    assert card.is_calibrated
    assert card.points is not None
    assert not card.synthetic
    # Enough films behind its figures to be shown without red words.
    assert card.figures["num_films"] >= 30
    assert card.num_train_films > 500


def test_that_it_is_small_enough_to_come_with_the_program() -> None:
    assert STARTER.stat().st_size < 15e6


@pytest.mark.slow
def test_that_it_scores_a_film_of_any_exposure_alike() -> None:
    predictor = Predictor(STARTER)
    random = np.random.default_rng(0)
    film = np.repeat(np.repeat(random.integers(0, 256, (30, 20), np.uint8), 20, 0), 20, 1)
    dim = (film * 0.5 + 20).astype(np.uint8)
    first, other = predictor.predict(film, heat_map=True), predictor.predict(dim)
    assert 0.0 < first.score < 1.0
    assert first.band in Band
    assert other.score == pytest.approx(first.score, abs=0.03)
    assert first.heat_map is not None
    # Of the backbone's last convolution, not of the one place in ten by ten that says "site".
    assert first.heat_map.values.shape == (10, 10)
