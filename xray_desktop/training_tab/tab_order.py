"""The order in which the Tab key walks, made from where controls are, not from when they were made."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def tab_through(*panels: QWidget) -> None:
    """Walk panel after panel, and within each in the order of its own chain.

    Args:
        panels: Widgets of one window, first to last.
    """
    before: QWidget | None = None
    for panel in panels:
        for control in _controls(panel):
            if before is not None:
                QWidget.setTabOrder(before, control)
            before = control


def _controls(panel: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        # Popups of lists and the inner fields of number boxes are their owners' business.
        and not widget.isWindow()
        and widget.window() is panel.window()
        and not widget.objectName().startswith("qt_")
    ]
