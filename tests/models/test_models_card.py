from __future__ import annotations

import json
import math
from typing import Any

import pytest

from tests.models.model_builders import make_card
from training.models.card import ModelCard


def test_that_a_card_survives_strict_json() -> None:
    card = make_card()
    text = json.dumps(card.to_json(), allow_nan=False)
    assert ModelCard.from_json(json.loads(text)) == card


def test_that_figures_that_are_not_finite_become_none() -> None:
    card = make_card(
        figures={"loss": math.nan, "film": {"low": math.inf}, "rows": [1.0, -math.inf]}
    )
    assert card.to_json()["figures"] == {"loss": None, "film": {"low": None}, "rows": [1.0, None]}


def test_that_entries_of_a_later_release_are_left_out() -> None:
    values = make_card().to_json() | {"colour_of_the_box": "grey"}
    assert ModelCard.from_json(values) == make_card()


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": ["fractured"]},
        {"classes": ["fractured", "fractured"]},
        {"classes": ["", "fractured"]},
        {"classes": [0, 1]},
        {"classes": 3},
        {"threshold": 0.0},
        {"threshold": 1.0},
        {"threshold": math.nan},
        {"threshold": "high"},
        {"threshold": None},
        {"preprocessing": {"size": 0, "keep_aspect": True}},
        {"preprocessing": {"size": 10**9, "keep_aspect": True}},
        {"preprocessing": {}},
        {"preprocessing": None},
        {"figures": []},
        {"synthetic": "no"},
    ],
)
def test_that_a_card_that_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ModelCard.from_json(make_card().to_json() | changes)
