"""A run from Train to its end, and runs seen again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from training_fakes import (
    FakeEngine,
    batches,
    child,
    history,
    listed,
    run_of,
    training,
)

from training.fit.config import TrainConfig, notebook_preset
from training.fit.events import (
    BatchEnded,
    DataReady,
    Phase,
    PhaseChanged,
    RunFailed,
    RunFinished,
    RunStarted,
)
from training.fit.run_folder import Run, RunStatus
from xray_desktop.training_tab.dialogs import CloseChoice
from xray_desktop.training_tab.tab import TrainingTab

READY = DataReady(40, 12, 0.6, "fractured", 0)


def test_that_curves_have_the_tables_room_until_there_is_a_run(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    training(qtbot, tab, films)
    engine.send(RunStarted("a", tmp_path / "a"), READY, PhaseChanged(Phase.FIRST_STEP))
    steps = child(tab, QLabel, "phaseLabel")
    qtbot.waitUntil(lambda: "<b" in steps.text() and "first step</b>" in steps.text())
    # All steps of the run, in the smallest window.
    qtbot.waitUntil(lambda: steps.width() >= steps.sizeHint().width())
    assert not tab.results_panel.table.isVisible()
    alone = tab.curves_panel.height()
    with qtbot.waitSignals([tab.run_saved, tab.became_idle]):
        engine.send(RunFinished(run_of(engine.configs[0], tmp_path / "a")))
    assert tab.results_panel.table.isVisible()
    qtbot.waitUntil(lambda: tab.curves_panel.height() < alone - 50)


def test_that_events_drive_phase_progress_curves_and_table(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    training(qtbot, tab, films)
    panel = tab.progress_panel
    engine.send(RunStarted("a", tmp_path / "a"), PhaseChanged(Phase.READING, 3, 10))
    qtbot.waitUntil(lambda: child(tab, QLabel, "epochLabel").text() == "Reading films 3 of 10")
    assert not panel.stop_button.isEnabled()
    assert panel.cancel_button.isEnabled()
    assert panel.bar.value() == 300
    engine.send(READY, PhaseChanged(Phase.FIRST_STEP), *batches(1, 10), *history(1))
    engine.send(*batches(2, 10)[:5])
    qtbot.waitUntil(lambda: child(tab, QLabel, "epochLabel").text() == "Epoch 2 of 20")
    assert child(tab, QLabel, "speedLabel").text() == "120 films/s"
    assert panel.stop_button.isEnabled()
    assert not tab.settings_panel.epochs_box.isEnabled()
    qtbot.waitUntil(lambda: tab.curves_panel.read_out.startswith("Epoch 1,"))
    run = run_of(engine.configs[0], tmp_path / "a")
    with qtbot.waitSignals([tab.run_saved, tab.became_idle]):
        engine.send(RunFinished(run))
    table = tab.results_panel.table
    assert table.horizontalHeaderItem(0).text().startswith("best (epoch 2)")
    assert [table.text(0, 0), table.text(0, 1)] == ["98.9 % · 0.512", "99.6 % · 0.512"]
    assert [table.text(1, 0), table.text(1, 2)] == ["80.0 % · 0.512", "60.0 %"]
    detail = tab.results_panel.detail
    assert [detail.text(0, column) for column in range(4)] == [
        "62 % (36 to 82)",
        "75.0 % (45/60)",
        "87.5 % (35/40)",
        "0.871",
    ]
    assert child(tab, QLabel, "worthLabel").text().startswith("Only 13 films:")
    assert child(tab, QLabel, "epochLabel").text() == "Finished: 1 epoch"


def test_that_the_config_of_the_panel_reaches_the_engine(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine
) -> None:
    wanted = notebook_preset(
        films,
        Path(),
        epochs=7,
        batch_size=16,
        early_stopping_patience=5,
        learning_rate=0.00025,
        class_weights=True,
        monitor="val_auc",
        seed=11,
        precision="float32",
        validation_share=0.3,
        threshold=0.4,
    )
    wanted = replace(
        wanted,
        network=replace(wanted.network, kernel_size=5, l1=0.00001, l2=0.0003, width=0.5),
        augmentation=replace(wanted.augmentation, name="custom", tilt=7.5, fill="reflect"),
    )
    tab.settings_panel.show_config(wanted)
    training(qtbot, tab, films)
    qtbot.waitUntil(lambda: bool(engine.configs))
    assert replace(engine.configs[0], runs=Path()) == wanted


def test_that_stop_and_keep_ends_with_a_kept_run(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine, tmp_path: Path
) -> None:
    engine.run_after_stop = lambda config: run_of(config, tmp_path / "a", status=RunStatus.STOPPED)
    training(qtbot, tab, films)
    engine.send(READY, *batches(1, 3))
    qtbot.waitUntil(tab.progress_panel.stop_button.isEnabled)
    with qtbot.waitSignal(tab.run_saved) as saved:
        qtbot.mouseClick(tab.progress_panel.stop_button, Qt.MouseButton.LeftButton)
        assert not tab.progress_panel.stop_button.isEnabled()
        assert tab.progress_panel.cancel_button.isEnabled()
    assert saved.args[0].status is RunStatus.STOPPED
    assert tab.progress_panel.train_button.isEnabled()


def test_that_cancel_in_the_first_minute_does_not_ask(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine
) -> None:
    tab.run.ask_discard = lambda *_: pytest.fail("asked")
    training(qtbot, tab, films)
    engine.send(READY, *batches(1, 3))
    with qtbot.waitSignal(tab.became_idle):
        qtbot.mouseClick(tab.progress_panel.cancel_button, Qt.MouseButton.LeftButton)
    assert not tab.state.is_training
    assert tab.state.run is None
    assert "Cancelled" in child(tab, QLabel, "epochLabel").text()


def test_that_cancel_asks_when_more_than_a_minute_would_be_lost(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine
) -> None:
    asked: list[str] = []
    tab.run.ask_discard = lambda parent, trained: bool(asked.append(trained))
    training(qtbot, tab, films)
    engine.send(READY, *batches(1, 3), *history(2))
    qtbot.waitUntil(lambda: tab.curves_panel.read_out.startswith("Epoch 2,"))
    qtbot.mouseClick(tab.progress_panel.cancel_button, Qt.MouseButton.LeftButton)
    assert asked == ["2 min 00 s"]
    assert tab.state.is_training


@pytest.mark.parametrize("choice", [CloseChoice.STOP_AND_KEEP, CloseChoice.DISCARD])
def test_that_closing_during_a_run_ends_it(
    qtbot: QtBot,
    tab: TrainingTab,
    films: Path,
    engine: FakeEngine,
    tmp_path: Path,
    choice: CloseChoice,
) -> None:
    engine.run_after_stop = lambda config: run_of(config, tmp_path / "a")
    training(qtbot, tab, films)
    engine.send(READY, *batches(1, 3))
    qtbot.waitUntil(tab.progress_panel.stop_button.isEnabled)
    tab.ask_close = lambda *_: CloseChoice.KEEP_TRAINING
    assert not tab.request_close()
    assert tab.is_busy()
    tab.ask_close = lambda *_: choice
    with qtbot.waitSignal(tab.became_idle):
        assert tab.request_close()
    assert (tab.state.run is not None) is (choice is CloseChoice.STOP_AND_KEEP)


def test_that_a_failed_run_says_why_and_leaves_the_tab_usable(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine
) -> None:
    training(qtbot, tab, films)
    with qtbot.waitSignal(tab.became_idle):
        engine.send(RunFailed("The disk is full.", "Free some space and train again."))
    assert tab.message_bar.text == "The disk is full. Free some space and train again."
    assert tab.progress_panel.train_button.isEnabled()
    assert tab.settings_panel.epochs_box.isEnabled()
    qtbot.mouseClick(tab.progress_panel.train_button, Qt.MouseButton.LeftButton)
    assert tab.state.is_training
    assert not tab.message_bar.text


def test_that_events_of_an_earlier_run_are_left_out(
    qtbot: QtBot, tab: TrainingTab, films: Path, engine: FakeEngine
) -> None:
    training(qtbot, tab, films)
    old = tab.run._session
    with qtbot.waitSignal(tab.became_idle):
        tab.run.discard()
    qtbot.mouseClick(tab.progress_panel.train_button, Qt.MouseButton.LeftButton)
    tab.run._on_event(old, RunFailed("Late."))
    tab.run._on_event(old, BatchEnded(9, 1, 2, 0.1, 1.0, 5.0))
    assert tab.state.is_training
    assert tab.state.progress is not None
    assert tab.state.progress.epoch == 0
    assert not tab.message_bar.text


def test_that_a_folder_cannot_be_exchanged_under_a_run(
    qtbot: QtBot, tab: TrainingTab, films: Path, tmp_path: Path
) -> None:
    training(qtbot, tab, films)
    before = tab.state.data
    tab.open_folder(tmp_path)
    assert tab.state.data is before
    assert tab.state.work is None
    assert "A run trains" in tab.message_bar.text


def test_that_a_run_can_be_reopened_and_others_laid_over_it(
    qtbot: QtBot, tab: TrainingTab, other_run: Run, tmp_path: Path
) -> None:
    config = TrainConfig(data=tmp_path, runs=tmp_path)
    listed(tab, run_of(config, tmp_path / "20261123-140200-compact", num_films=40), other_run)
    rows = tab.runs_panel.list
    texts = [[rows.topLevelItem(r).text(c) for c in range(4)] for r in range(2)]
    assert texts == [
        ["11-23 14:02", "compact", "3", "80.0 %"],
        ["11-22 09:40", "notebook", "4 stopped", "80.0 %"],
    ]
    rows.setCurrentItem(rows.topLevelItem(0))
    assert tab.state.run is not None
    assert tab.state.run.run_id == "20261123-140200-compact"
    assert tab.curves_panel.read_out.startswith("Epoch 3,")
    assert "40 films" in tab.results_panel.detail.horizontalHeaderItem(0).text()
    for plot in (tab.curves_panel.loss_plot, tab.curves_panel.accuracy_plot):
        assert plot.num_other_lines == 0
    rows.topLevelItem(1).setCheckState(0, Qt.CheckState.Checked)
    for plot in (tab.curves_panel.loss_plot, tab.curves_panel.accuracy_plot):
        assert plot.num_other_lines == 2
    # The shown run is not laid over itself.
    rows.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    assert tab.curves_panel.loss_plot.num_other_lines == 2


def test_that_a_run_without_models_says_so(qtbot: QtBot, tab: TrainingTab, other_run: Run) -> None:
    failed = replace(
        other_run, status=RunStatus.FAILED, best=None, final=None, failure="The disk is full."
    )
    listed(tab, failed)
    tab.runs_panel.list.setCurrentItem(tab.runs_panel.list.topLevelItem(0))
    assert child(tab, QLabel, "worthLabel").text() == "This run failed. The disk is full."
    assert not tab.results_panel.viewer_button.isEnabled()
    assert tab.results_panel.folder_button.isEnabled()
