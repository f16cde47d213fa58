"""Films laid out side by side: a few files of each, pictures coming as they are read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from training.films.film import GreyPixels
from xray_desktop import theme
from xray_desktop.pictures import pixmap_of

SIDE = 128
_PATH = Qt.ItemDataRole.UserRole


class FilmsView(QListWidget):
    """Pictures that can be selected; files of one film bear its number.

    Signals:
        selected: The paths of the selected files.
        activated_film: A file was double-clicked, or Enter pressed on it.
    """

    selected = Signal(object)
    activated_film = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkFilms")
        self.setAccessibleName("Films of the finding")
        self.setViewMode(QListWidget.ViewMode.IconMode)
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setMovement(QListWidget.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformItemSizes(True)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setGridSize(QSize(SIDE + 44, SIDE + 80))
        self._places: dict[Path, QListWidgetItem] = {}
        self._waiting = _waiting()
        self.itemSelectionChanged.connect(self._on_selection)
        self.itemActivated.connect(self._on_activated)

    def lay_out(self, films: tuple[tuple[Path, ...], ...], words: dict[Path, str]) -> None:
        """Replace what is shown.

        Args:
            films: The files of each film.
            words: Where each file belongs, in words.
        """
        self.blockSignals(True)
        self.clear()
        self._places.clear()
        for number, film in enumerate(films, 1):
            for path in film:
                item = QListWidgetItem(self._waiting, f"film {number}\n{words[path]}\n{path.name}")
                item.setData(_PATH, path)
                item.setToolTip(f"{path.name}\n{words[path]}")
                item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
                self.addItem(item)
                self._places[path] = item
        self.blockSignals(False)
        self._on_selection()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are shown."""
        return tuple(self._places)

    def set_picture(self, path: Path, pixels: GreyPixels) -> None:
        """Put a picture in its place, where that is still shown."""
        item = self._places.get(path)
        if item is not None:
            item.setIcon(QIcon(_on_black(pixmap_of(pixels))))

    @Slot()
    def _on_selection(self) -> None:
        self.selected.emit(tuple(item.data(_PATH) for item in self.selectedItems()))

    @Slot(QListWidgetItem)
    def _on_activated(self, item: QListWidgetItem) -> None:
        self.activated_film.emit(item.data(_PATH))


def _waiting() -> QIcon:
    """What stands where a picture will come."""
    picture = QPixmap(SIDE, SIDE)
    picture.fill(QColor(theme.FIELD))
    return QIcon(picture)


def _on_black(picture: QPixmap) -> QPixmap:
    """A film in the middle of a black square, so that all rows align."""
    square = QPixmap(SIDE, SIDE)
    square.fill(QColor(theme.FILM))
    painter = QPainter(square)
    painter.drawPixmap((SIDE - picture.width()) // 2, (SIDE - picture.height()) // 2, picture)
    painter.end()
    return square
