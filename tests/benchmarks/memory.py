"""Peak resident memory of a run over as many films as the published set has, and ten times that.

The films are tiny files that the reader enlarges: what is kept of a film does not depend on its
file. Each size runs in a process of its own, because a peak never comes down. The run is stopped
after some steps, then saves and measures both models over all films as any run does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_folder

PUBLISHED = 9463
FILM_SIZE = 48
STEPS = 30
PEAK_GOAL_GB = 2.5
GROWTH_GOAL_GB = 0.5


def child(folder: Path) -> None:
    """Train on a folder and print the peak in bytes."""
    from training.fit.config import TrainConfig
    from training.fit.control import RunControl
    from training.fit.events import BatchEnded, Event, RunFinished
    from training.fit.train import train

    control = RunControl()
    steps = 0
    last: list[Event] = []

    def report(event: Event) -> None:
        nonlocal steps
        last[:] = [event]
        if isinstance(event, BatchEnded):
            steps += 1
            if steps == STEPS:
                control.stop.set()

    peak = Peak()
    config = TrainConfig(data=folder / "films", runs=folder / "runs", epochs=1, precision="float32")
    train(config, report, control)
    assert isinstance(last[0], RunFinished), last[0]
    sys.stdout.write(json.dumps({"peak": peak.end()}) + "\n")


class Peak:
    """Watches this process' resident memory; every system tells it, few tell its peak."""

    def __init__(self) -> None:
        self._highest = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._over.wait(0.02):
            self._highest = max(self._highest, process.memory_info().rss)

    def end(self) -> int:
        """The peak in bytes."""
        self._over.set()
        self._thread.join()
        return self._highest


def peak_gb(count: int) -> tuple[float, float]:
    """(Peak in GB, seconds) of a run on ``count`` films, made first."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        make_folder(Path(name) / "films", count, size=FILM_SIZE)
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.memory", "--child", name],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        peak: int = json.loads(done.stdout.splitlines()[-1])["peak"]
        return peak / 1e9, time.perf_counter() - start


def main() -> None:
    """Measure the published number of films; with --full ten times that too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--child", type=Path)
    options = parser.parse_args()
    if options.child:
        child(options.child)
        return
    peak, taken = peak_gb(PUBLISHED)
    tell(Figure(f"peak with {PUBLISHED:,} films", peak, "GB", PEAK_GOAL_GB, at_most=True))
    tell(Figure(f"duration of that run, {STEPS} steps", taken, "s"))
    if options.full:
        larger, taken = peak_gb(10 * PUBLISHED)
        tell(Figure(f"peak with {10 * PUBLISHED:,} films", larger, "GB"))
        growth = max(larger - peak, 0.0)
        tell(Figure("ten times the films add", growth, "GB", GROWTH_GOAL_GB, at_most=True))
        tell(Figure(f"duration of that run, {STEPS} steps", taken, "s"))


if __name__ == "__main__":
    sys.exit(main())
