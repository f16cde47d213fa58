"""The files that were left out, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from training.data.dataset import Skipped


class LeftOutList(QTreeWidget):
    """Two columns: file, reason."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("leftOutList")
        self.setAccessibleName("Files left out")
        self.setHeaderLabels(["File", "Why"])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setColumnWidth(0, 340)

    def show_files(self, skipped: Sequence[Skipped], root: Path) -> None:
        """Replace the list.

        Args:
            skipped: The files.
            root: Names are shown from here on.
        """
        self.clear()
        for one in skipped:
            inside = one.path.is_relative_to(root)
            name = str(one.path.relative_to(root) if inside else one.path)
            item = QTreeWidgetItem([name, one.reason])
            item.setToolTip(0, name)
            item.setToolTip(1, one.reason)
            self.addTopLevelItem(item)
