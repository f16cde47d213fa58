"""The model in the viewer: choosing, answers, overlay, variants, late and failed answers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSlider, QToolButton
from pytestqt.qtbot import QtBot
from viewer_fakes import card_of, make_model, open_films, part, show_tab, wait_for, write_film

from training.evaluation.figures import Figures, Interval
from training.evaluation.operating_points import OperatingPoint, OperatingPoints
from training.fit.config import TrainConfig
from training.fit.run_folder import ModelResult, Run, RunStatus
from training.models.prediction import Variant
from training.models.starter import STARTER
from xray_desktop import theme
from xray_desktop.state.answer_doubts import folder_label, spread
from xray_desktop.state.viewer_models import facts_of
from xray_desktop.state.viewer_state import Showing
from xray_desktop.viewer_tab.answer import prediction_panel
from xray_desktop.viewer_tab.answer.variants_strip import VariantCard
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.tab import ViewerTab


class Bench:
    """A tab with a fake model and two films, dark (score 0.2) and bright (score 0.8)."""

    def __init__(self, qtbot: QtBot, folder: Path, **model: Any) -> None:
        self.qtbot = qtbot
        self.model = make_model(**model)
        self.tab = show_tab(qtbot, ViewerTab(engine=Engine(load_predictor=self.model)))
        self.dark = write_film(folder / "a dark.png", 51)
        self.bright = write_film(folder / "b bright.png", 204)

    def open(self, *paths: Path) -> None:
        open_films(self.qtbot, self.tab, *(paths or (self.dark, self.bright)))

    def choose(self, name: str = "best.keras") -> None:
        self.tab.choose_model(Path(name))
        self.settle()

    def settle(self) -> None:
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def press(self, key: Qt.Key) -> None:
        self.tab._view.setFocus()
        QTest.keyClick(self.tab._view, key)
        self.settle()

    @property
    def word(self) -> str:
        return str(part(self.tab, QLabel, "predictionWord").text())

    @property
    def score(self) -> str:
        return str(part(self.tab, QLabel, "predictionScore").text())


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    heat = np.zeros((7, 7), np.float32)
    heat[3, 3] = 1.0
    return Bench(qtbot, tmp_path, heat=heat)


def test_that_word_and_score_follow_the_film(bench: Bench) -> None:
    bench.open()
    assert bench.word == ""
    bench.choose()
    assert (bench.word, bench.score) == ("not fractured", "0.20")
    bench.press(Qt.Key.Key_Down)
    assert (bench.word, bench.score) == ("fractured", "0.80")


def test_that_the_original_comes_first_and_h_lays_the_answer_over_it(bench: Bench) -> None:
    bench.open()
    bench.choose()
    box = part(bench.tab, QCheckBox, "heatMapBox")
    assert not box.isChecked()
    assert bench.tab._view._told is None
    assert bench.model.asked[-1] == (0.2, False)
    bench.press(Qt.Key.Key_H)
    assert box.isChecked()
    assert bench.tab._view._told is bench.tab.state.prediction
    assert bench.tab._view._heat is not None
    assert bench.model.asked[-1] == (0.2, True)
    bench.press(Qt.Key.Key_Down)
    assert not box.isChecked()
    assert bench.tab._view._told is None


def test_that_the_opacity_slider_works_only_with_the_overlay(bench: Bench) -> None:
    bench.open()
    bench.choose()
    slider = part(bench.tab, QSlider, "opacitySlider")
    assert not slider.isEnabled()
    part(bench.tab, QCheckBox, "heatMapBox").click()
    bench.settle()
    assert slider.isEnabled()
    slider.setValue(80)
    assert bench.tab._view._opacity == 0.8


def test_that_an_empty_heat_map_is_said_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_H)
    assert bench.tab._view._heat is None
    assert bench.tab._panel._empty_map.isVisible()
    assert "empty" in bench.tab._panel._empty_map.text()


def test_that_a_late_answer_about_the_last_film_is_dropped(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.model.gate = threading.Event()
    bench.tab._reading._ask()
    wait_for(bench.qtbot, bench.tab._reader.is_predicting)
    bench.tab._view.step_asked.emit(1)
    wait_for(bench.qtbot, lambda: bench.tab.state.shown == 1)
    seen: list[float] = []
    bench.tab._reader.predicted.connect(lambda prediction: seen.append(prediction.score))
    bench.model.gate.set()
    bench.settle()
    assert seen == [0.8]
    assert bench.score == "0.80"


def test_that_a_model_that_cannot_be_loaded_leaves_the_old_one_and_says_why(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.choose("broken.keras")
    assert bench.tab.state.model == Path("best.keras")
    assert bench.score == "0.20"
    assert "broken.keras is no model file" in bench.tab._bar.message
    box = part(bench.tab, QComboBox, "modelBox")
    assert box.currentText() == "file: best.keras"
    assert "file: broken.keras" not in [box.itemText(row) for row in range(box.count())]


def test_that_another_model_replaces_answer_and_variants(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_A)
    first = bench.tab.state.variants
    bench.choose("other.keras")
    assert bench.tab.state.model == Path("other.keras")
    assert len(bench.tab.state.variants) == 12
    assert bench.tab.state.variants is not first


def test_that_no_model_takes_answer_and_overlay_away(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_H)
    box = part(bench.tab, QComboBox, "modelBox")
    box.activated.emit(0)
    bench.settle()
    assert bench.word == ""
    assert bench.tab._view._told is None
    assert not part(bench.tab, QCheckBox, "heatMapBox").isEnabled()


def run_of(folder: Path, started: str, epoch: int = 3) -> Run:
    figures = Figures(
        8, 4, 0.4, 0.75, 0.8, 0.7, 0.8, 0.75, Interval(0.3, 0.95), 0.5, 3, 1, 3, 1, 0.5
    )
    best = ModelResult("best", folder / "best.keras", epoch, figures, figures)
    final = ModelResult("final", folder / "final.keras", epoch + 2, figures, figures)
    config = TrainConfig(data=folder, runs=folder.parent)
    return Run(folder, config, RunStatus.FINISHED, started, best=best, final=final)


def test_that_best_and_final_of_each_run_can_be_chosen_and_the_newest_best_reads_first(
    bench: Bench, tmp_path: Path
) -> None:
    new = run_of(tmp_path / "new", "2026-11-23T14:02:00+01:00", 15)
    old = run_of(tmp_path / "old", "2026-11-22T09:40:00+01:00")
    bench.tab.set_runs((new, old))
    assert bench.tab.state.model_wanted is None
    bench.open()
    assert bench.tab.state.model == tmp_path / "new" / "best.keras"
    box = part(bench.tab, QComboBox, "modelBox")
    labels = [box.itemText(row) for row in range(box.count())]
    assert labels[1:3] == [
        "compact, 23 Nov 14:02: best (epoch 15)",
        "compact, 23 Nov 14:02: final (epoch 17)",
    ]
    box.activated.emit(4)
    bench.settle()
    assert bench.tab.state.model == tmp_path / "old" / "final.keras"


def test_that_the_starter_model_reads_until_there_is_a_run(bench: Bench) -> None:
    bench.tab.set_runs(())
    assert bench.tab.state.model_wanted is None
    bench.open()
    assert bench.tab.state.model == STARTER
    box = part(bench.tab, QComboBox, "modelBox")
    assert box.currentText() == "Starter model"


def test_that_variants_show_scores_spread_and_can_be_enlarged(bench: Bench) -> None:
    bench.open()
    bench.choose()
    part(bench.tab, QToolButton, "variantsButton").click()
    bench.settle()
    strip = bench.tab._strip
    assert strip.isVisible()
    cards = strip.findChildren(VariantCard)
    assert len(cards) == 12
    # The film scores 0.2; 0.5 and above, seven of twelve, contradict it.
    assert "spread 0.08 to 1.00, median 0.54; 7 of 12" in strip._spread.text()
    assert "7 of 12 variants" in bench.tab._panel._remarks.text()
    cards[2].click()
    assert bench.tab.state.showing is Showing.VARIANT
    picture = bench.tab._view._picture
    assert picture is not None
    assert picture.banner == "Variant: strong 2"
    bench.press(Qt.Key.Key_Escape)
    assert bench.tab.state.showing is Showing.FILM


def test_that_variants_need_no_model(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    bench.tab._reader._room._engine = Engine(
        make_variants=lambda picture, config, count, seed: (Variant("turned", picture),) * count
    )
    bench.open()
    bench.press(Qt.Key.Key_A)
    assert [variant.score for variant in bench.tab.state.variants] == [None] * 12
    assert bench.tab._strip._spread.text() == ""


def test_that_what_the_network_sees_is_shown_whatever_the_window_and_turn(bench: Bench) -> None:
    bench.open()
    bench.choose()
    bench.press(Qt.Key.Key_I)
    bench.press(Qt.Key.Key_R)
    look = bench.tab.state.look
    bench.press(Qt.Key.Key_S)
    shown = bench.tab._view._picture
    assert shown is not None
    assert bench.tab._view._table is not None
    assert bench.tab.state.film is not None
    wanted = card_of().preprocessing.apply(bench.tab.state.film.grey())
    assert np.array_equal(bench.tab._view._table[shown.pixels.levels[0]], wanted)
    bench.press(Qt.Key.Key_S)
    assert bench.tab._view._look == look


def test_that_keys_turn_invert_and_reset(bench: Bench) -> None:
    bench.open()
    for key in (Qt.Key.Key_R, Qt.Key.Key_M, Qt.Key.Key_I):
        bench.press(key)
    look = bench.tab.state.look
    assert look is not None
    assert (look.orientation.quarter_turns, look.orientation.mirrored) == (3, True)
    assert look.inverted
    bench.press(Qt.Key.Key_Space)
    assert bench.tab.state.look is not None
    assert bench.tab.state.look.orientation.describe() == ""
    assert not bench.tab.state.look.inverted


def test_that_a_models_mistake_does_not_end_the_tab(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    bench = Bench(qtbot, tmp_path, predict=fail)
    bench.open()
    bench.choose()
    assert "mistake in the program" in bench.tab._bar.message
    bench.press(Qt.Key.Key_Down)
    assert bench.tab.state.shown == 1


def test_that_a_film_filed_under_the_other_class_is_remarked(bench: Bench, tmp_path: Path) -> None:
    filed = write_film(tmp_path / "Fractured" / "one.png", 51)
    bench.open(filed)
    bench.choose()
    assert "one of the two is wrong" in bench.tab._panel._remarks.text()
    assert folder_label(Path("Not_Fractured/x.png"), ("not fractured", "fractured")) == 0
    assert folder_label(Path("films/x.png"), ("not fractured", "fractured")) is None


def test_that_a_model_of_drawn_films_warns(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path, card=card_of(synthetic=True))
    bench.open()
    assert not bench.tab._panel._warning.isVisible()
    bench.choose()
    assert bench.tab._panel._warning.text() == prediction_panel.SYNTHETIC
    assert bench.tab._panel._warning.isVisible()


def test_that_a_cards_facts_name_films_and_interval() -> None:
    figures = {
        "film_accuracy": 0.61,
        "film_accuracy_interval": {"low": 0.35, "high": 0.83},
        "num_films": 13,
    }
    card = card_of(
        network="compact", kind="best", num_train_files=8863, num_train_films=177, figures=figures
    )
    facts = dict(facts_of(card))
    assert facts["Trained on"] == "8,863 files, 177 different films"
    assert facts["Validation"] == "61 % of films right (95 %: 35 to 83 %), 13 films"
    assert "Validation" not in dict(facts_of(card_of()))
    starter = dict(facts_of(card_of(figures=figures, kind="starter")))
    assert (starter["Held-out"], "Validation" in starter) == (facts["Validation"], False)


def test_that_a_spread_without_scores_is_none() -> None:
    picture = np.zeros((4, 4), np.uint8)
    assert spread((Variant("a", picture),), None) is None
    found = spread((Variant("a", picture, 0.2), Variant("b", picture, 0.6)), None)
    assert found is not None
    assert (found.low, found.middle, found.high) == (0.2, 0.4, 0.6)


def test_that_a_score_between_two_operating_points_is_unsure(qtbot: QtBot, tmp_path: Path) -> None:
    points = OperatingPoints(OperatingPoint(0.5), OperatingPoint(0.9))
    bench = Bench(qtbot, tmp_path, card=card_of(points=points, threshold=0.5))
    bench.open(bench.bright, bench.dark)
    bench.choose()
    assert (bench.word, bench.score) == ("unsure", "0.80")
    bar = bench.tab._panel._bar
    assert bar._limits == (0.5, 0.9)
    assert bar._shade == theme.UNSURE
    bench.press(Qt.Key.Key_Down)
    assert bench.word == "not fractured"
