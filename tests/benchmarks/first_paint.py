"""From process start to the first painted window, and what was loaded by then.

The real program is started, told only to note its first paint and to close; the parent's clock
before the start counts, so that Python's own start is included.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.figures import Figure, tell

ROUNDS = 5
GOAL_S = 1.0
HEAVY = ("tensorflow", "keras", "sklearn", "scipy", "pydicom")
# Runs in the program's process: watches for the first paint of a window, then ends it.
WATCH = f"""
import json, os, sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
def end():
    heavy = [n for n in {HEAVY!r} if n in sys.modules]
    print(json.dumps([time.time(), heavy]), flush=True)
    os._exit(0)
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            QTimer.singleShot(0, end)
        return False
real = QApplication.exec
def watched_exec(*_):
    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    return real()
QApplication.exec = watched_exec
from xray_desktop.__main__ import main
sys.argv = ["xray-desktop"]
sys.exit(main())
"""


def paint() -> tuple[float, list[str]]:
    """(Seconds to the first paint, heavy packages loaded by then)."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        environment = os.environ | {"XRAY_DESKTOP_HOME": home}
        start = time.time()
        done = subprocess.run(
            [sys.executable, "-c", WATCH],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    painted, heavy = json.loads(done.stdout.splitlines()[-1])
    return painted - start, heavy


def main() -> None:
    """Start the program some times; the first only warms the disk cache."""
    cold, heavy = paint()
    warm = statistics.median(paint()[0] for _ in range(ROUNDS))
    tell(Figure("first paint, first start here", cold, "s"))
    tell(Figure("first paint, warm", warm, "s", GOAL_S, at_most=True))
    names = f" ({', '.join(heavy)})" if heavy else ""
    tell(Figure(f"heavy packages loaded by then{names}", len(heavy), "", 0, at_most=True))


if __name__ == "__main__":
    sys.exit(main())
