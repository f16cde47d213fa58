"""What augmentation makes of one of the user's own films."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from training.films.film import GreyPixels
from xray_desktop import theme
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.thumbnails import PictureStrip

# With the film itself, what fits the settings’ column.
NUM_VARIANTS = 5


class PreviewStrip(QWidget):
    """A film, then its variants; a press of the button takes the next film.

    Signals:
        preview_requested: The button was pressed.
    """

    preview_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("previewStrip")
        self.button = QPushButton("&Preview")
        self.button.setObjectName("previewButton")
        self.button.setIcon(theme.icon("variants"))
        self.button.setToolTip(
            "Show what training does to one of your films; again: the next (Alt+P)"
        )
        self.button.clicked.connect(self.preview_requested)
        self._words = ElidedLabel()
        self._words.setProperty("role", "small")
        self.pictures = PictureStrip("A film and its augmented forms", side=45)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        row.addWidget(self.button)
        row.addWidget(self._words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_1)
        layout.addLayout(row)
        layout.addWidget(self.pictures)
        self.show_nothing("Your film as training sees it.")

    @property
    def words(self) -> str:
        """What the strip says of itself."""
        return self._words.text()

    def show_nothing(self, words: str) -> None:
        """Empty places and a few words."""
        self.pictures.clear(NUM_VARIANTS + 1)
        self._words.setText(words)

    def show_waiting(self) -> None:
        """A preview is on its way; the old pictures stay so that nothing flickers."""
        self._words.setText("preparing preview…")

    def show_pictures(self, pictures: Sequence[tuple[GreyPixels, str]]) -> None:
        """Show (uint8 (height, width), words) each; the first is the film itself."""
        self.pictures.set_pictures(pictures)
        self._words.setText(
            "the film, then as training draws it" if len(pictures) > 1 else "nothing changed"
        )
