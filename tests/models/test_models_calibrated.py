"""A model with calibration, operating points and the guess by brightness in its card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_builders import (
    edit_json,
    make_card,
    make_compact_like,
    predict,
    random_films,
    tolerate_keras,
)
from scipy.special import expit, logit

from training.errors import UserError
from training.evaluation.baselines import BrightnessGuess
from training.evaluation.calibration import Calibration
from training.evaluation.operating_points import Band, OperatingPoint, OperatingPoints
from training.models.card import ModelCard
from training.models.card_file import read_card
from training.models.card_writing import rewrite_card
from training.models.model_file import load_model, save_model
from training.models.prediction import Prediction
from training.models.predictor import Predictor

pytestmark = tolerate_keras

FULL: dict[str, Any] = {
    "calibration": Calibration(2.5, True, 28, 0.6, 0.5),
    "points": OperatingPoints(OperatingPoint(0.2), OperatingPoint(0.7)),
    "brightness": BrightnessGuess(0.04, -3.0, 142),
}
NEW = tuple(FULL)


def test_that_a_full_card_survives_strict_json_with_names_of_a_later_release() -> None:
    card = make_card(**FULL)
    values = json.loads(json.dumps(card.to_json(), allow_nan=False))
    for name in NEW:
        values[name]["of_a_newer_version"] = {"deep": [1]}
    assert ModelCard.from_json(values) == card


def test_that_a_card_of_an_older_version_still_reads_and_changes_nothing() -> None:
    values = make_card().to_json()
    for name in NEW:
        del values[name]
    card = ModelCard.from_json(values)
    assert (card.calibration, card.points, card.brightness) == (None, None, None)
    assert card.stated(0.3) == 0.3
    assert card.stated_threshold == card.threshold
    assert card.band(0.39) is Band.NEGATIVE
    assert card.band(0.4) is Band.POSITIVE


def test_that_an_older_version_reads_a_full_card_as_it_was() -> None:
    """What the first version did: keep the names it knew, refuse a card version above 1."""
    first_version = set(make_card().to_json()) - set(NEW)
    values = make_card(**FULL).to_json()
    assert values["card_version"] == 1
    assert {name: values[name] for name in first_version} == {
        name: value for name, value in make_card().to_json().items() if name in first_version
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"calibration": 2.0},
        {"calibration": {"temperature": -1.0}},
        {"calibration": {}},
        {"points": {"low": {"threshold": 0.0}}},
        {"points": {"low": {"threshold": 0.9}, "high": {"threshold": 0.1}}},
        {"points": []},
        {"brightness": {"slope": 1.0}},
    ],
)
def test_that_a_calibration_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ModelCard.from_json(make_card().to_json() | changes)


def test_that_calibration_changes_the_score_and_neither_word_nor_band() -> None:
    plain, calibrated = make_card(points=FULL["points"]), make_card(**FULL)
    for raw in (0.05, 0.2, 0.39, 0.4, 0.69, 0.7, 0.95):
        told = Prediction(float(calibrated.stated(raw)), calibrated, raw_score=raw)
        as_is = Prediction(raw, plain)
        assert told.score == pytest.approx(expit(logit(raw) / 2.5))
        assert (told.word, told.band) == (as_is.word, as_is.band)
        assert told.is_positive == (told.score >= told.threshold)


def test_that_calibration_that_is_off_leaves_the_score_alone() -> None:
    card = make_card(calibration=Calibration(2.5, is_on=False))
    assert not card.is_calibrated
    assert card.stated(0.9) == 0.9


def test_that_a_predictor_tells_calibrated_scores_with_maps_and_variants(tmp_path: Path) -> None:
    from training.augmentation.config import STRONG

    model, path = make_compact_like(), tmp_path / "best.keras"
    save_model(model, make_card(**FULL), path)
    predictor = Predictor(path)
    film = random_films(1)[0]
    raw = float(predict(model, film[None])[0])
    for heat_map in (False, True):
        found = predictor.predict(film, heat_map=heat_map)
        assert found.raw_score == pytest.approx(raw, abs=1e-5)
        assert found.score == pytest.approx(expit(logit(raw) / 2.5), abs=1e-5)
    assert predictor.scores([film])[0] == pytest.approx(raw, abs=1e-5)
    variants = predictor.variants(film, STRONG, count=3)
    raw_scores = predictor.scores([variant.picture for variant in variants])
    assert [variant.score for variant in variants] == pytest.approx(
        list(expit(logit(raw_scores.astype(np.float64)) / 2.5)), abs=1e-5
    )


def test_that_a_card_is_rewritten_and_the_network_stays_as_it_is(tmp_path: Path) -> None:
    model, path = make_compact_like(), tmp_path / "best.keras"
    save_model(model, make_card(), path)
    rewrite_card(path, make_card(**FULL))
    assert read_card(path) == make_card(**FULL)
    films = random_films(4)
    assert predict(load_model(path)[0], films) == pytest.approx(predict(model, films), abs=1e-6)
    assert [file.name for file in tmp_path.iterdir()] == ["best.keras"]


def test_that_a_card_is_not_rewritten_into_a_damaged_or_foreign_file(tmp_path: Path) -> None:
    path = tmp_path / "best.keras"
    with pytest.raises(UserError, match="not there"):
        rewrite_card(path, make_card())
    save_model(make_compact_like(), make_card(), path)
    edit_json(path, "metadata.json", lambda values: values.pop("xray_card"))
    before = path.read_bytes()
    with pytest.raises(UserError, match="another program"):
        rewrite_card(path, make_card())
    assert path.read_bytes() == before
