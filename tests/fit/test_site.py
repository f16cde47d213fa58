"""The site learnt from a run's own outlines: when it learns, what it learns, what is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from fit_builders import finished, of_type, run, tiny_config
from PIL import Image
from test_transfer import starter_weights

from training.evaluation.figures import wilson
from training.evaluation.pointing import Hits, SiteLearnt, site_words
from training.films.preprocessing import Preprocessing
from training.fit import site
from training.fit.config import NetworkConfig
from training.fit.events import Phase, PhaseChanged
from training.fit.run_folder import read_run
from training.fit.site import covered_places, site_losses
from training.models.card_file import read_card
from training.models.model_file import load_model
from training.models.site_rate import VALIDATED

SIZE = 64
# A bright patch on fractured films; its outline in 0-1.
PATCH = 20


def make_outlined_films(root: Path, num_train: int, num_validation: int) -> None:
    """Noise; where fractured a bright patch at a drawn place, outlined in ``labels``."""
    random = np.random.default_rng(0)
    (root / "labels").mkdir(parents=True)
    for split, count in (("train", num_train), ("val", num_validation)):
        for name in ("fractured", "not fractured"):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                grey = random.integers(0, 90, (SIZE, SIZE)).astype(np.uint8)
                words = ""
                if name == "fractured":
                    top, left = random.integers(0, SIZE - PATCH, 2)
                    grey[top : top + PATCH, left : left + PATCH] += 120
                    centre = ((left + PATCH / 2) / SIZE, (top + PATCH / 2) / SIZE)
                    words = f"0 {centre[0]} {centre[1]} {PATCH / SIZE} {PATCH / SIZE}\n"
                stem = f"{split} {name} {number}"
                Image.fromarray(grey).save(folder / f"{stem}.png")
                (root / "labels" / f"{stem}.txt").write_text(words)


def test_that_places_are_wanted_by_the_share_inside_an_outline() -> None:
    sites = np.zeros((1, 64, 64, 1), np.uint8)
    sites[0, :32, :8] = 255
    sites[0, 32:, 32:] = 255
    wanted = covered_places(sites).numpy()[0, :, :, 0]
    np.testing.assert_allclose(wanted, [[0.5, 0.0], [0.0, 1.0]])


def test_that_the_losses_are_weighted_cross_entropies() -> None:
    wanted = np.array([1.0, 0.0], np.float32).reshape(1, 1, 2, 1)
    logits = np.array([0.3, -0.7], np.float32).reshape(1, 1, 2, 1)
    chances = 1 / (1 + np.exp(-logits.ravel()))
    expected = (4.0 * -np.log(chances[0]) - np.log(1 - chances[1])) / 2
    losses = site_losses(tf.constant(wanted), tf.constant(logits), 4.0)
    assert float(losses[0]) == pytest.approx(float(expected), rel=1e-5)


def test_that_the_hit_rate_is_told_beside_the_centre() -> None:
    hits = Hits(20, 0.5, wilson(10, 20), 0.75, wilson(15, 20))
    words = site_words({"site": hits, "centre": replace(hits, near=0.5)})
    assert words.startswith("The site hits the outlined fracture in 75 % (")
    assert "of 20 films, the film's centre in 50 % (" in words
    assert site_words({}) == ""
    assert site_words({"Grad-CAM": hits, "centre": hits}).startswith("The heat map's maximum")
    assert Hits.from_json(json.loads(json.dumps(hits, default=vars))) == hits


@pytest.mark.slow
def test_that_a_transfer_run_learns_the_site_from_outlines(tmp_path: Path) -> None:
    make_outlined_films(tmp_path / "films", 50, 12)
    config = tiny_config(
        tmp_path,
        network=NetworkConfig(name="transfer"),
        preprocessing=Preprocessing(size=96, stretch=True),
        epochs=2,
    )
    events = run(config)
    ended = finished(events).run
    phases = [event.phase for event in of_type(events, PhaseChanged)]
    assert phases.index(Phase.SITE) < phases.index(Phase.FEATURES)
    document = json.loads((ended.folder / "site.json").read_text("utf-8"))
    learnt = SiteLearnt(**document["learnt"])
    assert learnt.num_films == 50
    assert learnt.loss_after < learnt.loss_before
    assert ended.site == read_run(ended.folder).site
    assert ended.site["site"].num_films == 12
    assert ended.site["site"].near == max(learnt.near_before, learnt.near_after)
    # Whatever became of it, it is another input than the starter model's: measured here.
    assert ended.best is not None
    rate = read_card(ended.best.path).site
    assert rate is not None
    assert (rate.num_films, rate.near, rate.films) == (12, ended.site["site"].near, VALIDATED)
    model, _ = load_model(ended.best.path)
    after = model.get_layer("site").get_weights()[0]
    assert np.array_equal(starter_weights()["site"][0], after) != learnt.is_kept


@pytest.mark.slow
def test_that_a_site_that_does_worse_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_outlined_films(tmp_path / "films", 6, 4)
    config = tiny_config(
        tmp_path,
        network=NetworkConfig(name="transfer"),
        preprocessing=Preprocessing(size=64, stretch=True),
        epochs=1,
    )
    monkeypatch.setattr(site, "MIN_TRAIN_FILMS", 6)
    monkeypatch.setattr(site, "MIN_VALIDATION_FILMS", 4)
    # Steps so long that whatever is learnt is nonsense.
    monkeypatch.setattr(site, "_LEARNING_RATE", 100.0)
    ended = finished(run(config)).run
    document = json.loads((ended.folder / "site.json").read_text("utf-8"))
    assert not SiteLearnt(**document["learnt"]).is_kept
    assert ended.final is not None
    model, _ = load_model(ended.final.path)
    kept = model.get_layer("site").get_weights()
    for before, after in zip(starter_weights()["site"], kept, strict=True):
        np.testing.assert_array_equal(before, after)


@pytest.mark.slow
def test_that_another_network_is_measured_by_its_heat_map(tmp_path: Path) -> None:
    make_outlined_films(tmp_path / "films", 6, 4)
    ended = finished(run(tiny_config(tmp_path, epochs=1))).run
    assert set(ended.site) == {"Grad-CAM", "centre"}
    document = json.loads((ended.folder / "site.json").read_text("utf-8"))
    assert (document["learnt"], document["learnt_jointly"]) == (None, 0)
