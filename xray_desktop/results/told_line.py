"""The line below the head: what the figures are worth, or what was just done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from xray_desktop import theme


class ToldLine(QLabel):
    """Words in a colour of the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsWorth")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    @Slot(str)
    def say(self, words: str, colour: str = theme.TEXT) -> None:
        """Show words instead of those there."""
        self.setText(words)
        self.setStyleSheet(f"color: {colour}")
