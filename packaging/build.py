"""Makes the standalone program: dist/xray-desktop, one folder that needs no Python.

``./dev build`` runs it inside .venv-build. ``--self-test`` runs the result once, off screen.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
DIST = ROOT / "dist"
BUNDLE = DIST / "xray-desktop"
ICON_SIZES = (16, 32, 48, 64, 128, 256)
# Libraries of the screen: without one of them the program starts nowhere, and PyInstaller only
# warns. What else it misses belongs to plugins that are left out.
FATAL_LIBRARY = re.compile(
    r"Library not found: could not resolve '(lib(?:xcb|xkb|X11|EGL|GL|dbus|fontconfig|freetype|"
    r"glib|gthread|wayland|tensorflow|openblas|gdcm|stdc)[^']*)'"
)
# Modules that the program imports; a warning that one is missing is an error.
FATAL_MODULES = re.compile(
    r"^missing module named '?((?:training|xray_desktop|resources|PySide6|keras|tensorflow\.python"
    r"|pydicom|gdcm|_gdcm|pyqtgraph|PIL|scipy\.ndimage|h5py|psutil|platformdirs"
    r"|jinja2|markupsafe|reportlab|onnx|onnxruntime|tf2onnx)"
    r"(?:\.[\w.]+)?)'? - imported by (training|xray_desktop|resources)",
    re.MULTILINE,
)


class BuildError(Exception):
    """The program cannot be built here; the text says why."""


def make_icons(folder: Path) -> None:
    """Write the icon as Windows and macOS want it, and PNGs for Linux, from the one SVG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    # Rendering text or gradients needs one; it must outlive the painter.
    application = QGuiApplication.instance() or QGuiApplication(["build"])
    renderer = QSvgRenderer(str(ROOT / "resources" / "icons" / "app.svg"))
    for size in (*ICON_SIZES, 512):
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        if not picture.save(str(folder / f"app-{size}.png")):
            raise BuildError(f"The icon could not be written to {folder}.")
    del application
    with Image.open(folder / "app-512.png") as largest:
        largest.save(folder / "app.ico", sizes=[(size, size) for size in ICON_SIZES])
        largest.save(folder / "app.icns")


def run_pyinstaller() -> str:
    """Build the folder and return what PyInstaller said."""
    command = [sys.executable, "-m", "PyInstaller", str(ROOT / "packaging" / "xray-desktop.spec")]
    command += ["--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--workpath", str(BUILD), "--distpath", str(DIST)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            sys.stdout.write(f"  {line}")
            lines.append(line)
    if process.returncode:
        raise BuildError("PyInstaller failed (see above).")
    return "".join(lines)


def fatal_warnings(said: str, module_report: str) -> list[str]:
    """Those warnings of PyInstaller that mean a program which cannot start.

    Args:
        said: Its output.
        module_report: The text of its warn-xray-desktop.txt.
    """
    libraries = {match[1] for match in FATAL_LIBRARY.finditer(said)}
    modules = {match[1] for match in FATAL_MODULES.finditer(module_report)}
    return [f"missing library: {name}" for name in sorted(libraries)] + [
        f"missing module: {name}" for name in sorted(modules)
    ]


def refuse(faults: list[str]) -> None:
    """Raise ``BuildError`` unless there are none."""
    if faults:
        raise BuildError("The program would not start:\n  " + "\n  ".join(faults))


def strip_symbols(folder: Path) -> None:
    """Take the symbol tables out of TensorFlow's libraries: 200 MB that nothing reads.

    The other libraries have none, or were patched in a way that stripping breaks.
    """
    strip = shutil.which("strip")
    if not sys.platform.startswith("linux"):
        return
    if strip is None:
        raise BuildError("Building needs the strip command. Type: apt-get install binutils")
    libraries = [p for p in folder.rglob("*.so*") if p.is_file() and not p.is_symlink()]
    subprocess.run([strip, "--strip-unneeded", *libraries], check=True)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, each counted once."""
    return sum(path.stat().st_size for path in folder.rglob("*") if not path.is_symlink())


def run_self_test() -> None:
    """Run the program as a user without this checkout would, and look at how it ends."""
    program = BUNDLE / ("xray-desktop.exe" if sys.platform == "win32" else "xray-desktop")
    with tempfile.TemporaryDirectory(prefix="xray-build-") as name:
        home = Path(name)
        # Nothing of this shell's Python or Qt may help the bundle along.
        kept = ("SYSTEMROOT", "TEMP", "TMP", "LANG")
        environment = {n: v for n, v in os.environ.items() if n in kept}
        environment |= {"HOME": name, "USERPROFILE": name, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [program, "--self-test", str(home / "out")], env=environment, cwd=home, check=False
        )
    if done.returncode:
        raise BuildError("The program was built, but its self-test failed (see above).")


def main() -> int:
    """Build, and with --self-test try the result."""
    parser = argparse.ArgumentParser(prog="./dev build", description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="run the built program's own test")
    options = parser.parse_args()
    start = time.monotonic()
    try:
        shutil.rmtree(BUNDLE, ignore_errors=True)
        make_icons(BUILD / "icons")
        said = run_pyinstaller()
        report = BUILD / "xray-desktop" / "warn-xray-desktop.txt"
        refuse(fatal_warnings(said, report.read_text(encoding="utf-8")))
        strip_symbols(BUNDLE / "_internal" / "tensorflow")
        sys.stdout.write(
            f"built {BUNDLE.relative_to(ROOT)}: {size_of(BUNDLE) / 1e6:,.0f} MB "
            f"in {time.monotonic() - start:.0f} s\n"
        )
        if options.self_test:
            run_self_test()
    except BuildError as error:
        sys.stderr.write(f"build: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
