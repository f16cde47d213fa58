"""Draws the one SVG icon as Windows and macOS want it, and as PNG files for Linux."""

from __future__ import annotations

import os
from pathlib import Path

from faults import BuildError

SIZES = (16, 32, 48, 64, 128, 256)
_LARGEST = 512


def make_icons(source: Path, folder: Path) -> None:
    """Write ``app-SIZE.png``, ``app.ico`` and ``app.icns``.

    Args:
        source: The SVG.
        folder: Where; made where missing.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PIL import Image
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    folder.mkdir(parents=True, exist_ok=True)
    # Rendering text or gradients needs one; it must outlive the painter.
    application = QGuiApplication.instance() or QGuiApplication(["build"])
    renderer = QSvgRenderer(str(source))
    for size in (*SIZES, _LARGEST):
        picture = QImage(size, size, QImage.Format.Format_ARGB32)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter)
        painter.end()
        if not picture.save(str(folder / f"app-{size}.png")):
            raise BuildError(f"The icon could not be written to {folder}.")
    del application
    with Image.open(folder / f"app-{_LARGEST}.png") as largest:
        largest.save(folder / "app.ico", sizes=[(size, size) for size in SIZES])
        largest.save(folder / "app.icns")
