"""A text that keeps within its place: as many lines as fit, then an ellipsis, all of it on hover."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A label whose text is shortened instead of widening or growing its panel.

    Args:
        num_lines: Lines it asks room for; fewer are drawn where there is less room.
    """

    def __init__(self, num_lines: int = 1, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._num_lines = num_lines
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Set the text; hovering tells all of it."""
        super().setText(text)
        self.setToolTip(text)

    def sizeHint(self) -> QSize:
        """Room for its lines."""
        return QSize(40, self._num_lines * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(40, self.fontMetrics().lineSpacing())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics = QFontMetricsF(self.font())
        room = max(1, int((self.height() + 1) // metrics.lineSpacing()))
        lines = self._lines(room, metrics)
        top = (self.height() - len(lines) * metrics.lineSpacing()) / 2.0
        for index, line in enumerate(lines):
            baseline = top + index * metrics.lineSpacing() + metrics.ascent()
            painter.drawText(QPointF(0.0, baseline), line)

    def _lines(self, room: int, metrics: QFontMetricsF) -> list[str]:
        text = self.text()
        layout = QTextLayout(text, self.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        lines: list[str] = []
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self.width())
            start = line.textStart()
            if len(lines) == room - 1:
                rest = text[start:]
                lines.append(metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width()))
                break
            lines.append(text[start : start + line.textLength()].rstrip())
        layout.endLayout()
        return lines
