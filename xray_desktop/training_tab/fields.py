"""Labelled form fields that do not change by a stray turn of the mouse wheel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import QEvent, QLocale, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from xray_desktop import theme

_Box = TypeVar("_Box", bound=QWidget)


class WheelGuard(QObject):
    """Lets the wheel scroll the panel unless the field under it was clicked before."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Pass wheel turns of fields without focus on to the scroll area."""
        if isinstance(watched, QWidget) and event.type() is QEvent.Type.Wheel:  # noqa: SIM102 - two questions
            if not watched.hasFocus():
                event.ignore()
                return True
        return super().eventFilter(watched, event)


class PlainNumberBox(QDoubleSpinBox):
    """A number without trailing zeros: 0.001, 0.00001, 15."""

    def textFromValue(self, value: float) -> str:
        """The number as a person writes it."""
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class Fields:
    """Makes fields with one look and adds them to a form.

    Args:
        form: Where they go.
        guard: Filters their wheel events.
    """

    def __init__(self, form: QFormLayout, guard: WheelGuard) -> None:
        self._form = form
        self._guard = guard
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(6)
        form.setContentsMargins(0, 0, 0, 0)

    def choice(
        self, label: str, name: str, tip: str, entries: Sequence[tuple[str, object]]
    ) -> QComboBox:
        """A list to choose from; ``entries`` are (words, value)."""
        box = QComboBox()
        for words, value in entries:
            box.addItem(words, value)
        # A long entry must not widen the whole column.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(8)
        return self.add(label, name, tip, box)

    def show_row(self, box: QWidget, shown: bool) -> None:
        """Show a field with its name, or hide both."""
        self._form.setRowVisible(box, shown)

    def whole(self, label: str, name: str, tip: str, limits: tuple[int, int]) -> QSpinBox:
        """A whole number within limits."""
        box = QSpinBox()
        box.setRange(*limits)
        box.setGroupSeparatorShown(True)
        return self.add(label, name, tip, box)

    def pair(
        self, first: tuple[str, str, str, int, int], second: tuple[str, str, str, int, int]
    ) -> tuple[QSpinBox, QSpinBox]:
        """Two whole numbers in one row; each is (label, name, tip, lowest, highest)."""
        boxes = []
        words = []
        for label, name, tip, low, high in (first, second):
            box = QSpinBox()
            box.setRange(low, high)
            box.setMinimumWidth(72)
            words.append(self._dress(label, name, tip, box))
            boxes.append(box)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(boxes[0], 1)
        row.addWidget(words[1])
        row.addWidget(boxes[1], 1)
        self._form.addRow(words[0], row)
        return boxes[0], boxes[1]

    def number(
        self, label: str, name: str, tip: str, limits: tuple[float, float], decimals: int
    ) -> QDoubleSpinBox:
        """A number within limits."""
        box = PlainNumberBox()
        box.setDecimals(decimals)
        box.setRange(*limits)
        box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
        return self.add(label, name, tip, box)

    def tick(self, text: str, name: str, tip: str) -> QCheckBox:
        """A box to tick, across the form."""
        box = QCheckBox(text)
        box.setObjectName(name)
        box.setToolTip(tip)
        self._form.addRow(box)
        return box

    def add(self, label: str, name: str, tip: str, box: _Box) -> _Box:
        """Any field with a label before it."""
        self._form.addRow(self._dress(label, name, tip, box), box)
        return box

    def _dress(self, label: str, name: str, tip: str, box: QWidget) -> QLabel:
        box.setObjectName(name)
        box.setAccessibleName(label.replace("&", ""))
        box.setToolTip(tip)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.setLocale(QLocale(QLocale.Language.English))
        box.installEventFilter(self._guard)
        if isinstance(box, QAbstractSpinBox):
            theme.indent(box)
        words = QLabel(label)
        words.setBuddy(box)
        words.setToolTip(tip)
        return words
