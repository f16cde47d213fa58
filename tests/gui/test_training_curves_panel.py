"""The plots: zoom that survives, hover, smoothing, marks, bounded work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot
from training_fakes import batches, history

from training.fit.events import BatchEnded, DataReady, EpochEnded
from xray_desktop.state.training_run_curves import RunCurves
from xray_desktop.training_tab.curves_panel import CurvesPanel
from xray_desktop.training_tab.plots import CurvePlot


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[CurvesPanel]:
    shown = CurvesPanel()
    qtbot.addWidget(shown)
    shown.resize(900, 300)
    with qtbot.waitExposed(shown):
        shown.show()
    yield shown
    shown.stop()


def curves_of(num: int, best: int = 1, planned: int = 20) -> RunCurves:
    curves = RunCurves(planned)
    curves.add(DataReady(40, 12, 0.6, "fractured", 0), 0.0)
    for epoch in history(num, best):
        for batch in batches(epoch.epoch, 10):
            curves.add(batch, 60.0 * (epoch.epoch - 1) + 6.0 * batch.step)
        curves.add(epoch, 60.0 * epoch.epoch)
    return curves


def view(plot: CurvePlot) -> list[list[float]]:
    return plot.getPlotItem().getViewBox().viewRange()


def zoom(plot: CurvePlot) -> None:
    """As the mouse wheel does."""
    box = plot.getPlotItem().getViewBox()
    box.scaleBy((0.3, 0.3))
    box.sigRangeChangedManually.emit(box.state["mouseEnabled"])


def test_that_low_plots_give_the_axis_name_s_room_to_the_curves(
    qtbot: QtBot, panel: CurvesPanel
) -> None:
    def room() -> float:
        return float(panel.loss_plot.height() - view_box(panel.loss_plot).height())

    def view_box(plot: CurvePlot):  # type: ignore[no-untyped-def]
        return plot.getPlotItem().getViewBox()

    label = panel.loss_plot.getPlotItem().getAxis("bottom").label
    qtbot.waitUntil(label.isVisible)
    around = room()
    panel.resize(900, 180)
    qtbot.waitUntil(lambda: not label.isVisible())
    qtbot.waitUntil(lambda: room() < around - 15)
    panel.resize(900, 300)
    qtbot.waitUntil(label.isVisible)


def test_that_a_zoom_survives_updates_until_fit(panel: CurvesPanel) -> None:
    curves = curves_of(3)
    panel.show_curves(curves)
    assert not panel.fit_button.isEnabled()
    zoom(panel.loss_plot)
    zoomed = view(panel.loss_plot)
    assert panel.fit_button.isEnabled()
    for epoch in history(9)[3:]:
        curves.add(epoch, 100.0)
    panel.redraw()
    assert view(panel.loss_plot) == zoomed
    panel.fit_button.click()
    (left, right), (bottom, top) = view(panel.loss_plot)
    assert left <= 1 <= 9 <= right
    assert bottom <= 0.0 < 0.8 <= top


def test_that_the_view_follows_while_nobody_zooms(panel: CurvesPanel) -> None:
    curves = curves_of(2)
    panel.show_curves(curves)
    assert view(panel.loss_plot)[0][1] < 8
    for epoch in history(12)[2:]:
        curves.add(epoch, 100.0)
    panel.redraw()
    assert view(panel.loss_plot)[0][1] >= 12


@pytest.mark.parametrize(("guess", "goes_below"), [(0.52, True), (0.8, False)])
def test_that_the_guess_s_words_keep_clear_of_the_curve(
    panel: CurvesPanel, guess: float, goes_below: bool
) -> None:
    curves = RunCurves(20)
    curves.add(DataReady(40, 12, guess, "fractured", 0), 0.0)
    for epoch in history(10, best=2):
        curves.add(epoch, 60.0 * epoch.epoch)
    panel.show_curves(curves)
    assert guess_words_lie_below(panel) == goes_below


def guess_words_lie_below(panel: CurvesPanel) -> bool:
    plot = panel.accuracy_plot
    label = plot._guess_label
    # In the plot's own measure, where y grows upwards.
    lies = label.mapRectToParent(label.boundingRect())
    return bool(lies.center().y() < plot._guess_line.value())


def test_that_they_keep_clear_of_the_best_epoch_s_when_the_window_gets_low(
    qtbot: QtBot, panel: CurvesPanel
) -> None:
    panel.resize(900, 600)
    curves = RunCurves(10)
    curves.add(DataReady(40, 12, 0.48, "fractured", 0), 0.0)
    for epoch in history(10, best=9):
        curves.add(epoch, 60.0 * epoch.epoch)
    panel.show_curves(curves)
    qtbot.waitUntil(lambda: guess_words_lie_below(panel))
    panel.resize(900, 180)
    qtbot.waitUntil(lambda: not guess_words_lie_below(panel))


def test_that_steps_are_drawn_together_not_one_by_one(
    qtbot: QtBot, panel: CurvesPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    curves = RunCurves(2)
    panel.show_curves(curves)
    drawn: list[int] = []
    raw = panel.loss_plot.show_batches

    def count(line, smoothed):  # type: ignore[no-untyped-def]
        drawn.append(len(line[0]))
        raw(line, smoothed)

    monkeypatch.setattr(panel.loss_plot, "show_batches", count)
    for step in range(1, 100_001):
        curves.add(BatchEnded(1, step, 100_000, 0.5, 0.5, 900.0), step / 1000)
        panel.curves_changed()
    qtbot.waitUntil(lambda: bool(drawn))
    assert len(drawn) == 1
    # Lowest and highest of each point: bounded whatever the run's length.
    assert 1000 < drawn[0] <= 4096


def test_that_the_best_epoch_and_the_constant_guess_are_marked(panel: CurvesPanel) -> None:
    panel.show_curves(curves_of(6, best=4))
    for plot, height in ((panel.loss_plot, 0.2), (panel.accuracy_plot, 54.0)):
        assert plot._best_line.value() == 4
        assert plot._best_label.toPlainText() == "best: epoch 4"
        points = plot._best_point.getData()
        assert (points[0][0], points[1][0]) == (4, pytest.approx(height))
    assert panel.accuracy_plot._guess_line.value() == pytest.approx(60.0)
    assert panel.accuracy_plot._guess_label.toPlainText() == "always “fractured”"
    assert not panel.loss_plot._guess_line.isVisible()


def test_that_hovering_reads_out_the_nearest_epoch(panel: CurvesPanel) -> None:
    panel.show_curves(curves_of(6))
    assert panel.read_out.startswith("Epoch 6,")
    panel.loss_plot.hovered.emit(2.3)
    assert panel.read_out.startswith("Epoch 2,")
    assert "loss 0.350 / 0.400" in panel.read_out
    assert "accuracy 62.0 / 52.0 %" in panel.read_out
    assert panel.accuracy_plot._hover_line.value() == 2
    panel.axis_box.setCurrentIndex(1)
    panel.loss_plot.hovered.emit(4.9)
    assert panel.read_out.startswith("Epoch 5,")
    panel.loss_plot.hovered.emit(None)
    assert panel.read_out.startswith("Epoch 6,")


def test_that_smoothing_keeps_the_raw_line_in_sight(panel: CurvesPanel) -> None:
    panel.show_curves(curves_of(6))
    plot = panel.loss_plot
    assert plot._raw["train"].getData()[0] is None or not len(plot._raw["train"].getData()[0])
    panel.smooth_slider.setValue(80)
    raw = plot._raw["train"].getData()[1]
    assert raw.tolist() == pytest.approx([0.7 / n for n in range(1, 7)])
    smoothed = plot._main["train"].getData()[1]
    assert smoothed[0] == pytest.approx(0.7)
    assert (smoothed[1:] > raw[1:]).all()


def test_that_a_logarithmic_loss_takes_a_loss_of_nothing(panel: CurvesPanel) -> None:
    curves = RunCurves(3)
    for number, loss in ((1, 0.5), (2, 0.05), (3, 0.0)):
        curves.add(EpochEnded(number, loss, 0.9, loss, 0.9, 0.9, 1e-3, number, number == 3), 9.0)
    panel.show_curves(curves)
    panel.log_box.setChecked(True)
    (bottom, top) = view(panel.loss_plot)[1]
    # Logarithms: from a thousandth of the axis' end to a little above it.
    assert -4.0 < bottom < top < 0.5
    assert panel.loss_plot._best_point.getData()[1][0] == pytest.approx(-6.0)
    panel.log_box.setChecked(False)
    assert view(panel.loss_plot)[1][0] == pytest.approx(0.0)


def test_that_time_is_drawn_in_minutes(panel: CurvesPanel) -> None:
    panel.show_curves(curves_of(5))
    panel.axis_box.setCurrentIndex(1)
    assert panel.loss_plot._main["train"].getData()[0].tolist() == [1, 2, 3, 4, 5]
    assert view(panel.loss_plot)[0][1] == pytest.approx(5.0)
