"""Blind reading: nothing of the model's answer is in sight before the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import grab, part, wait_for

from xray_desktop.viewer_tab.answer.reading import HIDDEN
from xray_desktop.viewer_tab.answer.variants_strip import VariantCard
from xray_desktop.viewer_tab.tab import ViewerTab


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def everything_of_the_model(tab: ViewerTab) -> dict[str, bool]:
    """What of the model's answer is in sight, by where."""
    word, score = (part(tab, QLabel, name) for name in ("predictionWord", "predictionScore"))
    return {
        "word": word.isVisible() and bool(word.text()),
        "score": score.isVisible() and bool(score.text()),
        "bar": tab._panel._bar.isVisible(),
        "remarks": tab._panel._remarks.isVisible(),
        "banner": tab._view._told is not None,
        "heat map": tab._view._heat is not None,
        "variants": any(card.isVisible() for card in tab._strip.findChildren(VariantCard)),
        "spread": bool(tab._strip._spread.text()),
    }


def test_that_blind_reading_hides_all_of_the_model_until_the_verdict(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_A)
    bench.press(Qt.Key.Key_H)
    assert any(everything_of_the_model(bench.tab).values())
    part(bench.tab, QCheckBox, "blindBox").click()
    bench.press(Qt.Key.Key_Down)
    assert not any(everything_of_the_model(bench.tab).values())
    assert bench.tab._panel._hint.text() == HIDDEN
    # No way round by key or box.
    bench.press(Qt.Key.Key_H)
    assert not part(bench.tab, QCheckBox, "heatMapBox").isEnabled()
    assert not any(everything_of_the_model(bench.tab).values())
    tips = [
        bench.tab._list.film_model.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)
    ]
    assert tips == [film.name for film in bench.films]
    bench.press(Qt.Key.Key_N)
    seen = everything_of_the_model(bench.tab)
    assert seen.pop("remarks") is not None
    assert {name for name, is_seen in seen.items() if not is_seen} == {"banner", "heat map"}
    assert bench.word == "fractured"
    bench.press(Qt.Key.Key_H)
    assert bench.tab._view._heat is not None
    [verdict] = bench.store.history()
    assert not verdict.score_seen
    assert verdict.answer is not None
    assert verdict.answer.score == 0.8


def test_that_a_second_verdict_after_the_answer_is_not_blind(bench: Bench) -> None:
    bench.open()
    bench.choose()
    part(bench.tab, QCheckBox, "blindBox").click()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_F)
    assert [verdict.score_seen for verdict in bench.store.history()] == [False, True]


def test_that_a_film_seen_with_its_score_does_not_become_blind_by_the_switch(bench: Bench) -> None:
    bench.open()
    bench.choose()
    assert bench.word
    part(bench.tab, QCheckBox, "blindBox").click()
    assert not bench.word
    bench.press(Qt.Key.Key_F)
    assert [verdict.score_seen for verdict in bench.store.history()] == [True]


def test_that_nothing_of_the_model_is_drawn_before_the_verdict(bench: Bench) -> None:
    """The film view and the model's panel look the same with both answers of the model."""
    part(bench.tab, QCheckBox, "blindBox").click()
    bench.open()
    bench.choose()
    small = bench.tab._thumbnails
    wait_for(bench.qtbot, lambda: all(small.get(film) is not None for film in bench.films))
    pictures = []
    for score in (0.01, 0.99):
        bench.model.predict = lambda self, grey, heat_map=False, score=score: _told(self, score)
        bench.tab._reading._ask()
        bench.settle()
        prediction = bench.tab.state.prediction
        assert prediction is not None
        assert prediction.score == score
        pictures.append((grab(bench.tab._view), grab(bench.tab._panel), grab(bench.tab._list)))
    for one, other in zip(*pictures, strict=True):
        assert np.array_equal(one, other)


def _told(model: Any, score: float) -> Any:
    from training.models.prediction import Prediction

    return Prediction(score, model.card)
