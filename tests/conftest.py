"""Ground rules for every test: off screen, away from the user's home, and nothing left behind.

The environment is set when this file is imported, before any test imports Qt or TensorFlow; this
file itself imports neither. Set ``XRAY_TEST_SCREEN=1`` to see the windows of the GUI tests.
"""

from __future__ import annotations

import gc
import importlib.machinery
import importlib.util
import itertools
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PySide6.QtCore import QThread, QTimer

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = REPOSITORY.parent / "shared" / "data"
# Threads that were told to stop get this long to do so before they count as left behind.
GRACE_S = 3.0
OUR_LOGGERS = ("training", "xray_desktop")


def _isolate(home: Path) -> None:
    """Point every folder that a program may take for the user's own into ``home``."""
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "config",
        "LOCALAPPDATA": home / "data",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "runtime",
        "XRAY_DESKTOP_HOME": home / "xray-desktop",
    }
    for name, folder in folders.items():
        folder.mkdir(parents=True, exist_ok=True)
        os.environ[name] = str(folder)
    # Qt refuses a runtime folder that others may read.
    folders["XDG_RUNTIME_DIR"].chmod(0o700)


_HOME = tempfile.TemporaryDirectory(prefix="xray-tests-", ignore_cleanup_errors=True)
_isolate(Path(_HOME.name))
if not os.environ.get("XRAY_TEST_SCREEN"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_collection_finish() -> None:
    """Keep the collector from going through what all imports made: half a second each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders. Numbered here: pytest would go through thousands of names for each."""
    root = tmp_path_factory.mktemp("homes")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def user_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh, empty folder for runs, settings and logs of each test."""
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("XRAY_DESKTOP_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real films beside the checkout; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real films (shared/data beside the checkout) are not on this machine")
    return SHARED_DATA


@pytest.fixture
def dev(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The ``dev`` script as a module."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("dev_script", str(REPOSITORY / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


class _Collector(logging.Handler):
    """Keeps what is logged at warning level or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def _no_unexpected_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which our code warned; one that asks for ``caplog`` judges for itself."""
    collector = _Collector()
    for name in OUR_LOGGERS:
        logging.getLogger(name).addHandler(collector)
    yield
    for name in OUR_LOGGERS:
        logging.getLogger(name).removeHandler(collector)
    if collector.records and "caplog" not in request.fixturenames:
        lines = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in collector.records]
        pytest.fail("logged unexpectedly (use caplog if it is meant):\n" + "\n".join(lines))


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, and for GUI tests a QThread, timer or window, behind.

    Autouse fixtures are set up first and so torn down last: what the test's own fixtures clean
    up is gone by now, and pytest-qt has closed the widgets given to ``qtbot``.
    """
    threads_before = set(threading.enumerate())
    yield
    left: list[str] = []
    if {"qapp", "qtbot"} & set(request.fixturenames):
        left += _qt_leftovers()
    left += _thread_leftovers(threads_before)
    if left:
        pytest.fail("left behind by this test:\n" + "\n".join(left))


def _thread_leftovers(before: set[threading.Thread]) -> list[str]:
    """Names of the Python threads that would keep the process from ending."""
    left = []
    for thread in set(threading.enumerate()) - before:
        if not thread.daemon:
            thread.join(GRACE_S)
            if thread.is_alive():
                left.append(f"thread {thread.name}")
    return left


# Reported once each, and kept alive: destroying a QThread that runs aborts the process.
_reported: list[Any] = []


def _qt_leftovers() -> list[str]:
    """Describe running QThreads, active timers and visible windows, and put an end to them."""
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
    from PySide6.QtWidgets import QApplication
    from shiboken6 import getAllValidWrappers

    QCoreApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = []
    # Neither threads nor timers can be listed by Qt; the binding knows every wrapper. Going through
    # all objects of Python takes as long as a short test, and ever longer beside TensorFlow's.
    found = [each for each in getAllValidWrappers() if isinstance(each, (QThread, QTimer))]
    for thread in (o for o in found if isinstance(o, QThread)):
        left += _end_thread(thread)
    for timer in (o for o in found if isinstance(o, QTimer)):
        left += _end_timer(timer)
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            left.append(f"window {type(window).__name__} {window.windowTitle()!r}")
            # Not close(): a closeEvent may refuse or ask.
            window.hide()
            window.deleteLater()
    return left


def _end_thread(thread: QThread) -> list[str]:
    from PySide6.QtCore import QThread

    # The main thread's own wrapper always runs.
    if thread is QThread.currentThread() or thread in _reported or not thread.isRunning():
        return []
    if thread.wait(int(GRACE_S * 1000)):
        return []
    _reported.append(thread)
    thread.requestInterruption()
    thread.quit()
    return [f"running QThread {type(thread).__name__} {thread.objectName()!r}"]


def _end_timer(timer: QTimer) -> list[str]:
    if not timer.isActive():
        return []
    owner = timer.parent()
    text = f"active QTimer ({timer.interval()} ms) of {type(owner).__name__}"
    timer.stop()
    return [text]
