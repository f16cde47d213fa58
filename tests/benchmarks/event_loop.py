"""How late the window serves an event while a real run trains, TensorFlow's import included.

A precise timer asks to be woken every 5 ms in the real window with both tabs; how late it wakes
is how late a click would be seen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_folder
from tests.benchmarks.window import open_window, wait_until
from training.fit.config import TrainConfig

INTERVAL_MS = 5
NUM_FILMS = 640
P99_GOAL_MS = 20
MAX_GOAL_MS = 500
# Nobody clicks in a window's first moments, while it is still laid out and painted anew.
SETTLED_S = 2.0


class Latenesses(QObject):
    """Collects, in ms, how late each tick came."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_tick)

    def start(self) -> None:
        """Begin."""
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    @Slot()
    def _on_tick(self) -> None:
        now = time.perf_counter()
        self.values.append(max(0.0, (now - self._last) * 1000 - INTERVAL_MS))
        self._last = now


def main() -> None:
    """Train two epochs of the compact network in the real window."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        make_folder(folder / "films", NUM_FILMS)
        with open_window(folder / "home") as window:
            lateness = Latenesses()
            ended: list[object] = []
            window.training_tab.run.ended.connect(ended.append)
            config = TrainConfig(data=folder / "films", runs=folder / "runs", epochs=2)
            settled = time.perf_counter() + SETTLED_S
            wait_until(lambda: time.perf_counter() > settled)
            lateness.start()
            window.training_tab.run.start(config)
            wait_until(lambda: bool(ended))
            lateness.stop()
            wait_until(lambda: not window.training_tab.is_busy())
    values = np.array(lateness.values)
    tell(Figure(f"the run ended as {type(ended[0]).__name__}; ticks seen", len(values), ""))
    tell(Figure("lateness, median", float(np.median(values)), "ms"))
    p99 = float(np.percentile(values, 99))
    tell(Figure("lateness, 99th percentile", p99, "ms", P99_GOAL_MS, at_most=True))
    tell(Figure("lateness, greatest", float(values.max()), "ms", MAX_GOAL_MS, at_most=True))
    times = ", ".join(f"{value:.0f}" for value in np.sort(values)[::-1][:8])
    sys.stdout.write(f"the longest, ms: {times}\n")


if __name__ == "__main__":
    sys.exit(main())
