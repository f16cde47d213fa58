"""The reader's verdicts in the viewer: keys, notes, signs, failures, closing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import card_of, part

from xray_desktop import paths
from xray_desktop.review.identity import sha256_of
from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Opinion
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.viewer_tab.verdict.verdicts import ALL_READ

FRACTURE, NO_FRACTURE, UNSURE = Opinion.FRACTURE, Opinion.NO_FRACTURE, Opinion.UNSURE


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
    answer = answer_as_stored(turned, Path("best.keras"))
    assert (answer.opinion, answer.model) == (NO_FRACTURE, "run")


def test_that_a_film_taken_away_at_once_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.open()
    facts = bench.tab.state.verdicts
    facts.digest = ""
    bench.films[0].unlink()
    bench.press(Qt.Key.Key_F)
    assert "cannot be read" in bench.said
    bench.press(Qt.Key.Key_Down)
    bench.press(Qt.Key.Key_N)
    assert bench.kept() == [(bench.films[1].name, NO_FRACTURE)]
    assert len(facts.unsaved) == 1


def test_that_closing_asks_only_where_verdicts_would_be_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str]] = []

    def stay(_parent: object, count: int, why: str) -> bool:
        asked.append((count, why))
        return False

    monkeypatch.setattr(bench.tab._verdicts, "ask_to_lose", stay)
    bench.open()
    bench.press(Qt.Key.Key_F)
    assert bench.tab.request_close()
    bench.store.is_full = True
    bench.press(Qt.Key.Key_N)
    assert not bench.tab.request_close()
    assert asked == [(1, bench.said)]
    bench.store.is_full = False
    bench.tab.shut_down()
    bench.settle()
    assert [opinion for _, opinion in bench.kept()] == [FRACTURE, NO_FRACTURE]


def test_that_the_keys_hold_as_soon_as_films_are_opened(bench: Bench) -> None:
    bench.tab._view.clearFocus()
    assert not bench.tab._view.hasFocus()
    bench.open()
    assert bench.tab._view.hasFocus()
    note = part(bench.tab, QLineEdit, "noteField")
    note.setFocus()
    bench.open()
    assert note.hasFocus()
