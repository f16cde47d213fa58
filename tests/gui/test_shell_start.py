"""Starting the program as a process: light, quick, honest about what is missing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from training import __version__
from xray_desktop import app

REPOSITORY = Path(__file__).resolve().parents[2]
HEAVY = ("tensorflow", "keras", "sklearn", "scipy", "pydicom")

PAINT = f"""
import sys, time, psutil
from xray_desktop import app
from xray_desktop.main_window import MainWindow
app.prepare_environment()
application = app.make_application()
window = MainWindow()
def loaded(): return [name for name in {HEAVY} if name in sys.modules]
def painted():
    seconds = time.time() - psutil.Process().create_time()
    print("painted", round(seconds, 2), loaded())
def ready():
    print("ready", loaded())
    window.close()
window.first_painted.connect(painted)
window.tabs_ready.connect(ready)
window.closed.connect(application.quit)
window.show()
sys.exit(application.exec())
"""


def start(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=REPOSITORY,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_that_the_window_paints_and_makes_its_tabs_without_anything_heavy() -> None:
    ended = start("-c", PAINT)
    print(ended.stdout)  # noqa: T201 - the measured time, for who runs pytest -rP
    lines = ended.stdout.splitlines()
    assert ended.returncode == 0, ended.stderr
    assert lines[0].startswith("painted ")
    assert lines[0].endswith("[]")
    assert lines[1] == "ready []"


@pytest.mark.slow
def test_that_importing_the_program_loads_no_keras() -> None:
    ended = start(
        "-c",
        f"import sys, xray_desktop.app; print([n for n in {HEAVY} if n in sys.modules])",
    )
    assert ended.stdout.strip() == "[]", ended.stderr


@pytest.mark.slow
def test_that_the_version_is_told() -> None:
    ended = start("-m", "xray_desktop", "--version")
    first = ended.stdout.splitlines()[0]
    assert (ended.returncode, first) == (0, f"X-ray Desktop {__version__} (from source)")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="screens are always there elsewhere")
def test_that_a_missing_screen_is_told_with_a_way_on() -> None:
    ended = start("-m", "xray_desktop", QT_QPA_PLATFORM="", DISPLAY="", WAYLAND_DISPLAY="")
    assert ended.returncode == 1
    assert "needs a screen" in ended.stderr
    assert "--tour DIR" in ended.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
def test_that_the_request_to_end_closes_the_window_in_good_order(user_home: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-m", "xray_desktop"],
        cwd=REPOSITORY,
        env=os.environ | {"XRAY_DESKTOP_HOME": str(user_home)},
    )
    try:
        log = user_home / "logs" / "x-ray-desktop.log"
        for _ in range(600):
            if log.is_file() and "window shown" in log.read_text(encoding="utf-8"):
                break
            try:
                running.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail("it ended before it was asked to")
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 0
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
    assert "ended" in log.read_text(encoding="utf-8")
    assert "geometry" in (user_home / "settings.ini").read_text(encoding="utf-8")


def test_that_a_tour_into_a_place_that_cannot_be_written_fails_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert app.main(["--tour", str(tmp_path / "file" / "pictures")]) == 1
    assert "cannot be saved" in capsys.readouterr().err


@pytest.mark.slow
def test_that_the_tour_holds(tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "xray_desktop",
            "--tour",
            str(tmp_path),
            "--films",
            "80",
            "--epochs",
            "2",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert pictures[0] == "01-start.png"
    assert len(pictures) == 26
    assert ended.stdout.count("ok ") == 17
