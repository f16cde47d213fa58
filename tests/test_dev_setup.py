"""The set-up half of ./dev: interpreters, system libraries, stamps, and set-ups that broke off."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from tests.test_architecture import read_modules

REPOSITORY = Path(__file__).resolve().parents[1]


class Commands:
    """Stands in for ``subprocess.run``: notes each command and answers by its words."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.seen: list[str] = []

    def __call__(self, command: list[str], **_options: object) -> SimpleNamespace:
        line = " ".join(str(word) for word in command)
        self.seen.append(line)
        return SimpleNamespace(returncode=int(any(words in line for words in self.failing)))


def fake_venv(folder: Path, version: str = "3.12.1") -> Path:
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    return python


@pytest.fixture
def project(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with a usable environment that was never filled."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((REPOSITORY / name).read_bytes())
    fake_venv(tmp_path / ".venv")
    return tmp_path


def test_that_a_supported_python_is_used_as_it_is(dev: ModuleType) -> None:
    assert dev.find_python((3, 13), which=lambda name: "/usr/bin/" + name) is None


def test_that_an_old_python_hands_over_to_a_supported_one(dev: ModuleType) -> None:
    installed = {"python3.11": "/usr/bin/python3.11"}
    assert dev.find_python((3, 9), which=installed.get) == "/usr/bin/python3.11"


@pytest.mark.parametrize("version", [(3, 9), (3, 14)])
def test_that_a_machine_without_a_supported_python_is_told_which_it_needs(
    dev: ModuleType, version: tuple[int, int]
) -> None:
    with pytest.raises(dev.SetupError, match=r"Python 3\.11, 3\.12 or\s+3\.13"):
        dev.find_python(version, which=lambda _name: None)


def test_that_a_library_that_the_loader_lacks_is_named_with_its_package(dev: ModuleType) -> None:
    lacking = {"libEGL.so.1", "libxcb-cursor.so.0"}
    found = dev.missing_libraries(screen=False, found=lambda name: name not in lacking)
    assert found == {"libEGL.so.1": "libegl1"}
    found = dev.missing_libraries(screen=True, found=lambda name: name not in lacking)
    assert found == {"libEGL.so.1": "libegl1", "libxcb-cursor.so.0": "libxcb-cursor0"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux' loader")
def test_that_the_loader_itself_is_asked(dev: ModuleType) -> None:
    assert dev.loadable("libc.so.6")
    assert not dev.loadable("libno-such-library.so.9")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads ELF files")
def test_that_every_library_that_qt_asks_for_is_in_the_list(dev: ModuleType) -> None:
    import PySide6

    qt = Path(PySide6.__file__).parent / "Qt"
    files = [qt / f"lib/libQt6{n}.so.6" for n in ("Core", "Gui", "Widgets", "Svg", "XcbQpa")]
    files += [qt / f"plugins/platforms/libq{n}.so" for n in ("offscreen", "xcb")]
    try:
        text = subprocess.run(
            ["objdump", "-p", *files], capture_output=True, text=True, check=True
        ).stdout
    except OSError:
        pytest.skip("objdump is not installed")
    needed = {line.split()[1] for line in text.splitlines() if "NEEDED" in line}
    bundled = {path.name for path in (qt / "lib").iterdir()}
    # In every Debian: the C library's, and what libX11 and libxcb-render-util depend on.
    common = ("libc.", "libm.", "libdl.", "librt.", "libpthread.", "libstdc++.", "libgcc_s.")
    common += ("ld-linux", "libz.", "libzstd.", "libxcb.so", "libxcb-render.", "libxcb-shm.")
    common += ("libxcb-sync.", "libxcb-xfixes.")
    listed = set(dev.LIBRARIES) | set(dev.SCREEN_LIBRARIES)
    unlisted = {n for n in needed - bundled - listed if not n.startswith(common)}
    assert unlisted == set()


def test_that_a_user_without_rights_gets_one_line_to_type(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(dev.SetupError) as error:
        dev.apt_install(["libegl1", "libgl1"], "Qt needs two libraries")
    last = str(error.value).splitlines()[-1].strip()
    assert last == "sudo apt-get install -y --no-install-recommends libegl1 libgl1"


def test_that_a_system_without_apt_is_told_the_packages(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    with pytest.raises(dev.SetupError, match="libegl1"):
        dev.apt_install(["libegl1"], "Qt needs a library")


def test_that_root_without_package_lists_fetches_them_once(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def apt(command: list[str], **_options: object) -> SimpleNamespace:
        seen.append(command[1])
        return SimpleNamespace(returncode=int("update" not in seen))

    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(dev.subprocess, "run", apt)
    dev.apt_install(["libegl1"], "Qt needs a library")
    assert seen == ["install", "update", "install"]


def test_that_the_stamp_changes_with_each_thing_that_it_stands_for(dev: ModuleType) -> None:
    stamps = {
        dev.stamp_of(["a"], "a==1", "3.11.7", Path("/x")),
        dev.stamp_of(["a", "b"], "a==1", "3.11.7", Path("/x")),
        dev.stamp_of(["a"], "a==2", "3.11.7", Path("/x")),
        dev.stamp_of(["a"], "a==1", "3.12.7", Path("/x")),
        dev.stamp_of(["a"], "a==1", "3.11.7", Path("/y")),
    }
    assert len(stamps) == 5


def test_that_an_environment_up_to_date_starts_no_process(
    dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(dev.subprocess, "run", commands)
    first = dev.ensure_venv()
    filled = len(commands.seen)
    assert filled
    assert dev.ensure_venv() == first
    assert len(commands.seen) == filled


def test_that_a_changed_pin_is_installed_at_the_next_start(
    dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(dev.subprocess, "run", commands)
    dev.ensure_venv()
    commands.seen.clear()
    with (project / "constraints.txt").open("a") as file:
        file.write("six==1.17.1\n")
    dev.ensure_venv()
    assert any("--constraint" in line for line in commands.seen)


def test_that_a_set_up_that_broke_off_is_taken_up_again(
    dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.subprocess, "run", Commands("--constraint"))
    with pytest.raises(dev.SetupError, match="the same command goes on"):
        dev.ensure_venv()
    again = Commands()
    monkeypatch.setattr(dev.subprocess, "run", again)
    dev.ensure_venv()
    assert any("--constraint" in line for line in again.seen)


def test_that_an_environment_without_pip_is_made_anew(
    dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands("-m pip --version")
    monkeypatch.setattr(dev.subprocess, "run", commands)
    dev.ensure_venv()
    assert any("-m venv --clear" in line for line in commands.seen)


@pytest.mark.parametrize("damage", ["interpreter gone", "other version", "no file"])
def test_that_an_environment_that_cannot_be_used_is_made_anew(
    dev: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    folder = project / ".venv"
    if damage == "interpreter gone":
        dev.venv_python(folder).unlink()
    elif damage == "other version":
        (folder / "pyvenv.cfg").write_text("version = 3.9.2\n")
    else:
        (folder / "pyvenv.cfg").unlink()
    commands = Commands()
    monkeypatch.setattr(dev.subprocess, "run", commands)
    dev.ensure_venv()
    assert any("-m venv --clear" in line for line in commands.seen)


def test_that_debians_missing_venv_module_is_installed_first(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(dev.subprocess, "run", Commands("ensurepip"))
    monkeypatch.setattr(dev, "apt_install", lambda packages, _why: asked.append(packages))
    dev.make_venv(tmp_path / ".venv")
    assert asked == [[f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"]]


def test_that_a_full_disk_is_told_before_anything_is_fetched(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands()
    monkeypatch.setattr(dev.subprocess, "run", commands)
    monkeypatch.setattr(dev.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10**9))
    with pytest.raises(dev.SetupError, match="4 GB of free disk space"):
        dev.make_venv(tmp_path / ".venv")
    assert not any("-m venv" in line for line in commands.seen)


def test_that_the_build_takes_tensorflow_without_gpu_code_where_there_is_one(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(dev.sys, "platform", "linux")
    project = dev.read_project()
    assert any(w.startswith("tensorflow-cpu>") for w in dev.requirements(project, ["build"]))
    assert any(w.startswith("tensorflow>") for w in dev.requirements(project, ["dev"]))


def test_that_every_requirement_is_pinned(dev: ModuleType) -> None:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {n.split("==")[0].lower() for n in lines if not n.startswith("#")}
    assert all("==" in line for line in lines if not line.startswith("#"))
    wanted = dev.requirements(dev.read_project(), ["dev", "build"])
    names = {w.split(">")[0].split("=")[0].strip().lower().replace("-", "_") for w in wanted}
    assert names <= {pin.replace("-", "_") for pin in pins}


def test_that_every_package_that_is_imported_is_a_declared_dependency(dev: ModuleType) -> None:
    # Name of the import -> name of the package, where they differ.
    packages = {
        "PIL": "pillow",
        "PySide6": "PySide6-Essentials",
        "dicomanonymizer": "dicom-anonymizer",
        "gdcm": "python-gdcm",
    }
    ours = {"training", "xray_desktop", "resources"}
    imported = {name.split(".")[0] for m in read_modules(REPOSITORY).values() for name in m.imports}
    wanted = {packages.get(n, n) for n in imported - ours - set(sys.stdlib_module_names)}
    declared = {w.split(">")[0].strip() for w in dev.requirements(dev.read_project(), [])}
    assert wanted <= declared
