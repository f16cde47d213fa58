"""Tells whether the standalone program has to be proven again: a hash over what decides on it.

As a script it ends with 0 where the inputs are as they were last proven; ``./dev`` asks it before
it makes the build's environment, so it uses the standard library only.

``./dev build --verify`` writes the hash to packaging/verified.txt when it has passed; ``.ci/run``
builds and tests only where the hash is another one (docs/decisions/0012).
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

_WHOLE = (
    "pyproject.toml",
    "constraints.txt",
    "dev",
    "xray_desktop/__main__.py",
    "xray_desktop/app.py",
    "xray_desktop/paths.py",
    "xray_desktop/self_test*.py",
    "xray_desktop/starting.py",
    "xray_desktop/system_libraries.py",
    "packaging/*.py",
    "packaging/*.spec",
    "packaging/files/*",
)
_OURS = ("training", "xray_desktop", "resources", "tests", "packaging", "docs")
_LINE = "The inputs of the standalone program, as ./dev build --verify last proved them:\n"


def inputs_hash(root: Path) -> str:
    """SHA-256 over the packaging, the pins, the entry points and what our code imports.

    The rest of the code may change without a new proof: it is packed as it is. A new package, or
    a part of one that was not imported before, is what a bundle can lack.
    """
    digest = hashlib.sha256()
    for pattern in _WHOLE:
        for file in sorted(root.glob(pattern)):
            # Line ends differ between systems.
            content = file.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{file.relative_to(root).as_posix()}\n{len(content)}\n".encode())
            digest.update(content)
    for name in sorted(set(_foreign_imports(root))):
        digest.update(f"import {name}\n".encode())
    return digest.hexdigest()


def _foreign_imports(root: Path) -> Iterator[str]:
    """Modules of other packages that the program imports, wherever in a file."""
    for package in ("training", "xray_desktop"):
        for file in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                else:
                    continue
                yield from (name for name in names if name.split(".")[0] not in _OURS)


def is_verified(root: Path) -> bool:
    """True where the inputs are those that were last proven."""
    try:
        lines = (root / "packaging" / "verified.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return inputs_hash(root) in lines


def write_verified(root: Path) -> None:
    """Note that the inputs as they are now have been proven."""
    target = root / "packaging" / "verified.txt"
    target.write_text(f"{_LINE}{inputs_hash(root)}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(0 if is_verified(Path(__file__).resolve().parents[1]) else 1)
