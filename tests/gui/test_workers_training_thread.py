"""A run's thread: events arrive here, exactly one end, switches reach the engine."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shell_fakes import make_config, make_run, reports

from training.errors import UserError
from training.fit.events import (
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
)
from xray_desktop.workers.training_thread import TrainingThread


def run_to_end(qtbot: QtBot, folder: Path, train: Callable[..., None] | None = None) -> list[Event]:
    thread = TrainingThread(make_config(folder), train)
    seen: list[Event] = []
    places: set[int] = set()
    thread.event_reported.connect(seen.append)
    thread.event_reported.connect(lambda _: places.add(threading.get_ident()))
    with qtbot.waitSignal(thread.finished):
        thread.start()
    assert places <= {threading.get_ident()}
    return seen


def test_that_events_arrive_in_order_and_unchanged(qtbot: QtBot, tmp_path: Path) -> None:
    run = make_run(tmp_path)
    events: list[Event] = [
        RunStarted("a", tmp_path),
        PhaseChanged(Phase.READING, 1, 2),
        RunFinished(run),
    ]
    seen = run_to_end(qtbot, tmp_path, reports(events))
    assert seen == events
    assert isinstance(seen[-1], RunFinished)
    assert seen[-1].run is run


def test_that_an_unexpected_exception_is_one_failure_with_details(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def train(*_: Any) -> None:
        raise ZeroDivisionError

    (event,) = run_to_end(qtbot, tmp_path, train)
    assert isinstance(event, RunFailed)
    assert "ZeroDivisionError" in event.details
    assert "mistake in this program" in event.what
    assert event.advice


def test_that_a_user_error_keeps_its_words(qtbot: QtBot, tmp_path: Path) -> None:
    def train(*_: Any) -> None:
        raise UserError("The folder is empty.", "Choose another.")

    assert run_to_end(qtbot, tmp_path, train) == [
        RunFailed("The folder is empty.", "Choose another.")
    ]


def test_that_a_run_without_an_end_is_reported_as_failed(qtbot: QtBot, tmp_path: Path) -> None:
    seen = run_to_end(qtbot, tmp_path, reports([RunStarted("a", tmp_path)]))
    assert isinstance(seen[-1], RunFailed)
    assert "without an end event" in seen[-1].details


def test_that_nothing_is_passed_on_after_the_end(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def train(config: Any, report: Callable[[Event], None], control: Any) -> None:
        report(RunCancelled())
        report(PhaseChanged(Phase.SAVING))
        raise ValueError

    assert run_to_end(qtbot, tmp_path, train) == [RunCancelled()]
    assert "after the run's end" in caplog.text


@pytest.mark.parametrize("switch", ["stop", "cancel"])
def test_that_a_switch_reaches_the_run(qtbot: QtBot, tmp_path: Path, switch: str) -> None:
    def train(config: Any, report: Callable[[Event], None], control: Any) -> None:
        assert getattr(control, switch).wait(10)
        report(RunCancelled())

    thread = TrainingThread(make_config(tmp_path), train)
    thread.start()
    assert not thread.is_stopping
    with qtbot.waitSignal(thread.finished):
        thread.stop_and_keep() if switch == "stop" else thread.cancel()
    assert thread.is_stopping
    assert thread.is_cancelling == (switch == "cancel")


def test_that_a_missing_tensorflow_is_told_in_words(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # None in sys.modules makes the import raise ModuleNotFoundError, also where another test has
    # imported it before.
    monkeypatch.setitem(sys.modules, "training.fit.train", None)
    (event,) = run_to_end(qtbot, tmp_path)
    assert isinstance(event, RunFailed)
    assert "TensorFlow" in event.what
    assert "ModuleNotFoundError" in event.details
