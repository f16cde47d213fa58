"""Tables for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def write_rows(target: Path, rows: Sequence[Sequence[str]]) -> None:
    """Write a CSV file.

    Raises:
        OSError: It cannot be written.
    """
    # With a mark at its start, or spreadsheets take it for another encoding.
    with target.open("w", encoding="utf-8-sig", newline="", errors="backslashreplace") as file:
        csv.writer(file).writerows(rows)
