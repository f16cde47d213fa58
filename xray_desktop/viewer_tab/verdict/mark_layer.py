"""Where the reader sees it: a point or a box on the film, set with the mouse, kept with the verdict.

Lies over the film view and lets the mouse through, except while a place is being marked. The
place is in pixels of the film as stored, so turns, zoom and pan of the view do not move it.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from xray_desktop import theme
from xray_desktop.review.verdicts import Mark
from xray_desktop.viewer_tab.film.film_view import FilmView

# A hand trembles this much in a click.
_CLICK_PX = 4.0
_RING_PX = 11.0


class MarkLayer(QWidget):
    """Draws the mark, and takes a new one while it is armed.

    Args:
        view: The film view that it covers.

    Signals:
        marked: ``Mark``; the layer is no longer armed.
        given_up: Marking ended without a mark.
    """

    marked = Signal(object)
    given_up = Signal()

    def __init__(self, view: FilmView) -> None:
        super().__init__(view)
        self.setObjectName("markLayer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._view = view
        self._mark: Mark | None = None
        self._from: QPointF | None = None
        self._to = QPointF()
        self.is_armed = False
        view.installEventFilter(self)
        self.resize(view.size())

    def show_mark(self, mark: Mark | None) -> None:
        """Draw a mark, or none."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    def arm(self, is_on: bool) -> None:
        """Take the next click or drag as a mark, or no longer."""
        self.is_armed = is_on
        self._from = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not is_on)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the view's size; Escape gives the marking up."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self._view.size())
        if self.is_armed and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                self._give_up()
                return True
        return super().eventFilter(watched, event)

    def _give_up(self) -> None:
        self.arm(False)
        self.given_up.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a box, or set a point; any other button gives up."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = self._to = event.position()
        else:
            self._give_up()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw the box on."""
        if self._from is not None:
            self._to = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The mark is set, if it lies on the film."""
        if self._from is None or event.button() != Qt.MouseButton.LeftButton:
            return
        mark = self._mark_between(self._from, event.position())
        self.arm(False)
        if mark is None:
            self.given_up.emit()
        else:
            self.marked.emit(mark)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel zooms while marking, too."""
        event.ignore()

    def _mark_between(self, start: QPointF, end: QPointF) -> Mark | None:
        geometry = self._view.film_geometry
        if geometry is None:
            return None
        ratio = self.devicePixelRatioF()
        to_film = geometry.view_to_film()
        x0, y0 = to_film.apply(start.x() * ratio, start.y() * ratio)
        if (end - start).manhattanLength() < _CLICK_PX:
            is_inside = 0.0 <= x0 < geometry.width and 0.0 <= y0 < geometry.height
            return Mark(x0, y0) if is_inside else None
        x1, y1 = to_film.apply(end.x() * ratio, end.y() * ratio)
        left, right = (min(max(x, 0.0), float(geometry.width)) for x in sorted((x0, x1)))
        top, bottom = (min(max(y, 0.0), float(geometry.height)) for y in sorted((y0, y1)))
        # A box beside the film is none.
        return (
            Mark(left, top, right - left, bottom - top) if right > left and bottom > top else None
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the mark, or the box that is being drawn."""
        rect: QRectF | None = None
        if self._from is not None:
            rect = QRectF(self._from, self._to).normalized()
        elif self._mark is not None:
            rect = self._rect_of(self._mark)
        if rect is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Dark below light, to be seen on bone and on black alike.
        for shade, width in ((QColor(0, 0, 0, 200), 4.0), (QColor(theme.ACCENT), 2.0)):
            painter.setPen(QPen(shade, width))
            if rect.width() or rect.height():
                painter.drawRect(rect)
            else:
                painter.drawEllipse(rect.center(), _RING_PX, _RING_PX)

    def _rect_of(self, mark: Mark) -> QRectF | None:
        """Where a mark lies in the view, logical pixels; an empty one for a point."""
        geometry = self._view.film_geometry
        if geometry is None:
            return None
        ratio = self.devicePixelRatioF()
        to_view = geometry.film_to_view()
        first = QPointF(*to_view.apply(mark.x, mark.y)) / ratio
        last = QPointF(*to_view.apply(mark.x + mark.width, mark.y + mark.height)) / ratio
        return QRectF(first, last).normalized()
