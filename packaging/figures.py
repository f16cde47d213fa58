"""What --verify measured, as a table in docs/packaging.md."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from elf import check_glibc

_BEGIN = "<!-- measured by ./dev build --verify: begin -->\n"
_END = "<!-- measured by ./dev build --verify: end -->\n"
_STEP = re.compile(r"^ok +(.+) \((\d+\.\d) s\)$", re.MULTILINE)
_FIRST_STEP = re.compile(r"first training step (\d+\.\d) s")


@dataclass
class Trial:
    """What one place showed.

    Args:
        name: The place.
        steps: By self-test, the seconds of its steps and of the first training step.
        first_paints: Seconds from the process' start to the window's first paint; the first cold.
        said_without_libraries: What a start said where nothing was installed.
    """

    name: str
    steps: dict[str, dict[str, float]] = field(default_factory=dict)
    first_paints: list[float] = field(default_factory=list)
    said_without_libraries: str = ""

    def add_self_test(self, name: str, said: str) -> None:
        """Note what a self-test printed."""
        found = {step: float(seconds) for step, seconds in _STEP.findall(said)}
        if not found:
            return
        first = _FIRST_STEP.search(said)
        if first:
            found["first step"] = float(first[1])
        self.steps[name] = found


def write_figures(
    page: Path, bundle: Path, archive: Path, deb: Path, trials: Sequence[Trial]
) -> None:
    """Put the tables between the page's two marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(_BEGIN)
    _, after = rest.split(_END)
    tables = "\n".join([_sizes(bundle, archive, deb), _times(trials), _starts(trials)])
    page.write_text(f"{before}{_BEGIN}{tables}{_END}{after}", encoding="utf-8")


def _sizes(bundle: Path, archive: Path, deb: Path) -> str:
    unpacked = sum(p.stat().st_size for p in bundle.rglob("*") if not p.is_symlink())
    rows = [
        ("the folder, unpacked", f"{unpacked / 1e6:,.0f} MB"),
        (f"`{archive.name}`", f"{archive.stat().st_size / 1e6:,.0f} MB"),
        (f"`{deb.name}`", f"{deb.stat().st_size / 1e6:,.0f} MB"),
        ("C library it needs", f"glibc {check_glibc(bundle)}"),
    ]
    day = datetime.now(UTC).date().isoformat()
    lines = [
        f"{day}, Linux {platform.machine()}, all on one shared machine.\n",
        "| what | is |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows)]) + "\n"


def _times(trials: Sequence[Trial]) -> str:
    lines = [
        "| self-test | all steps | load the libraries | first training step | train one epoch | both tabs |",
        "|---|---|---|---|---|---|",
    ]
    for trial in trials:
        for name, steps in trial.steps.items():
            whole = sum(seconds for step, seconds in steps.items() if step != "first step")
            parts = ("load the libraries", "first step", "train one epoch", "show both tabs")
            cells = [f"{whole:.1f} s", *(f"{steps.get(part, 0.0):.1f} s" for part in parts)]
            lines.append(
                f"| {trial.name}, {name.removeprefix('self-test ')} | {' | '.join(cells)} |"
            )
    return "\n".join(lines) + "\n"


def _starts(trials: Sequence[Trial]) -> str:
    lines = ["| window under X | first paint, cold | warm |", "|---|---|---|"]
    for trial in trials:
        if trial.first_paints:
            cold, *warm = trial.first_paints
            times = ", ".join(f"{seconds:.2f} s" for seconds in warm)
            lines.append(f"| {trial.name} | {cold:.2f} s | {times} |")
    said = [trial for trial in trials if trial.said_without_libraries]
    for trial in said:
        quoted = "\n".join(f"    {line}" for line in trial.said_without_libraries.splitlines())
        lines.append(f"\nThe archive in a bare {trial.name}, nothing installed, says:\n\n{quoted}")
    return "\n".join(lines) + "\n"
