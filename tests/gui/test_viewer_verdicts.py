"""The reader's verdicts in the viewer: keys, blind reading, signs, failures, closing."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from viewer_fakes import card_of, grab, make_model, open_films, part, show_tab, wait_for, write_film

from training.errors import UserError
from xray_desktop import paths
from xray_desktop.review.identity import sha256_of
from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Opinion, Verdict
from xray_desktop.settings import Settings
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.reading import HIDDEN
from xray_desktop.viewer_tab.tab import ViewerTab
from xray_desktop.viewer_tab.variants_strip import VariantCard
from xray_desktop.viewer_tab.verdicts import ALL_READ

FRACTURE, NO_FRACTURE, UNSURE = Opinion.FRACTURE, Opinion.NO_FRACTURE, Opinion.UNSURE


class RefusingStore(VerdictStore):
    """A disk that is full until told otherwise, or that is slow."""

    is_full = False
    gate: threading.Event | None = None

    def add(self, verdict: Verdict, path: Path | None = None) -> None:
        if self.gate is not None:
            assert self.gate.wait(10.0)
        if self.is_full:
            raise UserError("The file of verdicts cannot be used: the disk is full.")
        super().add(verdict, path)


class Bench:
    """A tab with a fake model, its own file of verdicts and three films."""

    def __init__(self, qtbot: QtBot, folder: Path, **model: Any) -> None:
        self.qtbot = qtbot
        heat = np.zeros((7, 7), np.float32)
        heat[3, 3] = 1.0
        self.model = make_model(heat=heat, **model)
        self.settings = Settings(folder / "settings.ini")
        self.store = RefusingStore(paths.verdicts_file())
        greys = {"a dark.png": 51, "b bright.png": 204, "c grey.png": 102}
        self.films = [write_film(folder / name, grey) for name, grey in greys.items()]
        self.tab = self.show()

    def show(self) -> ViewerTab:
        engine = Engine(load_predictor=self.model)
        return show_tab(self.qtbot, ViewerTab(self.settings, engine=engine, store=self.store))

    def open(self) -> None:
        open_films(self.qtbot, self.tab, *self.films)

    def choose(self) -> None:
        self.tab.choose_model(Path("best.keras"))
        self.settle()

    def settle(self) -> None:
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def press(self, key: Qt.Key, target: QWidget | None = None) -> None:
        target = target or self.tab._view
        target.setFocus()
        QTest.keyClick(target, key)
        self.settle()

    def kept(self) -> list[tuple[str, Opinion]]:
        return [(verdict.file_name, verdict.opinion) for verdict in self.store.history()]

    @property
    def said(self) -> str:
        return str(part(self.tab, QLabel, "verdictSaid").text())

    @property
    def word(self) -> str:
        return str(part(self.tab, QLabel, "predictionWord").text())

    def sign_at(self, row: int) -> object:
        index = self.tab._list.film_model.index(row)
        return index.data(Qt.ItemDataRole.UserRole + 1)


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


def test_that_keys_give_verdicts_that_are_kept_at_once(bench: Bench) -> None:
    bench.open()
    assert bench.said == "No verdict yet."
    for key in (Qt.Key.Key_F, Qt.Key.Key_Down, Qt.Key.Key_N, Qt.Key.Key_Down, Qt.Key.Key_U):
        bench.press(key)
    names = [film.name for film in bench.films]
    opinions = [FRACTURE, NO_FRACTURE, UNSURE]
    assert bench.kept() == list(zip(names, opinions, strict=True))
    assert [verdict.film for verdict in bench.store.history()] == [
        sha256_of(film) for film in bench.films
    ]
    assert [bench.sign_at(row) for row in range(3)] == opinions
    assert bench.said.startswith("Saved")
    assert part(bench.tab, QToolButton, "unsureButton").isChecked()


def test_that_buttons_give_verdicts_and_a_second_press_adds_none(bench: Bench) -> None:
    bench.open()
    button = part(bench.tab, QToolButton, "fractureButton")
    for _ in range(2):
        button.click()
        bench.settle()
    assert bench.kept() == [(bench.films[0].name, FRACTURE)]
    assert button.isChecked()
    part(bench.tab, QToolButton, "no-fractureButton").click()
    bench.settle()
    assert [opinion for _, opinion in bench.kept()] == [FRACTURE, NO_FRACTURE]
    assert "1 earlier kept" in bench.said


def test_that_letters_typed_into_text_fields_give_no_verdict(bench: Bench) -> None:
    bench.open()
    note, reader = (part(bench.tab, QLineEdit, name) for name in ("noteField", "readerField"))
    for field in (note, reader):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "fnuk FNUK")
        bench.settle()
        assert field.text() == "fnuk FNUK"
    assert bench.kept() == []
    assert bench.tab.state.shown == 0


def test_that_a_note_goes_with_the_verdict_before_and_after(bench: Bench) -> None:
    bench.open()
    note = part(bench.tab, QLineEdit, "noteField")
    note.setFocus()
    QTest.keyClicks(note, "torus")
    QTest.keyClick(note, Qt.Key.Key_Return)
    # Enter leads back to the film, where the keys hold.
    assert bench.tab.focusProxy().hasFocus() or not bench.tab.isActiveWindow()
    assert bench.kept() == []
    bench.press(Qt.Key.Key_F)
    note.setText("torus, ulna too")
    bench.press(Qt.Key.Key_PageDown, note)
    assert [verdict.note for verdict in bench.store.history()] == ["torus", "torus, ulna too"]
    assert note.text() == ""
    note.setText("come back")
    bench.press(Qt.Key.Key_Up)
    assert note.text() == "torus, ulna too"
    bench.press(Qt.Key.Key_Down)
    assert note.text() == "come back"


def test_that_k_goes_to_the_next_film_without_a_verdict(bench: Bench) -> None:
    bench.open()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_F)
    bench.press(Qt.Key.Key_Up)
    bench.press(Qt.Key.Key_K)
    assert bench.tab.state.shown == 2
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_K)
    assert bench.tab.state.shown == 0
    bench.press(Qt.Key.Key_U)
    bench.press(Qt.Key.Key_K)
    assert bench.tab.state.shown == 0
    assert bench.tab._bar.message == ALL_READ


def test_that_verdicts_are_there_again_after_a_new_start(qtbot: QtBot, tmp_path: Path) -> None:
    bench = Bench(qtbot, tmp_path)
    bench.open()
    bench.press(Qt.Key.Key_F)
    bench.tab = bench.show()
    bench.open()
    assert bench.sign_at(0) == FRACTURE
    assert part(bench.tab, QToolButton, "fractureButton").isChecked()
    assert "Saved" in bench.said


def test_that_the_models_answer_of_the_time_is_kept_and_whether_it_was_seen(bench: Bench) -> None:
    bench.open()
    bench.press(Qt.Key.Key_N)
    bench.choose()
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_N)
    first, second = bench.store.history()
    assert not first.score_seen
    # The model was chosen while the first film was in sight.
    assert first.answer is not None
    assert (first.answer.score, first.answer.opinion) == (0.2, NO_FRACTURE)
    assert second.score_seen
    assert second.answer is not None
    assert (second.answer.score, second.answer.threshold) == (0.8, 0.5)
    assert (second.answer.model, second.answer.opinion) == ("best.keras", FRACTURE)


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


def test_that_a_write_that_fails_says_so_and_keeps_the_verdict(bench: Bench) -> None:
    bench.open()
    bench.store.is_full = True
    bench.press(Qt.Key.Key_F)
    assert "the disk is full" in bench.said
    assert "not saved" in bench.tab._bar.message
    retry = part(bench.tab, QPushButton, "retryButton")
    assert retry.isVisible()
    bench.press(Qt.Key.Key_Down)
    bench.store.is_full = False
    retry.click()
    bench.settle()
    assert bench.kept() == [(bench.films[0].name, FRACTURE)]
    assert not retry.isVisible()


def test_that_a_failed_verdict_is_written_before_the_next(bench: Bench) -> None:
    bench.open()
    bench.store.is_full = True
    bench.press(Qt.Key.Key_F)
    bench.store.is_full = False
    bench.press(Qt.Key.Key_N)
    assert [opinion for _, opinion in bench.kept()] == [FRACTURE, NO_FRACTURE]


def test_that_closing_waits_for_what_was_given(bench: Bench) -> None:
    bench.open()
    bench.store.gate = threading.Event()
    bench.tab._view.setFocus()
    for key in (Qt.Key.Key_F, Qt.Key.Key_N):
        QTest.keyClick(bench.tab._view, key)
    bench.tab.shut_down()
    assert bench.tab.is_busy()
    bench.store.gate.set()
    bench.settle()
    assert [opinion for _, opinion in bench.kept()] == [FRACTURE, NO_FRACTURE]


def test_that_a_file_of_a_newer_version_takes_no_verdicts_and_says_why(
    qtbot: QtBot, tmp_path: Path
) -> None:
    newer = VerdictStore(paths.verdicts_file(), (*_migrations(), ("CREATE TABLE more (x)",)))
    newer.prepare()
    bench = Bench(qtbot, tmp_path)
    bench.open()
    assert "newer version" in bench.said
    assert not part(bench.tab, QToolButton, "fractureButton").isEnabled()
    bench.press(Qt.Key.Key_F)
    assert newer.history() == ()


def _migrations() -> tuple[tuple[str, ...], ...]:
    from xray_desktop.review.schema import MIGRATIONS

    return MIGRATIONS


def test_that_each_reader_sees_only_their_own_and_names_are_remembered(bench: Bench) -> None:
    bench.open()
    bench.press(Qt.Key.Key_F)
    field = part(bench.tab, QLineEdit, "readerField")
    field.setText("  Dr.  Rao ")
    bench.press(Qt.Key.Key_Return, field)
    assert bench.said == "No verdict yet."
    assert bench.sign_at(0) is None
    bench.press(Qt.Key.Key_U)
    assert [verdict.reader for verdict in bench.store.history()] == ["Reader 1", "Dr. Rao"]
    assert bench.settings.text("review/reader") == "Dr. Rao"


def test_that_time_on_the_film_is_measured(bench: Bench) -> None:
    now = 100.0
    bench.tab.state.verdicts.clock = lambda: now
    bench.open()
    now = 112.5
    bench.press(Qt.Key.Key_F)
    assert bench.store.history()[0].seconds == 12.5


def test_that_held_keys_do_not_read_on(bench: Bench) -> None:
    keys = {action.shortcut().toString(): action for action in bench.tab.findChildren(QAction)}
    assert not any(keys[key].autoRepeat() for key in "FNUK")


def test_that_a_model_that_speaks_of_sound_films_is_understood(bench: Bench) -> None:
    from training.models.prediction import Prediction

    turned = Prediction(0.9, card_of(classes=("fractured", "not fractured"), run_id="run"))
    answer = answer_as_stored(turned, Path("/home/x/best.keras"))
    assert (answer.opinion, answer.model) == (NO_FRACTURE, "run")
