"""Processes that work by turns, and the ratio of what they took."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.benchmarks.turns import Ratio, Turn, Worker, by_turns, ratio


def _note(turn: Turn, file: Path, name: str, seconds: float) -> None:
    while True:
        time.sleep(seconds)
        with file.open("a", encoding="utf-8") as notes:
            notes.write(f"{name}\n")
        if not turn.step_ended():
            return


def _end_early(turn: Turn) -> None:
    turn.step_ended()


def test_one_works_at_a_time_and_each_step_is_timed(tmp_path: Path) -> None:
    file = tmp_path / "steps.txt"
    seconds = by_turns(
        {
            "slow": Worker(_note, (file, "slow", 0.04), 1, 2, {}),
            "fast": Worker(_note, (file, "fast", 0.01), 2, 3, {}),
        },
        rounds=3,
    )
    steps = file.read_text(encoding="utf-8").split()
    # Warm-up of each, the rounds, and the step after which each is told that it was the last.
    forth, back = ["slow"] * 2 + ["fast"] * 3, ["fast"] * 3 + ["slow"] * 2
    # Warm-up of each, then the rounds.
    assert steps == ["slow", "fast", "fast", *forth, *back, *forth]
    assert [len(each) for each in seconds.values()] == [3, 3]
    assert min(seconds["slow"]) >= 0.04
    assert min(seconds["fast"]) >= 0.01


def test_a_worker_that_ends_early_is_told_of() -> None:
    with pytest.raises(EOFError):
        by_turns({"early": Worker(_end_early, (), 1, 2, {})}, rounds=2)


def test_the_interval_is_the_one_that_tables_give_for_a_median() -> None:
    # Of 8 values in order the first and the last hold their median with 99.2 %, the second and
    # the seventh with 93.0 % only (binomial distribution).
    fast = [1.0] * 8
    slow = [1.4, 1.1, 1.3, 1.2, 1.7, 1.5, 1.6, 1.8]
    assert ratio(slow, fast) == Ratio(pytest.approx(1.45), 1.1, 1.8)
    # Of 9, the second and the eighth with 96.1 %.
    assert ratio([*slow, 1.9], [*fast, 1.0]) == Ratio(pytest.approx(1.5), 1.2, 1.8)
