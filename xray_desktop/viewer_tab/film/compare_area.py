"""Room for one film, or for two side by side with a line above them that says which is which."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.viewer_tab.film.film_view import FilmView


class CompareArea(QWidget):
    """The film in sight at the left, what it is compared with at the right.

    Args:
        view: Of the film in sight.
        beside: The other view; hidden while there is nothing to compare.

    Signals:
        link_asked: ``bool``, whether both move together.
        exchange_asked: The other film is to be the one in sight.
        close_asked: Back to one film.
    """

    link_asked = Signal(bool)
    exchange_asked = Signal()
    close_asked = Signal()

    def __init__(self, view: FilmView, beside: FilmView) -> None:
        super().__init__()
        self._beside = beside
        self._left, self._right = _caption("captionLeft"), _caption("captionRight")
        self.link = _button("linkButton", "Linked", "Zoom, move and window act on both films")
        self.link.setCheckable(True)
        self.exchange = _button(
            "exchangeButton", "Exchange", "Make the right film the one that is read"
        )
        close = _button("closeButton", "", "Close: one film again (Esc in the right film)")
        close.setIcon(theme.icon("close"))
        self._bar = QFrame()
        self._bar.setObjectName("compareBar")
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(theme.SPACE_2, theme.SPACE_1, theme.SPACE_2, theme.SPACE_1)
        row.addWidget(self._left, 1)
        right = QHBoxLayout()
        right.addWidget(self._right, 1)
        for button in (self.link, self.exchange, close):
            right.addWidget(button)
        row.addLayout(right, 1)
        self._line = QFrame()
        self._line.setFixedWidth(2)
        self._line.setStyleSheet(f"background: {theme.EDGE};")
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._bar, 0, 0, 1, 3)
        grid.addWidget(view, 1, 0)
        grid.addWidget(self._line, 1, 1)
        grid.addWidget(beside, 1, 2)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        self.link.clicked.connect(self.link_asked)
        self.exchange.clicked.connect(self.exchange_asked)
        close.clicked.connect(self._on_close)
        self.show_two(False)

    def show_two(self, two: bool, left: str = "", right: str = "") -> None:
        """Show one film or two.

        Args:
            two: Whether there are two.
            left: What the left one is.
            right: What the right one is.
        """
        for caption, text in ((self._left, left), (self._right, right)):
            caption.setText(text)
            caption.setToolTip(text)
        for widget in (self._bar, self._line, self._beside):
            widget.setVisible(two)
        # A column that stretches takes its room with nothing in it, too.
        self._grid.setColumnStretch(2, 1 if two else 0)
        if two:
            # At once, for both films are laid over each other by their views' sizes.
            self._grid.activate()

    @Slot()
    def _on_close(self) -> None:
        self.close_asked.emit()


def _caption(name: str) -> QLabel:
    caption = QLabel()
    caption.setObjectName(name)
    caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return caption


def _button(name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setToolTip(tip)
    return button
