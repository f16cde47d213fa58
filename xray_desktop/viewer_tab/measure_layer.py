"""Draws measurements over the film and takes new ones while a measuring tool is chosen.

Lies over the film view and lets the mouse through while none is. All places are in pixels of the
film as stored, so turns, mirroring, zoom and pan do not move a measurement on the film.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from training.films.film import FloatPixels, Spacing
from xray_desktop.state.measure_book import MeasureBook
from xray_desktop.state.measure_figures import label
from xray_desktop.state.measure_hits import distance_to
from xray_desktop.state.measurements import Kind, Measurement, Point
from xray_desktop.state.viewer_geometry import Affine
from xray_desktop.viewer_tab.film_view import FilmView
from xray_desktop.viewer_tab.measure_painter import draw_label, draw_measurement

# A hand trembles this much in a click.
_CLICK_PX = 4.0
_NEAR_PX = 8.0


class MeasureLayer(QWidget):
    """The measurements of the film in sight.

    Args:
        view: The film view that it covers.
        book: What is drawn; changed here, by the mouse.

    Signals:
        drawn: The book has changed, or another one is selected.
        menu_asked: ``QPoint`` of the screen: a right click on a measurement, which is selected now.
    """

    drawn = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, view: FilmView, book: MeasureBook) -> None:
        super().__init__(view)
        self.setObjectName("measureLayer")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self._view = view
        self._book = book
        self._pixels: FloatPixels | None = None
        self._spacing: Spacing | None = None
        self._draft: Measurement | None = None
        self._pointer: Point = (0.0, 0.0)
        self._pressed_at: QPointF | None = None
        self._right_pressed_at: QPointF | None = None
        self._set_by_press = False
        # The number, handle and shape of the one whose handle is dragged.
        self._reshaped: tuple[int, int, Measurement] | None = None
        self._labels: dict[Measurement, tuple[str, ...]] = {}
        self.tool: Kind | None = None
        view.installEventFilter(self)
        self.resize(view.size())

    def show_film(self, pixels: FloatPixels | None, spacing: Spacing | None) -> None:
        """Draw the book's measurements of a film.

        Args:
            pixels: float32, (height, width), in modality units; None where no film is in sight.
            spacing: The film's millimetres, or None.
        """
        if pixels is not self._pixels:
            self._give_up()
        if pixels is not self._pixels or spacing != self._spacing:
            self._pixels, self._spacing = pixels, spacing
            self._labels = {}
        self._let_through()
        self.update()

    def set_tool(self, tool: Kind | None) -> None:
        """Take measurements of this kind, or let the mouse through."""
        if tool is not self.tool:
            self.tool = tool
            self._give_up()
        self._let_through()
        self.update()

    def _let_through(self) -> None:
        takes = self.tool is not None and self._pixels is not None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not takes)

    def _give_up(self) -> None:
        self._draft = self._reshaped = self._pressed_at = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the view's size; Escape gives the one that is being drawn up; right clicks."""
        if event.type() == QEvent.Type.Resize:
            self.resize(self._view.size())
        elif isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            self._on_right_button(event)
        if self._draft is not None and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Escape:
                self._give_up()
                self.update()
                return True
        return super().eventFilter(watched, event)

    def _on_right_button(self, event: QMouseEvent) -> None:
        """A right click is a menu; the view has the drag, whatever tool is chosen."""
        if event.type() == QEvent.Type.MouseButtonPress:
            self._right_pressed_at = event.position()
        elif event.type() == QEvent.Type.MouseButtonRelease and self._right_pressed_at is not None:
            moved = (event.position() - self._right_pressed_at).manhattanLength()
            self._right_pressed_at = None
            number = self._measurement_at(event.position())
            if moved < _CLICK_PX and number is not None and self._draft is None:
                self._book.selected = number
                self.drawn.emit()
                self.menu_asked.emit(event.globalPosition().toPoint())

    # Places ----------------------------------------------------------------------------------

    def _to_view(self) -> Affine | None:
        """From film pixels to logical pixels of the view."""
        geometry = self._view.film_geometry
        if geometry is None:
            return None
        ratio = self.devicePixelRatioF()
        return geometry.film_to_view().then(Affine.scaling(1.0 / ratio, 1.0 / ratio))

    def _on_film(self, position: QPointF) -> Point:
        """The film's place below a point of the view; the film's edge for one beside it."""
        to_view = self._to_view()
        if to_view is None or self._pixels is None:
            return (0.0, 0.0)
        height, width = self._pixels.shape
        x, y = to_view.inverse().apply(position.x(), position.y())
        return min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))

    def _handle_at(self, position: QPointF) -> tuple[int, int] | None:
        """The measurement and handle below a point of the view; the selected one goes first."""
        to_view = self._to_view()
        if to_view is None:
            return None
        numbers = list(reversed(range(len(self._book.now))))
        if self._book.selected is not None:
            numbers.sort(key=lambda number: number != self._book.selected)
        for number in numbers:
            for handle, place in enumerate(self._book.now[number].handles()):
                away = QPointF(*to_view.apply(*place)) - position
                if max(abs(away.x()), abs(away.y())) <= _NEAR_PX:
                    return number, handle
        return None

    def _measurement_at(self, position: QPointF) -> int | None:
        """The number of the measurement below a point of the view; the last drawn goes first."""
        to_view = self._to_view()
        if to_view is None or self._pixels is None:
            return None
        for number in reversed(range(len(self._book.now))):
            away = distance_to(self._book.now[number], to_view, position.x(), position.y())
            if away <= _NEAR_PX:
                return number
        return None

    # Mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set a point or take a handle; other buttons are the view's."""
        if event.button() != Qt.MouseButton.LeftButton or self.tool is None:
            event.ignore()
            return
        self._view.setFocus()
        self._pressed_at = event.position()
        self._pointer = self._on_film(event.position())
        if self._draft is None and (found := self._handle_at(event.position())) is not None:
            number, handle = found
            self._reshaped = (number, handle, self._book.now[number])
            self._book.selected = number
            self.drawn.emit()
        elif self._draft is None:
            self._book.selected = None
            self._draft = Measurement(self.tool, (self._pointer,))
            self._set_by_press = True
        else:
            # A Cobb angle's second line begins where it is pressed.
            self._set_by_press = self.tool is Kind.COBB and len(self._draft.points) == 2
            if self._set_by_press:
                self._draft = replace(self._draft, points=(*self._draft.points, self._pointer))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on; with nothing begun the view tells what is below the pointer."""
        self._pointer = self._on_film(event.position())
        if self._reshaped is not None:
            number, handle, _shape = self._reshaped
            shape = self._book.now[number].with_handle(handle, self._pointer)
            self._reshaped = (number, handle, shape)
        elif self._draft is None:
            event.ignore()
            return
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Set the point that was drawn to; a click only begins, the next one ends."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            event.ignore()
            return
        moved = (event.position() - self._pressed_at).manhattanLength()
        self._pressed_at = None
        self._pointer = self._on_film(event.position())
        if self._reshaped is not None:
            number, _handle, shape = self._reshaped
            self._reshaped = None
            self._book.replace_at(number, shape)
            self.drawn.emit()
        elif self._draft is not None and not (self._set_by_press and moved < _CLICK_PX):
            self._draft = replace(self._draft, points=(*self._draft.points, self._pointer))
            if self._draft.is_whole:
                self._finish(self._draft)
        self.update()

    def _finish(self, whole: Measurement) -> None:
        self._draft = None
        if len(set(whole.points)) == len(whole.points):
            self._book.add(whole)
        self.drawn.emit()

    # Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw all, the one that is being drawn last."""
        to_view = self._to_view()
        if self._pixels is None or to_view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shapes = list(self._book.now)
        if self._reshaped is not None:
            shapes[self._reshaped[0]] = self._reshaped[2]
        for number, shape in enumerate(shapes):
            draw_measurement(painter, to_view, shape, selected=number == self._book.selected)
        if self._draft is not None:
            shapes.append(replace(self._draft, points=(*self._draft.points, self._pointer)))
            draw_measurement(painter, to_view, shapes[-1])
        for shape in shapes:
            draw_label(painter, QRectF(self.rect()), to_view, shape, self.label_of(shape))

    def label_of(self, shape: Measurement) -> tuple[str, ...]:
        """What is written beside a measurement; a region's values only once it is let go."""
        if shape not in self._book.now:
            return label(shape, self._spacing, None)
        if shape not in self._labels:
            self._labels[shape] = label(shape, self._spacing, self._pixels)
        return self._labels[shape]
