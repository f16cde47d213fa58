"""Cross-validation: its order, its ends, going on, pooling; and once with real networks."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from tests.fit.crossval_fakes import FakeTrain, score_of
from tests.fit.fit_builders import make_films, tiny_config
from training import __version__
from training.data.dataset import Split
from training.data.scan import scan_folder
from training.errors import UserError
from training.fit.config import FoldConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.crossval import cross_validate
from training.fit.crossval_events import (
    CrossValEvent,
    CrossValFinished,
    CrossValStopped,
    FoldFinished,
    FoldStarted,
)
from training.fit.crossval_folder import at_prevalence, out_of_fold, read_crossval
from training.fit.events import Event, PhaseChanged, RunFailed, RunStarted
from training.fit.run_folder import list_runs
from training.models.card_file import read_card

ENDS = (CrossValFinished, CrossValStopped, RunFailed)


@pytest.fixture
def config(tmp_path: Path) -> TrainConfig:
    make_films(tmp_path / "films", num_train=8, num_validation=4)
    return tiny_config(tmp_path)


def run(
    config: TrainConfig,
    train: FakeTrain | None,
    *,
    folds: int = 3,
    on_event: Callable[[CrossValEvent, RunControl], None] = lambda event, control: None,
    **options: Any,
) -> list[CrossValEvent]:
    events: list[CrossValEvent] = []
    control = RunControl()

    def report(event: CrossValEvent) -> None:
        events.append(event)
        on_event(event, control)

    cross_validate(config, folds, report, control, train=train, **options)
    assert [e for e in events if isinstance(e, ENDS)] == events[-1:]
    return events


def result_of(events: list[CrossValEvent]) -> Any:
    assert isinstance(events[-1], CrossValFinished), events[-1]
    return events[-1].result


def test_that_each_fold_is_trained_in_order_and_its_end_is_not_passed_on(
    config: TrainConfig,
) -> None:
    train = FakeTrain()
    events = run(config, train)
    assert train.folds == [1, 2, 3]
    one = [FoldStarted, RunStarted, PhaseChanged, FoldFinished]
    assert [type(event) for event in events] == one * 3 + [CrossValFinished]


def test_that_all_films_are_pooled_each_scored_by_the_run_that_has_not_seen_it(
    config: TrainConfig,
) -> None:
    result = result_of(run(config, FakeTrain()))
    items = scan_folder(config.data).items
    assert len(items) == 24
    truth = [item.label for item in items]
    scores = [score_of(item) for item in items]
    best, final = result.figures
    assert (best.kind, final.kind) == ("best", "final")
    unit = best.pooled.by_film
    assert unit.count == len({item.film for item in items})
    assert unit.accuracy.value == pytest.approx(accuracy_score(truth, np.array(scores) >= 0.5))
    assert unit.auc.value == pytest.approx(roc_auc_score(truth, scores), abs=1e-9)
    # Brightness separates the fake films perfectly.
    assert unit.brightness_guess == 1.0
    for number, each in enumerate(result.runs, start=1):
        tested = {score.file.film for score in out_of_fold(result, "best") if score.fold == number}
        assert each.config.fold == FoldConfig(number=number, count=3, pool="all")
        assert each.best.test.num_films == len(tested) == 8


def test_that_the_spread_over_folds_is_that_of_each_folds_own_figures(config: TrainConfig) -> None:
    result = result_of(run(config, FakeTrain()))
    values = [each.best.test.film_accuracy for each in result.runs]
    spread = result.figures[0].by_fold["accuracy"]
    assert spread.values == pytest.approx(values)
    assert spread.mean == pytest.approx(np.mean(values))
    assert spread.deviation == pytest.approx(np.std(values, ddof=1))


def test_that_the_folder_tells_all_without_the_program(config: TrainConfig) -> None:
    result = result_of(run(config, FakeTrain()))
    assert result.folder.parent == config.runs
    with (result.folder / "out_of_fold.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "best"]
    assert len(rows) == 24
    assert {row["fold"] for row in rows} == {"1", "2", "3"}
    figures = json.loads((result.folder / "figures.json").read_text())
    assert figures[0]["pooled"]["by_film"]["count"] == 24
    assert read_crossval(result.folder) == result
    # The list of runs shows runs, not cross-validations.
    assert list_runs(config.runs) == ()


def test_that_a_finished_fold_is_not_trained_again(config: TrainConfig) -> None:
    def stop_after_first(event: CrossValEvent, control: RunControl) -> None:
        if isinstance(event, FoldStarted):
            control.stop.set()

    first = FakeTrain()
    stopped = run(config, first, on_event=stop_after_first)[-1]
    assert isinstance(stopped, CrossValStopped)
    assert (first.folds, stopped.num_finished, stopped.count) == ([1], 1, 3)
    assert stopped.folder is not None

    second = FakeTrain()
    events = run(config, second, folder=stopped.folder)
    assert second.folds == [2, 3]
    assert [e.is_earlier for e in events if isinstance(e, FoldFinished)] == [True, False, False]
    whole = result_of(run(replace(config, runs=config.runs / "whole"), FakeTrain()))
    assert result_of(events).figures == whole.figures


def test_that_another_version_does_not_go_on_with_it(
    config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_at_second(event: CrossValEvent, control: RunControl) -> None:
        if isinstance(event, FoldStarted) and event.number == 2:
            control.stop.set()

    stopped = run(config, FakeTrain(), on_event=stop_at_second)[-1]
    whole = result_of(run(replace(config, runs=config.runs / "whole"), FakeTrain()))
    monkeypatch.setattr("training.formats.__version__", "99.0")
    again = FakeTrain()
    end = run(config, again, folder=stopped.folder)[-1]
    assert isinstance(end, RunFailed)
    assert f"begun by version {__version__}" in end.what
    assert "This is 99.0" in end.what
    assert again.folds == []
    # What is finished is still read and measured.
    config = replace(config, runs=config.runs / "whole")
    assert result_of(run(config, again, folder=whole.folder)).figures == whole.figures


def test_that_a_folder_can_be_moved_before_going_on(config: TrainConfig, tmp_path: Path) -> None:
    result = result_of(run(config, FakeTrain()))
    moved = result.folder.rename(tmp_path / "elsewhere")
    again = FakeTrain()
    assert result_of(run(config, again, folder=moved)).figures == result.figures
    assert again.folds == []


def test_that_cancelling_discards_the_fold_and_keeps_finished_ones(config: TrainConfig) -> None:
    def cancel_second(event: CrossValEvent, control: RunControl) -> None:
        if isinstance(event, FoldStarted) and event.number == 2:
            control.cancel.set()

    end = run(config, FakeTrain(), on_event=cancel_second)[-1]
    assert isinstance(end, CrossValStopped)
    assert end.num_finished == 1
    assert end.folder is not None
    assert len(list_runs(end.folder)) == 1


def test_that_nothing_is_left_where_nothing_was_finished(config: TrainConfig) -> None:
    def cancel(event: CrossValEvent, control: RunControl) -> None:
        control.cancel.set()

    assert run(config, FakeTrain(), on_event=cancel)[-1] == CrossValStopped(None, 0, 3)
    assert list(config.runs.iterdir()) == []


def test_that_a_failed_fold_ends_it_and_says_what_is_kept(config: TrainConfig) -> None:
    def fail_second(each: TrainConfig) -> Event | None:
        assert each.fold
        return RunFailed("The disk is full.") if each.fold.number == 2 else None

    end = run(config, FakeTrain(fail_second))[-1]
    assert isinstance(end, RunFailed)
    assert end.what == "The disk is full."
    assert "1 of 3 folds are kept" in end.kept


def test_that_other_settings_do_not_go_on_with_it(config: TrainConfig) -> None:
    result = result_of(run(config, FakeTrain()))
    for changed, folds in ((replace(config, epochs=9), 3), (config, 4)):
        end = run(changed, FakeTrain(), folds=folds, folder=result.folder)[-1]
        assert isinstance(end, RunFailed)
        assert "other settings" in end.what


def test_that_what_cannot_be_divided_is_told_in_words(config: TrainConfig, tmp_path: Path) -> None:
    def really(each: TrainConfig) -> Event | None:
        from training.data.dataset import DataError
        from training.data.folds import fold_of_films

        try:
            fold_of_films(scan_folder(each.data).items, count=20, seed=0)
        except DataError as error:
            return RunFailed(error.what)
        return None

    end = run(config, FakeTrain(really), folds=20)[-1]
    assert isinstance(end, RunFailed)
    assert "20 folds need 20 films" in end.what
    for folds, pool in ((1, "all"), (21, "all"), (3, "some")):
        assert isinstance(run(config, FakeTrain(), folds=folds, pool=pool)[-1], RunFailed)
    with pytest.raises(UserError, match="cannot be read"):
        read_crossval(tmp_path)
    (tmp_path / "crossval.json").write_text("[]")
    with pytest.raises(UserError, match="not a cross-validation"):
        read_crossval(tmp_path)


def test_that_a_bug_in_a_fold_is_told_with_its_traceback(config: TrainConfig) -> None:
    def crash(each: TrainConfig) -> Event | None:
        raise ZeroDivisionError

    end = run(config, FakeTrain(crash))[-1]
    assert isinstance(end, RunFailed)
    assert "ZeroDivisionError" in end.details


def test_that_precision_is_chosen_once_for_all_folds(config: TrainConfig) -> None:
    def stop(event: CrossValEvent, control: RunControl) -> None:
        if isinstance(event, FoldFinished):
            control.stop.set()

    left = replace(config, precision="auto")
    first = FakeTrain()
    end = run(left, first, on_event=stop)[-1]
    assert isinstance(end, CrossValStopped)
    # The stand-in says it chose float32; who goes on chooses nothing anew.
    second = FakeTrain()
    result_of(run(left, second, folder=end.folder))
    chosen = [each.precision for each in (*first.configs, *second.configs)]
    assert chosen == ["auto", "float32", "float32"]


def test_that_a_prevalence_changes_what_is_told_and_no_file(config: TrainConfig) -> None:
    result = result_of(run(config, FakeTrain()))
    rare = at_prevalence(result, 0.01)
    pooled, told = result.figures[0].pooled.by_film, rare.figures[0].pooled.by_film
    assert (pooled.prevalence, told.prevalence) == (0.5, 0.01)
    assert told.accuracy == pooled.accuracy
    assert told.ppv.value is not None
    assert pooled.ppv.value is not None
    assert told.ppv.value < pooled.ppv.value
    assert read_crossval(result.folder).figures == result.figures


@pytest.mark.slow
def test_that_real_networks_are_tested_on_films_they_have_not_seen(config: TrainConfig) -> None:
    events = run(replace(config, epochs=4, calibrate=True), None, folds=2)
    result = result_of(events)
    films = {item.film for item in scan_folder(config.data).items}
    scores = out_of_fold(result, "best")
    assert {score.file.film for score in scores} == films
    for number, each in enumerate(result.runs, start=1):
        tested = {score.file.film for score in scores if score.fold == number}
        with (each.folder / "scores.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        learnt = {row["film"] for row in rows if row["split"] != "test"}
        assert tested
        assert not tested & learnt
        assert tested | learnt == films
        assert each.best.test.num_films == len(tested)
        card = read_card(each.best.path)
        assert card.calibration is not None
        assert card.brightness is not None
        figures = json.loads((each.folder / "figures.json").read_text())
        assert set(figures["best"]) == {split.value for split in Split}
    # A bright square marks the fractured films: brightness alone tells them apart.
    assert result.figures[0].pooled.by_film.brightness_auc == pytest.approx(1.0, abs=0.05)
