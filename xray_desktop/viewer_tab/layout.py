"""Where the viewer tab's parts stand: list, film, answer and verdict, variants below.

Called once by the tab. Nothing here is wired.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from xray_desktop import theme
from xray_desktop.viewer_tab.tools import ToolRow


def lay_out(
    tab: QWidget,
    *,
    left: tuple[QWidget, QWidget, QWidget],
    middle: tuple[QWidget, QWidget, QWidget],
    right: tuple[QWidget, QWidget],
    below: QWidget,
) -> None:
    """Put the parts in their places.

    Args:
        tab: The viewer tab.
        left: The work list's bar, the list of films and what stands below it.
        middle: The tools, the films and the message bar.
        right: The model's answer and the reader's verdict.
        below: The variants.
    """
    grid = QGridLayout(tab)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(0)
    grid.addLayout(_column(left, stretched=1), 0, 0)
    grid.addLayout(_column(middle, stretched=1), 0, 1)
    grid.addLayout(_column(right, stretched=0), 0, 2, 2, 1)
    grid.addWidget(below, 1, 0, 1, 2)
    grid.setColumnStretch(1, 1)


def list_footer(tools: ToolRow, place: QLabel, height_px: int) -> QWidget:
    """Below the list: back, the place in the list, on."""
    place.setAlignment(Qt.AlignmentFlag.AlignCenter)
    place.setProperty("role", "muted")
    place.setFixedHeight(height_px)
    footer = QWidget()
    row = QHBoxLayout(footer)
    row.setContentsMargins(theme.SPACE_1, 0, theme.SPACE_1, 0)
    row.addWidget(tools.button("previous"))
    row.addWidget(place, 1)
    row.addWidget(tools.button("next"))
    return footer


def _column(widgets: tuple[QWidget, ...], stretched: int) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    for index, widget in enumerate(widgets):
        column.addWidget(widget, 1 if index == stretched else 0)
    return column
