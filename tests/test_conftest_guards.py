"""The ground rules of conftest.py hold: each kind of leftover fails the test that left it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
HEAD = """
import logging, threading
import pytest
kept = []
"""
CASES = {
    "window": (
        "def test_it(qtbot):\n    from PySide6.QtWidgets import QWidget\n"
        "    kept.append(QWidget()); kept[0].show()",
        "window QWidget",
    ),
    "timer": (
        "def test_it(qtbot):\n    from PySide6.QtCore import QTimer\n"
        "    kept.append(QTimer()); kept[0].start(60000)",
        "active QTimer (60000 ms)",
    ),
    "qthread": (
        "def test_it(qtbot):\n    from PySide6.QtCore import QThread\n"
        "    kept.append(QThread()); kept[0].start()",
        "running QThread",
    ),
    "thread": (
        "def test_it():\n    threading.Thread(target=threading.Event().wait, args=(6,)).start()",
        "thread Thread-",
    ),
    "log": (
        "def test_it():\n    logging.getLogger('training.films').warning('a film is odd')",
        "WARNING training.films: a film is odd",
    ),
}
CLEAN = """
def test_that_asks_for_logs(caplog):
    logging.getLogger("training.films").warning("meant")
def test_that_cleans_up(qtbot):
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QWidget
    window = QWidget()
    qtbot.addWidget(window)
    QTimer(window).start(60000)
    window.show()
def test_that_is_away_from_home(user_home):
    import os, platformdirs
    assert os.environ["XRAY_DESKTOP_HOME"] == str(user_home)
    assert platformdirs.user_data_dir("x").startswith(os.environ["HOME"])
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
"""


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run one test file under the real conftest, in a process of its own."""
    (folder / "conftest.py").write_bytes((REPOSITORY / "tests" / "conftest.py").read_bytes())
    (folder / "test_case.py").write_text(HEAD + text, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_case.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"},
    )


@pytest.mark.parametrize("case", CASES)
def test_that_a_leftover_fails_its_test(tmp_path: Path, case: str) -> None:
    text, words = CASES[case]
    done = run_pytest(tmp_path, text)
    assert done.returncode == 1
    assert words in done.stdout


def test_that_a_test_that_cleans_up_passes_in_a_home_of_its_own(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, CLEAN)
    assert (done.returncode, "3 passed" in done.stdout) == (0, True), done.stdout
