"""Time left, share done: closed forms and steadiness. No Qt."""

from __future__ import annotations

import random

import pytest

from training.fit.events import BatchEnded, DataReady, Phase, PhaseChanged
from xray_desktop.state.training_eta import (
    SETTLING_STEPS,
    TimeLeft,
    Workload,
    duration_words,
    time_left_words,
)
from xray_desktop.state.training_share import RunShare


def test_that_time_left_is_exact_at_constant_speed() -> None:
    left = TimeLeft()
    for step in range(200):
        seconds = left.update(now=0.5 * step, done=4.0 * step, total=1000.0)
        if step < SETTLING_STEPS:
            assert seconds is None
        elif step > 10:
            # 8 units a second.
            assert seconds == pytest.approx((1000.0 - 4.0 * step) / 8.0, rel=1e-9)


def test_that_slow_first_steps_do_not_count() -> None:
    left = TimeLeft()
    now, told = 0.0, []
    for step in range(60):
        now += 30.0 if step < 2 else 0.5
        told.append(left.update(now, float(step), 100.0))
    assert told[-1] == pytest.approx((100 - 59) * 0.5, rel=1e-6)


def test_that_a_noisy_speed_does_not_make_the_time_left_jump() -> None:
    chance = random.Random(4)
    left = TimeLeft()
    now = done = 0.0
    before = None
    jumps, errors = [], []
    for step in range(600):
        seconds = chance.choice((0.2, 0.2, 0.2, 1.4))  # 0.5 on average
        now += seconds
        done += 1.0
        told = left.update(now, done, 1000.0)
        if told is not None and before is not None and step > 60:
            jumps.append(abs(told - (before - seconds)))
            errors.append(abs(told / ((1000.0 - done) * 0.5) - 1.0))
        before = told
    # A guess from the last step alone would jump by up to 700 s.
    assert max(jumps) < 25.0
    assert max(errors) < 0.35


def test_that_a_lasting_slow_down_is_followed_within_some_minutes() -> None:
    left = TimeLeft()
    now = done = 0.0
    told = None
    for step in range(900):
        now += 0.5 if step < 100 else 1.0
        done += 1.0
        told = left.update(now, done, 2000.0)
    assert told == pytest.approx(1100.0, rel=0.02)


def test_that_words_stay_while_the_time_wavers_about_an_edge() -> None:
    assert time_left_words(None) == ""
    assert time_left_words(29.0 * 60) == "about 29 min left"
    words = time_left_words(6.52 * 60)
    assert words == "about 7 min left"
    assert time_left_words(6.48 * 60, words) == words
    assert time_left_words(5.6 * 60, words) == "about 6 min left"


@pytest.mark.parametrize(
    ("seconds", "words"), [(4.2, "4 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_that_durations_read_as_a_person_says_them(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_that_the_shares_of_a_run_add_up_to_one() -> None:
    work = Workload(num_train=100, num_validation=40, epochs=3)
    assert work.training_done(1, 0, 10) == 0.0
    assert work.validating_done(1, 40, 40) == pytest.approx(work.training_done(2, 0, 10))
    assert work.validating_done(3, 40, 40) == pytest.approx(work.measuring_done(0, 1))
    assert work.measuring_done(1, 1) == pytest.approx(work.total)


def test_that_the_share_of_a_run_never_runs_back() -> None:
    share = RunShare(2)
    share.add(PhaseChanged(Phase.BUILDING), 0.0)
    assert share.share is None
    share.add(DataReady(100, 40, 0.5, "fractured", 0), 1.0)
    told = []
    for epoch in (1, 2):
        for step in range(1, 11):
            share.add(BatchEnded(epoch, step, 10, 0.5, 0.5, 30.0), 10.0 * epoch + step)
            told.append(share.share)
        share.add(PhaseChanged(Phase.VALIDATING, 40, 40), 10.0 * epoch + 10)
        told.append(share.share)
    for done in (0, 140, 280):
        share.add(PhaseChanged(Phase.EVALUATING, done, 280), 40.0)
        told.append(share.share)
    shares = [value for value in told if value is not None]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_that_computing_features_has_a_share_and_a_time_of_its_own() -> None:
    share = RunShare(20)
    share.add(DataReady(1000, 200, 0.5, "fractured", 0), 0.0)
    for second in range(1, 31):
        share.add(PhaseChanged(Phase.FEATURES, 40 * second, 2400), float(second))
    assert share.share == pytest.approx(0.5)
    assert share.seconds_left == pytest.approx(30.0, abs=2.0)
