"""Runs the built program as a user without this checkout would, and looks at how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from faults import BuildError


def run_self_test(bundle: Path) -> None:
    """Run the program's own test off screen, with an empty environment and home.

    Raises:
        BuildError: It failed.
    """
    program = bundle / ("xray-desktop.exe" if sys.platform == "win32" else "xray-desktop")
    with tempfile.TemporaryDirectory(prefix="xray-build-") as name:
        home = Path(name)
        # Nothing of this shell's Python or Qt may help the bundle along.
        kept = ("SYSTEMROOT", "TEMP", "TMP", "LANG")
        environment = {n: v for n, v in os.environ.items() if n in kept}
        environment |= {"HOME": name, "USERPROFILE": name, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [program, "--self-test", str(home / "out")], env=environment, cwd=home, check=False
        )
        # A program without a console, as on Windows, says nothing here.
        said = home / "out" / "self-test.txt"
        if sys.platform == "win32" and said.is_file():
            sys.stdout.write(said.read_text(encoding="utf-8"))
    if done.returncode:
        raise BuildError("The program was built, but its self-test failed (see above).")
