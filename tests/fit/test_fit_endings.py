"""Every way a person or the system can end a run: stop, cancel, kill."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fit_builders import (
    finished,
    make_films,
    of_type,
    run,
    runs_of,
    tiny_config,
)

from training.fit.control import RunControl
from training.fit.events import (
    BatchEnded,
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
)
from training.fit.run_folder import RunStatus, list_runs
from training.models.model_file import load_model

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def test_that_stop_ends_after_the_current_step_and_keeps_both(tmp_path: Path) -> None:
    make_films(tmp_path / "films")

    def stop(event: Event, control: RunControl) -> None:
        if isinstance(event, BatchEnded) and (event.epoch, event.step) == (2, 2):
            control.stop.set()

    events = run(tiny_config(tmp_path, epochs=9), stop)
    done = finished(events).run
    assert (of_type(events, BatchEnded)[-1].epoch, of_type(events, BatchEnded)[-1].step) == (2, 2)
    assert done.status is RunStatus.STOPPED
    assert [line.epoch for line in done.history] == [1]
    assert done.best
    assert done.final
    assert (done.best.epoch, done.final.epoch) == (1, 1)
    best, final = (load_model(result.path)[0].get_weights() for result in (done.best, done.final))
    assert any(not np.array_equal(a, b) for a, b in zip(best, final, strict=True))


def test_that_stop_before_the_first_epoch_ended_keeps_the_weights_so_far(tmp_path: Path) -> None:
    make_films(tmp_path / "films")

    def stop(event: Event, control: RunControl) -> None:
        if isinstance(event, BatchEnded):
            control.stop.set()

    done = finished(run(tiny_config(tmp_path), stop)).run
    assert done.history == ()
    assert done.best
    assert done.final
    assert (done.best.epoch, done.final.epoch) == (0, 0)
    assert done.best.validation == done.final.validation


@pytest.mark.parametrize(
    "phase", [Phase.SCANNING, Phase.READING, Phase.BUILDING, Phase.FIRST_STEP, Phase.TRAINING,
              Phase.VALIDATING, Phase.SAVING, Phase.EVALUATING]
)  # fmt: skip
def test_that_cancelling_in_any_phase_discards_the_run(tmp_path: Path, phase: Phase) -> None:
    make_films(tmp_path / "films")
    before = set(threading.enumerate())

    def cancel(event: Event, control: RunControl) -> None:
        if isinstance(event, PhaseChanged) and event.phase is phase:
            control.cancel.set()

    events = run(tiny_config(tmp_path), cancel)
    assert isinstance(events[-1], RunCancelled)
    assert runs_of(tmp_path) == []
    if phase is Phase.VALIDATING:
        # Within the validation, not after it.
        assert not of_type(events, EpochEnded)
    assert {thread for thread in threading.enumerate() if not thread.daemon} <= before


def test_that_cancel_wins_over_stop(tmp_path: Path) -> None:
    make_films(tmp_path / "films")

    def both(event: Event, control: RunControl) -> None:
        if isinstance(event, BatchEnded):
            control.stop.set()
        if isinstance(event, PhaseChanged) and event.phase is Phase.EVALUATING:
            control.cancel.set()

    assert isinstance(run(tiny_config(tmp_path), both)[-1], RunCancelled)
    assert runs_of(tmp_path) == []


def test_that_stop_before_the_first_step_leaves_nothing(tmp_path: Path) -> None:
    make_films(tmp_path / "films")

    def stop(event: Event, control: RunControl) -> None:
        if isinstance(event, PhaseChanged) and event.phase is Phase.READING:
            control.stop.set()

    assert isinstance(run(tiny_config(tmp_path), stop)[-1], RunCancelled)
    assert runs_of(tmp_path) == []


def test_that_a_run_which_goes_on_reads_as_running(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    seen: list[RunStatus] = []

    def look(event: Event, control: RunControl) -> None:
        if isinstance(event, EpochEnded):
            seen.extend(each.status for each in list_runs(tmp_path / "runs"))

    finished(run(tiny_config(tmp_path), look))
    assert seen == [RunStatus.RUNNING] * 2


def test_that_a_killed_run_is_found_as_interrupted(tmp_path: Path) -> None:
    make_films(tmp_path / "films")
    code = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from fit_builders import tiny_config
from training.fit.control import RunControl
from training.fit.events import EpochEnded
from training.fit.train import train
def report(event):
    if isinstance(event, EpochEnded):
        os.kill(os.getpid(), signal.SIGKILL)
train(tiny_config(Path({str(tmp_path)!r})), report, RunControl())
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False, timeout=300)
    assert ended.returncode == -9
    (left,) = list_runs(tmp_path / "runs")
    assert left.status is RunStatus.FAILED
    assert "interrupted" in left.failure
    assert [line.epoch for line in left.history] == [1]
    assert left.best is None
