"""Draws measurements over the film and takes new ones while a measuring tool is chosen.

Lies over the film view and lets the mouse through while none is. All places are in pixels of the
film as stored, so turns, mirroring, zoom and pan do not move a measurement on the film.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from training.films.film import FloatPixels, Spacing
from xray_desktop.state.measure_book import MeasureBook
from xray_desktop.state.measure_figures import label
from xray_desktop.state.measure_hits import distance_to
from xray_desktop.state.measurements import NOTES, Kind, Measurement, Point
from xray_desktop.state.viewer_geometry import Affine
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.measure.measure_painter import (
    draw_label,
    draw_measurement,
    label_plate,
)
from xray_desktop.viewer_tab.measure.text_editor import TextEditor

# A hand trembles this much in a click.
_CLICK_PX = 4.0
_NEAR_PX = 8.0
_ON_LINE_PX = 5.0


@dataclass(frozen=True)
class _Grip:
    """What the mouse holds.

    Args:
        number: Of the measurement.
        handle: Of its handles, or None where the whole is moved.
        start: Where it was taken, in film pixels.
        shape: As it is now.
    """

    number: int
    handle: int | None
    start: Point
    shape: Measurement


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
        self._grip: _Grip | None = None
        # The number (None for a new one) and shape of the one whose text is being written.
        self._writing: tuple[int | None, Measurement] | None = None
        self._labels: dict[Measurement, tuple[str, ...]] = {}
        self.tool: Kind | None = None
        self._editor = TextEditor(view)
        self._editor.written.connect(self._on_written)
        self._editor.given_up.connect(self._on_text_given_up)
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
        shape = Qt.CursorShape.IBeamCursor if tool is Kind.TEXT else Qt.CursorShape.CrossCursor
        self.setCursor(shape)
        self._let_through()
        self.update()

    def write_selected(self) -> None:
        """Write the text of the selected annotation anew."""
        shape = self._book.chosen
        if shape is not None and shape.kind in NOTES:
            self._write(self._book.selected, shape)

    @Slot()
    def finish_writing(self) -> None:
        """Keep the text that is being written: the film is about to go."""
        self._editor.finish()

    def _let_through(self) -> None:
        takes = self.tool is not None and self._pixels is not None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not takes)

    def _give_up(self) -> None:
        self._draft = self._grip = self._pressed_at = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the view's size; Escape gives up; right clicks and double clicks."""
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.resize(self._view.size())
        elif kind == QEvent.Type.Wheel:
            self._editor.finish()
        elif isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.RightButton:
            self._on_right_button(event)
        elif isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonDblClick:
            return self._has_opened_text(event)
        if self._draft is not None and kind == QEvent.Type.KeyPress:
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
            number = self._measurement_at(event.position(), _NEAR_PX)
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

    def _measurement_at(self, position: QPointF, near_px: float) -> int | None:
        """The number of the measurement below a point of the view; the last drawn goes first."""
        to_view = self._to_view()
        if to_view is None or self._pixels is None:
            return None
        metrics, view = QFontMetricsF(self.font()), QRectF(self.rect())
        for number in reversed(range(len(self._book.now))):
            shape = self._book.now[number]
            if distance_to(shape, to_view, position.x(), position.y()) <= near_px:
                return number
            if shape.kind in NOTES:
                plate = label_plate(metrics, view, to_view, shape, self.label_of(shape))
                if plate is not None and plate.contains(position):
                    return number
        return None

    def _grip_at(self, position: QPointF) -> _Grip | None:
        """What a press would take: a handle, else a whole measurement by its line or text."""
        start = self._on_film(position)
        if (found := self._handle_at(position)) is not None:
            return _Grip(found[0], found[1], start, self._book.now[found[0]])
        number = self._measurement_at(position, _ON_LINE_PX)
        return None if number is None else _Grip(number, None, start, self._book.now[number])

    # Mouse -----------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set a point or take a measurement; other buttons are the view's."""
        if event.button() != Qt.MouseButton.LeftButton or self.tool is None:
            event.ignore()
            return
        # Keeps a text that is being written, too.
        self._view.setFocus()
        self._pressed_at = event.position()
        self._pointer = self._on_film(event.position())
        if self._draft is None and (grip := self._grip_at(event.position())) is not None:
            self._grip = grip
            self._book.selected = grip.number
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
        if self._grip is not None:
            self._grip = self._pulled(self._grip, event.position())
        elif self._draft is None:
            event.ignore()
            return
        self.update()

    def _pulled(self, grip: _Grip, position: QPointF) -> _Grip:
        """The measurement that is held, as the pointer has it now."""
        shape = self._book.now[grip.number]
        if self._pressed_at is None or (
            grip.handle is None and (position - self._pressed_at).manhattanLength() < _CLICK_PX
        ):
            return replace(grip, shape=shape)
        if grip.handle is not None:
            return replace(grip, shape=shape.with_handle(grip.handle, self._pointer))
        across, down = self._pointer[0] - grip.start[0], self._pointer[1] - grip.start[1]
        return replace(grip, shape=shape.moved(across, down))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Set the point that was drawn to; a click only begins, the next one ends."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            event.ignore()
            return
        moved = (event.position() - self._pressed_at).manhattanLength()
        self._pressed_at = None
        self._pointer = self._on_film(event.position())
        if self._grip is not None:
            grip, self._grip = self._grip, None
            self._book.replace_at(grip.number, grip.shape)
            self.drawn.emit()
        elif self._draft is not None and self._draft.kind is Kind.TEXT:
            shape, self._draft = replace(self._draft, points=(self._pointer,)), None
            self._write(None, shape)
        elif self._draft is not None and not (self._set_by_press and moved < _CLICK_PX):
            self._draft = replace(self._draft, points=(*self._draft.points, self._pointer))
            if self._draft.is_whole:
                self._finish(self._draft)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Its second press is a press like any other, except on a text."""
        if not self._has_opened_text(event):
            self.mousePressEvent(event)

    def _finish(self, whole: Measurement) -> None:
        self._draft = None
        if len(set(whole.points)) == len(whole.points):
            self._book.add(whole)
        self.drawn.emit()

    # Text ------------------------------------------------------------------------------------

    def _has_opened_text(self, event: QMouseEvent) -> bool:
        """A double click on an annotation writes its text; True where there is one."""
        if event.button() != Qt.MouseButton.LeftButton or self._draft is not None:
            return False
        number = self._measurement_at(event.position(), _NEAR_PX)
        if number is None or self._book.now[number].kind not in NOTES:
            return False
        self._give_up()
        self._book.selected = number
        self.drawn.emit()
        self._write(number, self._book.now[number])
        return True

    def _write(self, number: int | None, shape: Measurement) -> None:
        to_view = self._to_view()
        if to_view is not None:
            self._writing = (number, shape)
            self._editor.begin(QPointF(*to_view.apply(*shape.points[-1])), shape.text)
            self.update()

    @Slot(str)
    def _on_written(self, text: str) -> None:
        if self._writing is None:
            return
        (number, shape), self._writing = self._writing, None
        if number is None and text:
            self._book.add(replace(shape, text=text))
        elif number is not None and (text or shape.kind is Kind.ARROW):
            self._book.replace_at(number, replace(shape, text=text))
        elif number is not None:
            # A text without words is none.
            self._book.selected = number
            self._book.delete_selected()
        self.drawn.emit()

    @Slot()
    def _on_text_given_up(self) -> None:
        self._writing = None
        self.update()

    # Drawing ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw all, the one that is being drawn last."""
        to_view = self._to_view()
        if self._pixels is None or to_view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shapes = list(self._book.now)
        if self._grip is not None:
            shapes[self._grip.number] = self._grip.shape
        for number, shape in enumerate(shapes):
            draw_measurement(painter, to_view, shape, selected=number == self._book.selected)
        if self._draft is not None and self._draft.kind is not Kind.TEXT:
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
