"""What makes a build fail, what the standalone program is given, and what it is packed into."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGING = REPOSITORY / "packaging"
LIBRARY = "9 WARNING: Library not found: could not resolve '{}', dependency of '/x/{}.so'.\n"
Load = Callable[[str], Any]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Imports packaging/NAME.py; the scripts there import each other by plain names."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    before = set(sys.modules)

    def load_one(name: str) -> ModuleType:
        return importlib.import_module(name)

    yield load_one  # type: ignore[misc]
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).parent == PACKAGING:
            del sys.modules[name]


@pytest.mark.parametrize("library", ["libxcb-cursor.so.0", "libxkbcommon-x11.so.0", "libEGL.so.1"])
def test_that_a_missing_library_of_the_screen_fails_the_build(load: Load, library: str) -> None:
    said = LIBRARY.format(library, "libqxcb")
    assert load("faults").fatal_warnings(said, "") == [f"missing library: {library}"]


def test_that_a_missing_library_of_a_plugin_left_out_does_not(load: Load) -> None:
    said = LIBRARY.format("libgtk-3.so.0", "libqgtk3")
    assert load("faults").fatal_warnings(said, "") == []
    assert not load("contents").is_wanted("PySide6/Qt/plugins/platformthemes/libqgtk3.so")


def test_that_a_module_that_we_import_and_is_missing_fails_the_build(load: Load) -> None:
    report = (
        "missing module named pwd - imported by training.data (delayed)\n"
        "missing module named 'pydicom.pixies' - imported by PIL (delayed), training.films.dicom "
        "(delayed)\n"
        "missing module named 'keras.src.torch' - imported by keras (optional)\n"
        "missing module named tensorflow.keras.old - imported by tensorflow.engine.training "
        "(delayed)\n"
        "missing module named scipy.special.logit - imported by training.evaluation (delayed)\n"
        "missing module named gpu - imported by xray_desktop.device (delayed, optional)\n"
        "excluded module named PySide6.QtNone - imported by xray_desktop.tour_steps (top-level)\n"
    )
    assert load("faults").fatal_warnings("", report) == [
        "missing module: PySide6.QtNone",
        "missing module: pydicom.pixies",
    ]


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("tensorflow/libtensorflow_cc.so.2", True),
        ("tensorflow/include/tensorflow/core/public/session.h", False),
        ("tensorflow\\include\\Eigen\\Core", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("resources/icons/app.svg", True),
        ("resources/models/starter.keras", True),
        # Built against the build machine's C library; the system has its own.
        ("libstdc++.so.6", False),
        # Under the GPL.
        ("libreadline.so.8", False),
    ],
)
def test_that_the_program_is_given_only_what_it_opens(load: Load, place: str, wanted: bool) -> None:
    assert load("contents").is_wanted(place) is wanted


def test_that_libraries_go_that_only_those_left_out_had_loaded(load: Load) -> None:
    elf = load("elf")

    def library(*needs: str) -> Any:
        return elf.Library(frozenset(needs), (2, 17))

    libraries = {
        Path("platforms/libqxcb.so"): library("libxcb-cursor.so.0"),
        Path("libxcb-cursor.so.0"): library("libxcb-image.so.0"),
        Path("libxcb-image.so.0"): library(),
        Path("libgtk.so.3"): library("libpango.so.0"),
        Path("libpango.so.0"): library(),
    }
    top = [path.name for path in libraries if len(path.parts) == 1]
    assert elf.orphans(top, libraries) == {"libgtk.so.3", "libpango.so.0"}


def test_that_a_library_that_asks_for_a_newer_c_library_fails_the_build(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elf = load("elf")
    (tmp_path / "libnew.so").write_bytes(b"\x7fELF")
    answers = {"libnew.so": elf.Library(frozenset(), (2, 34))}
    monkeypatch.setattr(elf, "describe", lambda path: answers[path.name])
    assert elf.check_glibc(tmp_path) == "2.34"
    answers["libnew.so"] = elf.Library(frozenset(), (2, 36))
    with pytest.raises(load("faults").BuildError, match=r"libnew\.so \(2\.36\)"):
        elf.check_glibc(tmp_path)


def test_that_the_parts_of_a_package_that_we_import_are_found(load: Load, tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text(
        "from scipy import ndimage\nimport numpy\ndef late():\n    from scipy.special import expit\n"
    )
    reach = load("reach")
    assert reach.modules_imported([tmp_path], "scipy") == {
        "scipy",
        "scipy.ndimage",
        "scipy.special",
    }


@pytest.mark.slow
def test_that_parts_that_stay_unloaded_are_left_out(load: Load) -> None:
    unreached = load("reach").unreached_parts("scipy", {"scipy.ndimage"})
    assert "scipy.stats" in unreached
    assert "scipy.ndimage" not in unreached
    assert "scipy.special" not in unreached


def test_that_what_the_program_needs_is_under_no_gpl(load: Load) -> None:
    names = load("stamp").distributions(REPOSITORY)
    assert {"numpy", "pydicom", "pyside6-essentials", "shiboken6"} <= set(names)
    assert "pytest" not in names
    licences = load("licences")
    licences.refuse_copyleft(names)
    text = licences.package_licences(["pydicom"], REPOSITORY / "LICENSE")
    assert "X-ray Desktop: MIT" in text
    assert "pydicom 3." in text


@pytest.mark.parametrize(
    ("words", "is_refused"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only OR GPL-2.0-only", False),
        ("MIT", False),
    ],
)
def test_that_a_package_under_the_gpl_alone_fails_the_build(
    load: Load, monkeypatch: pytest.MonkeyPatch, words: str, is_refused: bool
) -> None:
    licences = load("licences")
    monkeypatch.setattr(licences, "licence_of", lambda _package: words)
    if is_refused:
        with pytest.raises(load("faults").BuildError, match="numpy"):
            licences.refuse_copyleft(["numpy"])
    else:
        licences.refuse_copyleft(["numpy"])


def test_that_a_build_is_due_when_pins_entries_or_imports_change(
    load: Load, tmp_path: Path
) -> None:
    inputs = load("inputs")
    (tmp_path / "packaging").mkdir()
    (tmp_path / "training").mkdir()
    (tmp_path / "xray_desktop").mkdir()
    (tmp_path / "constraints.txt").write_text("numpy==1\n")
    source = tmp_path / "training" / "reader.py"
    source.write_text("import numpy\n")
    assert not inputs.is_verified(tmp_path)
    inputs.write_verified(tmp_path)
    assert inputs.is_verified(tmp_path)
    source.write_text("import numpy\n\nANSWER = 42\n")
    assert inputs.is_verified(tmp_path)
    source.write_text("import numpy\nimport highdicom\n")
    assert not inputs.is_verified(tmp_path)
    inputs.write_verified(tmp_path)
    (tmp_path / "constraints.txt").write_text("numpy==2\n")
    assert not inputs.is_verified(tmp_path)


def test_that_windows_resource_is_one_that_pyinstaller_could_read(load: Load) -> None:
    text = load("windows").version_resource("0.1.0", "1a2b3c")
    compile(text, "version-resource.txt", "eval")
    assert "filevers=(0, 1, 0, 0)" in text
    assert "0.1.0 (1a2b3c)" in text


@pytest.fixture
def bundle(load: Load, tmp_path: Path) -> Path:
    """A program that only says its name, laid out as the real one."""
    folder = tmp_path / "dist" / "xray-desktop"
    (folder / "_internal" / "resources").mkdir(parents=True)
    (folder / "_internal" / "resources" / "licences.txt").write_text("MIT\n")
    program = folder / "xray-desktop"
    program.write_text('#!/bin/sh\necho "started with $*"\n')
    program.chmod(0o755)
    made = tmp_path / "made"
    made.mkdir()
    for size in load("icons").SIZES:
        (made / f"app-{size}.png").write_bytes(b"png")
    svg = REPOSITORY / "resources" / "icons" / "app.svg"
    load("archives").add_linux_files(folder, made, svg)
    return folder


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux' archives")


@linux_only
def test_that_the_same_files_give_the_same_archives(
    load: Load, bundle: Path, tmp_path: Path
) -> None:
    archives = load("archives")
    digests = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        try:
            archives.make_archive(bundle, folder / "x.tar.xz", "0.1.0", 1_700_000_000, 3)
            for path in (bundle, *bundle.rglob("*")):
                os.utime(path, (1_700_000_000, 1_700_000_000), follow_symlinks=False)
            archives.make_deb(bundle, folder / "x.deb", "0.1.0", 1_700_000_000, 3)
        except (OSError, load("faults").BuildError) as error:
            pytest.skip(f"xz or dpkg-deb is not installed: {error}")
        digests.append([(folder / f"x.{kind}").read_bytes() for kind in ("tar.xz", "deb")])
    assert digests[0] == digests[1]
    unpacked = subprocess.run(
        ["xz", "-dc", str(tmp_path / "one" / "x.tar.xz")], capture_output=True, check=True
    )
    plain = tmp_path / "x.tar"
    plain.write_bytes(unpacked.stdout)
    with tarfile.open(plain) as archive:
        members = {member.name: member for member in archive}
    assert members["xray-desktop-0.1.0/install.sh"].mode == 0o755
    assert {(m.uid, m.gid, m.mtime) for m in members.values()} == {(0, 0, 1_700_000_000)}


@linux_only
def test_that_the_script_installs_updates_and_removes_and_keeps_the_users_files(
    bundle: Path, tmp_path: Path
) -> None:
    home = tmp_path / 'Jürgen "J" $Müller & Söhne 50%'
    kept = home / ".local" / "share" / "x-ray-desktop" / "verdicts.sqlite"
    kept.parent.mkdir(parents=True)
    kept.write_text("verdicts")

    def call(script: Path, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", str(script), *words],
            env={"HOME": str(home), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )

    for _ in ("installed", "updated"):
        done = call(bundle / "install.sh")
        assert done.returncode == 0, done.stderr
    program = home / ".local" / "bin" / "xray-desktop"
    started = subprocess.run([program, "a film"], capture_output=True, text=True, check=True)
    assert started.stdout == "started with a film\n"
    entry = (home / ".local/share/applications/xray-desktop.desktop").read_text(encoding="utf-8")
    [command] = [line for line in entry.splitlines() if line.startswith("Exec=")]
    # The desktop entry specification: quoted, with " ` $ escaped twice over and percent signs doubled.
    escaped = str(home).replace('"', '\\\\"').replace("$", "\\\\$").replace("%", "%%")
    assert command == f'Exec="{escaped}/.local/lib/xray-desktop/xray-desktop" %F'
    installed = home / ".local" / "lib" / "xray-desktop"
    assert call(installed / "install.sh").returncode == 1
    done = call(installed / "uninstall.sh")
    assert done.returncode == 0, done.stderr
    assert not installed.exists()
    assert list((home / ".local").rglob("*xray-desktop*")) == []
    assert kept.read_text() == "verdicts"


@linux_only
def test_that_scripts_refuse_what_they_do_not_know(bundle: Path, tmp_path: Path) -> None:
    for script, words in (("install.sh", ["--help"]), ("uninstall.sh", [])):
        done = subprocess.run(
            ["/bin/sh", str(bundle / script), *words],
            env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode != 0
        assert done.stderr
    assert (bundle / "xray-desktop").exists()
