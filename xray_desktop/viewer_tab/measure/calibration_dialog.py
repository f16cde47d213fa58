"""Asks how long a drawn line truly is, and says what follows from it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from training.films.film import Spacing
from xray_desktop import theme
from xray_desktop.state.calibration import BY_HAND, calibrated, coarseness, per_pixel
from xray_desktop.state.measure_figures import label
from xray_desktop.state.measurements import Measurement

_LONGEST_MM = 3000.0
_WIDTH_PX = 440
_NOTE = (
    "It holds for what lies as far from the detector as the object you measured. "
    "The film's file is not changed."
)


class CalibrationDialog(QDialog):
    """One length of one film. Not blocking: ``open`` it.

    Args:
        line: A length for which ``can_calibrate`` holds.
        spacing: The film's present millimetres, its own or by hand, or None.
        parent: The window.

    Signals:
        calibrated: ``Spacing``, when the reader has said it.
    """

    calibrated = Signal(object)

    def __init__(
        self, line: Measurement, spacing: Spacing | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("calibrationDialog")
        self.setWindowTitle("True length of the line")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._line = line
        self._spacing = spacing
        self.field = QDoubleSpinBox()
        self.field.setObjectName("trueLength")
        # A point in every country, as all figures of the program have it.
        self.field.setLocale(QLocale(QLocale.Language.English))
        self.field.setGroupSeparatorShown(False)
        self.field.setRange(0.0, _LONGEST_MM)
        self.field.setDecimals(2)
        self.field.setSuffix(" mm")
        self._result = self._label("calibrationResult")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._set = self._buttons.addButton("Set", QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        self._build()
        self.field.valueChanged.connect(self._on_changed)
        self._on_changed(self.field.value())
        self.field.selectAll()

    def _build(self) -> None:
        row = QFormLayout()
        row.addRow("Its true length", self.field)
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_3)
        known = self._label("calibrationKnown")
        known.setText(self._known())
        column.addWidget(known)
        column.addLayout(row)
        column.addWidget(self._result)
        note = self._label("calibrationNote")
        note.setProperty("role", "muted")
        note.setText(" ".join(filter(None, (coarseness(self._line), _NOTE))))
        column.addWidget(note)
        column.addWidget(self._buttons)

    def _label(self, name: str) -> QLabel:
        shown = QLabel()
        shown.setObjectName(name)
        shown.setWordWrap(True)
        shown.setFixedWidth(_WIDTH_PX)
        return shown

    def _known(self) -> str:
        [size] = label(self._line, self._spacing, None)
        if self._spacing is None or not self._spacing.in_mm:
            return f"The line is {size} long; the film's file knows no millimetres."
        whose = "your calibration" if self._spacing.source == BY_HAND else "the film's file"
        return f"By {whose} this line is {size} long. What you set here takes its place."

    @Slot(float)
    def _on_changed(self, true_mm: float) -> None:
        self._set.setEnabled(true_mm > 0.0)
        if true_mm > 0.0:
            one = per_pixel(calibrated(self._line, true_mm, self._spacing))
            text = f"One pixel is then {one}. All figures of this film say “{BY_HAND}”."
        else:
            text = "Measure something of known size in the film, and say how long it truly is."
        self._result.setText(text)

    @Slot()
    def _on_accepted(self) -> None:
        self.calibrated.emit(calibrated(self._line, self.field.value(), self._spacing))
        self.accept()
