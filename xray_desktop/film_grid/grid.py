"""A grid of small films with a few lines below each, decoded in a worker when they come into sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import Thumbnails

PICTURE_PX = 132
_MARGIN, _LINE_PX = 4, 19
_REST_MS = 40

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class GridFilm:
    """One place of the grid.

    Args:
        path: The file whose picture is shown.
        lines: What stands below it; the first is the brightest.
        tip: Shown on hover and told to screen readers.
        sign: Name of an icon before the first line, or empty.
        colour: Of the sign.
    """

    path: Path
    lines: tuple[str, ...]
    tip: str
    sign: str = ""
    colour: str = theme.TEXT


class FilmModel(QAbstractListModel):
    """Films by name only, so 10,000 of them cost nothing until they are looked at."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._films: tuple[GridFilm, ...] = ()
        self._rows: dict[Path, int] = {}
        self._thumbnails = thumbnails

    @property
    def films(self) -> tuple[GridFilm, ...]:
        """Those listed."""
        return self._films

    def set_films(self, films: Sequence[GridFilm]) -> None:
        """Show others."""
        self.beginResetModel()
        self._films = tuple(films)
        self._rows = {film.path: row for row, film in enumerate(films)}
        self.endResetModel()

    def picture_came(self, path: Path) -> None:
        """Its thumbnail is there."""
        if (row := self._rows.get(path)) is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Number of films."""
        return 0 if parent.isValid() else len(self._films)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Lines, picture and all that is known of the film."""
        if not index.isValid():
            return None
        film = self._films[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(film.path)
        if role == Qt.ItemDataRole.UserRole:
            return film
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return film.tip
        return "\n".join(film.lines) if role == Qt.ItemDataRole.DisplayRole else None


class _FilmDelegate(QStyledItemDelegate):
    """Picture on black, the lines below it."""

    def __init__(self, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self.size = size

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """The same for all."""
        return self.size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one film."""
        rect: QRect = option.rect.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        picture = QRect(rect.left(), rect.top(), rect.width(), PICTURE_PX)
        _draw_picture(painter, picture, index.data(Qt.ItemDataRole.DecorationRole), selected)
        below = QRect(rect.left(), picture.bottom() + 3, rect.width(), _LINE_PX)
        _draw_lines(painter, below, index.data(Qt.ItemDataRole.UserRole))
        painter.restore()


def _draw_picture(painter: QPainter, place: QRect, image: QImage | None, selected: bool) -> None:
    painter.fillRect(place, QColor(theme.FILM))
    if image is not None:
        size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
    painter.setPen(QPen(QColor(theme.ACCENT if selected else theme.BORDER), 2 if selected else 1))
    painter.drawRect(place)


def _draw_lines(painter: QPainter, line: QRect, film: GridFilm) -> None:
    indent = 0
    if film.sign:
        sign = theme.pixmap(film.sign, 15, film.colour)
        painter.drawPixmap(line.left(), line.top() + 2, sign)
        indent = 20
    painter.setPen(QColor(theme.TEXT))
    for text in film.lines:
        room = line.adjusted(indent, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(QColor(theme.TEXT_MUTED))
        line, indent = line.translated(0, _LINE_PX), 0


class FilmGrid(QListView):
    """Films, in the order given.

    Args:
        name: Object name.
        meaning: For screen readers.
        thumbnails: Where pictures come from.
        num_lines: Lines below each picture.
        width: Of each place at least, in pixels; room that is left over is shared out.

    Signals:
        chosen: Another selection.
        opened: A film was double-clicked or Return was pressed on it.
    """

    chosen = Signal()
    opened = Signal()

    def __init__(
        self,
        name: str,
        meaning: str,
        thumbnails: Thumbnails,
        *,
        num_lines: int = 2,
        width: int = PICTURE_PX + 16,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(meaning)
        self._thumbnails = thumbnails
        self._least_width = width
        self._size = QSize(width, PICTURE_PX + 3 + _LINE_PX * num_lines + 3 * _MARGIN)
        self.film_model = FilmModel(thumbnails, self)
        self.setModel(self.film_model)
        self._delegate = _FilmDelegate(self._size, self)
        self.setItemDelegate(self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(self._size.height() // 3)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask_for_visible)
        self.verticalScrollBar().valueChanged.connect(self._rest_again)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self.activated.connect(self._on_activated)
        thumbnails.made.connect(self._on_made)

    def show_films(self, films: Sequence[GridFilm]) -> None:
        """Show these, none of them chosen; the same ones stay as they are."""
        if self.film_model.films != tuple(films):
            self.film_model.set_films(films)
            self.scrollToTop()
            self.chosen.emit()
        self._rest.start()

    def chosen_rows(self) -> list[int]:
        """Rows of those selected, in order."""
        return sorted(index.row() for index in self.selectedIndexes())

    def visible_films(self) -> list[GridFilm]:
        """Those in sight."""
        shown = self.viewport().rect()
        per_row = max(1, shown.width() // self._size.width())
        first = self.verticalScrollBar().value() // self._size.height() * per_row
        count = (shown.height() // self._size.height() + 2) * per_row
        return list(self.film_model.films[first : first + count])

    def _share_out(self) -> None:
        # A pixel less than there is: in just that many Qt begins a new line too early.
        room = self.viewport().width() - 1
        width = room // max(1, room // self._least_width)
        if width > 0 and width != self._size.width():
            self._size.setWidth(width)
            self._delegate.size = self._size
            self.setGridSize(self._size)

    def stop(self) -> None:
        """Ask for nothing more."""
        self._rest.stop()

    @Slot()
    def _rest_again(self, _value: int = 0) -> None:
        self._rest.start()

    @Slot()
    def _ask_for_visible(self) -> None:
        if self.isVisible():
            self._thumbnails.want([film.path for film in self.visible_films()])

    @Slot()
    def _on_selected(self, *_: object) -> None:
        self.chosen.emit()

    @Slot(QModelIndex)
    def _on_activated(self, _index: QModelIndex) -> None:
        self.opened.emit()

    @Slot(object)
    def _on_made(self, path: Path) -> None:
        self.film_model.picture_came(path)

    def showEvent(self, event: QShowEvent) -> None:
        """In sight again: its pictures may be missing."""
        super().showEvent(event)
        self._rest.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room out among the columns; more may have come into sight."""
        self._share_out()
        super().resizeEvent(event)
        self._rest.start()
