"""A fake model, films that tests make, and a tab that always ends its threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from training.augmentation.config import AugmentationConfig
from training.errors import UserError
from training.films.film import GreyPixels
from training.films.preprocessing import Preprocessing
from training.models.card import ModelCard
from training.models.prediction import HeatMap, Prediction, Variant
from xray_desktop.viewer_tab.tab import ViewerTab

CLASSES = ("not fractured", "fractured")
WAIT_S = 10.0
# pytest-qt holds widgets weakly, and a tab must outlive its threads.
_shown: list[ViewerTab] = []


def card_of(**changes: Any) -> ModelCard:
    known: dict[str, Any] = {"classes": CLASSES, "preprocessing": Preprocessing(64, True)}
    return ModelCard(**(known | changes))


class FakeModel:
    """Scores a film by its mean grey; tests may hold it up.

    Args:
        path: "broken..." cannot be loaded.
    """

    card = card_of()
    heat = np.zeros((7, 7), np.float32)
    gate: threading.Event | None = None
    asked: ClassVar[list[tuple[float, bool]]] = []

    def __init__(self, path: Path) -> None:
        if path.name.startswith("broken"):
            raise UserError(f"{path.name} is no model file.", "Choose another.")
        self.path = path

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        if self.gate is not None:
            assert self.gate.wait(WAIT_S)
        score = round(float(grey.mean()) / 255.0, 2)
        type(self).asked.append((score, heat_map))
        found = HeatMap(self.heat, not self.heat.any()) if heat_map else None
        return Prediction(score, self.card, found)

    def has_learnt(self, film: Path) -> bool:
        return False

    def variants(
        self, grey: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
    ) -> tuple[Variant, ...]:
        picture = self.card.preprocessing.apply(grey)
        return tuple(
            Variant(f"{config.name} {number}", picture, (number + 1) / count)
            for number in range(count)
        )


def make_model(**changes: Any) -> type[FakeModel]:
    """A fresh class, so that tests share nothing."""
    return type("Model", (FakeModel,), {"asked": [], **changes})


def write_film(
    path: Path, grey: int | npt.NDArray[np.uint8], size: tuple[int, int] = (80, 60)
) -> Path:
    """A grey PNG; ``size`` is (width, height) where ``grey`` is one value."""
    if isinstance(grey, int):
        pixels = np.full(size[::-1], grey, np.uint8)
        # A picture of one grey alone is refused as blank; the mean stays.
        step = min(40, grey, 255 - grey)
        pixels[0], pixels[-1] = grey + step, grey - step
    else:
        pixels = grey
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, "PNG")
    return path


def wait_for(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=int(WAIT_S * 1000))


def show_tab(qtbot: QtBot, tab: ViewerTab) -> ViewerTab:
    """Show a tab; when the test ends its threads end before it goes."""

    def end(closing: ViewerTab) -> None:
        closing.shut_down()
        wait_for(qtbot, lambda: not closing.is_busy())
        _shown.remove(closing)

    _shown.append(tab)
    tab.resize(1000, 600)
    # pytest-qt destroys widgets before fixtures are torn down, so a fixture would come too late.
    qtbot.addWidget(tab, before_close_func=end)
    tab.show()
    return tab


def open_films(qtbot: QtBot, tab: ViewerTab, *paths: Path) -> None:
    """Open and wait until all is at rest."""
    tab.open_paths(list(paths))
    wait_for(qtbot, lambda: not tab.is_busy())


def part(tab: QWidget, kind: type[Any], name: str) -> Any:
    found = tab.findChild(kind, name)
    assert found is not None, name
    return found


def grab(widget: QWidget) -> npt.NDArray[np.uint8]:
    """What a widget shows: uint8, (height, width, 3)."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()
