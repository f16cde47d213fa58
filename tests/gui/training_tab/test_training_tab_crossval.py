"""A cross-validation in the training tab: from the button to the table, stopped, gone on with."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from training_fakes import batches, child, finish, history, listed, with_films

from tests.fit.crossval_fakes import FakeTrain
from tests.report.report_builders import make_crossval
from training.fit.config import TrainConfig
from training.fit.crossval_folder import CrossValidation, list_crossvals, read_crossval
from training.fit.events import DataReady, Event, RunCancelled, RunFailed
from training.fit.run_folder import Run
from xray_desktop import paths
from xray_desktop.settings import Settings
from xray_desktop.state.training_state import Outcome
from xray_desktop.training_tab.crossval_dialog import (
    CrossValChoice,
    CrossValDialog,
    earlier_words,
)
from xray_desktop.training_tab.dialogs import CloseChoice
from xray_desktop.training_tab.tab import TrainingTab


class Gate:
    """Lets a fold begin when the test says so."""

    def __init__(self) -> None:
        self.semaphore = threading.Semaphore(0)
        self.end: dict[int, Event] = {}

    def open(self, times: int = 1) -> None:
        for _ in range(times):
            self.semaphore.release()

    def __call__(self, config: TrainConfig) -> Event | None:
        assert config.fold is not None
        # A test that fails must not leave the thread behind.
        self.semaphore.acquire(timeout=10)
        return self.end.get(config.fold.number)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def fake(gate: Gate) -> FakeTrain:
    return FakeTrain(gate)


@pytest.fixture
def shown(qtbot: QtBot, settings: Settings, fake: FakeTrain, gate: Gate) -> Iterator[TrainingTab]:
    tab = TrainingTab(settings, train=fake)
    qtbot.addWidget(tab, before_close_func=lambda _: (gate.open(9), finish(qtbot, tab)))
    tab.resize(1280, 656)
    with qtbot.waitExposed(tab):
        tab.show()
    yield tab
    gate.open(9)


def begin(
    qtbot: QtBot, tab: TrainingTab, films: Path, *, folds: int = 3, earlier: int = -1
) -> None:
    """Press Cross-validate and choose."""

    def ask(
        parent: QWidget, num_films: int, known: Sequence[CrossValidation]
    ) -> CrossValChoice | None:
        assert num_films == 16
        return CrossValChoice(folds, known[earlier] if earlier >= 0 else None)

    tab.crossval.ask = ask
    if tab.state.data is None:
        with_films(qtbot, tab, films)
    qtbot.mouseClick(tab.progress_panel.crossval_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: tab.state.is_training)


def in_first_fold(qtbot: QtBot, tab: TrainingTab) -> None:
    """Wait for it; whoever stops before it gets no fold."""
    label = child(tab, QLabel, "epochLabel")
    qtbot.waitUntil(lambda: label.text().startswith("Fold 1 of 3"))


def folds_done(tab: TrainingTab) -> int:
    return tab.state.crossval.num_finished if tab.state.crossval is not None else -1


def over(qtbot: QtBot, tab: TrainingTab) -> None:
    qtbot.waitUntil(lambda: not tab.is_busy(), timeout=20_000)


def test_that_folds_go_from_the_button_to_a_table_with_mean_and_spread(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate, fake: FakeTrain
) -> None:
    assert not shown.progress_panel.crossval_button.isEnabled()
    begin(qtbot, shown, films)
    panel = shown.crossval_panel
    label = child(shown, QLabel, "epochLabel")
    qtbot.waitUntil(lambda: label.text().startswith("Fold 1 of 3"))
    assert panel.isVisible()
    assert not shown.results_panel.isVisible()
    assert shown.progress_panel.stop_button.text() == "Stop after this fold"
    assert shown.progress_panel.cancel_button.text() == "Stop now"
    gate.open()
    qtbot.waitUntil(lambda: label.text().startswith("Fold 2 of 3"))
    assert folds_done(shown) == 1
    assert panel.table.text(0, 3).endswith("%")
    assert panel.table.text(0, 0) == "–"
    # Only accuracies are known yet.
    assert panel.table.isRowHidden(1)
    assert "1 of 3 folds done" in child(shown, QLabel, "crossvalTitle").text()
    assert not panel.report_button.isEnabled()
    gate.open(2)
    over(qtbot, shown)
    assert fake.folds == [1, 2, 3]
    assert shown.state.outcome is Outcome.FINISHED
    state = shown.state.crossval
    assert state is not None
    assert state.result is not None
    best = state.result.figures[0]
    mean = best.by_fold["accuracy"].mean
    assert mean is not None
    assert panel.table.text(0, 1) == f"{100 * mean:.0f} %"
    assert "to" in panel.table.text(0, 0)
    assert not panel.table.isRowHidden(3)
    assert panel.worth.startswith("Only 16 films")
    assert "constant guess 50.0 %" in panel.worth
    assert panel.report_button.isEnabled()
    assert panel.folder_button.isEnabled()
    assert shown.progress_panel.stop_button.text() == "Stop and keep"
    assert label.text() == "Finished: 3 of 3 folds"


def test_that_the_curves_of_finished_folds_lie_over_the_one_that_trains(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    begin(qtbot, shown, films)
    gate.open(2)
    qtbot.waitUntil(lambda: folds_done(shown) == 2)
    assert [len(curves.epochs) for curves in shown.run.fold_curves] == [2, 2]
    assert len(shown.curves_panel._others) == 2
    gate.open()
    over(qtbot, shown)
    # The last fold is the one shown, the others lie over it.
    assert len(shown.curves_panel._others) == 2
    assert shown.curves_panel.read_out.startswith("Epoch 2,")


def test_that_stopping_after_a_fold_keeps_it_and_it_can_be_gone_on_with(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate, fake: FakeTrain
) -> None:
    begin(qtbot, shown, films)
    in_first_fold(qtbot, shown)
    qtbot.waitUntil(shown.progress_panel.stop_button.isEnabled)
    qtbot.mouseClick(shown.progress_panel.stop_button, Qt.MouseButton.LeftButton)
    gate.open()
    over(qtbot, shown)
    assert (fake.folds, folds_done(shown)) == ([1], 1)
    assert shown.state.outcome is Outcome.PAUSED
    assert "goes on with them" in child(shown, QLabel, "trainHint").text()
    begin(qtbot, shown, films, earlier=0)
    gate.open(2)
    over(qtbot, shown)
    assert fake.folds == [1, 2, 3]
    assert shown.state.crossval is not None
    assert shown.state.crossval.result is not None
    # Seen again later: nothing is trained.
    begin(qtbot, shown, films, earlier=0)
    over(qtbot, shown)
    assert fake.folds == [1, 2, 3]
    assert shown.state.crossval.result is not None


def test_that_stopping_now_throws_the_fold_away_and_keeps_the_others(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    begin(qtbot, shown, films)
    gate.open()
    qtbot.waitUntil(lambda: folds_done(shown) == 1)
    qtbot.mouseClick(shown.progress_panel.cancel_button, Qt.MouseButton.LeftButton)
    gate.open()
    over(qtbot, shown)
    assert folds_done(shown) == 1
    assert len(list_crossvals(paths.runs_folder())) == 1


def test_that_nothing_is_left_where_no_fold_was_finished(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    begin(qtbot, shown, films)
    qtbot.mouseClick(shown.progress_panel.cancel_button, Qt.MouseButton.LeftButton)
    gate.open()
    over(qtbot, shown)
    assert shown.state.crossval is None
    assert shown.state.outcome is Outcome.CANCELLED
    assert shown.results_panel.isVisible()
    assert list_crossvals(paths.runs_folder()) == ()


def test_that_a_failed_fold_says_why_and_what_is_kept(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    gate.end[2] = RunFailed("The disk is full.")
    begin(qtbot, shown, films)
    gate.open(2)
    over(qtbot, shown)
    message = shown.state.message
    assert message is not None
    assert message.what == "The disk is full."
    assert "1 of 3 folds are kept" in message.advice
    assert folds_done(shown) == 1


def test_that_picking_a_run_takes_the_table_away(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate, other_run: Run
) -> None:
    begin(qtbot, shown, films, folds=2)
    gate.open(2)
    over(qtbot, shown)
    qtbot.waitUntil(lambda: not shown._jobs.is_busy())
    listed(shown, other_run)
    shown.runs_panel.run_picked.emit(other_run.run_id)
    assert shown.results_panel.isVisible()
    assert not shown.crossval_panel.isVisible()
    assert shown.curves_panel._others == ()


def test_that_tested_films_that_the_start_knows_are_told(tab: TrainingTab, tmp_path: Path) -> None:
    found = read_crossval(make_crossval(tmp_path / "made"))
    tab._store.put(tab.state.with_crossval(found))
    panel = tab.crossval_panel
    assert panel.isVisible()
    assert "learnt from" not in panel.worth
    runs = tuple(replace(run, known_tested=2) for run in found.runs if run is not None)
    tab._store.put(tab.state.with_crossval(replace(found, runs=runs)))
    assert panel.worth.startswith("6 of the 24 files tested are among those")


def test_that_closing_asks_in_the_words_of_a_cross_validation(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    begin(qtbot, shown, films)
    in_first_fold(qtbot, shown)
    asked: list[QWidget] = []

    def ask(parent: QWidget) -> CloseChoice:
        asked.append(parent)
        return CloseChoice.STOP_AND_KEEP

    shown.ask_close_crossval = ask
    assert shown.request_close()
    assert asked == [shown]
    gate.open()
    over(qtbot, shown)
    assert folds_done(shown) == 1


def test_that_the_dialog_tells_new_ones_from_those_to_go_on_with(
    qtbot: QtBot, shown: TrainingTab, films: Path, gate: Gate
) -> None:
    begin(qtbot, shown, films)
    in_first_fold(qtbot, shown)
    qtbot.mouseClick(shown.progress_panel.stop_button, Qt.MouseButton.LeftButton)
    gate.open()
    over(qtbot, shown)
    known = list_crossvals(paths.runs_folder())
    assert earlier_words(known[0]).endswith("3 folds, 1 of 3 folds done")
    dialog = CrossValDialog(16, known)
    qtbot.addWidget(dialog)
    assert dialog.choice == CrossValChoice(5, None)
    dialog.folds_box.setValue(4)
    assert "16 different films, some 4 in each fold" in dialog.note
    dialog.which_box.setCurrentIndex(1)
    assert dialog.choice.earlier == known[0]
    assert not dialog.folds_box.isEnabled()
    assert dialog.start_button.text() == "Go on"
    assert "1 of 3 folds are done" in dialog.note


def test_that_time_left_counts_the_folds_to_come() -> None:
    from training.fit.crossval_events import FoldFinished, FoldStarted
    from training.fit.events import Phase, PhaseChanged
    from xray_desktop.state.crossval_state import CrossValShare

    share = CrossValShare(4, 2)
    share.add(FoldStarted(1, 4, Path("x")), 0.0)
    share.add(DataReady(100, 10, 0.5, "a", 0), 1.0)
    share.add(PhaseChanged(Phase.FIRST_STEP), 1.0)
    assert share.seconds_left is None
    now = 1.0
    for epoch in (1, 2):
        for event in batches(epoch, 50):
            now += 1.0
            share.add(event, now)
    assert share.share is not None
    assert 0.1 < share.share <= 0.25
    assert share.seconds_left is not None
    # Three more folds of at least a hundred seconds each.
    assert 280 < share.seconds_left < 500
    run = object.__new__(Run)
    share.add(FoldFinished(1, 4, run, is_earlier=False), 120.0)
    assert share.share == 0.25
    share.add(FoldStarted(2, 4, Path("x")), 120.0)
    assert share.seconds_left == pytest.approx(360.0)


def test_that_epochs_of_a_fold_are_drawn_live(
    qtbot: QtBot, settings: Settings, films: Path
) -> None:
    """With an engine that reports what the test sends."""
    from training_fakes import FakeEngine

    engine = FakeEngine()
    tab = TrainingTab(settings, train=engine)
    qtbot.addWidget(tab, before_close_func=lambda _: finish(qtbot, tab))
    begin(qtbot, tab, films)
    engine.send(DataReady(8, 2, 0.5, "fractured", 0), *batches(1, 5), *history(1))
    qtbot.waitUntil(lambda: tab.curves_panel.read_out.startswith("Epoch 1,"))
    engine.send(RunCancelled())
    over(qtbot, tab)
