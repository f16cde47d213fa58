"""The film on its black ground: draws it, and turns mouse and keys into requests.

What is shown and how is told by the tab (``show_picture``, ``set_look`` and so on); the view
keeps only where in the film it looks. Left drag uses the chosen tool, middle drag pans, right
drag and wheel zoom, as OHIF and most DICOM viewers have it.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from training.films.film import GreyPixels
from training.models.prediction import MapKind, Prediction
from xray_desktop import theme
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.state.viewer_state import Look, Picture
from xray_desktop.state.viewer_window import dragged, units_per_pixel, value_text
from xray_desktop.viewer_tab.answer.heat_layer import HeatLayer
from xray_desktop.viewer_tab.film.film_notes import answer_boxes, draw_answer, draw_corners
from xray_desktop.viewer_tab.film.film_painter import draw_bitmap, draw_film

ZOOM_STEP = 1.25
_ZOOM_PER_WHEEL_DEGREE = 1.15 ** (1.0 / 15.0)
_ZOOM_PER_DRAGGED_PX = 1.005

EMPTY_TEXT = (
    "Drop films or a folder here, or press Ctrl+O.\n\nDICOM, PNG, JPEG, TIFF, BMP and GIF are read."
)

_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
}


class Tool(StrEnum):
    """What a drag with the left button does."""

    WINDOW = "window"
    ZOOM = "zoom"
    PAN = "pan"


_CURSORS = {
    Tool.WINDOW: Qt.CursorShape.ArrowCursor,
    Tool.ZOOM: Qt.CursorShape.SizeVerCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
}


class FilmView(QWidget):
    """Shows one picture.

    Signals:
        window_dragged: ``Window``, while a drag sets it.
        step_asked: ``int``, films further (back where negative).
        end_asked: ``bool``, True for the last film, False for the first.
        files_dropped: ``list[Path]``.
        pointed_at: ``str``, place and value below the pointer, or empty.
        escaped: The Escape key.
        frame_asked: ``int``, frames further, by the wheel with Alt.
        moved: ``Geometry, Geometry``, before and after the reader has zoomed or moved the film.
    """

    window_dragged = Signal(object)
    step_asked = Signal(int)
    end_asked = Signal(bool)
    files_dropped = Signal(object)
    pointed_at = Signal(str)
    escaped = Signal()
    frame_asked = Signal(int)
    moved = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmView")
        self.setAccessibleName("Film")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.tool = Tool.WINDOW
        self._picture: Picture | None = None
        self._look: Look | None = None
        self._geometry: Geometry | None = None
        self._table: GreyPixels | None = None
        self._heat: HeatLayer | None = None
        self._opacity = 0.5
        self._told: Prediction | None = None
        self._drag_tool: Tool | None = None
        self._drag_from = QPointF()
        self._drag_look: Look | None = None

    # What to show ----------------------------------------------------------------------------

    @property
    def film_geometry(self) -> Geometry | None:
        """Where the picture lies, or None without one."""
        return self._geometry

    def show_picture(
        self, picture: Picture | None, look: Look | None, place: Geometry | None = None
    ) -> None:
        """Show another picture.

        Args:
            picture: What to show, or None for the empty view.
            look: How; None only without a picture.
            place: Where it lay when it was last shown, or None to fit it.
        """
        self._picture, self._look = picture, look
        self._drag_tool = None
        if picture is None or look is None:
            self._geometry = self._table = None
        else:
            spacing = picture.spacing
            aspect = spacing.row_mm / spacing.column_mm if spacing else 1.0
            across, down = self._device_size()
            fresh = Geometry(picture.pixels.width, picture.pixels.height, across, down, aspect)
            fresh = replace(fresh, orientation=look.orientation).fitted()
            self._geometry = place.resized(across, down) if place else fresh
            self._table = self._table_for(picture, look)
        self.update()

    def set_look(self, look: Look) -> None:
        """The same picture through another window, inverted or turned."""
        if self._picture is None or self._geometry is None:
            return
        self._look = look
        self._table = self._table_for(self._picture, look)
        if look.orientation != self._geometry.orientation:
            self._geometry = self._geometry.reoriented(look.orientation)
        self.update()

    def set_overlay(
        self,
        told: Prediction | None,
        heat: HeatLayer | None,
        opacity: float,
        kind: MapKind = MapKind.FOR,
    ) -> None:
        """Lay a prediction over the film: its banner, and its map where it has one.

        Args:
            told: The prediction, or None for the bare film.
            heat: Its map, or None where it is empty or not there yet.
            opacity: Of the map, 0-1.
            kind: Which of the prediction's maps it is.
        """
        self._told, self._heat, self._opacity = told, heat, opacity
        self._map = kind
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Choose what a left drag does."""
        self.tool = tool
        self.setCursor(_CURSORS[tool])

    # Zoom and pan ------------------------------------------------------------------------------

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the view (logical pixels), or its middle."""
        if self._geometry is not None:
            ratio = self.devicePixelRatioF()
            point = None if at is None else (at.x() * ratio, at.y() * ratio)
            self._move_to(self._geometry.zoomed_to(self._geometry.zoom * factor, point))

    def fit(self) -> None:
        """The whole film, as large as the view allows."""
        if self._geometry is not None:
            self._move_to(self._geometry.fitted())

    def one_to_one(self) -> None:
        """One film pixel on one pixel of the screen."""
        if self._geometry is not None:
            self._move_to(self._geometry.zoomed_to(1.0))

    def place(self, geometry: Geometry) -> None:
        """Show the film as another view has it; not told as ``moved``."""
        if self._geometry is not None:
            across, down = self._device_size()
            self._geometry = replace(geometry, view_width=across, view_height=down)
            if geometry.is_fitted:
                self._geometry = self._geometry.fitted()
            self.update()

    def _move_to(self, geometry: Geometry) -> None:
        before, self._geometry = self._geometry, geometry
        self.update()
        self.moved.emit(before, geometry)

    def _device_size(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def _table_for(self, picture: Picture, look: Look) -> GreyPixels:
        inverted = picture.low_is_white != look.inverted
        return picture.pixels.grey_table(look.window, inverted, look.gamma)

    # Drawing -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw film, map and notes."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.FILM))
        if self._picture is None or self._geometry is None or self._table is None:
            painter.setPen(QColor(theme.TEXT_MUTED))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_TEXT)
            return
        painter.save()
        ratio = self.devicePixelRatioF()
        painter.scale(1.0 / ratio, 1.0 / ratio)
        self.paint_film(painter, self._geometry)
        if self._told is not None and self._heat is not None:
            self._heat.draw(painter, self._geometry, self._opacity)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_notes(painter, QRectF(self.rect()), self._picture, self._geometry)

    def _draw_notes(
        self, painter: QPainter, view: QRectF, picture: Picture, geometry: Geometry
    ) -> None:
        """Corners, sides and the model's answer, which they leave free."""
        told = self._told
        clear: tuple[QRectF, ...] = ()
        if told is not None:
            clear = answer_boxes(painter, view, picture, told, self._map)
        if self._look is not None and not picture.is_quiet:
            draw_corners(painter, view, picture, self._look, geometry, clear)
        if told is not None:
            draw_answer(painter, view, picture, told, self._map)

    def paint_film(self, painter: QPainter, geometry: Geometry) -> None:
        """Draw the film, as it is windowed now, by any geometry (the loupe has its own).

        Its padding is black whatever the window; what its file draws over it lies above.

        Args:
            painter: Its coordinates are device pixels of the geometry's view.
            geometry: Of the film in sight.
        """
        picture = self._picture
        if picture is None or self._table is None:
            return
        draw_film(painter, geometry, picture.pixels, self._table)
        level = picture.pixels.level_for(geometry.zoom)
        if picture.padding is not None:
            draw_bitmap(painter, geometry, picture.padding, level, QColor(theme.FILM))
        if picture.overlay is not None:
            draw_bitmap(painter, geometry, picture.overlay, level, QColor(theme.PLANES))

    # Mouse and keys ------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a drag."""
        tools = {
            Qt.MouseButton.LeftButton: self.tool,
            Qt.MouseButton.MiddleButton: Tool.PAN,
            Qt.MouseButton.RightButton: Tool.ZOOM,
        }
        if self._picture is None or self._drag_tool is not None:
            return
        self._drag_tool = tools.get(event.button())
        self._drag_from = event.position()
        self._drag_look = self._look
        if self._drag_tool is Tool.PAN:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag, or tell what is below the pointer."""
        if self._picture is None or self._geometry is None or self._drag_look is None:
            self._point_at(event.position())
            return
        moved = event.position() - self._drag_from
        if self._drag_tool is Tool.WINDOW:
            pixels = self._picture.pixels
            step = units_per_pixel(self._picture.own_window, pixels.offset, pixels.highest)
            start = self._drag_look.window
            self.window_dragged.emit(dragged(start, moved.x(), moved.y(), step))
            return
        if self._drag_tool is Tool.PAN:
            ratio = self.devicePixelRatioF()
            self._move_to(self._geometry.panned(moved.x() * ratio, moved.y() * ratio))
            self._drag_from = event.position()
        elif self._drag_tool is Tool.ZOOM:
            self.zoom_by(_ZOOM_PER_DRAGGED_PX ** -moved.y())
            self._drag_from = event.position()
        self._point_at(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        """End the drag."""
        self._drag_tool = self._drag_look = None
        self.setCursor(_CURSORS[self.tool])

    def _point_at(self, position: QPointF) -> None:
        if self._picture is None or self._geometry is None:
            return
        ratio = self.devicePixelRatioF()
        # The middle of the device pixel: its edge may belong to the neighbour once turned.
        across, down = position.x() * ratio + 0.5, position.y() * ratio + 0.5
        x, y = self._geometry.view_to_film().apply(across, down)
        picture, pixels = self._picture, self._picture.pixels
        if 0.0 <= x < pixels.width and 0.0 <= y < pixels.height:
            value = value_text(pixels.value_at(int(y), int(x)), picture.own_window.width)
            told = f"value {value}"
            if picture.padding is not None and picture.padding.has(int(y), int(x)):
                told = "padding"
            self.pointed_at.emit(f"x {int(x)}  y {int(y)}  {told}")
        else:
            self.pointed_at.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer; with Alt, turn to the next frame."""
        turned = event.angleDelta()
        degrees = turned.y() / 8.0
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            # Alt turns the wheel sideways on some systems.
            notches = turned.y() or turned.x()
            if notches:
                self.frame_asked.emit(-1 if notches > 0 else 1)
        elif degrees:
            self.zoom_by(_ZOOM_PER_WHEEL_DEGREE**degrees, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step through the films, Home and End go to the first and last."""
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.step_asked.emit(_STEPS[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.end_asked.emit(key == Qt.Key.Key_End)
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Keep a fitted film fitted."""
        if self._geometry is not None:
            self._geometry = self._geometry.resized(*self._device_size())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def sizeHint(self) -> QSize:
        """Large: the film comes first."""
        return QSize(900, 700)
