"""One plot of the training curves: lines, best epoch, constant guess, zoom that survives updates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from xray_desktop import theme
from xray_desktop.state.training_curves import Values

# More symbols than this run into a band.
MAX_SYMBOLS = 60
# Lower plots do without the name below their axis.
_NAMED_FROM_PX = 180
_LOWEST_LOG = 1e-6
# Between words and the frame.
_FRAME_PX = 8


@dataclass(frozen=True)
class Curve:
    """One line.

    Args:
        x: float64, (n,).
        y: float64, (n,).
        smoothed: float64, (n,) drawn above a then paler ``y``, or None.
    """

    x: Values
    y: Values
    smoothed: Values | None = None


@dataclass(frozen=True)
class Band:
    """What an axis shows: from ``low`` to ``high``."""

    low: float
    high: float


class _EpochAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph publishes no types
    """Ticks at whole epochs only."""

    whole = True

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803 - pyqtgraph's names
        levels: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        if not self.whole:
            return levels
        return [level for level in levels if level[0] >= 1.0] or [(1.0, 0.0)]


class _LossAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph publishes no types
    """On a logarithmic scale, ticks at 1, 2 and 5 only: pyqtgraph's ten a decade overlap."""

    def logTickValues(self, minVal: float, maxVal: float, size: float, _: object) -> list[Any]:  # noqa: N803, ARG002 - pyqtgraph's names
        """Ticks as logarithms, in one level."""
        decades = range(math.floor(minVal), math.ceil(maxVal) + 1)
        factors = (1.0,) if maxVal - minVal > 3.0 else (1.0, 2.0, 5.0)
        ticks = [decade + math.log10(factor) for decade in decades for factor in factors]
        return [(1.0, [tick for tick in ticks if minVal <= tick <= maxVal])]

    def logTickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002 - pyqtgraph's signature
        """Plain numbers instead of powers."""
        return [f"{10.0**value:.3g}" for value in values]


def pen(colour: str, width: float, *, dashed: bool = False, alpha: int = 255) -> QPen:
    """A line of constant width on screen."""
    shade = QColor(colour)
    shade.setAlpha(alpha)
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    made: QPen = pg.mkPen(shade, width=width, style=style)
    return made


class CurvePlot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph publishes no types
    """A plot that follows the run until the user zooms or pans, and again after ``fit``.

    Args:
        name: For screen readers and the axis.
        unit: Behind the name on the axis, or empty.
        label_at_top: Whether the best epoch's words stand above (where curves fall) or below.

    Signals:
        hovered: x under the pointer (float), or None when it left.
        zoomed: The user changed the view by hand.
    """

    hovered = Signal(object)
    zoomed = Signal()

    def __init__(
        self,
        name: str,
        unit: str = "",
        *,
        label_at_top: bool,
        parent: QWidget | None = None,
    ) -> None:
        self._x_axis = _EpochAxis("bottom")
        super().__init__(
            parent,
            background=theme.FIELD,
            axisItems={"bottom": self._x_axis, "left": _LossAxis("left")},
        )
        self.setAccessibleName(f"{name} over the epochs")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._label_at_top = label_at_top
        self._log = False
        self._following = True
        self._bands: tuple[Band, Band] = (Band(0.0, 1.0), Band(0.0, 1.0))
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.showGrid(x=True, y=True, alpha=0.3)
        item.setLabel("left", f"{name} ({unit})" if unit else name)
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(theme.CURVE_GRID)
            axis.setTextPen(theme.TEXT_MUTED)
            axis.enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(52)
        self._make_lines(item)
        item.getViewBox().sigRangeChangedManually.connect(self._on_zoomed)
        item.getViewBox().sigResized.connect(self._on_view_resized)
        item.scene().sigMouseMoved.connect(self._on_mouse_moved)

    def _make_lines(self, item: Any) -> None:
        self._others: list[Any] = []
        self._batches = item.plot(pen=pen(theme.CURVE_TRAIN, 1.0, alpha=90))
        self._batches_smooth = item.plot(pen=pen(theme.CURVE_TRAIN, 1.4, alpha=190))
        self._raw = {name: item.plot() for name in ("train", "validation")}
        self._main = {
            "train": item.plot(pen=pen(theme.CURVE_TRAIN, 2.2, dashed=True)),
            "validation": item.plot(pen=pen(theme.CURVE_VALIDATION, 2.2)),
        }
        self._raw["train"].setPen(pen(theme.CURVE_TRAIN, 1.2, alpha=90))
        self._raw["validation"].setPen(pen(theme.CURVE_VALIDATION, 1.2, alpha=90))
        faint = pg.mkPen(theme.CURVE_BEST, width=1, style=Qt.PenStyle.DashLine)
        self._best_line = pg.InfiniteLine(angle=90, pen=faint)
        self._best_point = pg.ScatterPlotItem(
            size=15, symbol="star", brush=theme.CURVE_BEST, pen=pg.mkPen(theme.FIELD)
        )
        self._best_label = pg.TextItem(color=theme.CURVE_BEST)
        dots = pg.mkPen(theme.CURVE_GUESS, width=1.6, style=Qt.PenStyle.DotLine)
        self._guess_line = pg.InfiniteLine(angle=0, pen=dots)
        self._guess_label = pg.TextItem(color=theme.CURVE_GUESS, anchor=(1.0, 1.0))
        self._hover_line = pg.InfiniteLine(angle=90, pen=pg.mkPen(theme.TEXT_MUTED, width=1))
        for extra in self._extras():
            extra.setVisible(False)
            item.addItem(extra, ignoreBounds=True)
        self._best_point.setZValue(20)

    def _extras(self) -> tuple[Any, ...]:
        return (
            self._guess_line,
            self._guess_label,
            self._best_line,
            self._best_label,
            self._best_point,
            self._hover_line,
        )

    # What is drawn

    def show_epochs(self, name: str, curve: Curve) -> None:
        """Draw "train" or "validation"; the raw line stays faintly visible under a smoothed one."""
        raw = curve.smoothed is not None
        shown = curve.y if curve.smoothed is None else curve.smoothed
        colour = theme.CURVE_TRAIN if name == "train" else theme.CURVE_VALIDATION
        symbols: dict[str, Any] = {"symbol": None}
        if len(curve.x) <= MAX_SYMBOLS:
            symbols = {
                "symbol": "o" if name == "train" else "s",
                "symbolSize": 6,
                "symbolBrush": colour,
                "symbolPen": None,
            }
        self._main[name].setData(curve.x, self._drawable(shown), **symbols)
        self._raw[name].setData(*((curve.x, self._drawable(curve.y)) if raw else ([], [])))

    def show_batches(
        self, raw: tuple[Values, Values], smoothed: tuple[Values, Values] | None
    ) -> None:
        """Draw the batches' thin line."""
        self._batches.setData(raw[0], self._drawable(raw[1]))
        faint = 45 if smoothed is not None else 85
        self._batches.setPen(pen(theme.CURVE_TRAIN, 1.0, alpha=faint))
        if smoothed is None:
            self._batches_smooth.setData([], [])
        else:
            self._batches_smooth.setData(smoothed[0], self._drawable(smoothed[1]))

    def show_others(self, others: Sequence[tuple[str, Curve, Curve]]) -> None:
        """Lay other runs' (colour, train, validation) below, as paler, thinner lines."""
        item = self.getPlotItem()
        for line in self._others:
            item.removeItem(line)
        self._others = []
        for colour, train, validation in others:
            for curve, dashed in ((train, True), (validation, False)):
                line = item.plot(
                    curve.x,
                    self._drawable(curve.y),
                    pen=pen(colour, 1.4, dashed=dashed, alpha=150),
                )
                line.setZValue(-10)
                self._others.append(line)

    @property
    def num_other_lines(self) -> int:
        """Lines of other runs that are drawn."""
        return len(self._others)

    def show_best(self, place: tuple[float, float] | None, words: str = "") -> None:
        """Mark the best epoch with a line, a star and words."""
        for mark in (self._best_line, self._best_label, self._best_point):
            mark.setVisible(place is not None)
        if place is None:
            return
        x, y = place
        self._best_line.setValue(x)
        self._best_point.setData([x], [self._scaled(y)])
        self._best_label.setText(words)
        self._place_labels()

    def show_guess(self, y: float | None, words: str = "") -> None:
        """Draw the dotted line of the constant guess."""
        self._guess_line.setVisible(y is not None)
        self._guess_label.setVisible(y is not None)
        if y is not None:
            self._guess_line.setValue(self._scaled(y))
            self._guess_label.setText(words)
            self._place_labels()

    def show_hover(self, x: float | None) -> None:
        """Draw or hide the line under the pointer."""
        self._hover_line.setVisible(x is not None)
        if x is not None:
            self._hover_line.setValue(x)

    # The view

    def set_x_name(self, name: str, *, whole: bool) -> None:
        """Name the x axis; ``whole`` keeps its ticks at whole numbers."""
        self._x_axis.whole = whole
        self._x_axis.picture = None
        self.getPlotItem().setLabel("bottom", name)
        self._name_axis()

    def _name_axis(self) -> None:
        """In a low window the curves need the room; the box above says what x is."""
        self._x_axis.showLabel(self.height() >= _NAMED_FROM_PX)

    def resizeEvent(self, event: Any) -> None:
        """Keep the axis' name where there is room for it."""
        super().resizeEvent(event)
        # Called by Qt before the constructor is done, too.
        if hasattr(self, "_bands"):
            self._name_axis()

    @Slot(object)
    def _on_view_resized(self, _box: object) -> None:
        """Where words have room is a matter of pixels."""
        self._place_labels()

    def set_log(self, log: bool) -> None:
        """Draw y by its logarithm or straight; the view is fitted anew."""
        self._log = log
        self.getPlotItem().setLogMode(False, log)
        self.fit()

    def set_bands(self, x: Band, y: Band) -> None:
        """Say what the whole of the run takes; shown while following."""
        if (x, y) != self._bands:
            self._bands = (x, y)
            if self._following:
                self._show_bands()

    @property
    def is_following(self) -> bool:
        """False from a zoom or pan by hand until ``fit``."""
        return self._following

    def fit(self) -> None:
        """Show the whole run and follow it again."""
        self._following = True
        self._show_bands()

    def _show_bands(self) -> None:
        x, y = self._bands
        low, high = y.low, y.high
        if self._log:
            low = math.log10(max(low, _LOWEST_LOG, high * 1e-3))
            high = math.log10(max(high, _LOWEST_LOG * 10))
            # Curves start high on this scale: room above for the best epoch's words.
            high += 0.15 * (high - low)
        box = self.getPlotItem().getViewBox()
        box.setRange(xRange=(x.low, x.high), yRange=(low, high), padding=0.0)
        self._place_labels()

    def _place_labels(self) -> None:
        box = self.getPlotItem().getViewBox()
        (left, right), (bottom, top) = box.viewRange()
        best = self._best_line.value()
        # Words go to the side that has room.
        side = 1.0 if best > left + 0.7 * (right - left) else 0.0
        self._best_label.setAnchor((side, 0.0 if self._label_at_top else 1.0))
        self._best_label.setPos(best, top if self._label_at_top else bottom)
        guess = self._guess_line.value()
        self._guess_label.setAnchor((1.0, 0.0 if self._guess_goes_below(guess) else 1.0))
        # Clear of the frame, which the last letter would touch.
        self._guess_label.setPos(right - _FRAME_PX * box.viewPixelSize()[0], guess)

    def _guess_goes_below(self, guess: float) -> bool:
        """Whether its words go below the line: where the curve above would run through them."""
        box = self.getPlotItem().getViewBox()
        (left, right), (bottom, top) = box.viewRange()
        if guess > bottom + 0.85 * (top - bottom):
            return True
        values = self._main["validation"].getData()[1]
        if values is None or not len(values) or values[-1] < guess:
            return False
        best = self._best_line.value()
        # The best epoch's words stand at the bottom.
        rows = 2 if self._best_label.isVisible() and best > (left + right) / 2 else 1
        room = (guess - bottom) / box.viewPixelSize()[1]
        # Its letters are lower than its box.
        return bool(room >= rows * 0.7 * self._guess_label.boundingRect().height())

    def _drawable(self, values: Values) -> Values:
        # A loss of 0 has no logarithm.
        return np.maximum(values, _LOWEST_LOG) if self._log else values

    def _scaled(self, y: float) -> float:
        # pyqtgraph takes the logarithm of curves only, not of marks.
        return math.log10(max(y, _LOWEST_LOG)) if self._log else y

    @Slot()
    def _on_zoomed(self, *_: object) -> None:
        self._following = False
        self._place_labels()
        self.zoomed.emit()

    @Slot(object)
    def _on_mouse_moved(self, place: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(place)
        self.hovered.emit(box.mapSceneToView(place).x() if inside else None)

    def leaveEvent(self, event: Any) -> None:
        """The pointer left."""
        super().leaveEvent(event)
        self.hovered.emit(None)
