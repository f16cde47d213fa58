"""Tabs without a network or a film, and train functions that only report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.events import Event
from training.fit.run_folder import Run, RunStatus
from xray_desktop.workers.jobs import JobThread
from xray_desktop.workers.training_thread import TrainingThread


def make_config(folder: Path) -> TrainConfig:
    return TrainConfig(data=folder / "films", runs=folder / "runs")


def make_run(folder: Path) -> Run:
    return Run(folder, make_config(folder), RunStatus.FINISHED, "2026-01-02T03:04:05+00:00")


def reports(events: Sequence[Event]) -> Callable[..., None]:
    """A train function that reports these events and returns."""

    def train(config: TrainConfig, report: Callable[[Event], None], control: RunControl) -> None:
        for event in events:
            report(event)

    return train


class FakeTrainingTab(QWidget):
    run_saved = Signal(object)
    films_requested = Signal(object, object)
    results_requested = Signal(object, object)

    def __init__(self, settings: Any) -> None:
        super().__init__()
        self.settings = settings
        self.calls: list[Any] = []
        self.may_close = True
        self.thread: TrainingThread | None = None
        layout = QVBoxLayout(self)
        button = QPushButton("&Train")
        button.setShortcut("F5")
        layout.addWidget(button)

    def start(self) -> None:
        self.calls.append("start")

    def open_folder(self, folder: Path) -> None:
        self.calls.append(("open_folder", folder))

    def train(self, function: Callable[..., None], folder: Path) -> None:
        self.thread = TrainingThread(make_config(folder), function, self)
        self.thread.start()

    def is_busy(self) -> bool:
        return self.thread is not None and self.thread.isRunning()

    def request_close(self) -> bool:
        self.calls.append("request_close")
        if self.may_close and self.thread is not None:
            self.thread.stop_and_keep()
        return self.may_close

    def shut_down(self) -> None:
        self.calls.append("shut_down")


class FakeLayout(QObject):
    alone = Signal(bool)
    window_opened = Signal(object)
    window = None

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.calls: list[str] = []

    @Slot()
    def leave_alone(self) -> None:
        self.calls.append("leave_alone")

    def standard(self) -> None:
        self.calls.append("standard")


class FakeViewerTab(QWidget):
    def __init__(self, settings: Any) -> None:
        super().__init__()
        self.layout_of_parts = FakeLayout(self)
        self.view_actions = [QAction("Film alone", self)]
        self.calls: list[Any] = []
        self.runs: tuple[Run, ...] = ()
        self.jobs = JobThread("films", self)
        self.may_close = True

    def open_paths(self, paths: list[Path]) -> None:
        self.calls.append(("open_paths", paths))

    def choose_model(self, path: Path) -> None:
        self.calls.append(("choose_model", path))

    def set_runs(self, runs: tuple[Run, ...]) -> None:
        self.runs = runs

    def is_busy(self) -> bool:
        return self.jobs.is_busy()

    def request_close(self) -> bool:
        return self.may_close

    def shut_down(self) -> None:
        self.calls.append("shut_down")
        self.jobs.stop()
