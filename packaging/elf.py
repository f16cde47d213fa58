"""Looks after the Linux libraries in the bundle: smaller, none without use, none too new.

Asks ``objdump`` and ``strip`` of binutils.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from faults import BuildError

# Debian 12 has 2.36, Ubuntu 22.04 has 2.35.
GLIBC_FLOOR = (2, 35)
_NEEDED = re.compile(r"^\s+NEEDED\s+(\S+)", re.MULTILINE)
_GLIBC = re.compile(r"\bGLIBC_(\d+)\.(\d+)")
# Libraries that were patched by their wheel's makers have lost what strip needs, and have no
# symbols to lose; they lie in folders of this ending.
_PATCHED = ".libs"


@dataclass(frozen=True)
class Library:
    """What matters of one ELF file.

    Args:
        needs: File names of the libraries that it loads.
        glibc: The newest version of the C library that it asks for; (0, 0) where it asks none.
    """

    needs: frozenset[str]
    glibc: tuple[int, int]


def require_tools() -> None:
    """Raise ``BuildError`` where binutils is not installed."""
    if not (shutil.which("strip") and shutil.which("objdump")):
        raise BuildError("Building needs strip and objdump. Type: apt-get install binutils")


def elf_files(folder: Path) -> list[Path]:
    """All ELF files below a folder, links left out."""
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink() and _is_elf(p))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def strip_symbols(folder: Path) -> None:
    """Take out the symbol tables that nothing reads: 290 MB, most of it TensorFlow's.

    The program itself stays whole: PyInstaller keeps its modules behind the ELF part.
    """
    libraries = [
        path
        for path in elf_files(folder)
        if not any(part.endswith(_PATCHED) for part in path.parts) and ".so" in path.name
    ]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)


def describe(path: Path) -> Library:
    """Read one ELF file's dynamic section."""
    done = subprocess.run(
        ["objdump", "-p", path], capture_output=True, text=True, check=True, errors="replace"
    )
    versions = [(int(major), int(minor)) for major, minor in _GLIBC.findall(done.stdout)]
    return Library(frozenset(_NEEDED.findall(done.stdout)), max(versions, default=(0, 0)))


def orphans(top: Iterable[str], libraries: Mapping[Path, Library]) -> set[str]:
    """Libraries that nothing loads any more, since the plugins that did were left out.

    Args:
        top: File names in the bundle's main folder that are candidates.
        libraries: All ELF files of the bundle.

    Returns:
        Names from ``top``.
    """
    candidates, gone = set(top), set[str]()
    while True:
        kept = {path: library for path, library in libraries.items() if path.name not in gone}
        needed = {name for library in kept.values() for name in library.needs}
        unneeded = candidates - needed - gone
        if not unneeded:
            return gone
        gone |= unneeded


def remove_orphans(folder: Path) -> list[str]:
    """Delete the libraries in the main folder that nothing in the bundle loads.

    Only files that PyInstaller put there beside their users' backs: real files named ``lib*.so*``.
    Links to libraries in the packages' own folders stay.
    """
    libraries = {path: describe(path) for path in elf_files(folder)}
    inner = folder / "_internal"
    top = [
        path.name
        for path in inner.glob("lib*.so*")
        # The program opens Python's library by name.
        if not path.is_symlink() and not path.name.startswith("libpython")
    ]
    gone = orphans(top, libraries)
    for name in gone:
        (inner / name).unlink()
    return sorted(gone)


def check_glibc(folder: Path) -> str:
    """The version of the C library that the bundle needs, such as "2.34".

    Raises:
        BuildError: It is newer than ``GLIBC_FLOOR``; the text names the files.
    """
    found = {path: describe(path).glibc for path in elf_files(folder)}
    too_new = [path for path, version in found.items() if version > GLIBC_FLOOR]
    if too_new:
        names = ", ".join(f"{path.name} ({'.'.join(map(str, found[path]))})" for path in too_new)
        floor = ".".join(map(str, GLIBC_FLOOR))
        raise BuildError(f"These ask for a C library newer than {floor}: {names}")
    return ".".join(map(str, max(found.values())))
