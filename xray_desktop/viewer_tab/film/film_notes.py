"""What is written over the film and its corners, and which of it when. Called by the film view."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from training.models.prediction import MapKind, Prediction
from xray_desktop import theme
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.state.viewer_state import Look, Picture
from xray_desktop.state.viewer_window import window_text
from xray_desktop.viewer_tab.film.film_painter import film_rect
from xray_desktop.viewer_tab.measure import notes_layer

_LONGEST_BAR_PX = 160.0


def draw_corners(
    painter: QPainter, view: QRectF, picture: Picture, look: Look, geometry: Geometry
) -> None:
    """Write name, window, zoom and size into the corners, and draw the scale bar.

    Args:
        painter: Logical pixels.
        view: The whole view.
        picture: What is shown.
        look: How.
        geometry: Where it lies.
    """
    ratio = geometry.view_width / max(view.width(), 1.0)
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    top, bottom = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
    notes_layer.draw_corner(painter, view, left | top, picture.lines)
    state = [look.orientation.describe(), "inverted" if look.inverted else ""]
    # In warning colour: a mirrored film shows the wrong side of the patient.
    notes_layer.draw_corner(
        painter, view, right | top, tuple(word for word in state if word), theme.WARNING
    )
    lines: tuple[str, ...] = (f"zoom {geometry.zoom * 100:.0f} %", picture.size)
    if not picture.banner:
        gamma = [f"gamma {look.gamma:.2f}"] if look.gamma != 1.0 else []
        lines = (window_text(look.window), *gamma, *lines)
    notes_layer.draw_corner(painter, view, left | bottom, lines)
    bar = notes_layer.scale_bar(picture.spacing, geometry.zoom, _LONGEST_BAR_PX * ratio)
    if bar is not None:
        notes_layer.draw_scale_bar(painter, view, geometry, bar)
    if picture.banner:
        # The black that pads a film to the network's square belongs to the picture.
        rim = film_rect(geometry)
        notes_layer.draw_rim(painter, QRectF(rim.topLeft() / ratio, rim.size() / ratio))
        notes_layer.draw_label(painter, view, picture.banner)


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
