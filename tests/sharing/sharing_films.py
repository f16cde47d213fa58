"""What is said of a film in the tests of sharing: a model with an unsure band, an answer, a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from training.evaluation.operating_points import OperatingPoint, OperatingPoints
from training.films.preprocessing import Preprocessing
from training.models.card import ModelCard
from training.models.prediction import HeatMap, Prediction
from training.sharing.facts import ModelSaid, ReaderSaid, model_name

CARD = ModelCard(
    classes=("not fractured", "fractured"),
    preprocessing=Preprocessing(64, True),
    run_id="2026-11-23_14-02-31_compact",
    kind="best",
    network="compact",
    program_version="0.1.0",
    num_train_files=8863,
    num_train_films=177,
    points=OperatingPoints(OperatingPoint(0.3), OperatingPoint(0.64)),
)
READER = ReaderSaid(
    "fracture", "Dr Ada Test", "Fissure of the radius", datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
)


def prediction_of(score: float = 0.83, **card: Any) -> Prediction:
    """With a map that is hot in one place."""
    heat = np.zeros((8, 8), np.float32)
    heat[2:4, 5] = 1.0
    return Prediction(score, replace(CARD, **card), HeatMap(heat, is_empty=False))


def said(score: float = 0.83, **card: Any) -> ModelSaid:
    """The same in words."""
    prediction = prediction_of(score, **card)
    return ModelSaid.of(prediction, model_name(prediction.card, "model.keras"))
