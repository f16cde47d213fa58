"""The list of views at the left of the results window."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtWidgets import QListWidget, QWidget

from xray_desktop.state.results_state import Page

_WIDTH_PX = 168


class PagesList(QListWidget):
    """One row a view, in order; those that say nothing of what is shown are hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("resultsPages")
        self.setAccessibleName("Views of the results")
        self.setFixedWidth(_WIDTH_PX)
        self.setStyleSheet("QListWidget::item { min-height: 32px; padding-left: 4px }")
        self.addItems([page.value for page in Page])
        self.setCurrentRow(0)

    @property
    def page(self) -> Page:
        """The view picked."""
        return list(Page)[max(0, self.currentRow())]

    def pick(self, page: Page) -> None:
        """Pick a view."""
        self.setCurrentRow(list(Page).index(page))

    def offer(self, pages: Collection[Page]) -> bool:
        """Offer these; True where the one picked is not among them, and the first is picked now."""
        for row, page in enumerate(Page):
            self.setRowHidden(row, page not in pages)
        if self.page in pages:
            return False
        self.setCurrentRow(0)
        return True
