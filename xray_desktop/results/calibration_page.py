"""Whether a score of 0.8 means 80 %: reliability before and after temperature scaling."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from training.evaluation.calibration import MAX_TEMPERATURE, MIN_TEMPERATURE
from training.evaluation.wording import figure_text, number
from xray_desktop import theme
from xray_desktop.results.measuring import CalibrationView
from xray_desktop.results.page import ResultsPage, Row, RowsTable, label
from xray_desktop.results.plots import ReliabilityPlot
from xray_desktop.state.results_state import Offers, ResultsState


class CalibrationPage(ResultsPage):
    """The curve at the left; errors and the switch at the right.

    Signals:
        switch_asked: True to state the model's scores calibrated.
    """

    switch_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._view: CalibrationView | None = None
        self.plot = ReliabilityPlot()
        self._before = label("\N{WHITE CIRCLE} dashed: as the network gives them", "")
        self._before.setStyleSheet(f"color: {theme.CURVE_TRAIN}")
        self._after = label("\N{WHITE SQUARE} solid: with the temperature", "")
        self._after.setStyleSheet(f"color: {theme.CURVE_VALIDATION}")
        self.table = RowsTable("calibrationTable", "Calibration before and after")
        self.table.setFixedHeight(130)
        self.switch = QCheckBox("State this model's scores &calibrated")
        self.switch.setObjectName("calibrationBox")
        self.switch.setToolTip("Kept in the model file; viewer and command line follow it (Alt+C)")
        self.switch.clicked.connect(self.switch_asked)
        self._words = label("", "muted")
        self._said = label("", "")
        right = QVBoxLayout()
        right.setSpacing(theme.SPACE_3)
        right.addWidget(label("Is a score of 0.8 right in 8 of 10?", "title"))
        for widget in (self._before, self._after, self.table, self._words, self.switch, self._said):
            right.addWidget(widget)
        right.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_4)
        layout.addWidget(self.plot, 1)
        layout.addLayout(right, 1)

    def show_view(self, view: CalibrationView | None) -> None:
        """Draw it; None while it is computed."""
        self._view = view
        self.plot.say("" if view is not None else "Measuring...")
        self.plot.show_bins(view.before if view else (), view.after if view else ())
        self.table.show_rows(_rows(view) if view is not None else [])
        self._after.setVisible(view is not None and view.calibration is not None)
        self._words.setText(_words(view) if view is not None else "")

    def show_state(self, state: ResultsState, allowed: Offers) -> None:
        """Set the switch."""
        card = state.card
        self.switch.setEnabled(allowed.calibrate and self._can_switch())
        self.switch.setChecked(card is not None and card.is_calibrated)
        self.switch.setVisible(card is not None)
        self._said.setText(state.said)

    def _can_switch(self) -> bool:
        return self._view is not None and self._view.calibration is not None

    def rows(self) -> list[Row]:
        """The errors, then the points of the curves."""
        if self._view is None:
            return []
        rows = [*self.table.rows(), ()]
        rows.append(("curve", "mean score", "share of positives", "low", "high", "entries"))
        for name, bins in (("before", self._view.before), ("after", self._view.after)):
            rows += [
                (
                    name,
                    f"{each.mean_score:.6g}",
                    f"{each.share_positive:.6g}",
                    f"{each.interval.low:.6g}",
                    f"{each.interval.high:.6g}",
                    f"{each.count}",
                )
                for each in bins
            ]
        return rows


def _rows(view: CalibrationView) -> list[Row]:
    before, after = view.figures_before, view.figures_after
    figures = [before] if after is None else [before, after]
    heads = ("", "before", "after")
    return [
        heads[: 1 + len(figures)],
        ("calibration error (ECE)", *(figure_text("ece", each.ece) for each in figures)),
        ("by chance alone", *(number(each.ece_by_chance) for each in figures)),
        ("Brier score (0 best)", *(figure_text("brier", each.brier) for each in figures)),
    ]


def _words(view: CalibrationView) -> str:
    calibration = view.calibration
    if calibration is None:
        return (
            "No temperature here: a cross-validation has one model a fold, each with its own, and "
            "films of one class fit none."
        )
    kept = "kept in the model file" if view.is_kept else "not in the model file yet"
    sure = "the network is too sure of itself"
    if calibration.temperature <= 1.0:
        sure = "the network is not sure enough"
    if not 1.01 * MIN_TEMPERATURE < calibration.temperature < 0.99 * MAX_TEMPERATURE:
        sure = "the end of its range, for the scores do not tell the classes apart, or do so fully"
    films = "film" if calibration.num_films == 1 else "films"
    return (
        f"Temperature {calibration.temperature:.3g}, {kept}: {sure}. Fitted on "
        f"{calibration.num_films:,} validation {films}, so there “after” looks better than elsewhere. "
        "It changes no order and no decision, only what a score promises. A calibration error near "
        "the one by chance is as good as these few films can show."
    )
