"""A grid of small films with score and name, decoded in a worker when they come into sight."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.state.results_entries import Entry
from xray_desktop.viewer_tab.listing.thumbnails import Thumbnails

_PICTURE_PX = 132
_ITEM = QSize(148, 182)
_REST_MS = 40

Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    """Entries only, so 10,000 files cost nothing until they are looked at."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._rows: dict[Path, int] = {}
        self._thumbnails = thumbnails
        self._classes = ("", "")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Those listed."""
        return self._entries

    def set_entries(self, entries: Sequence[Entry], classes: tuple[str, str]) -> None:
        """Show others."""
        self.beginResetModel()
        self._entries, self._classes = tuple(entries), classes
        self._rows = {entry.path: row for row, entry in enumerate(entries)}
        self.endResetModel()

    def picture_came(self, path: Path) -> None:
        """Its thumbnail is there."""
        if (row := self._rows.get(path)) is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, picture and all that is known of the entry."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(entry.path)
        if role == Qt.ItemDataRole.UserRole:
            return entry
        known = self._classes[entry.label]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            files = "" if len(entry.paths) == 1 else f"\n{len(entry.paths):,} files"
            return f"{entry.name}\nlabelled “{known}”, score {entry.score:.3f}{files}"
        return entry.path.name if role == Qt.ItemDataRole.DisplayRole else None


class _EntryDelegate(QStyledItemDelegate):
    """Picture on black, the score with its label's sign, the name."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """The same for all."""
        return _ITEM

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one entry."""
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect.adjusted(4, 4, -4, -4)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        picture = QRect(rect.left(), rect.top(), rect.width(), _PICTURE_PX)
        painter.save()
        painter.fillRect(picture, QColor(theme.FILM))
        image: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
        if image is not None:
            size = image.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(picture.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, image)
        painter.setPen(
            QPen(QColor(theme.ACCENT if selected else theme.BORDER), 2 if selected else 1)
        )
        painter.drawRect(picture)
        below = QRect(rect.left(), picture.bottom() + 3, rect.width(), 19)
        sign, colour = (
            ("fracture", theme.FRACTURE) if entry.label else ("no-fracture", theme.NO_FRACTURE)
        )
        painter.drawPixmap(below.left(), below.top() + 2, theme.pixmap(sign, 15, colour))
        painter.setPen(QColor(theme.TEXT))
        score = f"{entry.score:.2f}"
        if len(entry.paths) > 1:
            score += f" · {len(entry.paths):,} files"
        painter.drawText(below.adjusted(20, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, score)
        name = painter.fontMetrics().elidedText(
            entry.name, Qt.TextElideMode.ElideMiddle, rect.width()
        )
        painter.setPen(QColor(theme.TEXT_MUTED))
        painter.drawText(below.translated(0, 19), Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class FilmGrid(QListView):
    """The entries, in the order given.

    Args:
        name: Object name.
        thumbnails: Where pictures come from.

    Signals:
        chosen: Another selection.
        opened: An entry was double-clicked or Return was pressed on it.
    """

    chosen = Signal()
    opened = Signal()

    def __init__(self, name: str, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("Films, the worst first")
        self._thumbnails = thumbnails
        self.entry_model = EntryModel(thumbnails, self)
        self.setModel(self.entry_model)
        self.setItemDelegate(_EntryDelegate(self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_ITEM.height() // 3)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask_for_visible)
        self.verticalScrollBar().valueChanged.connect(self._rest_again)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.activated.connect(self._on_activated)
        thumbnails.made.connect(self._on_made)

    def show_entries(self, entries: Sequence[Entry], classes: tuple[str, str]) -> None:
        """Show these, none of them chosen; the same ones stay as they are."""
        if self.entry_model.entries != tuple(entries):
            self.entry_model.set_entries(entries, classes)
            self.scrollToTop()
            self.chosen.emit()
        self._rest.start()

    def chosen_entries(self) -> tuple[Entry, ...]:
        """Those selected, in order."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return tuple(self.entry_model.entries[row] for row in rows)

    def visible_entries(self) -> list[Entry]:
        """Those in sight."""
        shown = self.viewport().rect()
        entries = self.entry_model.entries
        per_row = max(1, shown.width() // _ITEM.width())
        first = self.verticalScrollBar().value() // _ITEM.height() * per_row
        count = (shown.height() // _ITEM.height() + 2) * per_row
        return list(entries[first : first + count])

    def stop(self) -> None:
        """Ask for nothing more."""
        self._rest.stop()

    @Slot()
    def _rest_again(self, _value: int = 0) -> None:
        self._rest.start()

    @Slot()
    def _ask_for_visible(self) -> None:
        if self.isVisible():
            self._thumbnails.want([entry.path for entry in self.visible_entries()])

    @Slot()
    def _on_selected(self, *_: object) -> None:
        self.chosen.emit()

    @Slot(QModelIndex)
    def _on_activated(self, _index: QModelIndex) -> None:
        self.opened.emit()

    @Slot(object)
    def _on_made(self, path: Path) -> None:
        self.entry_model.picture_came(path)

    def showEvent(self, event: object) -> None:
        """In sight again: its pictures may be missing."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._rest.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More may have come into sight."""
        super().resizeEvent(event)
        self._rest.start()
