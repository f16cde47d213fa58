"""The results window's plots: square axes from 0 to 1, curves with bands, draggable thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from training.evaluation.curves import Curve, Histogram, ReliabilityBin
from xray_desktop import theme
from xray_desktop.state.training_curves import Values
from xray_desktop.training_tab.plots import pen

_BAND_ALPHA = 55


class ResultPlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph publishes no types
    """Axes in the program's dress; zoom and menu are off, the whole is always in sight.

    Args:
        name: For screen readers.
        x_name: Below.
        y_name: At the left.
    """

    def __init__(self, name: str, x_name: str, y_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=theme.FIELD)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.showGrid(x=True, y=True, alpha=0.25)
        item.setTitle(name, color=theme.TEXT, size=f"{theme.FONT_PX}px")
        for side, words in (("bottom", x_name), ("left", y_name)):
            axis = item.getAxis(side)
            axis.setLabel(words)
            axis.setPen(theme.CURVE_GRID)
            axis.setTextPen(theme.TEXT_MUTED)
            axis.enableAutoSIPrefix(False)
        self.show_unit_square()
        self._words = pg.TextItem(color=theme.TEXT_MUTED, anchor=(0.5, 0.5))
        item.addItem(self._words, ignoreBounds=True)
        self._words.setPos(0.5, 0.5)

    def show_unit_square(self) -> None:
        """0 to 1 both ways, with room for the marks on the edge."""
        self.getPlotItem().getViewBox().setRange(
            xRange=(-0.03, 1.06), yRange=(-0.03, 1.06), padding=0.0
        )

    def say(self, words: str) -> None:
        """Say in the middle why nothing is drawn; empty to say nothing."""
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def band(self, colour: str) -> tuple[Any, Any]:
        """Lower and upper edge of a shaded band, to be given their points."""
        item = self.getPlotItem()
        low, high = (item.plot(pen=pen(colour, 1.0, alpha=110)) for _ in range(2))
        shade = QColor(colour)
        shade.setAlpha(_BAND_ALPHA)
        item.addItem(pg.FillBetweenItem(low, high, brush=shade))
        return low, high

    def diagonal(self) -> None:
        """The dotted line that a coin would draw."""
        self.getPlotItem().plot(
            [0, 1],
            [0, 1],
            pen=pg.mkPen(theme.CURVE_GUESS, width=1.4, style=Qt.PenStyle.DotLine),
        )


class BandedCurve(ResultPlot):
    """One curve with its band.

    Args:
        name: As for ``ResultPlot``; likewise the axes.
        steps: Draw it as steps.
        diagonal: Draw the coin's line.
    """

    def __init__(
        self, name: str, x_name: str, y_name: str, *, steps: bool = False, diagonal: bool = False
    ) -> None:
        super().__init__(name, x_name, y_name)
        self._steps = steps
        if diagonal:
            self.diagonal()
        self._low, self._high = self.band(theme.CURVE_VALIDATION)
        self._line = self.getPlotItem().plot(pen=pen(theme.CURVE_VALIDATION, 2.2))
        dots = pg.mkPen(theme.CURVE_GUESS, width=1.4, style=Qt.PenStyle.DotLine)
        self._level = pg.InfiniteLine(angle=0, pen=dots)
        self._level.setVisible(False)
        self.getPlotItem().addItem(self._level, ignoreBounds=True)
        self.curve: Curve | None = None

    def show_curve(self, curve: Curve | None, missing: str = "") -> None:
        """Draw a curve, or say why there is none."""
        self.curve = curve
        self.say("" if curve is not None else missing)
        if curve is None:
            for line in (self._line, self._low, self._high):
                line.setData([], [])
            return
        x, y = curve.x, curve.y
        if self._steps and len(x) > 1:
            # Each height holds from the recall before up to its own.
            self._line.setData(*_as_steps(np.array(x), np.array(y)))
        else:
            self._line.setData(x, y)
        self._low.setData(curve.band_x, curve.band_low)
        self._high.setData(curve.band_x, curve.band_high)

    def show_level(self, height: float | None) -> None:
        """A dotted level: what guessing reaches."""
        self._level.setVisible(height is not None)
        if height is not None:
            self._level.setValue(height)


def _as_steps(x: Values, y: Values) -> tuple[Values, Values]:
    return np.concatenate([[0.0], np.repeat(x, 2)])[:-1], np.repeat(y, 2)


class RocPlot(BandedCurve):
    """ROC with one or two thresholds to be dragged along the curve.

    Signals:
        threshold_dragged: (number of the mark, 0 or 1, threshold as a score).
    """

    threshold_dragged = Signal(int, float)

    def __init__(self) -> None:
        super().__init__(
            "ROC", "1 - specificity: false alarms", "sensitivity: found", diagonal=True
        )
        self._marks = [self._mark("o", theme.CURVE_BEST), self._mark("d", theme.FRACTURE)]
        for number, mark in enumerate(self._marks):
            mark.sigPositionChanged.connect(self._on_first if number == 0 else self._on_second)
        self._moving = False

    def _mark(self, symbol: str, colour: str) -> Any:
        mark = pg.TargetItem(
            pos=(0.0, 0.0),
            size=15,
            symbol=symbol,
            pen=pg.mkPen(theme.FIELD, width=1),
            brush=colour,
            hoverPen=pg.mkPen(theme.TEXT, width=2),
            hoverBrush=colour,
            movable=True,
        )
        mark.setZValue(30)
        mark.setVisible(False)
        self.getPlotItem().addItem(mark, ignoreBounds=True)
        return mark

    def show_marks(self, places: Sequence[tuple[float, float]]) -> None:
        """Put the marks at (false alarms, sensitivity); as many as there are places."""
        self._moving = True
        for number, mark in enumerate(self._marks):
            shown = number < len(places) and self.curve is not None
            mark.setVisible(shown)
            if shown:
                mark.setPos(*places[number])
        self._moving = False

    @Slot()
    def _on_first(self, *_: object) -> None:
        self._dragged(0)

    @Slot()
    def _on_second(self, *_: object) -> None:
        self._dragged(1)

    def _dragged(self, number: int) -> None:
        if self._moving or self.curve is None:
            return
        place = self._marks[number].pos()
        self.threshold_dragged.emit(number, threshold_near(self.curve, place))


def threshold_near(curve: Curve, place: QPointF) -> float:
    """The threshold of the curve's point nearest to a place, halfway to the next lower score.

    Args:
        curve: ROC; its thresholds fall from infinity.
        place: (1 - specificity, sensitivity).
    """
    x, y = np.array(curve.x), np.array(curve.y)
    number = int(np.argmin((x - place.x()) ** 2 + (y - place.y()) ** 2))
    scores = [1.0, *curve.thresholds[1:], 0.0]
    middle = (scores[number] + scores[number + 1]) / 2.0
    return float(min(max(middle, 1e-6), 1.0 - 1e-6))


class ReliabilityPlot(ResultPlot):
    """Share of positives over the score, before and after scaling, with each point's interval."""

    def __init__(self) -> None:
        super().__init__("Reliability", "score", "share of positives")
        self.diagonal()
        item = self.getPlotItem()
        self._bars = []
        self._lines = []
        for colour, symbol, dashed in (
            (theme.CURVE_TRAIN, "o", True),
            (theme.CURVE_VALIDATION, "s", False),
        ):
            bars = pg.ErrorBarItem(pen=pen(colour, 1.4, alpha=150), beam=0.02)
            item.addItem(bars)
            line = item.plot(
                pen=pen(colour, 2.0, dashed=dashed),
                symbol=symbol,
                symbolSize=9,
                symbolBrush=colour,
                symbolPen=None,
            )
            self._bars.append(bars)
            self._lines.append(line)

    def show_bins(self, before: Sequence[ReliabilityBin], after: Sequence[ReliabilityBin]) -> None:
        """Draw both curves; an empty one is left out."""
        for bars, line, bins in zip(self._bars, self._lines, (before, after), strict=True):
            x = np.array([each.mean_score for each in bins])
            y = np.array([each.share_positive for each in bins])
            line.setData(x, y)
            bars.setVisible(bool(bins))
            if bins:
                low = np.array([each.interval.low for each in bins])
                high = np.array([each.interval.high for each in bins])
                bars.setData(x=x, y=y, top=high - y, bottom=y - low)


class HistogramPlot(ResultPlot):
    """Counts of scores: the positive class upwards, the other downwards, thresholds across."""

    def __init__(self) -> None:
        super().__init__("Scores", "score", "how many")
        item = self.getPlotItem()
        self._up = pg.BarGraphItem(x=[], height=[], width=0.04, brush=theme.FRACTURE)
        self._down = pg.BarGraphItem(x=[], height=[], width=0.04, brush=theme.NO_FRACTURE)
        for bars in (self._up, self._down):
            item.addItem(bars)
        item.addItem(pg.InfiniteLine(angle=0, pen=pg.mkPen(theme.EDGE)), ignoreBounds=True)
        dashes = pg.mkPen(theme.CURVE_BEST, width=1.6, style=Qt.PenStyle.DashLine)
        self._limits = [pg.InfiniteLine(angle=90, pen=dashes) for _ in range(2)]
        for limit in self._limits:
            item.addItem(limit, ignoreBounds=True)
        self._above = pg.TextItem(color=theme.FRACTURE, anchor=(0.0, 0.0))
        self._below = pg.TextItem(color=theme.NO_FRACTURE, anchor=(0.0, 1.0))
        for words in (self._above, self._below):
            item.addItem(words, ignoreBounds=True)
        axis = item.getAxis("left")
        axis.tickStrings = _unsigned

    def show_histogram(self, shown: Histogram, classes: Sequence[str]) -> None:
        """Draw the counts."""
        edges = np.array(shown.edges)
        middles, width = (edges[1:] + edges[:-1]) / 2.0, 0.9 * (edges[1] - edges[0])
        self._up.setOpts(x=middles, height=np.array(shown.positives), width=width)
        self._down.setOpts(x=middles, height=-np.array(shown.negatives), width=width)
        highest = max(1, *shown.positives)
        deepest = max(1, *shown.negatives)
        self.getPlotItem().getViewBox().setRange(
            xRange=(-0.03, 1.06), yRange=(-1.25 * deepest, 1.25 * highest), padding=0.0
        )
        self._above.setText(f"\N{BLACK UP-POINTING TRIANGLE} are “{classes[1]}”")
        self._above.setPos(0.0, 1.25 * highest)
        self._below.setText(f"\N{BLACK DOWN-POINTING TRIANGLE} are “{classes[0]}”")
        self._below.setPos(0.0, -1.25 * deepest)

    def show_limits(self, thresholds: Sequence[float]) -> None:
        """Draw one or two thresholds."""
        for number, limit in enumerate(self._limits):
            limit.setVisible(number < len(thresholds))
            if number < len(thresholds):
                limit.setValue(thresholds[number])


def _unsigned(values: Sequence[float], _scale: float, _spacing: float) -> list[str]:
    return [f"{abs(value):g}" for value in values]


class LinesPlot(ResultPlot):
    """Several runs' curves over each other."""

    def __init__(self, name: str, x_name: str, y_name: str, *, diagonal: bool = False) -> None:
        super().__init__(name, x_name, y_name)
        if diagonal:
            self.diagonal()
        self._lines: list[Any] = []

    def show_lines(
        self, lines: Sequence[tuple[str, Sequence[float], Sequence[float], bool]]
    ) -> None:
        """Draw (colour, x, y, dashed) in place of those there."""
        item = self.getPlotItem()
        for line in self._lines:
            item.removeItem(line)
        self._lines = [
            item.plot(list(x), list(y), pen=pen(colour, 2.0, dashed=dashed))
            for colour, x, y, dashed in lines
        ]

    def fit(self) -> None:
        """Show all of the lines instead of 0 to 1."""
        self.getPlotItem().getViewBox().autoRange(padding=0.05)

    def show_whole_epochs(self, num_epochs: int) -> None:
        """Ticks below at whole epochs only."""
        self.getPlotItem().getAxis("bottom").setTickSpacing(max(1, num_epochs // 10), 1)

    @property
    def num_lines(self) -> int:
        """Lines drawn."""
        return len(self._lines)
