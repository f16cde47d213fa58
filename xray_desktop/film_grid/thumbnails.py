"""Makes thumbnails in a worker: those in sight first, one at a time, a bounded number kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from training.films.film import GreyPixels
from xray_desktop.pictures import small_film
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

MAX_KEPT = 600
"""Thumbnails in memory: at most 22 MB at the viewer's size, several screens full."""

# More than a grid shows, for screens with several pixels a point.
_SMALL_PX = 192
_KEY = "thumbnail"


class Thumbnails(QObject):
    """The cache of small pictures.

    Args:
        make: Reads a film and makes it small; called in the worker.
        thread: The worker; others may use it too.
        parent: The owner.

    Signals:
        made: ``Path``, its thumbnail is there now.
    """

    made = Signal(object)

    def __init__(
        self,
        make: Callable[[Path], GreyPixels],
        thread: JobThread,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make = make
        self._thread = thread
        self._kept: OrderedDict[Path, QImage] = OrderedDict()
        self._failed: set[Path] = set()
        self._wanted: list[Path] = []
        self._request: int | None = None
        self._making: Path | None = None
        thread.done.connect(self._on_done)

    def get(self, path: Path) -> QImage | None:
        """A film's thumbnail, if it is there; never waits."""
        picture = self._kept.get(path)
        if picture is not None:
            self._kept.move_to_end(path)
        return picture

    def want(self, paths: Sequence[Path]) -> None:
        """Say which films are in sight, in the order to make them; others are forgotten."""
        self._wanted = [
            path for path in paths if path not in self._kept and path not in self._failed
        ]
        self._make_next()

    def _make_next(self) -> None:
        if self._making is None and self._wanted:
            self._making = self._wanted.pop(0)
            # Read anew when the job starts, so nothing is decoded that has scrolled away.
            self._request = self._thread.submit(_KEY, self._make, self._making)

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if outcome.request_id != self._request or outcome.key != _KEY or self._making is None:
            return
        path, self._making = self._making, None
        if isinstance(outcome, JobDone):
            self._keep(path, outcome.result)
            self.made.emit(path)
        else:
            # Opening it will say why; asking again at each scroll would only cost time.
            self._failed.add(path)
        self._make_next()

    def _keep(self, path: Path, grey: GreyPixels) -> None:
        height, width = grey.shape
        image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
        # Copied, so that the array may go.
        self._kept[path] = image.copy()
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


def small_films(thread: JobThread, parent: QObject) -> Thumbnails:
    """Thumbnails of films as they are first shown, made by ``thread``."""
    return Thumbnails(partial(small_film, side=_SMALL_PX), thread, parent)
