"""Thresholds: typed, or found by what they must reach; the bands they make; saved on a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from training.evaluation.figures import Interval
from training.evaluation.operating_points import Band, OperatingPoint, OperatingPoints, Target
from xray_desktop import theme
from xray_desktop.results.page import Row, RowsTable, label
from xray_desktop.state.results_entries import BandCount, band_counts
from xray_desktop.state.results_state import Offers, ResultsState

_LEAST, _MOST = 0.0001, 0.9999


class PointsPanel(QFrame):
    """Asks for thresholds, never sets them itself.

    Signals:
        value_asked: (number of the threshold, 0 or 1, score).
        target_asked: (number of the threshold, ``Target``, share 0-1).
        bands_asked: True for two thresholds with an unsure band, False for one.
        save_asked: Keep them in the model file.
        take_out_asked: Take operating points out of the model file.
    """

    value_asked = Signal(int, float)
    target_asked = Signal(int, object, float)
    bands_asked = Signal(bool)
    save_asked = Signal()
    take_out_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.bands_box = QCheckBox("&Two thresholds, unsure between")
        self.bands_box.setObjectName("bandsBox")
        self.bands_box.setToolTip("Leave films between two thresholds open (Alt+T)")
        self.bands_box.clicked.connect(self.bands_asked)
        self.values = [_score_box(number) for number in (0, 1)]
        self.values[0].valueChanged.connect(self._on_first)
        self.values[1].valueChanged.connect(self._on_second)
        self._names = [label("", "", wrap=False) for _ in (0, 1)]
        self.targets = {
            Target.SENSITIVITY: _share_box("sensitivityBox", "Sensitivity at least"),
            Target.SPECIFICITY: _share_box("specificityBox", "Specificity at least"),
        }
        self.target_buttons = {
            target: _button(
                f"{target.value}Button", "Find", f"Find the threshold for this {target.value}"
            )
            for target in self.targets
        }
        self.target_buttons[Target.SENSITIVITY].clicked.connect(self._on_sensitivity)
        self.target_buttons[Target.SPECIFICITY].clicked.connect(self._on_specificity)
        self.save_button = _button(
            "savePointsButton", "&Save in model file", "Viewer and command line follow it (Alt+S)"
        )
        self.save_button.setIcon(theme.icon("save"))
        self.save_button.clicked.connect(self.save_asked)
        self.take_out_button = _button(
            "takeOutButton", "Take out", "Back to one threshold without operating points"
        )
        self.take_out_button.clicked.connect(self.take_out_asked)
        self.table = RowsTable("bandsTable", "What lies in each band")
        self._reached = label("", "")
        self._hint = label("", "small")
        self._build()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.SPACE_2)
        grid.setVerticalSpacing(theme.SPACE_2)
        grid.addWidget(self.bands_box, 0, 0, 1, 3)
        for row, (name, box) in enumerate(zip(self._names, self.values, strict=True), start=1):
            name.setBuddy(box)
            grid.addWidget(name, row, 0)
            grid.addWidget(box, row, 1)
        words = {
            Target.SENSITIVITY: "Sensitivity at least",
            Target.SPECIFICITY: "Specificity at least",
        }
        for row, (target, box) in enumerate(self.targets.items(), start=3):
            name = QLabel(words[target])
            name.setBuddy(box)
            grid.addWidget(name, row, 0)
            grid.addWidget(box, row, 1)
            grid.addWidget(self.target_buttons[target], row, 2)
        left = QVBoxLayout()
        left.addLayout(grid)
        left.addStretch(1)
        keep = QHBoxLayout()
        keep.addWidget(self._reached, 1)
        keep.addWidget(self.take_out_button)
        keep.addWidget(self.save_button)
        right = QVBoxLayout()
        right.setSpacing(theme.SPACE_2)
        # Its head and three bands.
        self.table.setFixedHeight(118)
        right.addWidget(self.table)
        right.addWidget(self._hint)
        right.addLayout(keep)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        layout.setSpacing(theme.SPACE_4)
        layout.addLayout(left)
        layout.addLayout(right, 1)

    def show_state(
        self, state: ResultsState, allowed: Offers, reached: Sequence[OperatingPoint]
    ) -> None:
        """Draw thresholds, bands and what they reach on the films in sight."""
        points = state.shown_points
        two = points.high is not None
        thresholds = thresholds_of(points)
        negative, positive = state.classes
        self.bands_box.setChecked(two)
        self._names[0].setText(f"“{negative}” below" if two else f"“{positive}” from")
        self._names[1].setText(f"“{positive}” from")
        for number, box in enumerate(self.values):
            box.blockSignals(True)
            box.setValue(thresholds[min(number, len(thresholds) - 1)])
            box.blockSignals(False)
            box.setVisible(number == 0 or two)
            self._names[number].setVisible(number == 0 or two)
            box.setEnabled(allowed.look)
        self.bands_box.setEnabled(allowed.look)
        for box in self.targets.values():
            box.setEnabled(allowed.choose_points)
        for button in self.target_buttons.values():
            button.setEnabled(allowed.choose_points)
        self.save_button.setEnabled(allowed.save_points)
        self.take_out_button.setEnabled(allowed.take_out_points)
        self.table.show_rows(band_rows(state))
        self._reached.setText(state.said or " ".join(reached_words(point) for point in reached))
        self._hint.setText(allowed.points_hint)

    def rows(self) -> list[Row]:
        """The bands."""
        return self.table.rows()

    @Slot(float)
    def _on_first(self, value: float) -> None:
        self.value_asked.emit(0, value)

    @Slot(float)
    def _on_second(self, value: float) -> None:
        self.value_asked.emit(1, value)

    @Slot()
    def _on_sensitivity(self) -> None:
        share = self.targets[Target.SENSITIVITY].value() / 100.0
        self.target_asked.emit(0, Target.SENSITIVITY, share)

    @Slot()
    def _on_specificity(self) -> None:
        share = self.targets[Target.SPECIFICITY].value() / 100.0
        number = 1 if self.bands_box.isChecked() else 0
        self.target_asked.emit(number, Target.SPECIFICITY, share)


def thresholds_of(points: OperatingPoints) -> tuple[float, ...]:
    """One score, or two."""
    if points.high is None:
        return (points.low.threshold,)
    return points.low.threshold, points.high.threshold


def reached_words(point: OperatingPoint) -> str:
    """What a threshold reaches: "At 0.5: sensitivity 80 % (55 to 93), specificity ..."."""
    sensitivity = _share(point.sensitivity, point.sensitivity_interval)
    specificity = _share(point.specificity, point.specificity_interval)
    return f"At {point.threshold:.3g}: sensitivity {sensitivity}, specificity {specificity}."


def band_rows(state: ResultsState) -> list[Row]:
    """The bands as rows, the head first."""
    negative, positive = state.classes
    names = {Band.NEGATIVE: f"“{negative}”", Band.UNSURE: "unsure", Band.POSITIVE: f"“{positive}”"}
    many = f"{state.unit.value}s"
    rows: list[Row] = [
        ("the model says", "scores", many, f"of them “{positive}”", "share of these, 95 %")
    ]
    for band in band_counts(state.entries(), state.shown_points, state.unit):
        rows.append(
            (
                names[band.band],
                f"{band.low:.3g} to {band.high:.3g}",
                f"{band.count:,}",
                f"{band.positives:,}",
                _band_share(band),
            )
        )
    return rows


def _band_share(band: BandCount) -> str:
    return "–" if band.share is None else _share(band.share, band.interval)


def _share(value: float | None, interval: Interval | None) -> str:
    if value is None:
        return "–"
    bounds = "" if interval is None else f" ({100 * interval.low:.0f} to {100 * interval.high:.0f})"
    return f"{100 * value:.0f} %{bounds}"


def _score_box(number: int) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    theme.indent(box)
    box.setObjectName(f"thresholdBox{number}")
    box.setDecimals(4)
    box.setRange(_LEAST, _MOST)
    box.setSingleStep(0.01)
    box.setKeyboardTracking(False)
    box.setAccessibleName("Threshold, a score of the network")
    return box


def _share_box(name: str, meaning: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    theme.indent(box)
    box.setObjectName(name)
    box.setAccessibleName(meaning)
    box.setDecimals(1)
    box.setRange(1.0, 100.0)
    box.setValue(95.0)
    box.setSuffix(" %")
    return box


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    return button
