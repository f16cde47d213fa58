"""Tuning on stored maps learns the score and the site. Real Keras, tiny films."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import roc_auc_score

from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig
from training.fit.networks import build_network
from training.fit.transfer import give_start_weights
from training.models.heat_map import SITE
from training.starter.maps import compute_maps, lower_half
from training.starter.sources import SourceFilm, Squares, read_squares
from training.starter.tuning import Recipe, tune

SIZE = 128
pytestmark = pytest.mark.slow


def make_squares(folder: Path) -> Squares:
    """A bright bar at one of four places in every second film."""
    random = np.random.default_rng(0)
    films = []
    for number in range(48):
        grey = random.integers(40, 90, (SIZE, SIZE)).astype(np.uint8)
        outlines: tuple[tuple[tuple[float, float], ...], ...] = ()
        if number % 2:
            top, left = (int(v) for v in random.choice([0.1, 0.6], 2) * SIZE)
            grey[top : top + 38, left : left + 38 : 4] = 250
            y, x, side = top / SIZE, left / SIZE, 38 / SIZE
            outlines = (((x, y), (x + side, y), (x + side, y + side), (x, y + side)),)
        path = folder / f"{number}.png"
        Image.fromarray(grey).save(path)
        films.append(SourceFilm(path, number % 2, f"film {number}", "boxed", outlines))
    return read_squares(films, Preprocessing(SIZE, stretch=True))


def test_that_score_and_site_are_learnt_and_the_lower_half_stays(tmp_path: Path) -> None:
    squares = make_squares(tmp_path)
    model = build_network(NetworkConfig(name="transfer"), SIZE, seed=0)
    give_start_weights(model)
    for name in ("score", SITE):
        layer = model.get_layer(name)
        layer.set_weights([np.zeros_like(w) for w in layer.get_weights()])
    before = lower_half(model).get_weights()
    maps = compute_maps(lower_half(model), squares, changed=0, seed=0)
    assert maps.values.shape == (48, SIZE // 16, SIZE // 16, 64)
    assert maps.sites.shape == (48, SIZE // 32, SIZE // 32, 1)
    losses: list[str] = []
    recipe = Recipe(epochs=8, batch_size=16, learning_rate=2e-3)
    tune(model, maps, np.arange(48), recipe, after_epoch=lambda _, words: losses.append(words))
    assert len(losses) == 8
    for old, new in zip(before, lower_half(model).get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    both = keras.Model(model.input, [model.output, model.get_layer(SITE).output])
    score, site = both.predict(squares.pictures.astype(np.float32), verbose=0)
    assert roc_auc_score(squares.labels, score[:, 0]) > 0.95
    outlined = squares.labels > 0
    largest = site[outlined, ..., 0].reshape(24, -1).argmax(axis=1)
    covered = maps.sites[outlined, ..., 0].reshape(24, -1)
    assert np.mean(covered[np.arange(24), largest] > 0.2) > 0.8


def test_that_changed_films_keep_their_outlines_under_their_greys(tmp_path: Path) -> None:
    squares = make_squares(tmp_path)
    lower = lower_half(build_network(NetworkConfig(name="transfer"), SIZE, seed=0))
    plain = compute_maps(lower, squares, changed=0, seed=0)
    first, again, other = (
        compute_maps(lower, squares, changed=changed, seed=0) for changed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.sites, again.sites)
    np.testing.assert_array_equal(first.values, again.values)
    assert not np.array_equal(first.sites, other.sites)
    assert not np.array_equal(first.sites, plain.sites)
    # No film without an outline gains one.
    assert not first.sites[squares.labels == 0].any()
