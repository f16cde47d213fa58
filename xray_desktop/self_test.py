"""``--self-test``: goes once through everything the program does, and says what held.

Meant for the frozen program, where a forgotten file shows only in use; runs from source too.
Called by ``xray_desktop.__main__`` in the main thread, before there is a window. Everything is
written below one folder; the user's own runs and settings are not touched.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from xray_desktop import about, build_info, paths, theme
from xray_desktop.self_test_films import (
    CODECS,
    PICTURE_FORMATS,
    READING_FOLDER,
    Reads,
    SelfTestError,
    hold,
    ramp,
)
from xray_desktop.self_test_kept import keep_measurement, keep_verdict
from xray_desktop.self_test_sharing import NAME, shared_film

if TYPE_CHECKING:
    from training.fit.run_folder import Run
    from training.models.predictor import Predictor

_SIZE = 64
_NUM_TRAIN = 64
_NUM_VALIDATION = 16
_WINDOW_TIMEOUT_S = 120.0
# Both were computed in float32, once in a batch and once alone.
_SCORE_TOLERANCE = 1e-3


def main(argv: Sequence[str]) -> int:
    """The command line: ``--self-test [DIR]``; returns the process' exit status."""
    parser = argparse.ArgumentParser(prog="xray-desktop --self-test", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="keep the results here")
    folder = parser.parse_args(argv).folder
    if sys.platform == "linux" and not _has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return run_self_test(folder)


def _has_screen() -> bool:
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return any(os.environ.get(name) for name in names)


def run_self_test(folder: Path | None = None) -> int:
    """Go through every step, print a line for each, and return the process' exit status.

    Args:
        folder: Where everything is written, pictures of both tabs included, and kept. A
            temporary folder, deleted at the end, where left out.

    Returns:
        0 only if every step held.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        return _SelfTest(folder.absolute()).run()
    with tempfile.TemporaryDirectory(prefix="xray-self-test-") as name:
        return _SelfTest(Path(name)).run()


@dataclass
class _SelfTest:
    """The steps, in order; each uses what the ones before it made."""

    folder: Path
    run_made: Run | None = None
    predictor: Predictor | None = None
    notes: list[str] = field(default_factory=list)

    def run(self) -> int:
        os.environ[paths.HOME_VARIABLE] = str(self.folder / "home")
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("load the libraries", self._load_libraries),
            ("make the sample set", self._make_sample_set),
            ("train one epoch", self._train),
            ("reload both models", self._reload),
            ("predict as the run did", self._predict),
            ("draw a heat map", self._heat_map),
            ("make variants with scores", self._variants),
            ("write a report as HTML and PDF", self._report),
            *((f"read {name}", Reads(self.folder, name)) for name in PICTURE_FORMATS),
            *((f"read DICOM, {name}", Reads(self.folder, name)) for name in CODECS),
            ("share a film as DICOM, anonymous and not", self._share),
            ("read a film with the starter model", self._starter),
            ("keep a verdict and read it again", self._verdict),
            ("keep a measurement and read it again", self._measurement),
            ("find the licences of all parts", self._licences),
            ("show both tabs", self._show_tabs),
        )
        failed = 0
        for name, step in steps:
            failed += not self._held(name, step)
        self._say("all steps held" if not failed else f"{failed} of {len(steps)} steps FAILED")
        return 1 if failed else 0

    def _held(self, name: str, step: Callable[[], None]) -> bool:
        start = time.perf_counter()
        try:
            step()
        except Exception as error:  # noqa: BLE001 - every failure is this program's finding.
            self._say(f"FAILED  {name}: {type(error).__name__}: {error}")
            if not isinstance(error, SelfTestError):
                self._say(traceback.format_exc())
            return False
        self._say(f"ok      {name} ({time.perf_counter() - start:.1f} s)")
        return True

    def _say(self, text: str) -> None:
        # A program without a console, as on Windows, has no standard output; the file remains.
        if sys.stdout is not None:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        self.notes.append(text)
        lines = "\n".join(self.notes) + "\n"
        (self.folder / "self-test.txt").write_text(lines, encoding="utf-8")

    # Engine

    def _load_libraries(self) -> None:
        for name in ("tensorflow", "keras", "scipy.ndimage", "pydicom", "gdcm", "imagecodecs"):
            importlib.import_module(name)

    def _make_sample_set(self) -> None:
        from training.data.demo import make_demo_set

        make_demo_set(
            self.folder / "films",
            num_train=_NUM_TRAIN,
            num_validation=_NUM_VALIDATION,
            size=_SIZE,
        )

    def _train(self) -> None:
        from training.films.preprocessing import Preprocessing
        from training.fit.config import TrainConfig
        from training.fit.control import RunControl
        from training.fit.events import BatchEnded, Event, RunFailed, RunFinished
        from training.fit.train import train

        events: list[Event] = []
        first_step: list[float] = []

        def report(event: Event) -> None:
            if isinstance(event, BatchEnded) and not first_step:
                first_step.append(time.perf_counter() - start)
            events.append(event)

        config = TrainConfig(
            data=self.folder / "films",
            runs=paths.runs_folder(),
            preprocessing=Preprocessing(size=_SIZE),
            epochs=1,
            batch_size=16,
            precision="float32",
        )
        start = time.perf_counter()
        train(config, report, RunControl())
        end = events[-1]
        if isinstance(end, RunFailed):
            raise SelfTestError(f"{end.what} {end.advice} {end.details}")
        hold(isinstance(end, RunFinished), f"the run ended as {type(end).__name__}")
        assert isinstance(end, RunFinished)
        self.run_made = end.run
        hold(bool(first_step), "no training step was reported")
        self._say(f"        first training step {first_step[0]:.1f} s after the start of the run")

    def _reload(self) -> None:
        from training.models.predictor import Predictor

        for result in (self._run.best, self._run.final):
            hold(result is not None, "the run has not kept both models")
            assert result is not None
            self.predictor = Predictor(result.path)
            hold(self.predictor.card.synthetic, "the model does not know its synthetic films")

    def _predict(self) -> None:
        from training.data.dataset import Split
        from training.films.reader import read_grey
        from training.fit.run_folder import read_scores

        rows = read_scores(self._run, "final", Split.VALIDATION)
        hold(len(rows) == _NUM_VALIDATION, f"{len(rows)} scores for {_NUM_VALIDATION} films")
        for row in rows[:4]:
            score = self._model.predict(read_grey(self.folder / "films" / row.path)).score
            difference = abs(score - row.score)
            hold(difference < _SCORE_TOLERANCE, f"a score differs by {difference:.5f}")

    def _heat_map(self) -> None:
        grey = ramp()
        plain = self._model.predict(grey)
        shown = self._model.predict(grey, heat_map=True)
        hold(abs(plain.score - shown.score) < _SCORE_TOLERANCE, "the map changes the score")
        hold(shown.heat_map is not None, "there is no heat map")
        assert shown.heat_map is not None
        values = shown.heat_map.values
        hold(bool(np.isfinite(values).all()), "the heat map is not finite")

    def _variants(self) -> None:
        from training.augmentation.config import STRONG

        variants = self._model.variants(ramp(), STRONG, count=12)
        hold(len(variants) == 12, f"{len(variants)} variants instead of 12")
        hold(all(v.score is not None for v in variants), "a variant has no score")

    def _report(self) -> None:
        from training.report.make import write_report

        for name, start in (("report.html", b"<!DOCTYPE html>"), ("report.pdf", b"%PDF")):
            target = self.folder / name
            write_report(self._run.folder, target, pictures=True)
            hold(target.read_bytes().startswith(start), f"{name} is not what its name says")

    def _share(self) -> None:
        from training.films.reader import read_film
        from training.sharing.anonymous import anonymous_copy
        from training.sharing.dicom_results import dicom_results
        from training.sharing.facts import ModelSaid

        path = shared_film(self.folder)
        film = read_film(path)
        prediction = self._model.predict(film.grey(), heat_map=True)
        results = dicom_results(film, prediction, ModelSaid.of(prediction, "self-test"), None)
        hold(NAME.encode() in results.report, "the report is not the patient's")
        hold(NAME.encode() not in anonymous_copy(path).content, "a copy names the patient")

    # What the program brings and keeps

    def _starter(self) -> None:
        from training.films.reader import read_grey
        from training.models.predictor import Predictor
        from training.models.starter import STARTER

        starter = Predictor(STARTER)
        hold(not starter.card.synthetic, "the starter model knows no real films")
        film = self.folder / READING_FOLDER / "JPEG 2000.dcm"
        score = starter.predict(read_grey(film), heat_map=True).score
        hold(0.0 <= score <= 1.0, f"its score is {score}")

    def _verdict(self) -> None:
        keep_verdict(self.folder / READING_FOLDER / "RLE.dcm")

    def _measurement(self) -> None:
        keep_measurement(self.folder / READING_FOLDER / "RLE.dcm")

    def _licences(self) -> None:
        if not getattr(sys, "frozen", False):
            return
        text = build_info.licences_text() or ""
        for part in ("X-ray Desktop", "tensorflow", "PySide6", "pydicom", "python-gdcm"):
            hold(part.lower() in text.lower(), f"the licence of {part} is missing")
        hold(build_info.build_info() is not None, "the build does not know its commit")
        unknown = [name for name, version, *_ in about.parts() if version == "not installed"]
        hold(not unknown, f"the About box does not know {', '.join(unknown)}")

    @property
    def _run(self) -> Run:
        hold(self.run_made is not None, "no run was made")
        assert self.run_made is not None
        return self.run_made

    @property
    def _model(self) -> Predictor:
        hold(self.predictor is not None, "no model was loaded")
        assert self.predictor is not None
        return self.predictor

    # Window

    def _show_tabs(self) -> None:
        from xray_desktop.main_window import MainWindow

        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        theme.apply(application)
        window = MainWindow()
        closed: list[bool] = []
        window.closed.connect(lambda: closed.append(True))
        window.resize(1600, 900)
        window.show()
        try:
            window.build_tabs()
            window.open_paths([self.folder / READING_FOLDER / "RLE.dcm"])
            if self.run_made is not None and self.run_made.best is not None:
                window.viewer_tab.choose_model(self.run_made.best.path)
            _wait_until(lambda: not window.viewer_tab.is_busy(), "the viewer did not come to rest")
            for show, name in (
                (window.show_viewer, "viewer.png"),
                (window.show_training, "training.png"),
            ):
                show()
                QApplication.processEvents()
                _save_picture(window, self.folder / name)
        finally:
            window.close()
            _wait_until(lambda: bool(closed), "the window did not close")


def _wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    """Let the window live until the condition holds."""
    ends = time.monotonic() + _WINDOW_TIMEOUT_S
    ticker = QTimer()
    ticker.start(20)
    while not condition():
        hold(time.monotonic() < ends, otherwise)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    ticker.stop()


def _save_picture(window: Any, path: Path) -> None:
    """Save what the window shows; more than a blank face is expected."""
    picture = window.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(0, 1600, 13) for y in range(0, 900, 11)}
    hold(len(colours) > 20, f"{path.stem} shows only {len(colours)} colours")
    hold(picture.save(str(path)), f"{path.name} could not be saved")
