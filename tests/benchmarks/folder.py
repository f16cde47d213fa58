"""A folder of 10,000 films: how soon the first is seen, whether the list scrolls without a stall, memory.

20 drawn films of 1,200 x 1,000, each under 500 names, four names in five being copies by their
names: all rows of the list are scrolled through, with the copies listed and as stacks.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from tests.benchmarks.event_loop import INTERVAL_MS, Latenesses
from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_bone
from tests.benchmarks.viewer import PaintCounter
from tests.benchmarks.window import open_window, wait_until

NUM_FILES = 10_000
NUM_PICTURES = 20
COPIES = 5
SIZE = (1200, 1000)
# A wheel turned briskly: a third of a row every 16 ms.
STEP_MS = 16
SCROLL_S = 12.0
NUM_PLACES = 160
FIRST_GOAL_S = 2.0
P99_GOAL_MS = 20
MAX_GOAL_MS = 100
MEMORY_GOAL_MB = 150


def make_films(folder: Path) -> None:
    """Write the pictures once, and name them often."""
    folder.mkdir()
    random = np.random.default_rng(0)
    bone = make_bone(*SIZE)
    originals = []
    for number in range(NUM_PICTURES):
        path = folder.parent / f"original{number}.jpg"
        grey = np.clip(bone * random.uniform(0.5, 1.0) * 255, 0, 255).astype(np.uint8)
        Image.fromarray(grey).save(path, quality=88)
        originals.append(path)
    for number in range(NUM_FILES):
        film, copy = divmod(number, COPIES)
        name = f"film {film}" + (f"-rotated{copy}" if copy else "")
        os.link(originals[number % NUM_PICTURES], folder / f"{name}.jpg")


class Scrolling(QObject):
    """Turns the wheel over a list until its time is over, up again from the end."""

    def __init__(self, films: Any) -> None:
        super().__init__()
        self._bar = films.verticalScrollBar()
        self._way = 1
        self.rows = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._on_step)

    def _on_step(self) -> None:
        bar = self._bar
        step = bar.singleStep()
        if not bar.minimum() < bar.value() + self._way * step < bar.maximum():
            self._way = -self._way
        bar.setValue(bar.value() + self._way * step)
        self.rows += step / bar.pageStep()

    def run(self, seconds: float) -> None:
        """Scroll for so long."""
        ends = time.monotonic() + seconds
        self._timer.start()
        wait_until(lambda: time.monotonic() > ends)
        self._timer.stop()


def resident_mb() -> float:
    """This process' memory."""
    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)


class OwnWork(QObject):
    """Collects, in ms, the processor time that the window's own thread took from tick to tick.

    Unlike lateness it does not grow where other programs take the processors.
    """

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start()

    def _on_tick(self) -> None:
        now = time.thread_time()
        self.values.append((now - self._last) * 1000)
        self._last = now


def lateness(what: str, work: Callable[[], None]) -> None:
    """Tell how late the event loop woke while something went on, and its own part in that."""
    late, own = Latenesses(), OwnWork()
    late.start()
    work()
    late.stop()
    own.deleteLater()
    most = float(max(own.values))
    tell(Figure(f"window's own work in one go {what}", most, "ms", MAX_GOAL_MS, at_most=True))
    values = np.array(late.values)
    p99 = float(np.percentile(values, 99))
    tell(Figure(f"lateness {what}, 99th percentile", p99, "ms", P99_GOAL_MS, at_most=True))
    greatest = float(values.max())
    tell(Figure(f"lateness {what}, greatest", greatest, "ms", MAX_GOAL_MS, at_most=True))


def open_folder(window: Any, folder: Path) -> None:
    """Open it, and tell how long the first film took."""
    view = window.viewer_tab.findChild(QWidget, "filmView")
    painted = PaintCounter(view)
    start = time.perf_counter()
    window.open_paths([folder])
    wait_until(lambda: window.viewer_tab.state.loaded is not None and painted.count > 1)
    taken = time.perf_counter() - start
    tell(Figure(f"first of {NUM_FILES:,} films seen", taken, "s", FIRST_GOAL_S, at_most=True))
    wait_until(lambda: not window.viewer_tab.is_busy())
    view.removeEventFilter(painted)


def main() -> None:
    """Measure with the real viewer tab."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        make_films(folder / "films")
        one = folder / "one.jpg"
        os.link(folder / "original0.jpg", one)
        with open_window(folder / "home") as window:
            window.show_viewer()
            tab = window.viewer_tab
            # Whatever a single film loads is no part of a folder's memory.
            window.open_paths([one])
            wait_until(lambda: not tab.is_busy() and tab.state.loaded is not None)
            before = resident_mb()
            tab.state.loaded = None
            lateness("while the folder opens", lambda: open_folder(window, folder / "films"))
            tell(Figure("rows, copies as stacks", len(tab.state.films), ""))
            films = tab.findChild(QWidget, "filmList")
            lateness("while stacks scroll", lambda: Scrolling(films).run(SCROLL_S))
            tab.findChild(QObject, "stackingButton").click()
            tell(Figure("rows, copies listed", len(tab.state.films), ""))
            lateness("while all rows scroll", lambda: Scrolling(films).run(SCROLL_S))
            bar = films.verticalScrollBar()
            lateness("from end to end at once", lambda: jump(bar, tab))
            lateness("while a name is searched for", lambda: search(tab))
            fill(bar, tab)
            grown = resident_mb() - before
            tell(Figure("memory of the folder", grown, "MB", MEMORY_GOAL_MB, at_most=True))
            kept = len(tab._thumbnails._kept)
            tell(Figure("thumbnails kept", kept, ""))


def jump(bar: Any, tab: Any) -> None:
    """Drag the bar to places far apart, and wait for what is in sight there."""
    for share in (1.0, 0.0, 0.5, 0.9, 0.1):
        bar.setValue(round(share * bar.maximum()))
        ends = time.monotonic() + 0.5
        wait_until(lambda ends=ends: time.monotonic() > ends and not tab.is_busy())


def fill(bar: Any, tab: Any) -> None:
    """Rest at so many places that more thumbnails are made than are kept."""
    for place in range(NUM_PLACES):
        bar.setValue(round(place / NUM_PLACES * bar.maximum()))
        tab._list._ask_for_visible()
        wait_until(lambda: not tab.is_busy())


def search(tab: Any) -> None:
    """Search as if typed, and show all again."""
    for text in ("2", "24", "247", ""):
        tab._work_bar.search.setText(text)
        tab._work_bar._on_typed()
        ends = time.monotonic() + 0.2
        wait_until(lambda ends=ends: time.monotonic() > ends)


if __name__ == "__main__":
    sys.exit(main())
