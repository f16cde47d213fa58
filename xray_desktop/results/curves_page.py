"""ROC and precision-recall with their bands, and the thresholds on them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from training.evaluation.operating_points import OperatingPoint, point_at
from training.evaluation.samples import Sample
from xray_desktop import theme
from xray_desktop.results.measuring import CurveViews, sample_of
from xray_desktop.results.page import ResultsPage, Row
from xray_desktop.results.plots import BandedCurve, RocPlot
from xray_desktop.results.points_panel import PointsPanel, thresholds_of
from xray_desktop.state.results_entries import Unit
from xray_desktop.state.results_state import Offers, ResultsState

_ONE_CLASS = "These films are of one class: there is no curve."


class CurvesPage(ResultsPage):
    """Two plots above, thresholds and bands below."""

    def __init__(self) -> None:
        super().__init__()
        self._views: CurveViews | None = None
        self.roc = RocPlot()
        self.precision_recall = BandedCurve(
            "Precision and recall",
            "recall: found",
            "precision: right where fracture is said",
            steps=True,
        )
        self.points = PointsPanel()
        plots = QHBoxLayout()
        plots.setSpacing(theme.SPACE_2)
        plots.addWidget(self.roc, 1)
        plots.addWidget(self.precision_recall, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(plots, 1)
        layout.addWidget(self.points)
        self.points.setFixedHeight(240)

    def show_views(self, views: CurveViews | None) -> None:
        """Draw the curves of a part; None while they are computed."""
        self._views = views
        missing = _ONE_CLASS if views is not None else "Measuring..."
        self.roc.show_curve(views.roc if views else None, missing)
        self.precision_recall.show_curve(views.precision_recall if views else None, missing)

    def show_state(self, state: ResultsState, allowed: Offers) -> None:
        """Put the thresholds on the curve and count their bands."""
        part = state.shown
        if part is None:
            return
        sample = sample_of(part, state.unit)
        reached = [
            _reached(sample, threshold, state.unit)
            for threshold in thresholds_of(state.shown_points)
        ]
        self.roc.show_marks(
            [
                (1.0 - point.specificity, point.sensitivity)
                for point in reached
                if point.specificity is not None and point.sensitivity is not None
            ]
        )
        self.precision_recall.show_level(float(sample.truth.mean()))
        self.points.show_state(state, allowed, reached)

    def rows(self) -> list[Row]:
        """Bands, then the points of both curves."""
        rows = [*self.points.rows(), ()]
        if self._views is None:
            return rows
        for name, curve in (
            ("ROC", self._views.roc),
            ("precision-recall", self._views.precision_recall),
        ):
            if curve is None:
                continue
            rows.append((name, "x", "y", "threshold"))
            rows += [
                (name, f"{x:.6g}", f"{y:.6g}", f"{threshold:.6g}")
                for x, y, threshold in zip(curve.x, curve.y, curve.thresholds, strict=True)
            ]
            rows.append((f"{name}, 95 % band", "x", "low", "high"))
            rows += [
                (f"{name}, 95 % band", f"{x:.6g}", f"{low:.6g}", f"{high:.6g}")
                for x, low, high in zip(curve.band_x, curve.band_low, curve.band_high, strict=True)
            ]
        return rows


def _reached(sample: Sample, threshold: float, unit: Unit) -> OperatingPoint:
    found = point_at(sample, threshold)
    if unit is Unit.FILM:
        return found
    # Its intervals take each entry for a witness of its own, which copies of a film are not.
    return replace(found, sensitivity_interval=None, specificity_interval=None)
