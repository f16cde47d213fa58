"""A large DICOM film from its path to the screen, and dragging its window/level."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_dicom
from tests.benchmarks.window import open_window, wait_until

ROUNDS = 6
DRAG_STEPS = 90
OPEN_GOAL_S = 0.3
DRAG_GOAL_FPS = 30


class PaintCounter(QObject):
    """Counts how often a widget paints itself."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


def open_seconds(window: Any, view: QWidget, paths: list[Path]) -> list[float]:
    """Seconds from each path to its film's paint, opened in turns."""
    painted = PaintCounter(view)
    taken = []
    for number in range(ROUNDS):
        path = paths[number % len(paths)]
        before, shown = painted.count, window.viewer_tab.state.loaded
        start = time.perf_counter()
        window.open_paths([path])
        wait_until(
            lambda shown=shown, before=before: (
                window.viewer_tab.state.loaded is not shown and painted.count > before
            )
        )
        taken.append(time.perf_counter() - start)
        wait_until(lambda: not window.viewer_tab.is_busy())
    # The first loads pydicom.
    return taken[1:]


def drag_rate(view: QWidget) -> float:
    """Frames per second while the left button drags across the film, each step painted."""
    painted = PaintCounter(view)
    centre = view.rect().center()
    send(view, QEvent.Type.MouseButtonPress, centre)
    start = time.perf_counter()
    for step in range(1, DRAG_STEPS + 1):
        send(view, QEvent.Type.MouseMove, centre + QPoint(2 * (step % 40), step % 30))
        view.repaint()
        QApplication.processEvents()
    taken = time.perf_counter() - start
    send(view, QEvent.Type.MouseButtonRelease, centre)
    return painted.count / taken


def loupe_rate(view: QWidget) -> float:
    """Frames per second while the loupe, as large as it gets, follows the pointer."""
    loupe: Any = view.findChild(QWidget, "loupe")
    loupe._action.trigger()
    loupe.side_px = 640
    painted = PaintCounter(loupe)
    centre = view.rect().center()
    start = time.perf_counter()
    for step in range(1, DRAG_STEPS + 1):
        send(view, QEvent.Type.MouseMove, centre + QPoint(2 * (step % 40), step % 30))
        loupe.repaint()
        QApplication.processEvents()
    taken = time.perf_counter() - start
    loupe._action.trigger()
    return painted.count / taken


def send(view: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    """Send a left-button mouse event as the window system would."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind,
        QPointF(place),
        QPointF(view.mapToGlobal(place)),
        button,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def main() -> None:
    """Measure with the real viewer tab."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        films = [folder / f"film{number}.dcm" for number in range(2)]
        for path in films:
            make_dicom(path, 2500, 2000)
        large = folder / "large.dcm"
        make_dicom(large, 3000, 2500)
        with open_window(folder / "home") as window:
            window.show_viewer()
            view = window.viewer_tab.findChild(QWidget, "filmView")
            taken = statistics.median(open_seconds(window, view, films))
            tell(Figure("a 2,500 x 2,000 DICOM on screen", taken, "s", OPEN_GOAL_S, at_most=True))
            open_seconds(window, view, [large, films[0], large])
            window.open_paths([large])
            wait_until(lambda: not window.viewer_tab.is_busy())
            tell(
                Figure(
                    "window/level drag at 3,000 x 2,500", drag_rate(view), "frames/s", DRAG_GOAL_FPS
                )
            )
            for tool in ("zoom", "pan"):
                window.viewer_tab._tools.entries[tool].trigger()
                rate = drag_rate(view)
                tell(Figure(f"{tool} drag at 3,000 x 2,500", rate, "frames/s", DRAG_GOAL_FPS))
            window.viewer_tab._tools.entries["window"].trigger()
            rate = loupe_rate(view)
            tell(Figure("loupe over 3,000 x 2,500", rate, "frames/s", DRAG_GOAL_FPS))
            window.viewer_tab._comparing.compare_with(0)
            wait_until(lambda: window.viewer_tab.state.beside.is_open)
            rate = drag_rate(view)
            tell(Figure("linked drag, two of 3,000 x 2,500", rate, "frames/s", DRAG_GOAL_FPS))
            window.viewer_tab._tools.entries["zoom"].trigger()
            rate = drag_rate(view)
            tell(Figure("linked zoom, two of 3,000 x 2,500", rate, "frames/s", DRAG_GOAL_FPS))


if __name__ == "__main__":
    sys.exit(main())
