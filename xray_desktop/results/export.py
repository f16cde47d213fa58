"""What a page shows, written to a table that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from xray_desktop.results.page import Row
from xray_desktop.tables import write_rows


def ask_target(parent: QWidget, name: str) -> Path | None:
    """Ask where to write a table."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, "Export", str(Path.home() / name), "Tables (*.csv)"
    )
    return Path(chosen) if chosen else None


def export_rows(target: Path, rows: Sequence[Row]) -> str:
    """Write lines as CSV and say in words what came of it."""
    try:
        write_rows(target, rows)
    except OSError as error:
        return f"{target.name} cannot be written: {error.strerror}."
    return f"Written: {target.name}"
