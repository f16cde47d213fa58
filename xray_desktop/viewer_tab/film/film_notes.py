"""What is written over the film and its corners, and which of it when. Called by the film view."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from training.models.prediction import MapKind, Prediction
from xray_desktop import theme
from xray_desktop.state.film_text import side_letters
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.state.viewer_state import Look, Picture
from xray_desktop.state.viewer_window import window_text
from xray_desktop.viewer_tab.film.film_painter import film_rect
from xray_desktop.viewer_tab.measure import notes_layer

_LONGEST_BAR_PX = 160.0
# The slider of frames lies over the view at its right edge.
_SLIDER_PX = 20.0
_TOP, _BOTTOM = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom


def draw_corners(
    painter: QPainter,
    view: QRectF,
    picture: Picture,
    look: Look,
    geometry: Geometry,
    clear: tuple[QRectF, ...] = (),
) -> None:
    """Write into corners and at the sides what is known of the picture, and draw the scale bar.

    Args:
        painter: Logical pixels.
        view: The whole view.
        picture: What is shown.
        look: How.
        geometry: Where it lies.
        clear: What must stay readable: see ``answer_boxes``.
    """
    ratio = geometry.view_width / max(view.width(), 1.0)
    if picture.banner:
        # The black that pads a film to the network's square belongs to the picture.
        rim = film_rect(geometry)
        notes_layer.draw_rim(painter, QRectF(rim.topLeft() / ratio, rim.size() / ratio))
        notes_layer.draw_label(painter, view, picture.banner)
        clear = (*clear, notes_layer.label_box(painter, view, picture.banner))
    inner = view.adjusted(0.0, 0.0, -_SLIDER_PX, 0.0) if picture.has_frames else view
    taken = [*clear]
    taken += _draw_upper(painter, view, inner, picture, look, clear)
    if not picture.is_plain:
        taken += _draw_lower(painter, view, picture, look, geometry, clear)
    if picture.text.sides is not None:
        letters = side_letters(picture.text.sides, look.orientation)
        notes_layer.draw_letters(painter, inner, letters, taken)


def _draw_upper(
    painter: QPainter,
    view: QRectF,
    inner: QRectF,
    picture: Picture,
    look: Look,
    clear: tuple[QRectF, ...],
) -> list[QRectF]:
    """Patient and file at the left; study and warnings at the right. Gives what they take."""
    text, right = picture.text, _TOP | Qt.AlignmentFlag.AlignRight
    lines = () if picture.is_plain else picture.lines
    left = _TOP | Qt.AlignmentFlag.AlignLeft
    taken = [notes_layer.draw_corner(painter, view, left, text.patient + lines, clear=clear)]
    side = (text.laterality,) if text.laterality else ()
    study = notes_layer.draw_corner(painter, inner, right, text.study + side, clear=clear)
    # Below it, so that nothing else moves when a film is mirrored. In warning colour: a mirrored
    # film shows the wrong side of the patient.
    state = (look.orientation.describe(), "inverted" if look.inverted else "")
    words = tuple(filter(None, state))
    above = (*clear, study)
    warned = notes_layer.draw_corner(painter, inner, right, words, theme.WARNING, clear=above)
    return [*taken, study, warned]


def _draw_lower(
    painter: QPainter,
    view: QRectF,
    picture: Picture,
    look: Look,
    geometry: Geometry,
    clear: tuple[QRectF, ...],
) -> list[QRectF]:
    """Window, zoom and size at the left; technique above the scale bar at the right."""
    ratio = geometry.view_width / max(view.width(), 1.0)
    lines: tuple[str, ...] = (f"zoom {geometry.zoom * 100:.0f} %", picture.size)
    if not picture.banner:
        gamma = [f"gamma {look.gamma:.2f}"] if look.gamma != 1.0 else []
        lines = (window_text(look.window), *gamma, *lines)
    left, right = (
        _BOTTOM | side for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
    )
    taken = [notes_layer.draw_corner(painter, view, left, lines, clear=clear)]
    bar = notes_layer.scale_bar(picture.spacing, geometry.zoom, _LONGEST_BAR_PX * ratio)
    if bar is not None:
        taken.append(notes_layer.draw_scale_bar(painter, view, geometry, bar, clear=clear))
    technique, below = picture.text.technique, (*clear, *taken)
    taken.append(notes_layer.draw_corner(painter, view, right, technique, clear=below))
    return taken


def answer_boxes(
    painter: QPainter, view: QRectF, picture: Picture, told: Prediction, kind: MapKind
) -> tuple[QRectF, ...]:
    """Where ``draw_answer`` draws: nothing else may stand there."""
    boxes = [] if picture.banner else [notes_layer.banner_box(painter, view, told)]
    if told.heat_map is not None:
        boxes.append(notes_layer.legend_box(painter, view, told, kind))
    return tuple(boxes)


def draw_answer(
    painter: QPainter, view: QRectF, picture: Picture, told: Prediction, kind: MapKind
) -> None:
    """Write the model's answer above the film, and below it what the colours mean.

    Args:
        painter: Logical pixels.
        view: The whole view.
        picture: What is shown.
        told: The answer, with its maps where they are there.
        kind: Which of them is shown.
    """
    if not picture.banner:
        notes_layer.draw_banner(painter, view, told)
    # None while the maps are on their way.
    if told.heat_map is not None:
        notes_layer.draw_legend(painter, view, told, kind)
