"""Train through the real window and write down what came out: curves, table, history.

    .venv/bin/python docs/record_run.py FOLDER --network compact --epochs 20 --out docs/runs/NAME

Drives the window as a user would (choose the folder, set network and epochs, press Train), on a
screen or off it. Saves the curves and the results as pictures, the published table as Markdown and
the history as CSV. Never saves the films, their thumbnails or the augmentation preview, so that a
run on films that must not be published can be.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QSpinBox

from training.evaluation.figures import Figures
from training.fit.config import NETWORKS
from training.fit.run_folder import Run, RunStatus
from xray_desktop.app import make_application, prepare_environment
from xray_desktop.main_window import MainWindow


class Recorder(QObject):
    """Presses the buttons and waits for what the tab says."""

    def __init__(self, window: MainWindow, options: argparse.Namespace) -> None:
        super().__init__()
        self._window = window
        self._options = options
        self.exit_code = 1

    @Slot()
    def begin(self) -> None:
        """Choose the folder as a drop would, and wait until its films are counted."""
        self._window.build_tabs()
        self._window.show_training()
        self._tab = self._window.training_tab
        self._tab.run_saved.connect(self._on_run_saved)
        self._tab.became_idle.connect(self._on_idle)
        self._tab.open_folder(self._options.folder)
        self._wait = QTimer(self)
        self._wait.setInterval(200)
        self._wait.timeout.connect(self._on_tick)
        self._wait.start()

    @Slot()
    def _on_tick(self) -> None:
        button = self._window.findChild(QPushButton, "trainButton")
        if self._tab.state.data is None or button is None or not button.isEnabled():
            return
        self._wait.stop()
        if self._options.network == "notebook":
            self._press("notebookButton")
        box = self._window.findChild(QComboBox, "networkBox")
        index = box.findData(self._options.network)
        box.setCurrentIndex(index)
        # As a user's choice: films come to each network as it learns best from them.
        box.activated.emit(index)
        self._window.findChild(QSpinBox, "epochsBox").setValue(self._options.epochs)
        self._press("trainButton")
        if self._options.minutes:
            QTimer.singleShot(int(self._options.minutes * 60_000), self, self._stop)

    @Slot()
    def _stop(self) -> None:
        self._press("stopButton")

    def _press(self, name: str) -> None:
        QTest.mouseClick(self._window.findChild(QPushButton, name), Qt.MouseButton.LeftButton)

    @Slot(object)
    def _on_run_saved(self, run: Run) -> None:
        self._run = run
        # The results are drawn after this signal.
        QTimer.singleShot(500, self, self._save)

    @Slot()
    def _save(self) -> None:
        out: Path = self._options.out
        out.mkdir(parents=True, exist_ok=True)
        self._tab.curves_panel.grab().save(str(out / "curves.png"))
        self._tab.results_panel.grab().save(str(out / "results.png"))
        shutil.copy(self._run.folder / "history.csv", out / "history.csv")
        (out / "README.md").write_text(_page(self._run, self._options), encoding="utf-8")
        sys.stdout.write((out / "README.md").read_text(encoding="utf-8"))
        self.exit_code = 0
        self._close_when_idle()

    @Slot()
    def _on_idle(self) -> None:
        if self._tab.state.message is not None:
            sys.stderr.write(f"{self._tab.state.message}\n")
            self._close_when_idle()

    def _close_when_idle(self) -> None:
        self._window.close()


def _page(run: Run, options: argparse.Namespace) -> str:
    """The run as one Markdown page; every figure comes from the run folder."""
    assert run.best is not None
    assert run.final is not None
    settings = run.config
    seconds = run.history[-1].seconds if run.history else 0.0
    ended = "stopped early" if run.status is RunStatus.STOPPED else "ran to its end"
    lines = [
        f"# {options.out.name}: `{settings.network.name}` on {options.title or 'a folder of films'}",
        "",
        f"Measured {run.started[:10]} through the program's window, by "
        f"`docs/record_run.py FOLDER --network {settings.network.name} --epochs {settings.epochs}`; "
        f"{os.cpu_count()} cores ({platform.machine()}), TensorFlow {version('tensorflow')}, "
        f"Keras {version('keras')}. {len(run.history)} of {settings.epochs} epochs, {ended}; "
        f"training took {seconds / 60:.0f} minutes on a shared machine.",
        "",
        f"Input {settings.preprocessing.size} x {settings.preprocessing.size}, "
        f"{'aspect kept' if settings.preprocessing.keep_aspect else 'squashed'}; augmentation "
        f"`{settings.augmentation.name}`; batch {settings.batch_size}; Adam "
        f"{settings.learning_rate:g}; seed {settings.seed}.",
        "",
        f"| | best (epoch {run.best.epoch}) | final (epoch {run.final.epoch}) |",
        "|---|---|---|",
    ]
    for name in ("train", "validation"):
        best: Figures = getattr(run.best, name)
        final: Figures = getattr(run.final, name)
        lines += [
            f"| {name}, accuracy by file ({best.num_files:,} files) | {best.accuracy:.1%} | {final.accuracy:.1%} |",
            f"| {name}, loss | {best.loss:.3f} | {final.loss:.3f} |",
            f"| {name}, accuracy by film ({best.num_films} films), 95 % interval | {_by_film(best)} | {_by_film(final)} |",
            f"| {name}, sensitivity / specificity by file | {_pair(best)} | {_pair(final)} |",
            f"| {name}, AUC by file | {_auc(best)} | {_auc(final)} |",
            f"| {name}, the constant guess | {best.constant_guess:.1%} | {final.constant_guess:.1%} |",
        ]
    lines += ["", "![curves](curves.png)", "", "![results](results.png)", ""]
    return "\n".join(lines)


def _by_film(figures: Figures) -> str:
    low, high = figures.film_accuracy_interval.low, figures.film_accuracy_interval.high
    return f"{figures.film_accuracy:.1%} ({low:.0%} to {high:.0%})"


def _pair(figures: Figures) -> str:
    parts = (figures.sensitivity, figures.specificity)
    return " / ".join("none" if part is None else f"{part:.1%}" for part in parts)


def _auc(figures: Figures) -> str:
    return "none" if figures.auc is None else f"{figures.auc:.3f}"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--network", choices=NETWORKS, default="compact")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=0.0, help="then press Stop and keep")
    parser.add_argument("--title", default="", help="how the page names the films")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    prepare_environment()
    application = make_application()
    window = MainWindow()
    window.resize(1920, 1080)
    window.closed.connect(application.quit)
    recorder = Recorder(window, options)
    QTimer.singleShot(0, recorder, recorder.begin)
    window.show()
    application.exec()
    window.deleteLater()
    application.processEvents()
    return recorder.exit_code


if __name__ == "__main__":
    sys.exit(main())
