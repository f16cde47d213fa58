"""Starts the program: command line, environment, application, window.

Importing this module, and showing the window, loads neither TensorFlow nor scikit-learn nor
pydicom; tests hold it to that. TensorFlow is not loaded ahead either: it takes 4 s of a core
and 600 MB, and who only looks at films never needs it. Workers load it with the first run or
the first prediction (``workers.smooth_import``).
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from training import __version__
from xray_desktop import build_info, theme
from xray_desktop.errors import BugReporter
from xray_desktop.logs import open_native_crash_file, route_qt_messages, start_logging
from xray_desktop.main_window import MainWindow
from xray_desktop.settings import keep_no_dialog_history
from xray_desktop.signals import ClosesOnSignal
from xray_desktop.starting import NO_FONTS, has_fonts, readable_failure
from xray_desktop.workers.smooth_import import SWITCH_INTERVAL_S

log = logging.getLogger(__name__)

_NO_SCREEN = (
    "X-ray Desktop needs a screen, and this session has none (neither DISPLAY nor "
    "WAYLAND_DISPLAY is set).\n"
    "Without one: --tour DIR shows the whole program off screen and saves a picture of each "
    "step to DIR; python -m training trains and predicts from the command line.\n"
)


def main(argv: Sequence[str]) -> int:
    """Run the program.

    Args:
        argv: The words after the program's name.

    Returns:
        The exit status: 0, or 1 where there is no screen or the tour or the self-test failed.
    """
    # The self-test belongs to the packaging and has words of its own.
    if "--self-test" in argv:
        return _self_test([word for word in argv if word != "--self-test"])
    options = _parse(argv)
    if options.version or options.licences:
        return _tell(options.version)
    prepare_environment()
    if options.tour is not None:
        from xray_desktop.tour import run_tour

        if not has_screen():
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return run_tour(options.tour, num_films=options.films, epochs=options.epochs)
    if not has_screen():
        sys.stderr.write(_NO_SCREEN)
        return 1
    return _run([Path(name) for name in options.paths])


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="xray-desktop",
        description="Train a fracture classifier on a folder of bone films, and see any film with "
        "its prediction. A research and teaching aid, not a medical device.",
    )
    parser.add_argument("paths", nargs="*", metavar="FILE", help="films or folders to open")
    parser.add_argument("--version", action="store_true", help="tell version, build and machine")
    parser.add_argument(
        "--licences", action="store_true", help="print the licences of all parts (packaged only)"
    )
    parser.add_argument(
        "--tour",
        type=Path,
        metavar="DIR",
        help="drive the window through the whole job on the sample set, save a picture of each "
        "step to DIR, and exit with 0 only if every step held",
    )
    parser.add_argument(
        "--films", type=int, default=240, metavar="N", help="films of the tour's sample set"
    )
    parser.add_argument(
        "--epochs", type=int, default=3, metavar="N", help="epochs that the tour trains"
    )
    parser.add_argument("--self-test", action="store_true", help="test a packaged program")
    return parser.parse_args(argv)


def _tell(version: bool) -> int:
    text = build_info.version_text() if version else build_info.licences_text()
    if text is None:
        sys.stderr.write("From source, each package holds its own licence; see Help, About.\n")
        return 1
    sys.stdout.write(text.rstrip("\n") + "\n")
    return 0


def _self_test(argv: Sequence[str]) -> int:
    name = "xray_desktop.self_test"
    if importlib.util.find_spec(name) is None:
        sys.stderr.write("This copy of the program comes without its self-test.\n")
        return 1
    prepare_environment()
    return int(importlib.import_module(name).main(list(argv)))


def has_screen() -> bool:
    """True where Qt can show a window, or was told which platform to use."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def prepare_environment() -> None:
    """Set what other packages read when they are imported; what the user has set stays."""
    # Only errors: TensorFlow's greetings would fill a terminal that nobody reads.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def make_application() -> QApplication:
    """The one QApplication, named and dressed."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["xray-desktop"])
    QCoreApplication.setApplicationName("X-ray Desktop")
    QCoreApplication.setApplicationVersion(__version__)
    # Wayland and the desktop file go by this name.
    application.setDesktopFileName("xray-desktop")
    application.setWindowIcon(theme.app_icon())
    theme.apply(application)
    keep_no_dialog_history()
    return application


def _log_tabs_ready() -> None:
    log.info("tabs ready")


def _log_first_paint() -> None:
    # Only now: it would delay what it measures.
    import psutil

    seconds = time.time() - psutil.Process().create_time()
    log.info("first painted %.2f s after the start", seconds)


def _run(opened: list[Path]) -> int:
    start_logging()
    # Kept to the end: the interpreter's crash handler writes into the open file.
    native_crash_file = open_native_crash_file()
    with readable_failure():
        application = make_application()
    if not has_fonts():
        sys.stderr.write(NO_FONTS)
        return 1
    route_qt_messages()
    reporter = BugReporter()
    reporter.install()
    log.info("started: %s", build_info.title())
    window = MainWindow()
    signals = ClosesOnSignal(window)
    # Help windows may still be open when the main window closes.
    window.closed.connect(application.quit)
    window.first_painted.connect(_log_first_paint)
    window.tabs_ready.connect(_log_tabs_ready)
    window.open_paths(opened)
    window.show()
    log.info("window shown")
    status = application.exec()
    log.info("ended")
    signals.release()
    reporter.uninstall()
    # Before the application, or Qt warns of widgets that outlive it.
    window.deleteLater()
    application.processEvents()
    if native_crash_file is not None:
        native_crash_file.flush()
    return int(status)
