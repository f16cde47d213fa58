"""Choosing films: folder, drop, sample set; preview and viewer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QDoubleSpinBox, QLabel
from pytestqt.qtbot import QtBot
from training_fakes import (
    FakeEngine,
    child,
    finish,
    listed,
    with_films,
)

from training.augmentation.config import STRONG
from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.fit.config import notebook_preset
from training.fit.run_folder import FileScore, Run
from xray_desktop.data_check.window import DataCheckWindow
from xray_desktop.settings import Settings
from xray_desktop.training_tab import data_jobs
from xray_desktop.training_tab.tab import TrainingTab


def test_that_a_chosen_folder_shows_counts_films_and_what_was_left_out(
    qtbot: QtBot, tab: TrainingTab, films: Path
) -> None:
    tab.films.choose_folder = lambda parent, start: films
    qtbot.mouseClick(tab.data_panel.choose_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.state.data is not None)
    assert child(tab, QLabel, "countsLabel").text() == "10 train · 6 validation"
    assert "1 file was left out" in child(tab, QLabel, "warningLabel").text()
    strips = tab.data_panel.strips[:2]
    qtbot.waitUntil(lambda: all(strip.num_pictures == 5 for strip in strips))
    child(tab, QAbstractButton, "checkButton").click()
    dialog = child(tab, DataCheckWindow, "dataCheckWindow")
    item = dialog.left_out.topLevelItem(0)
    assert Path(item.text(0)) == Path("train/fractured/notes.jpg")
    assert item.text(1)
    dialog.close()


def test_that_a_bad_folder_leaves_the_films_that_were_there(
    qtbot: QtBot, tab: TrainingTab, films: Path, tmp_path: Path
) -> None:
    with_films(qtbot, tab, films)
    before = tab.state.data
    empty = tmp_path / "empty"
    empty.mkdir()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(empty))])
    tab.dropEvent(
        QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    qtbot.waitUntil(lambda: tab.state.work is None)
    assert "empty" in tab.message_bar.text
    assert tab.state.data is before
    assert tab.data_panel.folder_edit.text() == str(films)
    assert tab.progress_panel.train_button.isEnabled()


def test_that_a_folder_that_is_gone_is_said_in_words(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    tab.data_panel.folder_edit.setText(str(tmp_path / "nowhere"))
    qtbot.keyClick(tab.data_panel.folder_edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(tab.message_bar.text))
    assert "nowhere" in tab.message_bar.text
    qtbot.keyClick(tab, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not tab.message_bar.text)


def test_that_reading_can_be_stopped_and_keeps_the_old_films(
    qtbot: QtBot, tab: TrainingTab, films: Path, tmp_path: Path
) -> None:
    with_films(qtbot, tab, films)
    before = tab.state.data
    tab.open_folder(tmp_path)
    assert child(tab, QAbstractButton, "cancelReadingButton").isEnabled()
    child(tab, QAbstractButton, "cancelReadingButton").click()
    qtbot.waitUntil(lambda: not tab._jobs.is_busy())
    assert tab.state.data is before
    assert tab.state.message is None


def test_that_the_folder_is_remembered_and_read_at_the_next_start(
    qtbot: QtBot, tab: TrainingTab, settings: Settings, films: Path
) -> None:
    with_films(qtbot, tab, films)
    assert settings.data_folder == films
    tab.settings_panel.epochs_box.setValue(7)
    tab.shut_down()
    later = TrainingTab(settings)
    qtbot.addWidget(later, before_close_func=lambda _: finish(qtbot, later))
    later.start()
    qtbot.waitUntil(lambda: later.state.data is not None)
    assert later.settings_panel.epochs_box.value() == 7


def test_that_train_without_a_folder_draws_the_sample_set_and_trains_on_it(
    qtbot: QtBot, tab: TrainingTab, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = pytest.importorskip("training.data.demo")
    make = demo.make_demo_set

    def make_small(out: Path, **how: object) -> None:
        make(out, num_train=8, num_validation=8, size=64, **how)

    monkeypatch.setattr(demo, "make_demo_set", make_small)
    qtbot.mouseClick(tab.progress_panel.train_button, Qt.MouseButton.LeftButton)
    assert not tab.progress_panel.train_button.isEnabled()
    qtbot.waitUntil(lambda: tab.state.is_training, timeout=20_000)
    assert tab.state.data is not None
    assert tab.state.data.synthetic
    assert child(tab, QLabel, "sampleBadge").isVisible()
    qtbot.waitUntil(lambda: bool(engine.configs))
    assert engine.configs[0].data == tab.state.data.root


@pytest.fixture
def previews(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str, float]]:
    """Film, augmentation and turn of each preview asked for; TensorFlow stays out."""
    asked: list[tuple[Path, str, float]] = []

    def make(path, preprocessing, config, seed):  # type: ignore[no-untyped-def]
        asked.append((path, config.name, config.rotation))
        if config.rotation > 90:
            raise UserError("That is too far.", "Turn less.")
        return tuple((np.zeros((64, 64), np.uint8), f"form {n}") for n in range(3))

    monkeypatch.setattr(data_jobs, "_preview", make)
    return asked


def test_that_no_preview_is_made_unasked_and_each_press_takes_another_film(
    qtbot: QtBot, tab: TrainingTab, films: Path, previews: list[tuple[Path, str, float]]
) -> None:
    strip = tab.settings_panel.preview
    assert not strip.button.isEnabled()
    with_films(qtbot, tab, films)
    tab.settings_panel.augment_box.setCurrentIndex(1)
    strip.button.click()
    qtbot.waitUntil(lambda: strip.pictures.num_pictures == 3)
    strip.button.click()
    qtbot.waitUntil(lambda: len(previews) == 2)
    assert previews[0][1] == "notebook"
    assert previews[0][0] != previews[1][0]
    assert all(films in path.parents for path, _, _ in previews)


def test_that_the_preview_follows_the_ranges_and_a_failure_is_said(
    qtbot: QtBot, tab: TrainingTab, films: Path, previews: list[tuple[Path, str, float]]
) -> None:
    with_films(qtbot, tab, films)
    tab.settings_panel.preview.button.click()
    child(tab, QDoubleSpinBox, "rotationBox").setValue(44.0)
    qtbot.waitUntil(lambda: len(previews) == 2)
    assert previews[1][1:] == ("custom", 44.0)
    assert previews[1][0] == previews[0][0]
    child(tab, QDoubleSpinBox, "rotationBox").setValue(120.0)
    qtbot.waitUntil(lambda: bool(tab.message_bar.text))
    assert tab.message_bar.text == "That is too far. Turn less."


@pytest.mark.slow
def test_that_the_real_preview_shows_the_film_first_and_then_changed_ones(films: Path) -> None:
    path = films / "train" / "fractured" / "train0.png"
    made = data_jobs._preview(path, Preprocessing(96), STRONG, 3)
    assert len(made) == 6
    assert made[0][1] == "train0.png, unchanged"
    assert all(picture.shape == (96, 96) for picture, _ in made)
    assert all((picture != made[0][0]).any() for picture, _ in made[1:])


def test_that_the_viewer_is_given_the_validation_films_and_the_best_model(
    qtbot: QtBot,
    tab: TrainingTab,
    films: Path,
    other_run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = films / "val" / "fractured" / "val0.png"
    scores = [FileScore(path, 1, "x", 0.9) for path in (there, films / "gone.png")]
    monkeypatch.setattr(data_jobs, "read_scores", lambda *_: tuple(scores))
    listed(tab, other_run)
    tab.runs_panel.list.setCurrentItem(tab.runs_panel.list.topLevelItem(0))
    with qtbot.waitSignal(tab.films_requested) as asked:
        tab.results_panel.viewer_button.click()
    assert other_run.best is not None
    assert asked.args == [[there], other_run.best.path]


def test_that_training_again_brings_a_run_s_films_and_settings_and_leaves_train_to_the_user(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    config = replace(notebook_preset(films, tmp_path), epochs=7)
    tab.films.prepare_again(config)
    qtbot.waitUntil(lambda: tab.state.data is not None and tab.state.work is None)
    assert tab.settings_panel.config().epochs == 7
    assert tab.state.data is not None
    assert tab.state.data.root == films
    assert tab.state.message is not None
    assert "with the labels you changed" in tab.state.message.what
    assert not tab.state.message.is_error
    assert not tab.state.is_training
    # Other films chosen afterwards have nothing to do with it.
    tab.open_folder(films)
    qtbot.waitUntil(lambda: tab.state.work is None)
    assert tab.state.message is None


def test_that_films_that_are_gone_are_told_instead(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    tab.films.prepare_again(notebook_preset(tmp_path / "gone", tmp_path))
    qtbot.waitUntil(lambda: tab.state.work is None)
    assert tab.state.message is not None
    assert tab.state.message.is_error
