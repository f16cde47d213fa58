"""What is baked into a build: its commit and date, and the packages that it is made of."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"^[\w.-]+")


def commit_time(root: Path) -> int:
    """Seconds since 1970 of the last commit; the same commit gives the same archives."""
    return int(_git(root, "log", "-1", "--format=%ct") or 0)


def write_build_file(root: Path, target: Path) -> str:
    """Write the file that the program reads its build from; returns the commit's short name."""
    commit = _git(root, "rev-parse", "--short=10", "HEAD") or "unknown"
    if _git(root, "status", "--porcelain", "--untracked-files=no"):
        commit += "+"
    day = datetime.fromtimestamp(commit_time(root), UTC).date().isoformat()
    text = json.dumps({"commit": commit, "date": day}, indent=1) + "\n"
    target.write_text(text, encoding="utf-8")
    return commit


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if not done.returncode else ""


def distributions(root: Path) -> list[str]:
    """Every installed package that the program depends on, directly or not."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [_name(line) for line in project["dependencies"]]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        # The build environment holds TensorFlow's build for processors, on Linux.
        for candidate in (name, f"{name}-cpu"):
            try:
                package = importlib.metadata.distribution(candidate)
            except importlib.metadata.PackageNotFoundError:
                continue
            if candidate not in found:
                found[candidate] = None
                lines = package.requires or []
                waiting += [_name(line) for line in lines if "extra ==" not in line]
            break
    return sorted(found)


def _name(requirement: str) -> str:
    match = _NAME.match(requirement)
    assert match, requirement
    return match[0].lower().replace("_", "-")


def version(root: Path) -> str:
    """The program's version, read without importing it."""
    text = (root / "training" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert found
    return found[1]
