"""A viewer with a fake model, three films and a file of verdicts that tests may hold up."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, part, show_tab, wait_for, write_film

from training.errors import UserError
from xray_desktop import paths
from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Opinion, Verdict
from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.tab import ViewerTab


class RefusingStore(VerdictStore):
    """A disk that is full until told otherwise, or that is slow."""

    is_full = False
    gate: threading.Event | None = None

    def add(self, verdict: Verdict, path: Path | None = None) -> None:
        if self.gate is not None:
            assert self.gate.wait(10.0)
        if self.is_full:
            raise UserError("The file of verdicts cannot be used: the disk is full.")
        super().add(verdict, path)


class Bench:
    """A tab with a fake model, its own file of verdicts and three films."""

    def __init__(self, qtbot: QtBot, folder: Path, **model: Any) -> None:
        self.qtbot = qtbot
        heat = np.zeros((7, 7), np.float32)
        heat[3, 3] = 1.0
        self.model = make_model(heat=heat, **model)
        self.settings = Settings(folder / "settings.ini")
        self.store = RefusingStore(paths.verdicts_file())
        greys = {"a dark.png": 51, "b bright.png": 204, "c grey.png": 102}
        self.films = [write_film(folder / name, grey) for name, grey in greys.items()]
        self.tab = self.show()

    def show(self) -> ViewerTab:
        engine = Engine(load_predictor=self.model)
        return show_tab(self.qtbot, ViewerTab(self.settings, engine=engine, store=self.store))

    def open(self) -> None:
        open_films(self.qtbot, self.tab, *self.films)

    def choose(self) -> None:
        self.tab.choose_model(Path("best.keras"))
        self.settle()

    def settle(self) -> None:
        wait_for(self.qtbot, lambda: not self.tab.is_busy())

    def press(self, key: Qt.Key, target: QWidget | None = None) -> None:
        target = target or self.tab._view
        target.setFocus()
        QTest.keyClick(target, key)
        self.settle()

    def kept(self) -> list[tuple[str, Opinion]]:
        return [(verdict.file_name, verdict.opinion) for verdict in self.store.history()]

    @property
    def said(self) -> str:
        return str(part(self.tab, QLabel, "verdictSaid").text())

    @property
    def word(self) -> str:
        return str(part(self.tab, QLabel, "predictionWord").text())

    def sign_at(self, row: int) -> object:
        index = self.tab._list.film_model.index(row)
        return index.data(Qt.ItemDataRole.UserRole + 1)
