"""Lets processes work by turns, so that all are measured in the same minutes.

Machines' speed comes and goes: two processes measured one after the other differed by a tenth that
was not theirs. Here each makes a few steps, then the next, round after round; while one works, the
others are stopped whole (SIGSTOP), with the threads that would read ahead.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np


class Turn:
    """The side of the one who works.

    Args:
        connection: To the program that measures.
        warm_up: Steps before anything is measured.
        steps: Steps of each turn.
    """

    def __init__(self, connection: Connection, warm_up: int, steps: int) -> None:
        self._connection = connection
        self._steps = steps
        self._left = warm_up
        self._began = time.perf_counter()

    def step_ended(self) -> bool:
        """To be called after each step; waits for the next turn at the end of one.

        Returns:
            False where no more steps are wanted.
        """
        self._left -= 1
        if self._left:
            return True
        self._connection.send((time.perf_counter() - self._began) / self._steps)
        goes_on: bool = self._connection.recv()
        self._left = self._steps
        self._began = time.perf_counter()
        return goes_on


@dataclass(frozen=True)
class Worker:
    """What takes turns.

    Args:
        work: A function of a module; makes steps and tells the ``Turn``, its first argument.
        arguments: The other arguments.
        warm_up: Steps before anything is measured.
        steps: Steps of each turn.
        environment: Variables that its process alone has.
    """

    work: Callable[..., None]
    arguments: tuple[Any, ...]
    warm_up: int
    steps: int
    environment: dict[str, str]


def by_turns(workers: dict[str, Worker], rounds: int) -> dict[str, list[float]]:
    """Seconds a step of each worker in each round.

    Raises:
        EOFError: If a worker ended early; it has printed why.
    """
    with _all_of(workers) as running:
        seconds: dict[str, list[float]] = {name: [] for name in workers}
        order = list(running.items())
        for _ in range(rounds):
            for name, (process, connection) in order:
                seconds[name].append(_one_turn(process, connection))
            # Forth and back: nobody always comes after the same one.
            order.reverse()
    return seconds


@dataclass(frozen=True)
class Ratio:
    """How many times as fast one was as another.

    Args:
        value: The median over the rounds; a round that something else slowed says little.
        low: The lower end of the median's interval of 95 %, from the rounds in order.
        high: Its upper end.
    """

    value: float
    low: float
    high: float


def ratio(slow: list[float], fast: list[float]) -> Ratio:
    """Of the seconds of one over those of another in the same rounds; at least six rounds."""
    # Late: a worker, which imports this too, does without its seconds.
    from scipy import stats

    ratios = np.asarray(slow) / np.asarray(fast)
    interval = stats.quantile_test(ratios, p=0.5).confidence_interval(0.95)
    return Ratio(float(np.median(ratios)), float(interval.low), float(interval.high))


@contextmanager
def _all_of(workers: dict[str, Worker]) -> Iterator[dict[str, tuple[BaseProcess, Connection]]]:
    """All warmed up and stopped, in a process each."""
    running: dict[str, tuple[BaseProcess, Connection]] = {}
    try:
        for name, worker in workers.items():
            process, connection = _start(worker)
            running[name] = process, connection
            connection.recv()
            _send(process, signal.SIGSTOP)
        yield running
        for process, connection in running.values():
            connection.send(False)
            _send(process, signal.SIGCONT)
            process.join()
    finally:
        for process, _ in running.values():
            if process.is_alive():
                # Works on a stopped process too, where SIGTERM would wait.
                process.kill()
                process.join()


def _start(worker: Worker) -> tuple[BaseProcess, Connection]:
    # A fresh interpreter: nothing of TensorFlow is shared.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    before = {name: os.environ.get(name) for name in worker.environment}
    os.environ.update(worker.environment)
    try:
        process = context.Process(target=_work, args=(theirs, worker), daemon=True)
        process.start()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    # Else the end of the process would not close it.
    theirs.close()
    return process, ours


def _work(connection: Connection, worker: Worker) -> None:
    worker.work(Turn(connection, worker.warm_up, worker.steps), *worker.arguments)


def _one_turn(process: BaseProcess, connection: Connection) -> float:
    connection.send(True)
    _send(process, signal.SIGCONT)
    seconds: float = connection.recv()
    _send(process, signal.SIGSTOP)
    return seconds


def _send(process: BaseProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)
