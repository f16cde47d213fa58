"""The row "Start from": the starter model, or another transfer model."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from training_fakes import child, with_films

from tests.models.model_builders import make_card, make_compact_like, tolerate_keras
from training.models.model_file import save_model
from training.models.starter import STARTER
from xray_desktop.training_tab.start_field import StartBox
from xray_desktop.training_tab.tab import TrainingTab

pytestmark = tolerate_keras


def choose_network(tab: TrainingTab, name: str) -> None:
    box = tab.settings_panel.network_box
    box.setCurrentIndex(box.findData(name))
    box.activated.emit(box.currentIndex())


def pick(box: StartBox, row: int) -> None:
    """As a user picks an entry of the list."""
    box.setCurrentIndex(row)
    box.activated.emit(row)


@pytest.fixture
def box(qtbot: QtBot, tab: TrainingTab, films: Path) -> StartBox:
    with_films(qtbot, tab, films)
    choose_network(tab, "transfer")
    return child(tab, StartBox, "startBox")


def test_that_only_transfer_offers_a_start(tab: TrainingTab, box: StartBox) -> None:
    assert box.isEnabled()
    box.show_start(STARTER)
    assert tab.settings_panel.config().start == STARTER
    choose_network(tab, "compact")
    assert not box.isEnabled()
    assert tab.settings_panel.config().start is None
    assert not tab.settings_panel.problem


def test_that_another_model_is_chosen_and_given_back(tab: TrainingTab, box: StartBox) -> None:
    assert tab.settings_panel.config().start is None
    asked: list[Path] = []

    def choose(_: object, near: Path) -> Path | None:
        asked.append(near)
        return STARTER

    box.choose = choose
    pick(box, box.count() - 1)
    assert tab.settings_panel.config().start == STARTER
    assert box.currentText() == STARTER.name
    assert str(STARTER) in box.toolTip()
    # Thinking better of it leaves what was chosen.
    box.choose = lambda *_: None
    pick(box, box.count() - 1)
    assert tab.settings_panel.config().start == STARTER
    pick(box, 0)
    assert tab.settings_panel.config().start is None
    assert len(asked) == 1


def test_that_what_is_no_start_is_explained_and_blocks_train(
    tab: TrainingTab, box: StartBox, tmp_path: Path
) -> None:
    other = tmp_path / "compact.keras"
    save_model(make_compact_like(), make_card(), other)
    box.choose = lambda *_: other
    pick(box, box.count() - 1)
    assert "another network" in child(tab, QLabel, "settingsRemark").text()
    assert not tab.progress_panel.train_button.isEnabled()
    # The run that made it is named, where the file says so.
    assert box.currentText() == "2026-11-23 14.02 compact, best"
    pick(box, 0)
    assert tab.progress_panel.train_button.isEnabled()


def test_that_the_settings_of_a_run_bring_their_start_back(tab: TrainingTab, box: StartBox) -> None:
    box.show_start(STARTER)
    config = tab.settings_panel.config()
    pick(box, 0)
    tab.settings_panel.show_config(config)
    assert tab.settings_panel.config().start == STARTER
