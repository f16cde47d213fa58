"""``--tour DIR``: drives the real window through the whole job and looks whether it held.

Everything goes the way a user goes: buttons are clicked, fields are typed in, and the event loop
runs freely in between. ``tour_steps`` says what is done; this module waits, photographs and
judges. It works in a folder of its own and touches none of the user's.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from xray_desktop import paths
from xray_desktop.app import make_application
from xray_desktop.logs import route_qt_messages, start_logging
from xray_desktop.main_window import MainWindow

LARGE = QSize(1920, 1080)
SMALL = QSize(1280, 720)

_TICK_MS = 20
_SETTLE_S = 0.3
_TOTAL_S = 1200.0
_END_LIMIT_S = 60.0


class TourError(Exception):
    """A step did not hold; the message says which fact was missing."""


@dataclass(frozen=True)
class Wait:
    """What has to become true before the tour goes on.

    Args:
        what: In words, for the report.
        holds: Looked at every 20 ms.
        limit_s: After so many seconds the tour has failed.
    """

    what: str
    holds: Callable[[], bool]
    limit_s: float = 30.0


Script = Iterator[Wait]


def expect(holds: bool, what: str) -> None:
    """Fail the tour unless a fact holds."""
    if not holds:
        raise TourError(what)


class _Errors(logging.Handler):
    """Keeps the first error that was logged: a tour with errors in the log has failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.first = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.first = self.first or f"{record.name}: {record.getMessage()}"


class Tour(QObject):
    """Runs a script of waits beside the event loop.

    Args:
        window: The window to drive, not yet shown.
        folder: Where pictures go.

    Signals:
        ended: The exit status: 0 where every step held.
    """

    ended = Signal(int)

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__()
        self.window = window
        self.folder = folder
        self._errors = _Errors()
        logging.getLogger().addHandler(self._errors)
        self._script: Script = iter(())
        self._wait: Wait | None = None
        self._wait_until = 0.0
        self._num_pictures = 0
        self._began = self._step_began = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._status = 1
        self._give_up_at = 0.0
        self._end_timer = QTimer(self)
        self._end_timer.setInterval(_TICK_MS)
        self._end_timer.timeout.connect(self._on_end_tick)

    def start(self, script: Script) -> None:
        """Begin; ``ended`` follows."""
        self._script = script
        self._timer.start()

    def picture(self, name: str, size: QSize = LARGE, *, of: QWidget | None = None) -> Script:
        """Photograph the window at a size, or another one as it is, once it has settled."""
        shown = self.window if of is None else of
        if of is None and self.window.size() != size:
            self.window.resize(size)
        settled = time.monotonic() + _SETTLE_S
        yield Wait("the window settles", lambda: time.monotonic() > settled)
        self._num_pictures += 1
        file = self.folder / f"{self._num_pictures:02}-{name}.png"
        expect(shown.grab().save(str(file)), f"the picture {file.name} could not be saved")

    def passed(self, what: str) -> None:
        """Tell that a step held."""
        now = time.monotonic()
        _say(f"ok    {now - self._step_began:6.1f} s  {what}")
        self._step_began = now

    @Slot()
    def _on_tick(self) -> None:
        try:
            self._go_on()
        except StopIteration:
            self._end(0)
        except Exception as error:  # noqa: BLE001 - whatever breaks a step is told as its failure
            self._fail(f"{error}" if isinstance(error, TourError) else repr(error))

    def _go_on(self) -> None:
        expect(not self._errors.first, f"an error was logged: {self._errors.first}")
        if self._wait is not None and not self._wait.holds():
            now = time.monotonic()
            expect(now < self._wait_until, f"not in time: {self._wait.what}")
            expect(now - self._began < _TOTAL_S, f"the tour took over {_TOTAL_S:.0f} s")
            return
        self._wait = next(self._script)
        self._wait_until = time.monotonic() + self._wait.limit_s

    def _fail(self, why: str) -> None:
        _say(f"FAILED {why}")
        self.window.grab().save(str(self.folder / "failed.png"))
        self._end(1)

    def _end(self, status: int) -> None:
        self._timer.stop()
        logging.getLogger().removeHandler(self._errors)
        tab = self.window.training_tab
        if tab is not None and tab.is_busy():
            # The tour broke off during a run: discard it, or closing would ask.
            tab.shut_down()
        self._status = status
        self._give_up_at = time.monotonic() + _END_LIMIT_S
        self._end_timer.start()

    @Slot()
    def _on_end_tick(self) -> None:
        tab = self.window.training_tab
        if tab is not None and tab.is_busy():
            if time.monotonic() > self._give_up_at:
                # A thread that does not end cannot be ended; the process can.
                _say("FAILED the run does not end")
                os._exit(1)
            return
        self._end_timer.stop()
        self.ended.emit(self._status)


def run_tour(folder: Path, *, num_films: int, epochs: int) -> int:
    """Drive the window through the whole job; pictures and log go to ``folder``.

    Args:
        folder: Made where it is missing.
        num_films: Films of the sample set, training and validation together.
        epochs: Epochs to train.

    Returns:
        0 where every step held, else 1.
    """
    from xray_desktop.tour_steps import script

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            if old.stem == "failed" or old.stem[:2].isdigit():
                old.unlink()
    except OSError as error:
        sys.stderr.write(f"The pictures cannot be saved to {folder}: {error.strerror}.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="xray-tour-", ignore_cleanup_errors=True) as home:
        os.environ[paths.HOME_VARIABLE] = home
        handler = start_logging(folder)
        application = make_application()
        route_qt_messages()
        # An exception in a slot must fail the tour, not only show a dialog.
        sys.excepthook = _log_exception
        window = MainWindow()
        tour = Tour(window, folder)
        statuses: list[int] = []
        tour.ended.connect(statuses.append)
        tour.ended.connect(window.close)
        window.closed.connect(application.quit)
        tour.start(script(tour, num_films, epochs))
        window.show()
        application.exec()
        sys.excepthook = sys.__excepthook__
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        logging.getLogger().removeHandler(handler)
        handler.close()
    status = statuses[0] if statuses else 1
    _say("The tour held." if status == 0 else "The tour failed.")
    return status


def _log_exception(_kind: object, error: BaseException, _trace: object) -> None:
    logging.getLogger(__name__).critical("uncaught", exc_info=error)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
