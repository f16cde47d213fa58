"""The list of films at the left edge: thumbnails, place in the list, unreadable ones marked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.hidden_identity import without_name
from xray_desktop.state.verdict_state import ICONS
from xray_desktop.state.work_list import disagrees
from xray_desktop.viewer_tab.listing.thumbnails import Thumbnails

WIDTH_PX = 132
_ITEM = QSize(WIDTH_PX - 18, 118)
_PICTURE_PX = 88
# From the edge of the list to inside its items.
_INSIDE = QPoint(8, 0)
# Scrolling asks for thumbnails when it rests, not at each step.
_REST_MS = 40
_NO_ANSWER = "no answer"
_SIGN_ROLE = Qt.ItemDataRole.UserRole + 1
_ANSWER_ROLE = Qt.ItemDataRole.UserRole + 2
_REFUSED_ROLE = Qt.ItemDataRole.UserRole + 3

Index = QModelIndex | QPersistentModelIndex


class FilmListModel(QAbstractListModel):
    """Paths only, so 10,000 films cost nothing until they are looked at."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._films: tuple[Path, ...] = ()
        self._rows: dict[Path, int] = {}
        self._unreadable: dict[Path, str] = {}
        self._signs: dict[Path, Opinion] = {}
        self._answers: dict[Path, ModelAnswer] = {}
        self._refused: dict[Path, str] = {}
        self._thumbnails = thumbnails
        self._hides_names = False

    def set_films(self, films: tuple[Path, ...]) -> None:
        """Show another list."""
        self.beginResetModel()
        self._films = films
        self._rows = {path: row for row, path in enumerate(films)}
        self.endResetModel()

    def set_unreadable(self, unreadable: dict[Path, str]) -> None:
        """Mark films that cannot be read, with the reason."""
        changed = self._unreadable.keys() ^ unreadable.keys()
        self._unreadable = dict(unreadable)
        for path in changed:
            self.film_changed(path)

    def set_signs(self, signs: dict[Path, Opinion]) -> None:
        """Mark films that have the reader's verdict."""
        changed = {path for path, _ in self._signs.items() ^ signs.items()}
        self._signs = dict(signs)
        for path in changed:
            self.film_changed(path)

    def set_answers(self, answers: dict[Path, ModelAnswer]) -> None:
        """Show what the model says of films, as far as it may be told."""
        changed = {path for path, _ in self._answers.items() ^ answers.items()}
        self._answers = dict(answers)
        for path in changed:
            self.film_changed(path)

    def set_refused(self, refused: dict[Path, str]) -> None:
        """Mark films that the model gives no answer to, with the reason."""
        changed = self._refused.keys() ^ refused.keys()
        self._refused = dict(refused)
        for path in changed:
            self.film_changed(path)

    def set_answer(self, path: Path, answer: ModelAnswer) -> None:
        """One film was scored."""
        self._answers[path] = answer
        self.film_changed(path)

    def hide_names(self, hides: bool) -> None:
        """Number the films instead of naming them, or name them again."""
        if hides != self._hides_names:
            self._hides_names = hides
            if self._films:
                self.dataChanged.emit(self.index(0), self.index(len(self._films) - 1))

    @property
    def films(self) -> tuple[Path, ...]:
        """The films listed."""
        return self._films

    def film_changed(self, path: Path) -> None:
        """Its thumbnail came, or its mark changed."""
        if (row := self._rows.get(path)) is not None:
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Number of films."""
        return 0 if parent.isValid() else len(self._films)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, thumbnail, and the reason where a film cannot be read."""
        if not index.isValid():
            return None
        path = self._films[index.row()]
        name = f"Film {index.row() + 1:,}" if self._hides_names else path.name
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(path)
        if role == Qt.ItemDataRole.ToolTipRole:
            why = self._unreadable.get(path)
            sign = self._signs.get(path)
            said = why or (f"Your verdict: {sign}" if sign else "")
            if self._hides_names:
                said = without_name(said, path.name)
            return "\n".join(filter(None, (name, said, self._model_text(path))))
        if role == _SIGN_ROLE:
            return self._signs.get(path)
        if role == _ANSWER_ROLE:
            return self._answers.get(path)
        if role == _REFUSED_ROLE:
            return path in self._refused
        if role == Qt.ItemDataRole.UserRole:
            return path in self._unreadable
        return None

    def _model_text(self, path: Path) -> str:
        """The model's answer for the tooltip, or an empty text."""
        said = self._answers.get(path)
        if said is None:
            return self._refused.get(path, "")
        against = ", against your verdict" if disagrees(said, self._signs.get(path)) else ""
        return f"Model: {said.opinion}, {said.score:.2f}{against}"


class _FilmDelegate(QStyledItemDelegate):
    """Draws one film: black ground, picture, name; the one in sight framed."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """The same for every film, so that a long list is laid out at once."""
        return _ITEM

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one film."""
        rect: QRect = option.rect.adjusted(3, 3, -3, -3)
        state: QStyle.StateFlag = option.state
        is_shown = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        picture = QRect(rect.left(), rect.top(), rect.width(), _PICTURE_PX)
        painter.fillRect(picture, QColor(theme.FILM))
        thumbnail: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
        if index.data(Qt.ItemDataRole.UserRole):
            mark = theme.pixmap("error", 24, theme.ERROR)
            painter.drawPixmap(picture.center().x() - 12, picture.center().y() - 12, mark)
        elif thumbnail is not None:
            size = thumbnail.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(0, 0, size.width(), size.height())
            target.moveCenter(picture.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, thumbnail)
        if (sign := index.data(_SIGN_ROLE)) is not None:
            _draw_sign(painter, picture, Opinion(sign))
        if (said := index.data(_ANSWER_ROLE)) is not None:
            _draw_answer(painter, picture, said, None if sign is None else Opinion(sign))
        elif index.data(_REFUSED_ROLE):
            _draw_refused(painter, picture)
        name = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, rect.width()
        )
        below = QRect(rect.left(), picture.bottom() + 3, rect.width(), 20)
        painter.setPen(QColor(theme.TEXT if is_shown else theme.TEXT_MUTED))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, name)
        painter.setPen(
            QPen(QColor(theme.ACCENT if is_shown else theme.BORDER), 2 if is_shown else 1)
        )
        painter.drawRect(picture)
        painter.restore()


def _draw_sign(painter: QPainter, picture: QRect, sign: Opinion) -> None:
    """The reader's verdict in the lower right corner, on a ground of its own."""
    ground = QRect(picture.right() - 23, picture.bottom() - 23, 22, 22)
    painter.fillRect(ground, QColor(theme.PANEL))
    mark = theme.pixmap(ICONS[sign], 18, theme.VERDICTS[ICONS[sign]])
    painter.drawPixmap(ground.left() + 2, ground.top() + 2, mark)


def _draw_answer(
    painter: QPainter, picture: QRect, said: ModelAnswer, sign: Opinion | None
) -> None:
    """The model's score in the lower left corner; "≠" where it is against the verdict."""
    text = f"{said.score:.2f}" + (" ≠" if disagrees(said, sign) else "")
    width = painter.fontMetrics().horizontalAdvance(text) + 8
    ground = QRect(picture.left() + 2, picture.bottom() - 23, width, 22)
    painter.fillRect(ground, QColor(theme.PANEL))
    painter.setPen(QColor(theme.VERDICTS[ICONS[said.opinion]]))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)


def _draw_refused(painter: QPainter, picture: QRect) -> None:
    """In place of a score: the model gives no answer."""
    width = painter.fontMetrics().horizontalAdvance(_NO_ANSWER) + 8
    ground = QRect(picture.left() + 2, picture.bottom() - 23, width, 22)
    painter.fillRect(ground, QColor(theme.PANEL))
    painter.setPen(QColor(theme.TEXT_MUTED))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, _NO_ANSWER)


class FilmList(QListView):
    """The thumbnails. The film in sight is the selected one, whatever was clicked.

    Args:
        thumbnails: Where small pictures come from.
        parent: The owner.

    Signals:
        film_asked: ``int``, the row clicked or reached by key.
        step_asked: ``int``, films further.
        end_asked: ``bool``, True for the last.
        compare_asked: ``int``, the row to be shown beside the film in sight.
    """

    film_asked = Signal(int)
    step_asked = Signal(int)
    end_asked = Signal(bool)
    compare_asked = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmList")
        self.setAccessibleName("Films")
        self.film_model = FilmListModel(thumbnails, self)
        self._thumbnails = thumbnails
        self._shown: int | None = None
        self.setModel(self.film_model)
        self.setItemDelegate(_FilmDelegate(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_ITEM.height() // 3)
        self.setFixedWidth(WIDTH_PX)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask_for_visible)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.clicked.connect(self._on_clicked)
        thumbnails.made.connect(self._on_made)

    def set_films(self, films: tuple[Path, ...]) -> None:
        """Show another list."""
        self.film_model.set_films(films)
        self._shown = None
        self._rest.start()

    def show_row(self, row: int | None) -> None:
        """Frame the film in sight and scroll to it."""
        if row == self._shown or row is None:
            return
        self._shown = row
        index = self.film_model.index(row)
        # No selection mode, so that a click cannot frame a film that is not in sight.
        self.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._rest.start()

    def visible_rows(self) -> range:
        """The rows in sight."""
        count = self.film_model.rowCount()
        if not count:
            return range(0)
        top = self.indexAt(self.viewport().rect().topLeft() + _INSIDE)
        bottom = self.indexAt(self.viewport().rect().bottomLeft() + _INSIDE)
        first = top.row() if top.isValid() else 0
        last = bottom.row() if bottom.isValid() else count - 1
        return range(first, last + 1)

    @Slot()
    def _ask_for_visible(self) -> None:
        films = self.film_model.films
        self._thumbnails.want([films[row] for row in self.visible_rows()])

    @Slot(int)
    def _on_scrolled(self, _value: int) -> None:
        self._rest.start()

    @Slot(object)
    def _on_made(self, path: Path) -> None:
        self.film_model.film_changed(path)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        held = QApplication.keyboardModifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            self.compare_asked.emit(index.row())
        else:
            self.film_asked.emit(index.row())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer a film to be compared."""
        index = self.indexAt(event.pos())
        if index.isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            action = menu.addAction("Show beside the film in sight (Ctrl+click)")
            row = index.row()
            action.triggered.connect(lambda: self.compare_asked.emit(row))
            menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step through the films, as they do in the film view."""
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
            self.step_asked.emit(1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Left):
            self.step_asked.emit(-1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.end_asked.emit(key == Qt.Key.Key_End)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More films may have come into sight, but not the one that matters out of it."""
        super().resizeEvent(event)
        if self._shown is not None:
            self.scrollTo(self.film_model.index(self._shown))
        self._rest.start()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._rest.stop()
