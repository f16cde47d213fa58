"""``./dev build --verify``: tries the archives as users would, in bare Debian systems.

Off screen and on a virtual screen, as an unprivileged user with a read-only program and a home of
spaces and foreign letters. What it measures goes into docs/packaging.md.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults import BuildError
from figures import Trial, write_figures
from roots import HOME, Answer, BareSystem
from screen import save_screen, virtual_screen

_RELEASES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
# Where the archive is unpacked inside, as an administrator would: the user cannot write there.
_UNPACKED = "/srv/Programme für alle"
_LOG = f"{HOME}/.local/share/x-ray-desktop/logs/x-ray-desktop.log"
_SCREENSHOT = "docs/images/standalone.png"
_WINDOW_TIMEOUT_S = 180.0
_OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen"}
# The first start of an installation, and two after it.
_WARM_STARTS = 2


def verify(root: Path, bundle: Path, archive: Path, deb: Path) -> None:
    """Try everything, and write the figures.

    Args:
        root: The checkout.
        bundle: The folder that was built.
        archive: The archive with the install script.
        deb: The Debian package.

    Raises:
        BuildError: Something did not hold; the text says what.
    """
    if os.name != "posix" or os.geteuid() != 0:
        raise BuildError("--verify needs root: it makes Debian systems and enters them.")
    trials = []
    with tempfile.TemporaryDirectory(prefix="xray-verify-") as name:
        work = Path(name)
        trials.append(_try_source(root, work))
        trials.append(_try_copy(bundle, work))
        for release, title in _RELEASES.items():
            system = BareSystem(release, work / release)
            _say(f"== {title}: making it")
            system.make()
            trial = _Visit(system, title, archive, deb)
            with virtual_screen() as screen:
                trial.run(screen, root / _SCREENSHOT)
            trials.append(trial.figures)
            shutil.rmtree(system.folder)
    write_figures(root / "docs" / "packaging.md", bundle, archive, deb, trials)
    _say("everything held")


def _try_source(root: Path, work: Path) -> Trial:
    """The same self-test from source, in the same environment: what the bundle is held against."""
    _say("== from source, off screen")
    command = [sys.executable, "-m", "xray_desktop", "--self-test", str(work / "source")]
    names = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "HOME": str(work)}
    return _self_test("from source", command, names | _OFF_SCREEN)


def _try_copy(bundle: Path, work: Path) -> Trial:
    """A copied folder with an empty environment, on this machine."""
    _say("== a copy of the folder, off screen")
    copy = work / "eine Kopie ä"
    shutil.copytree(bundle, copy, symlinks=True)
    home = work / "zu Hause ü"
    home.mkdir()
    command = [str(copy / "xray-desktop"), "--self-test", str(home / "out")]
    trial = _self_test("a copy of the folder", command, {"HOME": str(home)} | _OFF_SCREEN)
    shutil.rmtree(copy)
    return trial


def _self_test(name: str, command: list[str], environment: Mapping[str, str]) -> Trial:
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    trial = Trial(name)
    _hold(trial, "self-test off screen", Answer(done.returncode, done.stdout))
    return trial


def _hold(trial: Trial, name: str, answer: Answer) -> None:
    """Note a self-test's output, and raise where it failed."""
    _say(f"-- {trial.name}: {name}\n{answer.said.rstrip()}")
    if answer.status:
        raise BuildError(f"{trial.name}: the {name} ended with {answer.status} (see above).")
    trial.add_self_test(name, answer.said)


@dataclass
class _Visit:
    """All that is tried in one bare system, in order."""

    system: BareSystem
    title: str
    archive: Path
    deb: Path
    figures: Trial = field(init=False)

    def __post_init__(self) -> None:
        self.figures = Trial(self.title)

    def run(self, screen: str, picture: Path) -> None:
        names = {"DISPLAY": screen}
        self._unpack()
        self._without_libraries(names)
        self._install_package()
        program = ("/usr/bin/xray-desktop",)
        version = self.system.as_user(*program, "--version")
        _hold(self.figures, "version", version)
        for name, environment in (("off screen", _OFF_SCREEN), ("on a virtual screen", names)):
            out = f"{HOME}/out {name}"
            answer = self.system.as_user(*program, "--self-test", out, environment=environment)
            _hold(self.figures, f"self-test {name}", answer)
        self._open_window(names, picture)
        self._install_by_script()

    def _unpack(self) -> None:
        folder = self.system.path(_UNPACKED)
        folder.mkdir(parents=True)
        command = ["tar", "--no-same-owner", "-xf", str(self.archive), "-C", str(folder)]
        if subprocess.run(command, check=False).returncode:
            raise BuildError(f"{self.archive.name} cannot be unpacked.")
        subprocess.run(["chmod", "-R", "a-w", folder], check=True)
        [self._unpacked] = [f"{_UNPACKED}/{path.name}" for path in folder.iterdir()]

    def _without_libraries(self, names: Mapping[str, str]) -> None:
        """The unpacked archive where nothing is installed: it runs, or says in words why not."""
        program = f"{self._unpacked}/xray-desktop"
        answer = self.system.as_user("/usr/bin/timeout", "60", program, environment=names)
        _say(f"-- {self.title}: the archive before anything is installed\n{answer.said.rstrip()}")
        if answer.status == 0 or "Traceback" in answer.said or "apt-get" not in answer.said:
            raise BuildError(f"{self.title}: a start without libraries or fonts says no way out.")
        self.figures.said_without_libraries = answer.said.strip()

    def _install_package(self) -> None:
        shutil.copyfile(self.deb, self.system.path(f"/tmp/{self.deb.name}"))
        package = f"/tmp/{self.deb.name}"
        for words in (
            ("apt-get", "-qq", "update"),
            ("apt-get", "-qq", "install", "-y", "--no-install-recommends", package),
        ):
            answer = self.system.as_root(*words)
            if answer.status:
                _say(answer.said)
                raise BuildError(f"{self.title}: {' '.join(words)} failed (see above).")
        self.system.path(package).unlink()
        listed = self.system.as_root("dpkg-query", "-W", "-f", "${Status}", "xray-desktop")
        if "install ok installed" not in listed.said:
            raise BuildError(f"{self.title}: dpkg does not know the package as installed.")

    def _open_window(self, names: Mapping[str, str], picture: Path) -> None:
        """Start the window, cold first, then warm; photograph the first and end each politely."""
        forget_files(self.system.path("/opt/xray-desktop"))
        for number in range(1 + _WARM_STARTS):
            # Later ones restore a place that a screen without a window manager moves.
            seconds = self._start_once(names, picture if number == 0 else None)
            self.figures.first_paints.append(seconds)
        _say(f"-- {self.title}: first paint after {self.figures.first_paints} s (the first cold)")

    def _start_once(self, names: Mapping[str, str], picture: Path | None) -> float:
        log = self.system.path(_LOG)
        log.unlink(missing_ok=True)
        program = self.system.start("/usr/bin/xray-desktop", environment=names)
        try:
            said = _wait_for(log, "tabs ready", program)
            if picture is not None:
                # What comes after the tabs (runs, thumbnails) has no line of its own.
                time.sleep(3)
                save_screen(names["DISPLAY"], picture)
            program.terminate()
            status = program.wait(60)
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()
        if status:
            raise BuildError(f"{self.title}: asked to end, the window ended with {status}.")
        [line] = [line for line in said.splitlines() if "first painted" in line]
        return float(line.split("first painted ")[1].split()[0])

    def _install_by_script(self) -> None:
        """The other way: unpacked, installed for one user, updated, and removed again."""
        script = f"{self._unpacked}/install.sh"
        for _ in ("installed", "updated"):
            answer = self.system.as_user("/bin/sh", script)
            if answer.status:
                raise BuildError(f"{self.title}: install.sh failed: {answer.said}")
        answer = self.system.as_user(f"{HOME}/.local/bin/xray-desktop", "--version")
        if answer.status:
            raise BuildError(f"{self.title}: installed by script it fails: {answer.said}")
        entry = self.system.path(f"{HOME}/.local/share/applications/xray-desktop.desktop")
        expected = f'Exec="{HOME}/.local/lib/xray-desktop/xray-desktop" %F'
        if expected not in entry.read_text(encoding="utf-8"):
            raise BuildError(f"{self.title}: the desktop entry does not start the program.")
        removed = self.system.as_user("/bin/sh", f"{HOME}/.local/lib/xray-desktop/uninstall.sh")
        left = list(self.system.path(f"{HOME}/.local").rglob("xray-desktop*"))
        if removed.status or left or not self.system.path(_LOG).is_file():
            raise BuildError(f"{self.title}: uninstall.sh left {left} or took the user's data.")
        _say(f"-- {self.title}: install.sh twice, uninstall.sh: held")


def forget_files(folder: Path) -> None:
    """Have the system drop its copies of these files, so that the next start reads the disk.

    Other programs' files stay in memory: the start is not quite that after switching on.
    """
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _wait_for(log: Path, words: str, program: subprocess.Popen[bytes]) -> str:
    ends = time.monotonic() + _WINDOW_TIMEOUT_S
    while time.monotonic() < ends:
        text = log.read_text(encoding="utf-8") if log.is_file() else ""
        if words in text:
            return text
        if program.poll() is not None:
            raise BuildError(f"The window ended with {program.returncode} before it was there.")
        time.sleep(0.05)
    raise BuildError(f'The window did not come to "{words}" in {_WINDOW_TIMEOUT_S:.0f} s.')


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
