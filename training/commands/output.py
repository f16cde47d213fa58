"""What all commands share in speaking: exit codes, figures as text, JSON, complaints."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from training.errors import UserError
from training.evaluation.figures import Figures
from training.evaluation.wording import percent

NOT_A_DEVICE = "For research and teaching, not for diagnosis."
SYNTHETIC = "Trained on synthetic films only: the score means nothing on a real film."


class ExitCode(IntEnum):
    """How a command ended, for scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    CANCELLED = 130


def say(text: str = "") -> None:
    """Write a line of the result to the standard output."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Write a line that is not part of the result to the standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def complain(text: str) -> None:
    """Say what went wrong, on the standard error, in one line."""
    note(f"error: {' '.join(text.split())}")


def say_json(value: Any) -> None:
    """Write one JSON document to the standard output."""
    say(json.dumps(plain(value), indent=2, allow_nan=False))


def plain(value: Any) -> Any:
    """A value as strict JSON can hold it: dataclasses by name, paths as text, not-finite as None.

    Args:
        value: Dataclasses, containers, enums, paths, numbers, text.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def by_film(figures: Figures) -> str:
    """Accuracy by film: "61.5 % (35.5 to 82.3), 13 films"."""
    interval = figures.film_accuracy_interval
    films = "film" if figures.num_films == 1 else "films"
    return (
        f"{percent(figures.film_accuracy)} ({100 * interval.low:.1f} to {100 * interval.high:.1f}), "
        f"{figures.num_films:,} {films}"
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length as text, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def check_target(path: Path | None) -> None:
    """Refuse a result file that could not be written, before the long work starts.

    Args:
        path: Where a table is to go, or None for nowhere.

    Raises:
        UserError: Its folder is missing, or it is a folder itself.
    """
    if path is None:
        return
    if path.is_dir():
        raise UserError(f"{path} is a folder; a file name is needed.")
    if not path.absolute().parent.is_dir():
        raise UserError(f"The folder {path.absolute().parent} is not there.", "Make it first.")


def check_prevalence(prevalence: float | None) -> None:
    """Refuse a prevalence that is no share.

    Args:
        prevalence: As given, or None.

    Raises:
        UserError: It does not lie between 0 and 1.
    """
    if prevalence is not None and not 0.0 < prevalence < 1.0:
        raise UserError(
            f"A prevalence of {prevalence:g} cannot be.",
            "Give the share of positive films as a number between 0 and 1, for instance 0.05.",
        )
