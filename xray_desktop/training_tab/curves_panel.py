"""Loss and accuracy side by side, live: batches, epochs, best epoch, constant guess, other runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from training.fit.events import EpochEnded
from xray_desktop import theme
from xray_desktop.state.training_curves import epoch_axis_end, loss_top, round_up, smooth
from xray_desktop.state.training_eta import duration_words
from xray_desktop.state.training_run_curves import RunCurves
from xray_desktop.training_tab.elided_label import ElidedLabel
from xray_desktop.training_tab.plots import Band, Curve, CurvePlot

REDRAW_MS = 100

_NO_RUN = "Curves appear here while a run trains. Or pick a run from the list on the left."


class CurvesPanel(QFrame):
    """The two plots and their tools. Draws at most every 100 ms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._curves: RunCurves | None = None
        self._others: tuple[RunCurves, ...] = ()
        self._hover_x: float | None = None
        self.loss_plot = CurvePlot("loss", label_at_top=True)
        self.loss_plot.setObjectName("lossPlot")
        self.accuracy_plot = CurvePlot("accuracy", "%", label_at_top=False)
        self.accuracy_plot.setObjectName("accuracyPlot")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REDRAW_MS)
        self._timer.timeout.connect(self.redraw)
        self._make_tools()
        self._read_out = ElidedLabel()
        self._read_out.setObjectName("readOut")
        self._read_out.setText(_NO_RUN)
        self._arrange()
        for plot in self._plots:
            plot.hovered.connect(self._on_hovered)
            plot.zoomed.connect(self._on_zoomed)
        self.redraw()

    @property
    def _plots(self) -> tuple[CurvePlot, CurvePlot]:
        return self.loss_plot, self.accuracy_plot

    def _make_tools(self) -> None:
        self.log_box = QCheckBox("&log y")
        self.log_box.setObjectName("logBox")
        self.log_box.setToolTip("Draw the loss on a logarithmic axis (Alt+L)")
        self.log_box.toggled.connect(self.loss_plot.set_log)
        self.log_box.toggled.connect(self._on_log_toggled)
        self.smooth_slider = QSlider(Qt.Orientation.Horizontal)
        self.smooth_slider.setObjectName("smoothSlider")
        self.smooth_slider.setRange(0, 99)
        self.smooth_slider.setFixedWidth(76)
        self.smooth_slider.setAccessibleName("Smoothing")
        self.smooth_slider.setToolTip(
            "Smooth the curves (exponential moving average); the raw lines stay faintly visible"
        )
        self.smooth_slider.valueChanged.connect(self._on_smoothing_changed)
        self._smooth_value = QLabel("off")
        self._smooth_value.setProperty("role", "muted")
        self._smooth_value.setFixedWidth(28)
        self.axis_box = QComboBox()
        self.axis_box.setObjectName("axisBox")
        self.axis_box.addItems(["epoch", "time"])
        self.axis_box.setFixedWidth(102)
        self.axis_box.setAccessibleName("Horizontal axis")
        self.axis_box.setToolTip("Draw over epochs or over time since training started")
        self.axis_box.currentIndexChanged.connect(self._on_axis_changed)
        self.fit_button = QPushButton("Fi&t")
        self.fit_button.setObjectName("fitButton")
        self.fit_button.setIcon(theme.icon("fit"))
        self.fit_button.setToolTip("Show the whole run and follow it again (Alt+T)")
        self.fit_button.clicked.connect(self.fit)

    def _arrange(self) -> None:
        self._legends = (QLabel(), QLabel())
        for legend in self._legends:
            legend.setTextFormat(Qt.TextFormat.RichText)
        # The longer legend must not widen the window.
        self._legends[0].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        axis_label = QLabel("&x")
        axis_label.setBuddy(self.axis_box)
        smooth_label = QLabel("Smooth")
        smooth_label.setBuddy(self.smooth_slider)
        left = QHBoxLayout()
        left.setSpacing(theme.SPACE_2)
        left.addWidget(self._legends[0], 1)
        left.addWidget(self.log_box)
        right = QHBoxLayout()
        right.setSpacing(theme.SPACE_2)
        right.addWidget(self._legends[1], 1)
        for tool in (smooth_label, self.smooth_slider, self._smooth_value, axis_label):
            right.addWidget(tool)
        right.addWidget(self.axis_box)
        right.addWidget(self.fit_button)
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.SPACE_2, theme.SPACE_1, theme.SPACE_2, theme.SPACE_1)
        grid.setVerticalSpacing(theme.SPACE_1)
        grid.setHorizontalSpacing(theme.SPACE_3)
        grid.addLayout(left, 0, 0)
        grid.addLayout(right, 0, 1)
        grid.addWidget(self.loss_plot, 1, 0)
        grid.addWidget(self.accuracy_plot, 1, 1)
        grid.addWidget(self._read_out, 2, 0, 1, 2)
        grid.setRowStretch(1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    # What is shown

    def show_curves(self, curves: RunCurves | None) -> None:
        """Show a run from its beginning, fitted."""
        self._curves = curves
        self._hover_x = None
        for plot in self._plots:
            plot.show_hover(None)
        self.redraw()
        self.fit()

    def show_others(self, others: Sequence[RunCurves]) -> None:
        """Lay other runs over it, each in its own colour."""
        self._others = tuple(others)
        self.redraw()

    def curves_changed(self) -> None:
        """The shown run has grown: draw soon, but not more often than every 100 ms."""
        if not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """Draw no more."""
        self._timer.stop()

    @property
    def read_out(self) -> str:
        """The line of values below the plots."""
        return self._read_out.text()

    @Slot()
    def fit(self) -> None:
        """Show the whole run and follow it again."""
        for plot in self._plots:
            plot.fit()
        self.fit_button.setEnabled(False)

    @property
    def _by_time(self) -> bool:
        return self.axis_box.currentIndex() == 1

    @property
    def _weight(self) -> float:
        return self.smooth_slider.value() / 100.0

    @Slot()
    def redraw(self) -> None:
        """Draw everything from the curves as they are."""
        curves = self._curves or RunCurves(1)
        for plot, measure, scale in (
            (self.loss_plot, "loss", 1.0),
            (self.accuracy_plot, "accuracy", 100.0),
        ):
            for name, prefix in (("train", ""), ("validation", "val_")):
                plot.show_epochs(name, self._curve(curves, prefix + measure, scale, self._weight))
            plot.show_others(
                [
                    (
                        theme.CURVE_OTHERS[index % len(theme.CURVE_OTHERS)],
                        self._curve(other, measure, scale, 0.0),
                        self._curve(other, f"val_{measure}", scale, 0.0),
                    )
                    for index, other in enumerate(self._others)
                ]
            )
            best = curves.best
            place = best and (
                (best.seconds / 60.0 if self._by_time else best.epoch),
                getattr(best, f"val_{measure}") * scale,
            )
            plot.show_best(place or None, f"best: epoch {best.epoch}" if best else "")
            plot.set_x_name(
                *(("minutes",) if self._by_time else ("epoch",)), whole=not self._by_time
            )
        self._draw_batches(curves)
        self._draw_guess(curves)
        self._set_bands(curves)
        self._write_legends(curves)
        self._write_read_out()

    def _curve(self, curves: RunCurves, measure: str, scale: float, weight: float) -> Curve:
        values = curves.values(measure) * scale
        x = curves.x(by_time=self._by_time) / (60.0 if self._by_time else 1.0)
        return Curve(x, values, smooth(values, weight) if weight > 0.0 else None)

    def _draw_batches(self, curves: RunCurves) -> None:
        unit = 60.0 if self._by_time else 1.0
        x, y = curves.batches.line(by_time=self._by_time)
        smoothed = None
        if self._weight > 0.0:
            places = curves.batches.x(by_time=self._by_time) / unit
            smoothed = (places, curves.batches.smoothed(self._weight))
        self.loss_plot.show_batches((x / unit, y), smoothed)

    def _draw_guess(self, curves: RunCurves) -> None:
        guess = curves.constant_guess
        name = f"always “{curves.constant_class}”" if curves.constant_class else "constant guess"
        self.accuracy_plot.show_guess(None if guess is None else guess * 100.0, name)

    def _set_bands(self, curves: RunCurves) -> None:
        every = (curves, *self._others)
        if self._by_time:
            ends = [e.epochs[-1].seconds for e in every if e.epochs]
            ends += [float(e.batches.x(by_time=True)[-1]) for e in every if len(e.batches)]
            x = Band(0.0, round_up(max(ends, default=60.0) / 60.0))
        else:
            x = Band(0.0, max(epoch_axis_end(e.position, e.num_epochs) for e in every) * 1.02)
        losses = [v for e in every for m in ("loss", "val_loss") for v in e.values(m).tolist()]
        top = loss_top(losses, curves.batches.means)
        lowest = min((v for v in losses if v > 0.0), default=top * 0.1)
        self.loss_plot.set_bands(x, Band(lowest * 0.7 if self.log_box.isChecked() else 0.0, top))
        shares = [
            v * 100.0
            for e in every
            for m in ("accuracy", "val_accuracy")
            for v in e.values(m).tolist()
        ]
        shares += [e.constant_guess * 100.0 for e in every if e.constant_guess is not None]
        low = min(shares, default=50.0)
        self.accuracy_plot.set_bands(x, Band(max(0.0, 10.0 * np.floor((low - 4.0) / 10.0)), 101.0))

    def _write_legends(self, curves: RunCurves) -> None:
        train = f'<span style="color:{theme.CURVE_TRAIN}">╍●╍</span> train'
        validation = f'<span style="color:{theme.CURVE_VALIDATION}">━■━</span> validation'
        batch = f'<span style="color:{theme.CURVE_TRAIN}">──</span> batches'
        entries = [train, validation] + ([batch] if len(curves.batches) else [])
        gap = "&nbsp;&nbsp; "
        self._legends[0].setText("<b>Loss</b>" + gap + gap.join(entries))
        self._legends[0].setToolTip("Binary cross-entropy, mean per film, in nats")
        self._legends[1].setText("<b>Accuracy</b>")

    def _write_read_out(self) -> None:
        curves = self._curves
        if curves is None or not (curves.epochs or len(curves.batches)):
            self._read_out.setText(
                _NO_RUN if curves is None else "The first epoch is not over yet."
            )
            return
        epoch = curves.epochs[-1] if curves.epochs else None
        if self._hover_x is not None:
            seconds = self._hover_x * 60.0 if self._by_time else self._hover_x
            epoch = curves.nearest(seconds, by_time=self._by_time)
        if epoch is None:
            self._read_out.setText("The first epoch is not over yet.")
        else:
            self._read_out.setText(epoch_words(epoch))

    # What the user does

    @Slot(object)
    def _on_hovered(self, x: float | None) -> None:
        curves = self._curves
        self._hover_x = x if curves is not None and curves.epochs else None
        place: float | None = None
        if curves is not None and self._hover_x is not None:
            unit = 60.0 if self._by_time else 1.0
            epoch = curves.nearest(self._hover_x * unit, by_time=self._by_time)
            if epoch is not None:
                place = epoch.seconds / 60.0 if self._by_time else float(epoch.epoch)
        for plot in self._plots:
            plot.show_hover(place)
        self._write_read_out()

    @Slot()
    def _on_zoomed(self) -> None:
        self.fit_button.setEnabled(True)

    @Slot(int)
    def _on_axis_changed(self, _: int) -> None:
        self.redraw()
        self.fit()

    @Slot(int)
    def _on_smoothing_changed(self, value: int) -> None:
        self._smooth_value.setText(f"{value / 100:.2f}" if value else "off")
        self.redraw()

    @Slot(bool)
    def _on_log_toggled(self, _: bool) -> None:
        self.redraw()
        self.loss_plot.fit()


def epoch_words(epoch: EpochEnded) -> str:
    """All values of an epoch in one line."""
    return (
        f"Epoch {epoch.epoch}, train / validation:  loss {epoch.loss:.3f} / {epoch.val_loss:.3f}"
        f"  ·  accuracy {epoch.accuracy * 100:.1f} / {epoch.val_accuracy * 100:.1f} %"
        f"  ·  AUC {epoch.val_auc:.3f}  ·  rate {epoch.learning_rate:.2g}"
        f"  ·  {duration_words(epoch.seconds)}"
    )
