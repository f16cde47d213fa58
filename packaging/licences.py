"""Writes down the licences of everything in the bundle, from the packages' own words."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from faults import BuildError

_TEXTS = re.compile(r"(?i)(^|/)(licen[cs]es?|copying|notice|third_party_notices)[^/]*$")
_NOT_TEXTS = (".py", ".pyc", ".so", ".json")
_RULE = "=" * 78 + "\n"
_CLASSIFIER = "License :: "
# Debian says so of libraries that may be linked to by anything; MIT and Apache go with them.
_COPYLEFT = re.compile(r"\bA?GPL(?:-?v?\d|v\d| |$)|\bGNU (?:Affero )?General Public", re.IGNORECASE)


def licence_of(package: importlib.metadata.Distribution) -> str:
    """A package's licence in a few words, from its metadata."""
    metadata = package.metadata
    for field in ("License-Expression", "License"):
        value = (metadata.get(field) or "").strip()
        # Some put the whole text there.
        if value and "\n" not in value and len(value) < 100:
            return value
    words = [
        line.rsplit(" :: ", 1)[-1]
        for line in metadata.get_all("Classifier") or []
        if line.startswith(_CLASSIFIER)
    ]
    return ", ".join(words) or "see its text"


def refuse_copyleft(names: Iterable[str]) -> None:
    """Raise ``BuildError`` if a package is under the GPL alone: the program is not."""
    guilty = []
    for name in names:
        words = licence_of(importlib.metadata.distribution(name))
        if _COPYLEFT.search(words) and "LGPL" not in words and "Lesser" not in words:
            guilty.append(f"{name} ({words})")
    if guilty:
        raise BuildError("Under the GPL, so it cannot be shipped: " + ", ".join(guilty))


def package_licences(names: Iterable[str], own: Path) -> str:
    """The licences of the program, of Python and of its packages, word for word.

    Args:
        names: The packages.
        own: The program's licence file.
    """
    parts = [
        "X-ray Desktop and all that it is made of, with their licences.\n",
        _section("X-ray Desktop: MIT", [own.read_text(encoding="utf-8")]),
    ]
    python = Path(os.__file__).parent / "LICENSE.txt"
    texts = [python.read_text(encoding="utf-8")] if python.is_file() else []
    parts.append(_section(f"Python {sys.version.split()[0]}: PSF-2.0", texts))
    for name in names:
        package = importlib.metadata.distribution(name)
        title = f"{package.name} {package.version}: {licence_of(package)}"
        parts.append(_section(title, _texts(package)))
    return "\n".join(parts)


def _texts(package: importlib.metadata.Distribution) -> list[str]:
    texts = []
    for file in package.files or []:
        if _TEXTS.search(file.as_posix()) and file.suffix not in _NOT_TEXTS:
            path = Path(str(file.locate()))
            if path.is_file():
                texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return list(dict.fromkeys(texts))


def _section(title: str, texts: Iterable[str]) -> str:
    body = "\n".join(text.strip() + "\n" for text in texts)
    return f"{_RULE}{title}\n{_RULE}{body or 'The package brings no text of its own.'}\n"


def system_licences(libraries: Iterable[str]) -> str:
    """The copyright files of the Debian packages that libraries in the bundle were taken from.

    Args:
        libraries: File names; those that no Debian package holds are left out.
    """
    packages = sorted({package for name in libraries for package in _debian_packages(name)})
    parts = []
    for package in packages:
        file = Path("/usr/share/doc") / package / "copyright"
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            parts.append(_section(f"From Debian: {package}", [text]))
    return "\n".join(parts)


def _debian_packages(library: str) -> list[str]:
    done = subprocess.run(
        ["dpkg", "-S", f"*/{library}"], capture_output=True, text=True, check=False
    )
    return [line.split(":", 1)[0] for line in done.stdout.splitlines() if ":" in line][:1]
