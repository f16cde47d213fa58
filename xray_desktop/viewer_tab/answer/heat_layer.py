"""The heat map, laid over the film in the film's own coordinates."""

from __future__ import annotations

import numpy as np
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from training.films.pixel_shape import true_size
from training.models.prediction import MapKind, Prediction
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.viewer_tab.answer.colour_map import colour_image
from xray_desktop.viewer_tab.film.film_painter import film_rect, to_transform

# The map has some 7 x 7 to 28 x 28 values; painted from this it shows no steps.
_SIDE = 448


class HeatLayer:
    """One prediction's heat map, ready to be drawn.

    Args:
        prediction: With a map of that kind that is not empty.
        covers_square: True where what is shown is the network's input itself, not the film.
        kind: Which of its maps.
    """

    def __init__(
        self, prediction: Prediction, *, covers_square: bool, kind: MapKind = MapKind.FOR
    ) -> None:
        heat_map = prediction.map_of(kind)
        assert heat_map is not None
        self._preprocessing = prediction.card.preprocessing
        self._covers_square = covers_square
        values = np.ascontiguousarray(heat_map.values, np.float32)
        # Bilinear, as Preprocessing.restore enlarges maps; a site smoothly, as its rate was measured.
        way = Image.Resampling.BICUBIC if kind is MapKind.SITE else Image.Resampling.BILINEAR
        large = np.asarray(Image.fromarray(values).resize((_SIDE, _SIDE), way))
        self._image: QImage = colour_image(np.clip(large, 0.0, 1.0))

    def source(self, height: int, width: int, aspect: float = 1.0) -> QRectF:
        """The part of the enlarged map that lies on a film of this size and shape of its pixels."""
        if self._covers_square:
            return QRectF(0.0, 0.0, _SIDE, _SIDE)
        place = self._preprocessing.placement(*true_size(height, width, aspect))
        scale = _SIDE / self._preprocessing.size
        return QRectF(
            place.left * scale, place.top * scale, place.width * scale, place.height * scale
        )

    def draw(self, painter: QPainter, geometry: Geometry, opacity: float) -> None:
        """Lay it over the film.

        Args:
            painter: Its coordinates are device pixels of the view.
            geometry: The film's, so that the map follows turns, mirroring, zoom and pan.
            opacity: 0 (not there) to 1.
        """
        painter.save()
        painter.setClipRect(film_rect(geometry))
        painter.setTransform(to_transform(geometry.film_to_view()), combine=True)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(opacity)
        film = QRectF(0.0, 0.0, geometry.width, geometry.height)
        source = self.source(geometry.height, geometry.width, geometry.aspect)
        painter.drawImage(film, self._image, source)
        painter.restore()
