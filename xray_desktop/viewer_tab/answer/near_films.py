"""The training films that the film in sight looks most like, small, with their labels."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from training.films.film import GreyPixels
from training.models.nearest_films import NUM_SHOWN
from xray_desktop import theme
from xray_desktop.viewer_tab.engine import NearPicture

_SIDE_PX = 58


class NearFilmsStrip(QWidget):
    """A row of small films; hidden where there is nothing to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("nearFilms")
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("role", "small")
        self._title.setWordWrap(True)
        self._words = QLabel()
        self._words.setObjectName("nearWords")
        self._words.setProperty("role", "small")
        self._words.setWordWrap(True)
        self._cells = [(QLabel(), QLabel()) for _ in range(NUM_SHOWN)]
        grid = QGridLayout()
        grid.setSpacing(theme.SPACE_1)
        for column, (picture, word) in enumerate(self._cells):
            picture.setFixedSize(_SIDE_PX, _SIDE_PX)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            picture.setStyleSheet(f"background: {theme.FILM}")
            word.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            word.setProperty("role", "small")
            grid.addWidget(picture, 0, column)
            grid.addWidget(word, 1, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, theme.SPACE_2, 0, 0)
        layout.setSpacing(theme.SPACE_1)
        layout.addWidget(self._title)
        layout.addLayout(grid)
        layout.addWidget(self._words)
        self.show_films((), "", (), hides_names=False)

    def show_films(
        self,
        films: tuple[NearPicture, ...],
        words: str,
        classes: tuple[str, ...],
        *,
        hides_names: bool,
    ) -> None:
        """Show films, or say why there are none.

        Args:
            films: Nearest first; may be empty.
            words: Said instead of them or below them; empty for nothing.
            classes: (negative, positive) names, or more than two.
            hides_names: True to name no file.
        """
        self.setVisible(bool(films) or bool(words))
        is_many = len(classes) > 2
        signs = f" (▲ {classes[1]}, ○ {classes[0]})" if films and not is_many else ""
        self._title.setText(f"Training films that look most like it{signs}")
        self._words.setVisible(bool(words))
        self._words.setText(words)
        for number, (picture, word) in enumerate(self._cells):
            is_there = number < len(films)
            picture.setVisible(is_there)
            word.setVisible(is_there)
            if is_there:
                film = films[number]
                picture.setPixmap(_pixmap(film.picture))
                # Filled and hollow, as for variants: told without colour.
                word.setText("▲" if film.label else "○")
                if is_many:
                    metrics, cut = word.fontMetrics(), Qt.TextElideMode.ElideRight
                    word.setText(metrics.elidedText(film.word, cut, _SIDE_PX))
                named = "" if hides_names else f"{film.name}: "
                picture.setToolTip(f"{named}{film.word}")
                word.setToolTip(picture.toolTip())


def _pixmap(grey: GreyPixels) -> QPixmap:
    height, width = grey.shape
    image = QImage(grey.data, width, height, grey.strides[0], QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image.copy()).scaled(
        _SIDE_PX,
        _SIDE_PX,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
