"""Draws one row of the list: black ground, picture, name, marks; the film in sight framed."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from xray_desktop import theme
from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.list_filter import disagrees
from xray_desktop.state.verdict_state import ICONS
from xray_desktop.viewer_tab.engine import THUMBNAIL_PX
from xray_desktop.viewer_tab.listing.film_list_model import (
    ANSWER_ROLE,
    COPIES_ROLE,
    IS_COPY_ROLE,
    REFUSED_ROLE,
    SIGN_ROLE,
    UNREADABLE_ROLE,
    Index,
)

# Of a picture, its height to its width.
_SHAPE = 0.8
_NAME_PX = 24
_RIM_PX = 3
# How far a copy stands in from the film above it.
_INSET_PX = 10
_BADGE_PX = 20
_NO_ANSWER = "no answer"


class FilmDelegate(QStyledItemDelegate):
    """Draws films as wide as the list; ``width`` is set by it."""

    width = 114

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """The same for every film, so that a long list is laid out at once."""
        return QSize(self.width, self._picture_height() + _NAME_PX + 2 * _RIM_PX)

    def _picture_height(self) -> int:
        return min(round(_SHAPE * (self.width - 2 * _RIM_PX)), THUMBNAIL_PX)

    def _room(self, rect: QRect, index: Index) -> QRect:
        inset = _INSET_PX if index.data(IS_COPY_ROLE) else 0
        return rect.adjusted(_RIM_PX + inset, _RIM_PX, -_RIM_PX, -_RIM_PX)

    def badge(self, rect: QRect, index: Index, letters_px: int) -> QRect:
        """Where the number of copies stands in a row, to be clicked; empty for a film of one file.

        Args:
            rect: The row.
            index: Its index.
            letters_px: Width of the words in it.
        """
        if index.data(COPIES_ROLE) is None:
            return QRect()
        room = self._room(rect, index)
        width = letters_px + 10
        return QRect(room.right() - width - 1, room.top() + 2, width, _BADGE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one film."""
        room = self._room(option.rect, index)
        state: QStyle.StateFlag = option.state
        is_shown = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if index.data(IS_COPY_ROLE):
            painter.fillRect(room.left() - 7, room.top(), 2, room.height(), QColor(theme.EDGE))
        picture = QRect(room.left(), room.top(), room.width(), self._picture_height())
        _draw_picture(painter, picture, index)
        if (sign := index.data(SIGN_ROLE)) is not None:
            _draw_sign(painter, picture, Opinion(sign))
        if (said := index.data(ANSWER_ROLE)) is not None:
            _draw_answer(painter, picture, said, None if sign is None else Opinion(sign))
        elif index.data(REFUSED_ROLE):
            _draw_words(painter, picture, _NO_ANSWER, theme.TEXT_MUTED)
        metrics = painter.fontMetrics()
        words = copies_words(index)
        if words:
            _draw_badge(
                painter, self.badge(option.rect, index, metrics.horizontalAdvance(words)), words
            )
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, room.width())
        below = QRect(room.left(), picture.bottom() + 3, room.width(), _NAME_PX - 4)
        painter.setPen(QColor(theme.TEXT if is_shown else theme.TEXT_MUTED))
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, name)
        frame = QColor(theme.ACCENT if is_shown else theme.BORDER)
        painter.setPen(QPen(frame, 2 if is_shown else 1))
        painter.drawRect(picture)
        painter.restore()


def copies_words(index: Index) -> str:
    """What the badge of a film of several files says: their number, and whether they are listed."""
    count = index.data(COPIES_ROLE)
    if count is None:
        return ""
    return f"{-count:,} ▴" if count < 0 else f"{count:,} ▾"


def _draw_picture(painter: QPainter, picture: QRect, index: Index) -> None:
    painter.fillRect(picture, QColor(theme.FILM))
    thumbnail: QImage | None = index.data(Qt.ItemDataRole.DecorationRole)
    if index.data(UNREADABLE_ROLE):
        mark = theme.pixmap("error", 24, theme.ERROR)
        painter.drawPixmap(picture.center().x() - 12, picture.center().y() - 12, mark)
    elif thumbnail is not None:
        size = thumbnail.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(picture.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, thumbnail)


def _draw_badge(painter: QPainter, ground: QRect, words: str) -> None:
    """How many files the film has, in the upper right corner."""
    painter.fillRect(ground, QColor(theme.RAISED))
    painter.setPen(QColor(theme.EDGE))
    painter.drawRect(ground)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, words)


def _draw_sign(painter: QPainter, picture: QRect, sign: Opinion) -> None:
    """The reader's verdict in the lower right corner, on a ground of its own."""
    ground = QRect(picture.right() - 23, picture.bottom() - 23, 22, 22)
    painter.fillRect(ground, QColor(theme.PANEL))
    mark = theme.pixmap(ICONS[sign], 18, theme.VERDICTS[ICONS[sign]])
    painter.drawPixmap(ground.left() + 2, ground.top() + 2, mark)


def _draw_answer(
    painter: QPainter, picture: QRect, said: ModelAnswer, sign: Opinion | None
) -> None:
    """The model's score, or its class, in the lower left corner; "≠" where it is against the verdict."""
    if said.opinion is None:
        # Of more than two classes the name counts; the score stands in the tooltip.
        room = picture.width() - 12 - (24 if sign is not None else 0)
        metrics = painter.fontMetrics()
        word = metrics.elidedText(said.word, Qt.TextElideMode.ElideRight, room)
        _draw_words(painter, picture, word, theme.TEXT)
        return
    text = f"{said.score:.2f}" + (" ≠" if disagrees(said, sign) else "")
    _draw_words(painter, picture, text, theme.VERDICTS[ICONS[said.opinion]])


def _draw_words(painter: QPainter, picture: QRect, text: str, colour: str) -> None:
    """In the lower left corner, on a ground of their own."""
    width = painter.fontMetrics().horizontalAdvance(text) + 8
    ground = QRect(picture.left() + 2, picture.bottom() - 23, width, 22)
    painter.fillRect(ground, QColor(theme.PANEL))
    painter.setPen(QColor(colour))
    painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, text)
