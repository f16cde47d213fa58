"""Bare Debian systems to try the program in: made with mmdebstrap, entered without leaving a mount.

Every command runs in a mount namespace of its own, so what it mounts is gone with it. Needs root.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from faults import BuildError

# Anyone but root; no name in the root's /etc/passwd.
_USER = 1000
# Spaces, an umlaut and what is no Latin letter at all.
HOME = "/home/Jürgen Müller 放射線"
_SOCKETS = "/tmp/.X11-unix"


@dataclass(frozen=True)
class Answer:
    """How a command ended.

    Args:
        status: Its exit status.
        said: Its standard output and error, as they came.
    """

    status: int
    said: str


@dataclass(frozen=True)
class BareSystem:
    """One Debian release, as small as it comes.

    Args:
        release: Its code name.
        folder: Where its files lie.
    """

    release: str
    folder: Path

    def make(self) -> None:
        """Fetch and unpack it.

        Raises:
            BuildError: mmdebstrap is missing or failed.
        """
        if shutil.which("mmdebstrap") is None:
            raise BuildError("--verify needs mmdebstrap. Type: apt-get install mmdebstrap")
        command = ["mmdebstrap", "--variant=minbase", "--quiet", self.release, str(self.folder)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise BuildError(f"mmdebstrap could not make {self.release} (see above).")
        home = self.path(HOME)
        home.mkdir(parents=True)
        os.chown(home, _USER, _USER)

    def path(self, inner: str) -> Path:
        """A place inside as this machine sees it."""
        return self.folder / inner.lstrip("/")

    def as_root(self, *command: str) -> Answer:
        """Run a command inside as root, such as apt-get."""
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"}
        return self._run(command, environment, user=0)

    def as_user(self, *command: str, environment: Mapping[str, str] | None = None) -> Answer:
        """Run a command inside as an unprivileged user with nothing in its environment but a home.

        Args:
            command: The words.
            environment: More names, such as the screen's.
        """
        return self._run(command, self._names(environment), user=_USER)

    def start(
        self, *command: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a command as ``as_user`` does, and return while it runs."""
        words = self._words(command, self._names(environment), _USER)
        return subprocess.Popen(words, stdin=subprocess.DEVNULL)

    def _names(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {"HOME": HOME, "PATH": "/usr/bin:/bin"} | dict(more or {})

    def _run(self, command: Sequence[str], environment: Mapping[str, str], user: int) -> Answer:
        done = subprocess.run(
            self._words(command, environment, user),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Answer(done.returncode, done.stdout)

    def _words(
        self, command: Sequence[str], environment: Mapping[str, str], user: int
    ) -> list[str]:
        root = shlex.quote(str(self.folder))
        mounts = [
            f"mount -t proc proc {root}/proc",
            f"mount --rbind /dev {root}/dev",
            f"mkdir -p {_SOCKETS} {root}{_SOCKETS}",
            f"mount --bind {_SOCKETS} {root}{_SOCKETS}",
        ]
        names = [f"{name}={value}" for name, value in environment.items()]
        groups = f"{user}:{user}"
        # With --fork the signals of the parent would not arrive; exec keeps one process.
        inner = ["chroot", f"--userspec={groups}", str(self.folder), "env", "-i", *names, *command]
        script = " && ".join([*mounts, "exec " + shlex.join(inner)])
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script]
