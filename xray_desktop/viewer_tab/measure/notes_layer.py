"""What is written over the film: corners, scale bar, banner, legend. Logical pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen

from training.films.film import Spacing
from training.models.prediction import MapKind, Prediction
from xray_desktop import theme
from xray_desktop.state.film_text import SideLetters
from xray_desktop.state.measure_figures import source_words
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.state.viewer_models import answer_of, map_words, stated_limits
from xray_desktop.viewer_tab.answer.colour_map import colour

_EDGE = 12.0
_APART = 4.0
_PLATE_HEIGHT = 30.0
_BAR_LENGTH = 160.0
_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class ScaleBar:
    """A bar of a round length.

    Args:
        length: On the screen, in device pixels.
        text: "50 mm", with "at detector" where the file knows no better.
    """

    length: float
    text: str


def scale_bar(spacing: Spacing | None, zoom: float, longest: float) -> ScaleBar | None:
    """The longest bar of 1, 2 or 5 times a power of ten that fits; None without millimetres.

    Args:
        spacing: The film's, or None where it does not know it.
        zoom: Device pixels per film column.
        longest: In device pixels.
    """
    if spacing is None or not spacing.in_mm or spacing.column_mm <= 0.0:
        return None
    pixels_per_mm = zoom / spacing.column_mm
    best = 0.0
    for power in range(-3, 5):
        for step in _STEPS:
            length_mm = step * 10.0**power
            if length_mm * pixels_per_mm <= longest:
                best = max(best, length_mm)
    if not best:
        return None
    return ScaleBar(best * pixels_per_mm, f"{best:g} mm{source_words(spacing)}")


def _shadowed(
    painter: QPainter,
    rect: QRectF,
    flags: Qt.AlignmentFlag,
    text: str,
    shade: str = theme.TEXT,
) -> None:
    """Light text with a dark rim: it must be read over bone and over air."""
    # A rectangle that was measured may be a hair too narrow.
    flags |= Qt.TextFlag.TextDontClip
    painter.setPen(QColor(0, 0, 0, 220))
    for x, y in ((-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, 1.0)):
        painter.drawText(rect.translated(x, y), flags, text)
    painter.setPen(QColor(shade))
    painter.drawText(rect, flags, text)


def draw_corner(
    painter: QPainter,
    view: QRectF,
    flags: Qt.AlignmentFlag,
    lines: tuple[str, ...],
    shade: str = theme.TEXT,
    *,
    clear: Sequence[QRectF] = (),
) -> QRectF:
    """Write lines into one corner of the view.

    Args:
        painter: Logical pixels.
        view: The whole view.
        flags: The corner.
        lines: Top to bottom; too long ones are cut in the middle.
        shade: "#rrggbb".
        clear: What must stay readable; the lines give way towards the middle.

    Returns:
        Where they stand; empty without lines.
    """
    metrics = QFontMetricsF(painter.font())
    # The middle is left to the banner; half a narrow view is not, for figures must be whole.
    width = min(max(view.width() * 0.27, 190.0), view.width() * 0.45)
    shown = [metrics.elidedText(line, Qt.TextElideMode.ElideMiddle, width) for line in lines]
    text = "\n".join(shown)
    rect = metrics.boundingRect(view.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE), int(flags), text)
    rect = _given_way(rect, clear, down=bool(flags & Qt.AlignmentFlag.AlignTop))
    if not text:
        return QRectF()
    _shadowed(painter, rect, flags, text, shade)
    return rect


def _given_way(rect: QRectF, clear: Sequence[QRectF], *, down: bool) -> QRectF:
    """The same rectangle moved down or up until it touches none of the others."""
    moved = QRectF(rect)
    for box in sorted(clear, key=lambda box: box.top(), reverse=not down):
        if not moved.intersects(box):
            continue
        if down:
            moved.moveTop(box.bottom() + _APART)
        else:
            moved.moveBottom(box.top() - _APART)
    return moved


def draw_letters(
    painter: QPainter, view: QRectF, letters: SideLetters, clear: Sequence[QRectF]
) -> None:
    """Write at the middle of each side of the view which side of the patient it is.

    Args:
        painter: Logical pixels.
        view: The whole view.
        letters: As the film is turned now.
        clear: What must stay readable.
    """
    plain = painter.font()
    font = QFont(plain)
    font.setBold(True)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    room = view.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    middle, center = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter
    for text, flags in (
        (letters.left, Qt.AlignmentFlag.AlignLeft | middle),
        (letters.right, Qt.AlignmentFlag.AlignRight | middle),
        (letters.top, Qt.AlignmentFlag.AlignTop | center),
        (letters.bottom, Qt.AlignmentFlag.AlignBottom | center),
    ):
        rect = metrics.boundingRect(room, int(flags), text)
        rect = _given_way(rect, clear, down=not flags & Qt.AlignmentFlag.AlignBottom)
        _shadowed(painter, rect, flags, text)
    painter.setFont(plain)


def draw_scale_bar(
    painter: QPainter,
    view: QRectF,
    geometry: Geometry,
    bar: ScaleBar,
    *,
    clear: Sequence[QRectF] = (),
) -> QRectF:
    """Draw the bar in the lower right corner.

    Args:
        painter: Logical pixels.
        view: The whole view.
        geometry: For the screen's ratio of device to logical pixels.
        bar: What to draw.
        clear: What must stay readable; the bar gives way upwards.

    Returns:
        Where it stands.
    """
    ratio = geometry.view_width / max(view.width(), 1.0)
    length = bar.length / ratio
    right = view.right() - _EDGE
    width = max(length, QFontMetricsF(painter.font()).horizontalAdvance(bar.text))
    place = QRectF(right - width, view.bottom() - _EDGE - 30.0, width, 30.0)
    place = _given_way(place, clear, down=False)
    bottom = place.bottom()
    ends = (QPointF(right - length, bottom), QPointF(right, bottom))
    for pen_colour, width in ((QColor(0, 0, 0, 220), 4.0), (QColor(theme.TEXT), 2.0)):
        painter.setPen(QPen(pen_colour, width))
        painter.drawLine(*ends)
        for end in ends:
            painter.drawLine(end, end - QPointF(0.0, 7.0))
    label = QRectF(right - width, bottom - 30.0, width, 20.0)
    _shadowed(painter, label, Qt.AlignmentFlag.AlignRight, bar.text)
    return place


def draw_banner(painter: QPainter, view: QRectF, prediction: Prediction) -> None:
    """Say word, score and thresholds above the film, with a shape as well as a colour."""
    name = answer_of(prediction).icon
    if not name:
        _plate(painter, view, _banner_text(prediction), _EDGE, QColor(theme.ACCENT))
        return
    shade = theme.VERDICTS[name]
    box = _plate(painter, view, _banner_text(prediction), _EDGE, QColor(shade), room_left=28.0)
    icon = theme.pixmap(name, theme.ICON_PX, shade)
    painter.drawPixmap(QPointF(box.left() + 10.0, box.center().y() - theme.ICON_PX / 2.0), icon)


def banner_box(painter: QPainter, view: QRectF, prediction: Prediction) -> QRectF:
    """Where ``draw_banner`` draws."""
    room_left = 0.0 if prediction.is_many else 28.0
    return _plate_box(painter, view, _banner_text(prediction), _EDGE, room_left)[0]


def _banner_text(prediction: Prediction) -> str:
    answer = answer_of(prediction)
    if prediction.is_many:
        num = len(prediction.scores)
        return f"{answer.word}   score {prediction.score:.2f}   (the largest of {num} classes)"
    limits = stated_limits(prediction.card)
    known = f"threshold {limits[0]:.2f}"
    if len(limits) > 1:
        known = f"unsure from {limits[0]:.2f} to {limits[1]:.2f}"
    return f"{answer.word}   score {prediction.score:.2f}   ({known})"


def draw_label(painter: QPainter, view: QRectF, text: str) -> None:
    """Say above a picture that it is not the film."""
    _plate(painter, view, text, _EDGE, QColor(theme.ACCENT))


def label_box(painter: QPainter, view: QRectF, text: str) -> QRectF:
    """Where ``draw_label`` draws."""
    return _plate_box(painter, view, text, _EDGE, 0.0)[0]


def draw_rim(painter: QPainter, rect: QRectF) -> None:
    """Draw a thin line around a picture, logical pixels."""
    painter.setPen(QPen(QColor(theme.EDGE), 1.0, Qt.PenStyle.DashLine))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(rect)


def draw_legend(painter: QPainter, view: QRectF, prediction: Prediction, kind: MapKind) -> None:
    """Say at the lower edge what the colours mean, or that there are none.

    Args:
        painter: Logical pixels.
        view: The whole view.
        prediction: With its maps.
        kind: Which of them is shown.
    """
    text, room_left = _legend(painter, view, prediction, kind)
    top = view.height() - _EDGE - _PLATE_HEIGHT
    box = _plate(painter, view, text, top, QColor(theme.BORDER), room_left=room_left)
    if not room_left:
        return
    bar = QRectF(box.left() + 40.0, box.center().y() - 5.0, 48.0, 10.0)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for step in range(5):
        gradient.setColorAt(step / 4.0, colour(step / 4.0))
    painter.fillRect(bar, gradient)
    painter.setPen(QColor(theme.TEXT_MUTED))
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(box.left() + 10.0, box.top(), 30.0, 30.0), middle, "less")
    painter.drawText(QRectF(bar.right() + 5.0, box.top(), 36.0, 30.0), middle, "more")


def legend_box(painter: QPainter, view: QRectF, prediction: Prediction, kind: MapKind) -> QRectF:
    """Where ``draw_legend`` draws."""
    text, room_left = _legend(painter, view, prediction, kind)
    return _plate_box(painter, view, text, view.height() - _EDGE - _PLATE_HEIGHT, room_left)[0]


def _legend(
    painter: QPainter, view: QRectF, prediction: Prediction, kind: MapKind
) -> tuple[str, float]:
    """The legend's words, and the room that its colours need before them."""
    shown = prediction.map_of(kind)
    text = map_words(prediction, kind)
    if shown is None or shown.is_empty:
        return text, 0.0
    room = view.width() - 2.0 * _EDGE - 144.0
    if QFontMetricsF(painter.font()).horizontalAdvance(text) > room:
        text = map_words(prediction, kind, short=True)
    return text, 124.0


def _plate_box(
    painter: QPainter, view: QRectF, text: str, top: float, room_left: float
) -> tuple[QRectF, str]:
    """Where a plate lies, and as much of its text as it holds."""
    metrics = QFontMetricsF(painter.font())
    room = view.width() - 2.0 * _EDGE - room_left - 20.0
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
    width = metrics.horizontalAdvance(shown) + room_left + 20.0
    left = view.center().x() - width / 2.0
    return QRectF(left, view.top() + top, width, _PLATE_HEIGHT), shown


def _plate(
    painter: QPainter, view: QRectF, text: str, top: float, rim: QColor, *, room_left: float = 0.0
) -> QRectF:
    """A dark plate with text in the middle of the view's width; gives its rectangle."""
    box, shown = _plate_box(painter, view, text, top, room_left)
    painter.setPen(QPen(rim, 1.5))
    painter.setBrush(QColor(13, 14, 15, 225))
    painter.drawRoundedRect(box, 6.0, 6.0)
    painter.setPen(QColor(theme.TEXT))
    painter.drawText(
        box.adjusted(room_left + 10.0, 0.0, -4.0, 0.0), Qt.AlignmentFlag.AlignVCenter, shown
    )
    return box
