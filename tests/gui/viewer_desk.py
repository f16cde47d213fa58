"""A tab with two drawn films of known values and millimetres, and a hand with mouse and keys."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, part, show_tab, wait_for

from training.films.film import Film, Spacing, Window
from xray_desktop.state.measurements import Measurement, Point
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.measure.measure_layer import MeasureLayer
from xray_desktop.viewer_tab.tab import ViewerTab

SQUARE = Spacing(0.2, 0.2, "calibrated")
VALUES = np.random.default_rng(3).normal(1500.0, 300.0, (120, 160)).astype(np.float32)


class Desk:
    """A tab with two films and a hand.

    Args:
        qtbot: The test's.
        folder: An empty one.
        spacing: What the films' files know of their millimetres.
    """

    def __init__(self, qtbot: QtBot, folder: Path, spacing: Spacing | None = SQUARE) -> None:
        self.qtbot = qtbot
        for name in ("a.dcm", "b.dcm"):
            (folder / name).write_bytes(name.encode())

        def read(path: Path) -> Film:
            return Film(path, VALUES, Window(1500.0, 1000.0), bits=12, spacing=spacing)

        engine = Engine(
            read_film=read,
            read_grey=lambda path: read(path).grey(),
            sniff=lambda _path: "DICOM",
            load_predictor=make_model(),
        )
        self.tab = show_tab(qtbot, ViewerTab(engine=engine))
        open_films(qtbot, self.tab, folder / "a.dcm", folder / "b.dcm")
        self.layer: MeasureLayer = part(self.tab, MeasureLayer, "measureLayer")

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        # A dialog that has closed does not give the keys back on a screen that is not there.
        self.tab.activateWindow()
        wait_for(self.qtbot, self.tab.isActiveWindow)
        self.tab._view.setFocus()
        QTest.keyClick(self.tab._view, key, held)
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def place(self, x: float, y: float) -> QPoint:
        geometry = self.tab._view.film_geometry
        assert geometry is not None
        across, down = geometry.film_to_view().apply(x, y)
        ratio = self.tab._view.devicePixelRatioF()
        return QPoint(round(across / ratio), round(down / ratio))

    def drag(self, start: Point, end: Point) -> None:
        QTest.mousePress(self.layer, Qt.MouseButton.LeftButton, pos=self.place(*start))
        QTest.mouseMove(self.layer, self.place(*end))
        QTest.mouseRelease(self.layer, Qt.MouseButton.LeftButton, pos=self.place(*end))

    def click(self, x: float, y: float) -> None:
        QTest.mouseMove(self.layer, self.place(x, y))
        QTest.mouseClick(self.layer, Qt.MouseButton.LeftButton, pos=self.place(x, y))

    @property
    def drawn(self) -> tuple[Measurement, ...]:
        return self.tab.state.measures.now
