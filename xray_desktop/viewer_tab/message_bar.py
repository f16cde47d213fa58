"""One line below the film: what happened, what is being done, what is under the pointer.

Its height never changes, so the film does not jump when there is something to say.
"""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from xray_desktop import theme

_HEIGHT_PX = 32


class Kind(StrEnum):
    """How much a message matters; also the style sheet's role of its text."""

    NOTE = "muted"
    WARNING = "warning"
    ERROR = "error"


_ICONS = {Kind.WARNING: ("warning", theme.WARNING), Kind.ERROR: ("error", theme.ERROR)}


class MessageBar(QFrame):
    """Shows one message at a time; the whole text is in its tooltip.

    Signals:
        stop_asked: The button beside a long work was pressed.
    """

    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setFixedHeight(_HEIGHT_PX)
        self._message = ""
        self._icon = QLabel()
        self._icon.setFixedWidth(theme.ICON_PX)
        self._text = QLabel()
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # A file name may hold what looks like markup.
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._pointer = QLabel()
        self._pointer.setProperty("role", "small")
        self._stop = QPushButton("Stop")
        self._stop.setToolTip("End what is going on; what is shown stays")
        self._stop.clicked.connect(self.stop_asked)
        self._close = QToolButton()
        self._close.setIcon(theme.icon("close"))
        self._close.setIconSize(QSize(14, 14))
        self._close.setToolTip("Dismiss this message")
        self._close.clicked.connect(self.clear)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_2, 0, theme.SPACE_2, 0)
        row.setSpacing(theme.SPACE_2)
        for widget, stretch in ((self._icon, 0), (self._text, 1), (self._stop, 0)):
            row.addWidget(widget, stretch)
        row.addWidget(self._close)
        row.addWidget(self._pointer)
        self.clear()

    @property
    def message(self) -> str:
        """What it says, or empty."""
        return self._message

    def say(self, text: str, kind: Kind = Kind.NOTE, *, can_stop: bool = False) -> None:
        """Replace the message.

        Args:
            text: One or two sentences.
            kind: Errors and warnings bear their sign and stay until dismissed or replaced.
            can_stop: Offer to end what is going on.
        """
        self._message = text
        self._text.setProperty("role", str(kind))
        self._text.style().polish(self._text)
        self._icon.setVisible(kind in _ICONS)
        if kind in _ICONS:
            name, shade = _ICONS[kind]
            self._icon.setPixmap(theme.pixmap(name, 18, shade))
        self._stop.setVisible(can_stop)
        self._close.setVisible(bool(text) and not can_stop)
        self._text.setToolTip(text)
        self._text.setAccessibleName(text)
        self._elide()

    @Slot()
    def clear(self) -> None:
        """Say nothing."""
        self.say("")

    @Slot(str)
    def point_at(self, text: str) -> None:
        """Show what is under the pointer, at the right."""
        self._pointer.setText(text)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        self._row.activate()
        room = max(self._text.width(), 40)
        shown = self._text.fontMetrics().elidedText(
            self._message, Qt.TextElideMode.ElideRight, room
        )
        self._text.setText(shown)
