"""The list of films at the left edge: scrolled, clicked, and stepped through by keys."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QMenu, QWidget

from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.viewer_tab.listing.film_delegate import FilmDelegate, copies_words
from xray_desktop.viewer_tab.listing.film_list_model import COPIES_ROLE, FilmListModel

WIDTH_PX = 166
"""Of the list at first; the reader may make it wider."""
SMALLEST_PX = 132
# From the edge of the list to inside its items.
_INSIDE = QPoint(8, 0)
# Scrolling asks for thumbnails when it rests, not at each step.
_REST_MS = 40


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
        stack_asked: ``int``, the row of a film whose copies are to be listed, or no longer.
    """

    film_asked = Signal(int)
    step_asked = Signal(int)
    end_asked = Signal(bool)
    compare_asked = Signal(int)
    stack_asked = Signal(int)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmList")
        self.setAccessibleName("Films")
        self.film_model = FilmListModel(thumbnails, self)
        self._thumbnails = thumbnails
        self._shown: int | None = None
        self.setModel(self.film_model)
        self._delegate = FilmDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: its coming and going would change the films' width.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumWidth(SMALLEST_PX)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._ask_for_visible)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.clicked.connect(self._on_clicked)
        thumbnails.made.connect(self._on_made)
        self.film_model.film_redrawn.connect(self._on_redrawn)
        self.film_model.renamed.connect(self.viewport().update)

    def set_films(
        self, films: tuple[Path, ...], copies: Mapping[Path, int], members: frozenset[Path]
    ) -> None:
        """Show another list, as near to the place where the old one was as can be.

        Args:
            films: Its rows.
            copies: As for the model.
            members: As for the model.
        """
        place = self.verticalScrollBar().value()
        self.film_model.set_films(films, copies, members)
        self._shown = None
        self.verticalScrollBar().setValue(place)
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

    @Slot(int)
    def _on_redrawn(self, row: int) -> None:
        self.update(self.film_model.index(row))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        held = QApplication.keyboardModifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            self.compare_asked.emit(index.row())
        else:
            self.film_asked.emit(index.row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the number of copies opens and closes them; all others are Qt's."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        letters = self.fontMetrics().horizontalAdvance(copies_words(index))
        badge = self._delegate.badge(self.visualRect(index), index, letters)
        if event.button() == Qt.MouseButton.LeftButton and badge.contains(place):
            self.stack_asked.emit(index.row())
            event.accept()
            return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer a film to be compared, and its copies to be listed."""
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = index.row()
        beside = menu.addAction("Show beside the film in sight (Ctrl+click)")
        beside.triggered.connect(lambda: self.compare_asked.emit(row))
        count = index.data(COPIES_ROLE)
        if count is not None:
            words = "Put its copies away" if count < 0 else f"List its {count:,} files"
            menu.addAction(words).triggered.connect(lambda: self.stack_asked.emit(row))
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
        width = self.viewport().width()
        if width != self._delegate.width:
            self._delegate.width = width
            self.verticalScrollBar().setSingleStep(width // 3)
            self.scheduleDelayedItemsLayout()
        if self._shown is not None:
            self.scrollTo(self.film_model.index(self._shown))
        self._rest.start()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._rest.stop()
