"""The buttons that open the results window at one of its views."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from xray_desktop import theme
from xray_desktop.state.results_state import Page

_WORDS = {
    Page.FIGURES: ("Figures", "Every figure with its interval"),
    Page.CONFUSION: ("Confusion", "What is read right and wrong, and the films themselves"),
    Page.CURVES: ("ROC", "ROC and precision-recall; choose thresholds"),
    Page.CALIBRATION: ("Calibration", "What a score promises"),
    Page.DOUBTS: ("Label doubts", "Films whose label may be wrong"),
    Page.FOLDS: ("Folds", "Each fold's curves and figures"),
    Page.COMPARE: ("Compare", "Against other runs, film by film"),
}


class ResultsButtons(QWidget):
    """A row of buttons.

    Args:
        name: What their object names begin with.
        pages: The views to offer, in order.

    Signals:
        page_requested: ``Page``.
    """

    page_requested = Signal(object)

    def __init__(self, name: str, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: dict[QPushButton, Page] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_1)
        for page in pages:
            text, tip = _WORDS[page]
            button = QPushButton(text)
            button.setObjectName(f"{name}{page.name.title()}Button")
            button.setToolTip(tip)
            button.clicked.connect(self._on_clicked)
            self._pages[button] = page
            layout.addWidget(button)

    def leave_out(self, pages: Collection[Page]) -> None:
        """Hide the buttons of views that say nothing of what is shown."""
        for button, page in self._pages.items():
            button.setVisible(page not in pages)

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.page_requested.emit(self._pages[button])
