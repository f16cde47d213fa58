"""The table of scores: the window, which kept stated answers, writes what the command writes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sharing.sharing_films import CARD
from training import __version__
from training.evaluation.calibration import Calibration
from training.models.prediction import Prediction
from training.sharing.facts import ModelSaid, model_name
from training.sharing.score_table import COLUMNS, ScoreRow, score_row, stated_row, to_csv, to_json

CALIBRATED = replace(CARD, calibration=Calibration(2.0, True, 100, 0.6, 0.5))
MODEL = Path("best.keras")


@pytest.mark.parametrize("card", [CARD, CALIBRATED, replace(CARD, points=None)])
@pytest.mark.parametrize("classes", [("not fractured", "fractured"), ("fractured", "normal")])
@pytest.mark.parametrize("raw", [0.05, 0.31, 0.49, 0.5, 0.63, 0.95])
def test_that_an_answer_kept_as_stated_gives_the_same_row(
    card: object, classes: tuple[str, str], raw: float
) -> None:
    used = replace(card, classes=classes)  # type: ignore[type-var]
    prediction = Prediction(float(used.stated(raw)), used, raw_score=raw)
    said = ModelSaid.of(prediction, model_name(used, MODEL.name))
    kept = ModelSaid.stated(used, said.model, said.score, said.opinion)
    assert (kept.word, kept.band, kept.limits) == (said.word, said.band, said.limits)
    assert stated_row(kept, "a.png", MODEL) == score_row(used, MODEL, "a.png", raw)


def test_that_both_forms_hold_every_column_and_refusals() -> None:
    rows = [
        score_row(CARD, MODEL, "ä \udcff.png", 0.75),
        score_row(CARD, MODEL, "b.png", None, error="b.png cannot be opened: the file is empty."),
    ]
    found = list(csv.DictReader(io.StringIO(to_csv(CARD, rows).decode("utf-8", "surrogateescape"))))
    assert tuple(found[0]) == COLUMNS
    assert (found[0]["path"], found[0]["score"], found[0]["band"]) == (
        "ä \udcff.png",
        "0.750000",
        "positive",
    )
    assert found[0]["program"] == __version__
    assert (found[1]["score"], found[1]["word"]) == ("", "")
    values = json.loads(to_json(CARD, rows))
    assert [ScoreRow(**film) for film in values["films"]] == rows
    assert values["classes"] == list(CARD.classes)
