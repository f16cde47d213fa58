"""The scores of a model of more than two classes: a bar a class, the leading one first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xray_desktop import theme

_ROW_PX = 36
_BAR_PX = 6.0
_SCORE_PX = 40.0


class ClassBars(QWidget):
    """Draws name, score and bar of each class; place, weight and length tell it without colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classBars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._rows: tuple[tuple[str, float], ...] = ()

    @property
    def rows(self) -> tuple[tuple[str, float], ...]:
        """(class, score), the largest first."""
        return self._rows

    def sizeHint(self) -> QSize:
        """A row a class."""
        return QSize(200, _ROW_PX * len(self._rows))

    def show_scores(self, classes: Sequence[str], scores: Sequence[float]) -> None:
        """Show a film's scores.

        Args:
            classes: Names by label.
            scores: Likewise; empty for none.
        """
        pairs = zip(classes, scores, strict=False) if scores else ()
        # Equal scores keep the order of their labels, as the answer does.
        self._rows = tuple(sorted(pairs, key=lambda pair: -pair[1]))
        told = ", ".join(f"{name} {score:.2f}" for name, score in self._rows)
        self.setAccessibleName(f"scores: {told}" if told else "")
        self.setToolTip(_tip(self._rows))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (name, score) in enumerate(self._rows):
            self._draw_row(painter, number * _ROW_PX, name, score, leads=number == 0)

    def _draw_row(
        self, painter: QPainter, top: float, name: str, score: float, *, leads: bool
    ) -> None:
        font = painter.font()
        font.setPixelSize(theme.FONT_SMALL_PX)
        font.setWeight(QFont.Weight.DemiBold if leads else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT if leads else theme.TEXT_MUTED))
        width = float(self.width())
        words = QRectF(0.0, top, width - _SCORE_PX, 20.0)
        shown = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, int(words.width())
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignLeft, shown)
        place = QRectF(width - _SCORE_PX, top, _SCORE_PX, 20.0)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, f"{score:.2f}")
        track = QRectF(0.0, top + 23.0, width, _BAR_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.RAISED))
        painter.drawRoundedRect(track, 3.0, 3.0)
        painter.setBrush(QColor(theme.ACCENT if leads else theme.EDGE))
        painter.drawRoundedRect(QRectF(0.0, track.top(), width * score, _BAR_PX), 3.0, 3.0)


def _tip(rows: Sequence[tuple[str, float]]) -> str:
    return "\n".join(f"{name}: {score:.4f}" for name, score in rows)
