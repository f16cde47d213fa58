"""The slider for gamma, in the menu of windows."""

from __future__ import annotations

from math import log

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from xray_desktop import theme

_LARGEST = 3.0
_ENDS = 100
# A hand finds the middle.
_CATCH = 3


class GammaSlider(QWidget):
    """From a third to three; 1, in the middle, leaves the film as its window draws it.

    Signals:
        gamma_asked: ``float``, while the slider moves.
    """

    gamma_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("gammaSlider")
        self.slider.setAccessibleName("Gamma")
        self.slider.setRange(-_ENDS, _ENDS)
        self.slider.setPageStep(10)
        self.slider.setFixedWidth(150)
        self.slider.setToolTip("To the right the dark parts become lighter, to the left darker")
        self._figure = QLabel()
        self._figure.setMinimumWidth(self._figure.fontMetrics().horizontalAdvance("0.00") + 4)
        back = QToolButton()
        back.setText("1")
        back.setToolTip("Gamma 1: as the window draws it")
        back.clicked.connect(self._on_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_3, theme.SPACE_1, theme.SPACE_3, theme.SPACE_1)
        for widget in (QLabel("Gamma"), self.slider, self._figure, back):
            row.addWidget(widget)
        self.slider.valueChanged.connect(self._on_moved)
        self.show_gamma(1.0)

    def show_gamma(self, gamma: float) -> None:
        """Stand where the film in sight has it; asks for nothing."""
        self._figure.setText(f"{gamma:.2f}")
        with QSignalBlocker(self.slider):
            self.slider.setValue(_place_of(gamma))

    @Slot(int)
    def _on_moved(self, place: int) -> None:
        gamma = 1.0 if abs(place) < _CATCH else _LARGEST ** (place / _ENDS)
        self._figure.setText(f"{gamma:.2f}")
        self.gamma_asked.emit(gamma)

    @Slot()
    def _on_back(self) -> None:
        self.slider.setValue(0)


def _place_of(gamma: float) -> int:
    return round(log(gamma) / log(_LARGEST) * _ENDS)
