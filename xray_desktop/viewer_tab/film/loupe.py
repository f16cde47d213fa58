"""The loupe: a round part of the film, enlarged under the pointer, through the window of the film."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from xray_desktop import theme
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.tools import ToolRow

# Its key held longer than this shows the loupe only while it is held.
_HOLD_S = 0.35
_SMALLEST_PX, _LARGEST_PX, _SIZE_STEP_PX = 120, 640, 40
_LEAST, _MOST, _STEP = 2.0, 4.0, 0.5
_RIM_PX = 3
# Of QWheelEvent.angleDelta.
_NOTCH = 120


class Loupe(QWidget):
    """Follows the pointer over one film view while its button is pressed.

    The wheel changes its size, with Ctrl how much it enlarges. The heat map and what is drawn
    on the film stay out of it: it is there to look at the film.

    Args:
        view: The film view that it covers.
        tools: The row of buttons with the loupe's.
    """

    def __init__(self, view: FilmView, tools: ToolRow) -> None:
        super().__init__(view)
        self.setObjectName("loupe")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.side_px = 240
        self.times = 2.0
        self._turned = 0
        self._view = view
        self._action = tools.entries["loupe"]
        self._at: QPointF | None = None
        self._pressed_at: float | None = None
        tools.used.connect(self._on_tool_used)
        view.installEventFilter(self)
        self.resize(view.size())
        self.hide()

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name != "loupe":
            return
        if checked:
            # Layers that take the mouse while they draw keep its moves from the view.
            for layer in self._view.findChildren(QWidget):
                layer.removeEventFilter(self)
                layer.installEventFilter(self)
            self._pressed_at = time.monotonic()
            self.resize(self._view.size())
            place = QPointF(self._view.mapFromGlobal(self._view.cursor().pos()))
            self._at = place if QRectF(self.rect()).contains(place) else None
            self.raise_()
        self.setVisible(checked)

    # Pointer, wheel and key ------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; take the wheel while the loupe is there."""
        kind = event.type()
        if watched is self or self.isHidden():
            return False
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            assert isinstance(watched, QWidget)
            self._move_to(QPointF(watched.mapTo(self._view, event.position().toPoint())))
        elif kind == QEvent.Type.Leave and watched is self._view:
            self._move_to(None)
        elif kind == QEvent.Type.Resize and watched is self._view:
            self.resize(self._view.size())
        elif kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            self._turn_wheel(event)
            return True
        elif kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            self._on_key_released(event)
        return False

    def _move_to(self, place: QPointF | None) -> None:
        before, self._at = self._area(), place
        self.update(before.united(self._area()))

    def _turn_wheel(self, event: QWheelEvent) -> None:
        before = self._area()
        # Ctrl turns the wheel sideways on some systems.
        turned = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            # A touch pad turns in small parts of a notch.
            self._turned += turned
            steps = int(self._turned / _NOTCH)
            self._turned -= steps * _NOTCH
            self.times = min(max(self.times + steps * _STEP, _LEAST), _MOST)
        else:
            wanted = self.side_px + round(turned / _NOTCH * _SIZE_STEP_PX)
            self.side_px = min(max(wanted, _SMALLEST_PX), _LARGEST_PX)
        self.update(before.united(self._area()))

    def _on_key_released(self, event: QKeyEvent) -> None:
        is_its_key = QKeySequence(event.key()) in self._action.shortcuts()
        if event.isAutoRepeat() or not is_its_key or self._pressed_at is None:
            return
        held, self._pressed_at = time.monotonic() - self._pressed_at, None
        if held > _HOLD_S and self._action.isChecked():
            self._action.trigger()

    # Drawing ---------------------------------------------------------------------------------

    def _circle(self) -> QRectF:
        """Where the loupe is, logical pixels; empty where the pointer is not over the view."""
        if self._at is None:
            return QRectF()
        half = self.side_px / 2.0
        return QRectF(self._at.x() - half, self._at.y() - half, self.side_px, self.side_px)

    def _area(self) -> QRect:
        """What has to be drawn anew when it moves or goes."""
        circle = self._circle()
        return circle.toAlignedRect().adjusted(-_RIM_PX, -_RIM_PX, _RIM_PX, _RIM_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the film's part below the pointer, enlarged about it."""
        geometry = self._view.film_geometry
        if geometry is None or self._at is None:
            return
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        circle = self._circle()
        path = QPainterPath()
        path.addEllipse(circle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(circle, QColor(theme.FILM))
        place = geometry.view_to_film().apply(self._at.x() * ratio, self._at.y() * ratio)
        side = round(self.side_px * ratio)
        part = replace(
            geometry,
            view_width=side,
            view_height=side,
            zoom=geometry.zoom * self.times,
            center=place,
            is_fitted=False,
        )
        painter.translate(circle.topLeft())
        painter.scale(1.0 / ratio, 1.0 / ratio)
        self._view.paint_film(painter, part)
        painter.restore()
        for shade, width in ((QColor(0, 0, 0, 200), 2.0 * _RIM_PX), (QColor(theme.ACCENT), 2.0)):
            painter.setPen(QPen(shade, width))
            painter.drawEllipse(circle.adjusted(1.0, 1.0, -1.0, -1.0))
        self._write_times(painter, circle)

    def _write_times(self, painter: QPainter, circle: QRectF) -> None:
        plate = QRectF(0.0, 0.0, 48.0, 20.0)
        plate.moveCenter(QPointF(circle.center().x(), circle.bottom() - 16.0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(13, 14, 15, 205))
        painter.drawRoundedRect(plate, 4.0, 4.0)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, f"{self.times:g} ×")
