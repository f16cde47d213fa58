"""An engine that says what a test tells it to, and runs as a folder would tell them."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from training.evaluation.figures import Figures, Interval
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.events import BatchEnded, EpochEnded, Event, RunCancelled, RunFinished
from training.fit.run_folder import ModelResult, Run, RunStatus
from xray_desktop.training_tab.tab import TrainingTab
from xray_desktop.workers.running import running_threads


def figures(accuracy: float = 0.8, num_films: int = 13) -> Figures:
    """Of 100 files, 60 of them positive."""
    return Figures(
        num_files=100,
        num_films=num_films,
        loss=0.512,
        accuracy=accuracy,
        sensitivity=0.75,
        specificity=0.875,
        auc=0.871,
        film_accuracy=8 / 13,
        film_accuracy_interval=Interval(0.355, 0.823),
        constant_guess=0.6,
        true_positives=45,
        false_positives=5,
        true_negatives=35,
        false_negatives=15,
        threshold=0.5,
    )


def history(num: int, best: int = 1) -> tuple[EpochEnded, ...]:
    """Epochs of a minute each."""
    return tuple(
        EpochEnded(
            epoch=number,
            loss=0.7 / number,
            accuracy=0.6 + number / 100,
            val_loss=0.8 / number,
            val_accuracy=0.5 + number / 100,
            val_auc=0.7,
            learning_rate=1e-3,
            seconds=60.0 * number,
            is_best=number == best,
        )
        for number in range(1, num + 1)
    )


def run_of(
    config: TrainConfig,
    folder: Path,
    *,
    status: RunStatus = RunStatus.FINISHED,
    epochs: tuple[EpochEnded, ...] = (),
    num_films: int = 13,
    started: str = "2026-11-23T14:02:00+00:00",
) -> Run:
    """A run with both models measured."""
    measured = figures(num_films=num_films)
    return Run(
        folder=folder,
        config=config,
        status=status,
        started=started,
        history=epochs or history(3, best=2),
        best=ModelResult("best", folder / "best.keras", 2, figures(0.989), measured),
        final=ModelResult("final", folder / "final.keras", 3, figures(0.996), measured),
        classes=("not fractured", "fractured"),
        constant_guess=0.6,
    )


class FakeEngine:
    """Stands in for ``training.fit.train.train``: reports what the test sends, heeds stop and cancel."""

    def __init__(self) -> None:
        self._events: queue.Queue[Event] = queue.Queue()
        self.configs: list[TrainConfig] = []
        self.run_after_stop: Callable[[TrainConfig], Run] | None = None

    def send(self, *events: Event) -> None:
        """Have these events reported."""
        for event in events:
            self._events.put(event)

    def __call__(
        self, config: TrainConfig, report: Callable[[Event], None], control: RunControl
    ) -> None:
        self.configs.append(config)
        while True:
            try:
                event = self._events.get(timeout=0.005)
            except queue.Empty:
                event = None
            if event is not None:
                report(event)
                if type(event).__name__ in ("RunFinished", "RunCancelled", "RunFailed"):
                    return
            elif control.cancel.is_set():
                report(RunCancelled())
                return
            elif control.stop.is_set() and self.run_after_stop is not None:
                report(RunFinished(self.run_after_stop(config)))
                return


def batches(epoch: int, steps: int) -> list[BatchEnded]:
    """All steps of an epoch."""
    return [
        BatchEnded(epoch, step, steps, 0.7 - step / steps / 10, 0.5, 120.0)
        for step in range(1, steps + 1)
    ]


def finish(qtbot: QtBot, tab: TrainingTab) -> None:
    """End all threads before pytest-qt closes and deletes the tab."""
    tab.shut_down()
    qtbot.waitUntil(lambda: not tab.is_busy() and not running_threads(tab))


def child(tab: QWidget, kind: type, name: str):  # type: ignore[no-untyped-def]
    """The control of this name."""
    found = tab.findChild(kind, name)
    assert found is not None, name
    return found


def with_films(qtbot: QtBot, tab: TrainingTab, films: Path) -> None:
    """Read a folder, and wait for it."""
    tab.open_folder(films)
    qtbot.waitUntil(lambda: tab.state.data is not None)


def training(qtbot: QtBot, tab: TrainingTab, films: Path) -> None:
    """Read a folder and press Train."""
    with_films(qtbot, tab, films)
    qtbot.mouseClick(tab.progress_panel.train_button, Qt.MouseButton.LeftButton)
    assert tab.state.is_training


def listed(tab: TrainingTab, *runs: Run) -> None:
    """Have these runs listed, as if the runs folder held them."""
    tab._jobs.runs_listed.emit(runs)
