"""A strip of small films of one class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from training.films.film import GreyPixels
from xray_desktop.pictures import pixmap_of

SIDE = 56
GAP = 4

MAX_THUMBNAILS = 12
# Classes that have films shown; of more their names and numbers tell enough.
MAX_STRIPS = 4


class PictureStrip(QWidget):
    """Square pictures side by side, as many as fit; places are kept before the pictures come.

    Args:
        name: For screen readers.
        side: Side of a picture, in pixels.
    """

    def __init__(self, name: str, side: int = SIDE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._side = side
        self._pictures: dict[int, tuple[QPixmap, str]] = {}
        self._num_places = 0
        self._empty_text = ""
        self.setFixedHeight(side)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def num_pictures(self) -> int:
        """Pictures that have come."""
        return len(self._pictures)

    def num_fitting(self) -> int:
        """Pictures that fit the present width."""
        return max(1, (self.width() + GAP) // (self._side + GAP))

    def clear(self, num_places: int, empty_text: str = "") -> None:
        """Forget all pictures and keep places for new ones."""
        self._pictures.clear()
        self._num_places = num_places
        self._empty_text = empty_text
        self.update()

    def set_picture(self, index: int, pixels: GreyPixels, words: str) -> None:
        """Put a picture in its place; ``words`` show on hover."""
        self._pictures[index] = (pixmap_of(pixels), words)
        self._num_places = max(self._num_places, index + 1)
        self.update()

    def set_pictures(self, pictures: Sequence[tuple[GreyPixels, str]]) -> None:
        """Replace all pictures."""
        self.clear(len(pictures))
        for index, (pixels, words) in enumerate(pictures):
            self.set_picture(index, pixels, words)
        self.setAccessibleDescription(", ".join(words for _, words in pictures))

    def sizeHint(self) -> QSize:
        """Room for two pictures at least."""
        return QSize(2 * self._side + GAP, self._side)

    def _place(self, index: int) -> QRect:
        return QRect(index * (self._side + GAP), 0, self._side, self._side)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the pictures that fit, without cutting one."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._empty_text and not self._num_places:
            painter.setPen(self.palette().placeholderText().color())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), int(flags), self._empty_text)
        for index in range(min(self._num_places, self.num_fitting())):
            place = self._place(index)
            if index not in self._pictures:
                painter.setPen(self.palette().mid().color())
                painter.drawRect(place.adjusted(0, 0, -1, -1))
            else:
                painter.fillRect(place, Qt.GlobalColor.black)
                picture = self._pictures[index][0]
                size = picture.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRect(place.topLeft(), size)
                target.moveCenter(place.center())
                painter.drawPixmap(target, picture)

    def event(self, event: QEvent) -> bool:
        """Name the picture under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            for index, (_, words) in self._pictures.items():
                if self._place(index).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), words, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


def spread(paths: Sequence[Path], films: Sequence[str], count: int) -> tuple[Path, ...]:
    """Pick files of different films where there are enough, evenly over the folder.

    Args:
        paths: Files.
        films: The film that each shows, as many.
        count: How many at most.
    """
    one_each = list(dict(zip(reversed(films), reversed(paths), strict=True)).values())[::-1]
    rest = [path for path in paths if path not in set(one_each)]
    chosen = one_each if len(one_each) >= count else one_each + rest
    if len(chosen) <= count:
        return tuple(chosen)
    return tuple(
        chosen[round(index * (len(chosen) - 1) / max(1, count - 1))] for index in range(count)
    )
