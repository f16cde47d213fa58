"""A virtual X screen for trying the window, and pictures of what is on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults import BuildError

_SIZE = "1600x900x24"
_GRAB = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(sys.argv)
picture = application.primaryScreen().grabWindow(0)
sys.exit(0 if picture.save(sys.argv[1]) else 1)
"""


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Start Xvfb and yield the name of its screen; it ends with the block.

    Raises:
        BuildError: Xvfb is not installed or does not start.
    """
    if shutil.which("Xvfb") is None:
        raise BuildError("--verify needs a virtual screen. Type: apt-get install xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-ac", "-nolisten", "tcp"]
    server = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as file:
            # Written once the screen is there; nothing comes from a server that failed.
            number = file.readline().strip()
        if not number:
            raise BuildError("Xvfb did not start.")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def save_screen(screen: str, target: Path) -> None:
    """Save all that a screen shows as PNG.

    Raises:
        BuildError: The screen cannot be reached.
    """
    environment = os.environ | {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-c", _GRAB, str(target)]
    if subprocess.run(command, env=environment, check=False).returncode:
        raise BuildError("The virtual screen could not be photographed.")
