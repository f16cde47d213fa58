"""A line across the tab that says what went wrong and what to do; the window stays usable."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from xray_desktop import theme
from xray_desktop.state.training_state import Message


class MessageBar(QFrame):
    """Hidden until there is something to say.

    Signals:
        dismissed: The user has read it.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setProperty("role", "message")
        self.setAccessibleName("Message")
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setObjectName("messageText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QPushButton("Dismiss")
        close.setObjectName("dismissButton")
        close.setToolTip("Hide this message (Esc)")
        close.setShortcut("Esc")
        close.clicked.connect(self.dismissed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_1, theme.SPACE_2, theme.SPACE_1)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, or empty."""
        return "" if self.isHidden() else self._text.text()

    def show_message(self, message: Message | None) -> None:
        """Show a message, or hide the bar where there is none."""
        if message is None:
            self.hide()
            return
        name, colour = ("error", theme.ERROR) if message.is_error else ("info", theme.TEXT)
        self._sign.setPixmap(theme.pixmap(name, theme.ICON_PX, colour))
        self._sign.setAccessibleName("Error" if message.is_error else "Note")
        text = " ".join(part for part in (message.what, message.advice) if part)
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self.show()
