"""The job queue: order, newest wins, nothing stale, errors, shutting down."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from training.errors import UserError
from xray_desktop.workers.jobs import JobDone, JobFailed, JobProgress, JobThread
from xray_desktop.workers.running import running_threads


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[JobThread]:
    thread = JobThread("test")
    yield thread
    if thread.isRunning():
        with qtbot.waitSignal(thread.finished):
            thread.stop()


@pytest.fixture
def delivered(jobs: JobThread) -> list[JobDone | JobFailed]:
    outcomes: list[JobDone | JobFailed] = []
    jobs.done.connect(outcomes.append)
    return outcomes


def test_that_a_result_comes_back_in_the_gui_thread(qtbot: QtBot, jobs: JobThread) -> None:
    ran_in: list[int] = []
    delivered_in: list[int] = []
    jobs.done.connect(lambda _: delivered_in.append(threading.get_ident()))
    with qtbot.waitSignal(jobs.done) as done:
        request = jobs.submit(
            "sum", lambda a, b: (ran_in.append(threading.get_ident()), a + b)[1], 2, 3
        )
    assert (done.args[0].request_id, done.args[0].key, done.args[0].result) == (request, "sum", 5)
    assert delivered_in == [threading.get_ident()]
    assert ran_in != delivered_in


def test_that_all_jobs_share_one_thread_and_keep_their_order(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    ran_in: set[int] = set()
    for number in range(20):
        jobs.submit(number, lambda: ran_in.add(threading.get_ident()))
    qtbot.waitUntil(lambda: len(delivered) == 20)
    assert [outcome.key for outcome in delivered] == list(range(20))
    assert len(ran_in) == 1


def test_that_the_newest_of_a_key_wins_even_over_one_that_runs(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait() -> str:
        started.set()
        assert go_on.wait(10)
        return "stale"

    ran: list[str] = []
    jobs.submit("film", wait)
    assert started.wait(10)
    jobs.submit("film", ran.append, "never runs")
    newest = jobs.submit("film", ran.append, "newest")
    jobs.submit("other", ran.append, "other key")
    go_on.set()
    qtbot.waitUntil(lambda: not jobs.is_busy())
    assert ran == ["newest", "other key"]
    assert [outcome.request_id for outcome in delivered] == [newest, newest + 1]


def test_that_jobs_of_one_key_all_run_when_none_replaces(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    for number in range(3):
        jobs.submit("thumbnail", abs, number, replace=False)
    qtbot.waitUntil(lambda: not jobs.is_busy())
    assert [outcome.result for outcome in delivered if isinstance(outcome, JobDone)] == [0, 1, 2]


def test_that_a_result_cancelled_on_its_way_back_is_not_delivered(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    ended = threading.Event()
    jobs.submit("film", ended.set)
    # The worker has ended it, but this thread has not yet turned its event loop.
    assert ended.wait(10)
    jobs.cancel("film")
    assert not jobs.is_waiting_for("film")
    with qtbot.waitSignal(jobs.became_idle):
        pass
    assert delivered == []


def test_that_a_user_error_comes_back_as_it_is(qtbot: QtBot, jobs: JobThread) -> None:
    error = UserError("The file is empty.", "Choose another.")

    def fail() -> None:
        raise error

    with qtbot.waitSignal(jobs.done) as done:
        jobs.submit("film", fail)
    assert isinstance(done.args[0], JobFailed)
    assert done.args[0].error is error


def test_that_a_bug_is_logged_and_the_worker_goes_on(
    qtbot: QtBot, jobs: JobThread, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(jobs.done) as done:
        jobs.submit("film", lambda: 1 // 0)
    assert isinstance(done.args[0].error, ZeroDivisionError)
    assert "job of test failed" in caplog.text
    with qtbot.waitSignal(jobs.done) as done:
        jobs.submit("film", abs, -1)
    assert done.args[0].result == 1


def test_that_a_long_job_reports_and_hears_that_it_is_cancelled(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    started = threading.Event()
    heard: list[bool] = []

    def scan(folder: str, *, progress, cancelled) -> str:  # type: ignore[no-untyped-def]
        progress(1, 9)
        started.set()
        while not cancelled():
            QThread.msleep(1)
        heard.append(True)
        return folder

    with qtbot.waitSignal(jobs.progressed) as progressed:
        request = jobs.submit_long("scan", scan, "films")
    assert progressed.args[0] == JobProgress(request, "scan", 1, 9)
    assert jobs.is_busy()
    jobs.cancel("scan")
    with qtbot.waitSignal(jobs.became_idle):
        pass
    assert heard == [True]
    assert delivered == []


def test_that_progress_is_thinned_but_the_last_comes_through(qtbot: QtBot, jobs: JobThread) -> None:
    seen: list[int] = []
    jobs.progressed.connect(lambda progress: seen.append(progress.done))

    def count(*, progress, cancelled) -> None:  # type: ignore[no-untyped-def]
        for number in range(1, 10_001):
            progress(number, 10_000)

    with qtbot.waitSignal(jobs.done):
        jobs.submit_long("count", count)
    assert seen[0] == 1
    assert seen[-1] == 10_000
    assert len(seen) < 1_000


def test_that_stopping_ends_the_thread_and_drops_what_waits(
    qtbot: QtBot, jobs: JobThread, delivered: list[JobDone | JobFailed]
) -> None:
    started, go_on = threading.Event(), threading.Event()
    ran: list[int] = []

    def wait() -> None:
        started.set()
        go_on.wait(10)

    jobs.submit("first", wait)
    jobs.submit("second", ran.append, 2)
    assert started.wait(10)
    with qtbot.waitSignal(jobs.finished):
        jobs.stop()
        go_on.set()
    assert ran == []
    assert delivered == []
    assert not jobs.is_busy()
    jobs.submit("late", ran.append, 3)
    assert not jobs.isRunning()
    assert not jobs.is_busy()


def test_that_running_threads_are_found_below_their_owner(qtbot: QtBot) -> None:
    owner = QThread()
    thread = JobThread("inner", owner)
    assert running_threads(owner) == []
    with qtbot.waitSignal(thread.done):
        thread.submit("a", abs, 1)
    assert running_threads(owner) == [thread]
    with qtbot.waitSignal(thread.finished):
        thread.stop()
    qtbot.waitUntil(lambda: running_threads(owner) == [])


def test_that_no_result_is_kept_alive_by_an_idle_worker(qtbot: QtBot, jobs: JobThread) -> None:
    import gc
    import weakref

    class Film:
        pass

    def load() -> Film:
        return Film()

    with qtbot.waitSignal(jobs.done) as done:
        jobs.submit("film", load)
    watched = weakref.ref(done.args[0].result)
    done.args = None
    qtbot.waitUntil(lambda: gc.collect() >= 0 and watched() is None)
