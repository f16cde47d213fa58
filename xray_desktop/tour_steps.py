"""What the tour does, step by step, and what has to be true after each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QListWidget,
    QSpinBox,
    QTableWidget,
    QWidget,
)

from xray_desktop import paths
from xray_desktop.build_info import SHORT_NOTICE
from xray_desktop.main_window import MainWindow
from xray_desktop.tour import SMALL, Script, Tour, Wait, expect
from xray_desktop.tour_viewer import viewer_tools
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_TRAIN_LIMIT_S = 900.0
_LOAD_LIMIT_S = 180.0
_HEAVY = ("tensorflow", "keras", "sklearn", "scipy", "pydicom")

W = TypeVar("W", bound=QWidget)


def script(tour: Tour, num_films: int, epochs: int) -> Script:
    """The whole job in order.

    Args:
        tour: The guide, its window about to be shown.
        num_films: Films of the sample set, training and validation together.
        epochs: Epochs to train.
    """
    yield from _start(tour)
    yield from _sample_set(tour, num_films)
    yield from _settings(tour, epochs)
    yield from _train(tour, epochs)
    yield from _results(tour, epochs)
    yield from _open_in_viewer(tour)
    yield from _variants(tour)
    yield from _heat_map(tour)
    yield from _unreadable(tour)
    yield from _results_window(tour)
    yield from viewer_tools(tour)


def _start(tour: Tour) -> Script:
    window = tour.window
    yield Wait("both tabs are made", lambda: window.viewer_tab is not None)
    heavy = [name for name in _HEAVY if name in sys.modules]
    expect(not heavy, f"loaded before anything was asked for: {heavy}")
    notice = _find(window, QLabel, "noticeLabel")
    expect(notice.isVisible() and notice.text() == SHORT_NOTICE, "the notice is missing")
    yield from tour.picture("start")
    tour.passed("the window is there, without TensorFlow")


def _sample_set(tour: Tour, num_films: int) -> Script:
    tab = tour.window.training_tab
    yield from _draw(tour.window, num_films)
    _click(_find(tab, QAbstractButton, "sampleButton"))
    yield Wait("the sample set is read", lambda: tab.state.data is not None, _LOAD_LIMIT_S)
    data = tab.state.data
    expect(data.synthetic, "the sample set is not known as synthetic")
    expect(data.count() == num_films, f"{data.count()} films were found, not {num_films}")
    counts = _find(tab, QLabel, "countsLabel")
    yield Wait("the counts are shown", lambda: any(c.isdigit() for c in counts.text()))
    yield from tour.picture("films")
    tour.passed(f"the sample set is shown: {counts.text()}")


def _draw(window: MainWindow, num_films: int) -> Script:
    """Draw a smaller sample set than the button would, in a worker as it does."""
    outcomes: list[JobDone | JobFailed] = []
    jobs = JobThread("tour", window)
    jobs.done.connect(outcomes.append)
    jobs.submit_long("draw", _draw_films, paths.sample_set_folder(), num_films)
    yield Wait("the sample set is drawn", lambda: bool(outcomes), _LOAD_LIMIT_S)
    jobs.stop()
    outcome = outcomes[0]
    expect(isinstance(outcome, JobDone), f"the sample set was not drawn: {outcome}")


def _draw_films(folder: Path, num_films: int, *, progress: object, cancelled: object) -> None:
    from training.data.demo import make_demo_set

    num_validation = num_films // 4
    folder.parent.mkdir(parents=True, exist_ok=True)
    make_demo_set(
        folder,
        num_train=num_films - num_validation,
        num_validation=num_validation,
        progress=progress,  # type: ignore[arg-type]  # passed through as it came
        cancelled=cancelled,  # type: ignore[arg-type]
    )


def _settings(tour: Tour, epochs: int) -> Script:
    tab = tour.window.training_tab
    box = _find(tab, QSpinBox, "epochsBox")
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, str(epochs))
    QTest.keyClick(box, Qt.Key.Key_Tab)
    expect(box.value() == epochs, "the number of epochs was not taken")
    batch = _find(tab, QSpinBox, "batchBox")
    batch.selectAll()
    QTest.keyClicks(batch, "16")
    QTest.keyClick(batch, Qt.Key.Key_Tab)
    network = _find(tab, QComboBox, "networkBox")
    expect(network.currentData() == "compact", "the compact network is not the default")
    _click(_find(tab, QAbstractButton, "previewButton"))
    strip = _find(tab, QWidget, "previewStrip")
    blank = strip.grab().toImage()
    yield Wait("the preview is shown", lambda: strip.grab().toImage() != blank, _LOAD_LIMIT_S)
    preview = tab.state
    expect(preview.message is None, f"the preview failed: {preview.message}")
    yield from tour.picture("settings")
    tour.passed(f"{epochs} epochs of the compact network are chosen, with a preview")


def _train(tour: Tour, epochs: int) -> Script:
    tab = tour.window.training_tab
    _click(_find(tab, QAbstractButton, "trainButton"))
    yield Wait("the run has begun", tab.is_busy)
    stop, cancel = (_find(tab, QAbstractButton, name) for name in ("stopButton", "cancelButton"))
    yield Wait(
        "the run can be stopped", lambda: stop.isEnabled() and cancel.isEnabled(), _LOAD_LIMIT_S
    )
    wanted = min(2, epochs)
    yield Wait(
        f"curves of {wanted} epochs are shown",
        lambda: _num_curves(tab, wanted) >= 2 or not tab.is_busy(),
        _TRAIN_LIMIT_S,
    )
    expect(tab.state.message is None, f"the run failed: {tab.state.message}")
    yield from tour.picture("training")
    tour.passed("the run trains and its curves are drawn")


def _num_curves(tab: QWidget, num_points: int) -> int:
    """How many lines of the loss plot have so many points."""
    import pyqtgraph as pg  # only now: the window loads it after its first paint

    plot: Any = _find(tab, QWidget, "lossPlot")
    lines = [i for i in plot.getPlotItem().listDataItems() if isinstance(i, pg.PlotDataItem)]
    return sum(line.xData is not None and len(line.xData) >= num_points for line in lines)


def _results(tour: Tour, epochs: int) -> Script:
    tab = tour.window.training_tab
    yield Wait("the run has ended", lambda: not tab.is_busy(), _TRAIN_LIMIT_S)
    expect(tab.state.message is None, f"the run failed: {tab.state.message}")
    run = tab.state.run
    expect(run is not None and len(run.history) == epochs, "the run's epochs are missing")
    for result in (run.best, run.final):
        expect(result is not None and result.path.is_file(), "a model file is missing")
    expect(run.best.path != run.final.path, "best and final are one file")
    yield Wait("all epochs are drawn", lambda: _num_curves(tab, epochs) >= 2)
    table = _find(tab, QTableWidget, "resultsTable")
    cell = table.item(1, 0)
    shown = cell.text() if cell is not None else ""
    right = f"{100 * run.best.validation.accuracy:.1f}"
    expect(right in shown, f"the table says {shown}, the run {right}")
    yield from tour.picture("results")
    yield from tour.picture("results-small", SMALL)
    tour.passed(f"both models are saved and measured; validation accuracy of the best {shown}")


def _results_window(tour: Tour) -> Script:
    tab = tour.window.training_tab
    tour.window.show_training()
    _click(_find(tab, QAbstractButton, "resultsFiguresButton"))
    results = tour.window.results
    assert results is not None
    yield Wait("the run is measured", lambda: results.state.loaded is not None, _LOAD_LIMIT_S)
    pages = _find(results, QListWidget, "resultsPages")
    for row in range(pages.count()):
        pages.setCurrentRow(row)
        item = pages.item(row)
        yield Wait(f"{item.text()} is drawn", lambda: not results.is_busy(), _LOAD_LIMIT_S)
        yield from tour.picture(f"results-{results.page.name.lower()}", of=results)
    expect(not results.state.problem, f"the results say {results.state.problem}")
    found = len(results.state.entries())
    results.close()
    tour.passed(f"all {pages.count()} views of the results are drawn, of {found} films")


def _open_in_viewer(tour: Tour) -> Script:
    window = tour.window
    _click(_find(window.training_tab, QAbstractButton, "openViewerButton"))
    viewer = window.viewer_tab
    yield Wait("a film is shown", lambda: viewer.state.film is not None)
    yield Wait("it is predicted", lambda: viewer.state.prediction is not None, _LOAD_LIMIT_S)
    expect(not window.is_training_in_front, "the viewer is not in front")
    word, score = (_find(viewer, QLabel, f"prediction{name}") for name in ("Word", "Score"))
    expect(word.text() in viewer.state.card.classes, f"the prediction reads {word.text()!r}")
    expect(0.0 <= float(score.text()) <= 1.0, f"the score reads {score.text()!r}")
    # The original first: nothing is laid over a film unasked.
    expect(not viewer.state.overlay_on, "a film opened with the heat map over it")
    yield from tour.picture("viewer")
    tour.passed(f"a film is open and read: {word.text()}, {score.text()}")


def _variants(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    _click(_find(viewer, QAbstractButton, "variantsButton"))
    yield Wait("the variants are made", lambda: len(viewer.state.variants) > 0, _LOAD_LIMIT_S)
    variants = viewer.state.variants
    expect(len(variants) == 12, f"there are {len(variants)} variants")
    expect(all(v.score is not None for v in variants), "a variant has no score")
    strip = _find(viewer, QWidget, "variantsStrip")
    yield Wait("they are shown", lambda: len(_cards(strip)) == len(variants))
    yield from tour.picture("variants")
    tour.passed(f"{len(variants)} variants are shown with their scores")


def _cards(strip: QWidget) -> list[QAbstractButton]:
    return [b for b in strip.findChildren(QAbstractButton) if b.isCheckable() and b.isVisible()]


def _heat_map(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    view = _find(viewer, QWidget, "filmView")
    before = view.grab().toImage()
    _click(_find(viewer, QCheckBox, "heatMapBox"))
    yield Wait(
        "the heat map is made",
        lambda: (
            viewer.state.prediction is not None and viewer.state.prediction.heat_map is not None
        ),
    )
    heat_map = viewer.state.prediction.heat_map
    yield Wait("it is laid over the film", lambda: view.grab().toImage() != before)
    yield from tour.picture("heat-map")
    yield from tour.picture("heat-map-small", SMALL)
    tour.passed("the heat map lies over the film" + (" (empty)" if heat_map.is_empty else ""))


def _unreadable(tour: Tour) -> Script:
    viewer = tour.window.viewer_tab
    shown = viewer.state.film
    bad = paths.user_data() / "broken film.png"
    # As a copy that was broken off leaves it.
    bad.write_bytes(shown.path.read_bytes()[:500])
    # Through the window, as if it had been dropped there.
    tour.window.open_paths([bad])
    bar: Any = _find(viewer, QWidget, "messageBar")
    yield Wait("the reason is told", lambda: bad.name in bar.message)
    expect(viewer.state.film is shown, "the last film is gone")
    yield from tour.picture("unreadable")
    tour.passed(f"an unreadable file leaves the last film: {bar.message}")


def _find(owner: QWidget, kind: type[W], name: str) -> W:
    found = owner.findChild(kind, name)
    expect(found is not None, f"there is no {name}")
    assert isinstance(found, kind)
    return found


def _click(button: QAbstractButton) -> None:
    expect(button.isVisible() and button.isEnabled(), f"{button.objectName()} cannot be pressed")
    # A check box answers on its box and words only, not in the middle of its room.
    place = QPoint(8, button.height() // 2) if isinstance(button, QCheckBox) else QPoint()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
