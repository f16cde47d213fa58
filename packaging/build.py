"""Makes the standalone program: dist/xray-desktop, one folder that needs no Python, and packs it.

``./dev build`` runs it inside .venv-build. ``--self-test`` runs the result once, off screen;
``--verify`` (Linux, as root) tries it in bare systems; ``--no-archives`` stops at the folder;
``--quick`` packs faster and larger; ``--keep`` goes on with what dist/ holds; ``--if-changed`` does nothing where the packaging is as it was last verified.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import archives
import elf
import licences
import macos
import stamp
import windows
from faults import BuildError, fatal_warnings, refuse
from icons import make_icons
from inputs import write_verified
from trial import run_self_test

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build"
MADE = WORK / "made"
DIST = ROOT / "dist"
BUNDLE = DIST / "xray-desktop"
SVG = ROOT / "resources" / "icons" / "app.svg"


def main() -> int:
    """Build, pack, and try the result as asked."""
    options = _parse()
    try:
        if not options.keep:
            build_bundle()
        if not options.no_archives and not (options.keep and archives_made()):
            pack(archives.QUICK_LEVEL if options.quick else archives.LEVEL)
        if options.self_test:
            run_self_test(BUNDLE)
        if options.verify:
            # Only here: the rest also runs on Windows.
            from verify import verify

            verify(ROOT, BUNDLE, *archive_names())
            write_verified(ROOT)
    except BuildError as error:
        sys.stderr.write(f"build: {error}\n")
        return 1
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev build", description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="run the built program's own test")
    parser.add_argument("--no-archives", action="store_true", help="make the folder only")
    parser.add_argument("--verify", action="store_true", help="try it in bare Debian systems")
    # ./dev has answered it by now.
    parser.add_argument("--if-changed", action="store_true", help="only where that is needed")
    parser.add_argument(
        "--quick", action="store_true", help="pack five times as fast, a seventh larger"
    )
    parser.add_argument("--keep", action="store_true", help="go on with what dist/ holds")
    options = parser.parse_args()
    if options.verify and options.no_archives:
        parser.error("--verify tries the archives too")
    return options


def build_bundle() -> None:
    """Make the folder, with its stamp and licences; leave out and strip what nothing uses."""
    start = time.monotonic()
    is_linux = sys.platform.startswith("linux")
    if is_linux:
        elf.require_tools()
    shutil.rmtree(DIST, ignore_errors=True)
    MADE.mkdir(parents=True, exist_ok=True)
    make_icons(SVG, MADE)
    commit = stamp.write_build_file(ROOT, MADE / "build.json")
    resource = windows.version_resource(stamp.version(ROOT), commit)
    (MADE / "version-resource.txt").write_text(resource, encoding="utf-8")
    names = stamp.distributions(ROOT)
    licences.refuse_copyleft(names)
    text = licences.package_licences(names, ROOT / "LICENSE")
    (MADE / "licences.txt").write_text(text, encoding="utf-8")
    said = run_pyinstaller()
    report = WORK / "xray-desktop" / "warn-xray-desktop.txt"
    refuse(fatal_warnings(said, report.read_text(encoding="utf-8")))
    if is_linux:
        finish_linux()
    if sys.platform == "win32":
        windows.sign(BUNDLE / "xray-desktop.exe")
    _say(
        f"built {BUNDLE.relative_to(ROOT)}: {size_of(BUNDLE) / 1e6:,.0f} MB "
        f"in {time.monotonic() - start:.0f} s"
    )


def run_pyinstaller() -> str:
    """Build the folder and return what PyInstaller said."""
    command = [sys.executable, "-m", "PyInstaller", str(ROOT / "packaging" / "xray-desktop.spec")]
    command += ["--noconfirm", "--clean", "--log-level", "WARN"]
    command += ["--workpath", str(WORK), "--distpath", str(DIST)]
    # The order of sets and the time in zip files would make each build another one.
    same = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": str(stamp.commit_time(ROOT))}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=os.environ | same,
    ) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            sys.stdout.write(f"  {line}")
            lines.append(line)
    if process.returncode:
        raise BuildError("PyInstaller failed (see above).")
    return "".join(lines)


def finish_linux() -> None:
    """Make the bundle smaller, check it, and give it what its installation needs."""
    elf.strip_symbols(BUNDLE)
    gone = elf.remove_orphans(BUNDLE)
    _say(f"left out, since nothing loads them: {', '.join(gone) or 'none'}")
    _say(f"needs glibc {elf.check_glibc(BUNDLE)} or newer")
    inner = BUNDLE / "_internal"
    system = [p.name for p in inner.glob("lib*.so*") if not p.is_symlink()]
    with (inner / "resources" / "licences.txt").open("a", encoding="utf-8") as file:
        file.write(licences.system_licences(system))
    archives.add_linux_files(BUNDLE, MADE, SVG)
    moment = stamp.commit_time(ROOT)
    for path in (BUNDLE, *BUNDLE.rglob("*")):
        os.utime(path, (moment, moment), follow_symlinks=False)


def archive_names() -> tuple[Path, Path]:
    """The archive with the install script, and the Debian package."""
    version = stamp.version(ROOT)
    return (
        DIST / f"xray-desktop-{version}-linux-x86_64.tar.xz",
        DIST / f"xray-desktop_{version}_amd64.deb",
    )


def archives_made() -> bool:
    """True where both are there already."""
    return all(path.is_file() for path in archive_names())


def pack(level: int) -> None:
    """Make what people download.

    Args:
        level: Of the Linux archives' compression.
    """
    version, moment = stamp.version(ROOT), stamp.commit_time(ROOT)
    if sys.platform.startswith("linux"):
        archive, deb = archive_names()
        archives.make_archive(BUNDLE, archive, version, moment, level)
        archives.make_deb(BUNDLE, deb, version, moment, level)
        made = [archive, deb]
    elif sys.platform == "darwin":
        made = [DIST / f"xray-desktop-{version}-macos.dmg"]
        macos.make_image(DIST / "X-ray Desktop.app", made[0])
    else:
        made = [DIST / f"xray-desktop-{version}-windows.zip"]
        shutil.make_archive(str(made[0].with_suffix("")), "zip", DIST, BUNDLE.name)
    for path in made:
        _say(f"packed {path.relative_to(ROOT)}: {path.stat().st_size / 1e6:,.0f} MB")


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder, each counted once."""
    return sum(path.stat().st_size for path in folder.rglob("*") if not path.is_symlink())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
