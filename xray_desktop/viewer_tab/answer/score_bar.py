"""A score on its scale, with the threshold: shape and place tell it without colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from xray_desktop import theme
from xray_desktop.state.answer_doubts import Spread

_SIDE = 8.0
_TRACK_Y = 14.0


class ScoreBar(QWidget):
    """Draws 0 to 1, each threshold as a line, the score as a diamond, the spread as a band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._score: float | None = None
        self._limits: tuple[float, ...] = (0.5,)
        self._shade = theme.UNSURE
        self._spread: Spread | None = None

    def sizeHint(self) -> QSize:
        """Two lines high."""
        return QSize(200, 44)

    def show_score(self, score: float | None, limits: tuple[float, ...], shade: str) -> None:
        """Show a score, 0-1, or only the scale.

        Args:
            score: As it is stated, or None.
            limits: The threshold, or two with an unsure band between, on the same scale.
            shade: "#rrggbb" of what the score comes to.
        """
        self._score, self._limits, self._shade = score, limits, shade
        self.setAccessibleName("" if score is None else f"score {score:.2f}")
        self.update()

    def show_spread(self, spread: Spread | None) -> None:
        """Show how far the variants' scores reach."""
        self._spread = spread
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, end = _SIDE, self.width() - _SIDE

        def at(value: float) -> float:
            return start + (end - start) * value

        painter.setPen(QPen(QColor(theme.EDGE), 2.0))
        painter.drawLine(QPointF(start, _TRACK_Y), QPointF(end, _TRACK_Y))
        if self._spread is not None:
            painter.setPen(QPen(QColor(theme.TEXT_MUTED), 5.0, c=Qt.PenCapStyle.FlatCap))
            low, high = at(self._spread.low), at(self._spread.high)
            painter.drawLine(QPointF(low, _TRACK_Y), QPointF(max(high, low + 1.0), _TRACK_Y))
        places = [at(limit) for limit in self._limits]
        if len(places) > 1:
            painter.setPen(QPen(QColor(theme.UNSURE), 2.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(places[0], _TRACK_Y - 7.0), QPointF(places[1], _TRACK_Y - 7.0))
        painter.setPen(QPen(QColor(theme.TEXT), 2.0))
        for place in places:
            painter.drawLine(QPointF(place, _TRACK_Y - 8.0), QPointF(place, _TRACK_Y + 8.0))
        if self._score is not None:
            self._draw_score(painter, QPointF(at(self._score), _TRACK_Y))
        self._draw_words(painter, places)

    def _draw_score(self, painter: QPainter, place: QPointF) -> None:
        assert self._score is not None
        painter.setPen(QPen(QColor(theme.WINDOW), 1.5))
        painter.setBrush(QColor(self._shade))
        corners = ((0.0, -8.0), (7.0, 0.0), (0.0, 8.0), (-7.0, 0.0))
        painter.drawPolygon(QPolygonF([place + QPointF(x, y) for x, y in corners]))

    def _draw_words(self, painter: QPainter, places: list[float]) -> None:
        font = painter.font()
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT_MUTED))
        below = QRectF(0.0, _TRACK_Y + 10.0, float(self.width()), 18.0)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, "1")
        text = f"threshold {self._limits[0]:.2f}"
        if len(self._limits) > 1:
            text = f"unsure {self._limits[0]:.2f} to {self._limits[1]:.2f}"
        limit = sum(places) / len(places)
        width = painter.fontMetrics().horizontalAdvance(text)
        left = min(max(limit - width / 2.0, 14.0), self.width() - width - 14.0)
        painter.drawText(
            QRectF(left, below.top(), width + 2.0, 18.0), Qt.AlignmentFlag.AlignLeft, text
        )
