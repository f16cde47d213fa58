"""What is logged, what is kept, what is shown when something goes wrong."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QtMsgType
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from training.errors import UserError
from xray_desktop import logs
from xray_desktop.errors import BugReporter, show_error
from xray_desktop.logs import DiscreetFormatter, discreet, discreet_traceback


def error_of(raised: BaseException) -> BaseException:
    """The exception with a traceback, as a handler meets it."""
    try:
        raise raised  # noqa: TRY301 - the traceback is what is wanted
    except BaseException as error:  # noqa: BLE001 - also those that are no Exception
        return error


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[logging.Handler]:
    made = logs.start_logging(tmp_path / "logs")
    yield made
    logging.captureWarnings(False)
    logging.getLogger().removeHandler(made)
    made.close()


@pytest.fixture
def reporter(tmp_path: Path, qtbot: QtBot) -> Iterator[BugReporter]:
    made = BugReporter(tmp_path / "crashes")
    made.install()
    yield made
    made.uninstall()
    if made.dialog is not None:
        made.dialog.close()


@pytest.mark.parametrize(
    "text",
    [
        "[Errno 2] No such file or directory: '/data/DOE^JOHN/hand.dcm'",
        "cannot open C:\\films\\DOE JOHN\\hand.dcm",
        "cannot open \\\\server\\films\\DOE JOHN",
        "cannot open /data/DOE JOHN/hand.dcm",
        "Invalid value for VR PN: 'DOE^JOHN'",
        'unknown element "DOE^JOHN"',
        "could not read ~/DOE/hand.png",
    ],
)
def test_that_names_do_not_get_into_the_log(text: str) -> None:
    assert "DOE" not in discreet(text)


def test_that_a_ratio_or_a_date_is_no_path() -> None:
    text = "3 / 20 films, 12/07, rate 1e-3"
    assert discreet(text) == text


def test_that_a_traceback_keeps_its_places_and_loses_its_values() -> None:
    inner = error_of(ValueError("invalid literal for int() with base 10: 'DOE^JOHN'"))
    error = RuntimeError("reading /data/DOE/hand.dcm failed")
    error.__cause__ = inner
    text = discreet_traceback(error_of(error))
    assert "DOE" not in text
    assert "test_shell_errors.py" in text
    assert "ValueError: invalid literal for int() with base 10: <...>" in text
    assert "RuntimeError: reading <path>" in text


def test_that_names_in_code_are_kept() -> None:
    error = error_of(AttributeError("'NoneType' object has no attribute 'pixels'"))
    assert "no attribute 'pixels'" in discreet_traceback(error)


def test_that_what_was_told_to_the_user_is_not_repeated_in_the_log() -> None:
    error = error_of(UserError("DOE_JOHN.dcm cannot be opened: it is empty."))
    assert "DOE" not in discreet_traceback(error)


def test_that_other_packages_lose_their_quoted_values_and_ours_do_not() -> None:
    def line(name: str) -> str:
        record = logging.LogRecord(name, logging.INFO, "f.py", 1, "epoch %r", ("DOE",), None)
        return DiscreetFormatter().format(record)

    assert "DOE" not in line("pydicom")
    assert "epoch 'DOE'" in line("training.fit.train")


def test_that_the_log_file_is_written_and_discreet(
    handler: logging.Handler, tmp_path: Path
) -> None:
    film = tmp_path / "DOE^JOHN.dcm"
    try:
        film.read_bytes()
    except OSError:
        logging.getLogger("pydicom").exception("cannot read %s", film)
    handler.flush()
    text = (tmp_path / "logs" / "x-ray-desktop.log").read_text(encoding="utf-8")
    assert "cannot read <path>" in text
    assert "FileNotFoundError" in text
    assert "DOE" not in text


def test_that_a_log_folder_that_cannot_be_made_is_no_obstacle(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logs").write_text("in the way")
    made = logs.start_logging(tmp_path / "logs")
    logging.captureWarnings(False)
    logging.getLogger().removeHandler(made)
    assert isinstance(made, logging.StreamHandler)
    assert logs.write_crash_file(tmp_path / "logs", error_of(ValueError())) is None


def test_that_a_user_error_is_shown_as_it_is_without_blocking(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = show_error(
        parent, "Film not opened", UserError("<b>a.png</b> is empty.", "Choose another.")
    )
    assert box.isVisible()
    assert not box.isModal()
    # Not read as mark-up: the file may be called so.
    assert box.text() == "<b>a.png</b> is empty."
    assert box.textFormat().name == "PlainText"
    assert box.informativeText() == "Choose another."
    with qtbot.waitSignal(box.destroyed):
        box.close()


def test_that_an_uncaught_exception_is_kept_and_told_once(
    qtbot: QtBot, reporter: BugReporter, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    error = error_of(KeyError("DOE^JOHN"))
    for _ in range(3):
        sys.excepthook(type(error), error, error.__traceback__)
    boxes = [w for w in QGuiApplication.instance().topLevelWidgets() if isinstance(w, QMessageBox)]
    assert len([box for box in boxes if box.isVisible()]) == 1
    box = reporter.dialog
    assert box is not None
    assert not box.isModal()
    assert "KeyError" not in box.text()
    kept = sorted((tmp_path / "crashes").glob("crash-*.txt"))
    assert len(kept) == 3
    text = kept[0].read_text(encoding="utf-8")
    assert "KeyError" in text
    assert "DOE" not in text


def test_that_the_details_are_copied_and_the_dialog_stays(
    qtbot: QtBot, reporter: BugReporter, caplog: pytest.LogCaptureFixture
) -> None:
    error = error_of(ZeroDivisionError())
    sys.excepthook(type(error), error, error.__traceback__)
    assert reporter.dialog is not None
    button = reporter.dialog.findChild(QPushButton, "copyDetailsButton")
    button.click()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    assert reporter.dialog is not None
    assert reporter.dialog.isVisible()
    reporter.dialog.close()
    qtbot.waitUntil(lambda: reporter.dialog is None)
    sys.excepthook(type(error), error, error.__traceback__)
    assert reporter.dialog is not None


def test_that_an_exception_of_another_thread_is_told_in_the_gui_thread(
    qtbot: QtBot, reporter: BugReporter, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    worker = threading.Thread(target=fail)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: reporter.dialog is not None)


def test_that_only_the_newest_crash_files_are_kept(tmp_path: Path) -> None:
    for _ in range(13):
        logs.write_crash_file(tmp_path, error_of(ValueError()))
    assert len(list(tmp_path.glob("crash-*.txt"))) == 10


def test_that_qt_messages_are_logged_by_their_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qt"):
        logs._on_qt_message(QtMsgType.QtWarningMsg, None, 'cannot open "/data/DOE/hand.png"')  # type: ignore[arg-type]
        logs._on_qt_message(QtMsgType.QtInfoMsg, None, "hello")  # type: ignore[arg-type]
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "cannot open <...>"),
        ("INFO", "hello"),
    ]
