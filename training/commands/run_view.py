"""Shows a run's events on the standard error; for ``train`` and, fold by fold, ``crossval``."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from training.commands.progress import Progress
from training.evaluation.wording import percent
from training.fit.control import RunControl
from training.fit.events import (
    BatchEnded,
    DataReady,
    EpochEnded,
    Event,
    Phase,
    PhaseChanged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunStarted,
)


class RunView:
    """Shows a run's events: a bar on a terminal, a line per phase and epoch everywhere."""

    def __init__(self) -> None:
        self.end: RunFinished | RunCancelled | RunFailed | None = None
        self._progress = Progress()
        self._phase: Phase | None = None
        self._epoch = 0

    def show(self, event: Event) -> None:
        """Take one event, in the training thread, which is this one."""
        match event:
            case RunStarted():
                self.line(f"run {event.run_id}")
            case PhaseChanged():
                self._show_phase(event)
            case DataReady():
                self.line(_describe_data(event))
            case BatchEnded():
                self._show_batch(event)
            case EpochEnded():
                self._epoch = event.epoch
                self.line(_describe_epoch(event))
            case RunFinished() | RunCancelled() | RunFailed():
                self.end = event

    def line(self, text: str) -> None:
        """Write a lasting line."""
        self._progress.line(text)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.clear()

    def _show_phase(self, event: PhaseChanged) -> None:
        # Training and validating take turns; their epochs' lines tell enough.
        if event.phase is not self._phase and event.phase not in (Phase.TRAINING, Phase.VALIDATING):
            self.line(f"{event.phase}: {event.detail}" if event.detail else event.phase.value)
        self._phase = event.phase
        if event.phase is not Phase.TRAINING:
            self._progress.update(event.phase.value, event.done, event.total, event.detail)

    def _show_batch(self, event: BatchEnded) -> None:
        detail = f"loss {event.loss:.3f}  {event.films_per_second:,.0f} films/s"
        self._progress.update(f"epoch {event.epoch}", event.step, event.steps, detail)


def _describe_data(event: DataReady) -> str:
    text = f"{event.num_train:,} films to train on, {event.num_validation:,} to validate on"
    if event.num_skipped:
        text += f", {event.num_skipped:,} left out"
    guess = percent(event.constant_guess)
    return f'{text}; always guessing "{event.constant_class}" is right for {guess}'


def _describe_epoch(event: EpochEnded) -> str:
    best = "  best so far" if event.is_best else ""
    return (
        f"epoch {event.epoch}: train {percent(event.accuracy)}, loss {event.loss:.3f}; "
        f"validation {percent(event.val_accuracy)}, loss {event.val_loss:.3f}; "
        f"rate {event.learning_rate:.2g}; {event.seconds:,.0f} s{best}"
    )


@contextmanager
def interrupts(control: RunControl, view: RunView, first: str, second: str) -> Iterator[None]:
    """While this lasts, Ctrl-C sets ``stop``, and a second one ``cancel``.

    Args:
        control: The switches.
        view: Says which.
        first: What it says at the first.
        second: What it says at the second.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if control.stop.is_set():
            control.cancel.set()
            view.line(second)
        else:
            control.stop.set()
            view.line(first)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
