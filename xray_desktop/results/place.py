"""Where the results window was and how large, from one start to the next."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtWidgets import QWidget

from xray_desktop.settings import Settings

_NAME = "results/geometry"
_FIRST_SIZE = QSize(1240, 680)


def restore_place(window: QWidget, settings: Settings | None) -> None:
    """Put a window where it was; a first one gets a size that fits 1280 x 720."""
    kept = settings.text(_NAME) if settings is not None else ""
    if not kept or not window.restoreGeometry(QByteArray.fromBase64(QByteArray(kept.encode()))):
        window.resize(_FIRST_SIZE)


def keep_place(window: QWidget, settings: Settings | None) -> None:
    """Remember where a window is."""
    if settings is not None:
        settings.put(_NAME, bytes(window.saveGeometry().toBase64().data()).decode())
