"""The training tab on a real little folder of pictures, with a fake engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pytestqt.qtbot import QtBot
from training_fakes import (
    FakeEngine,
    finish,
    history,
    run_of,
)

from training.fit.config import notebook_preset
from training.fit.run_folder import Run, RunStatus
from xray_desktop.settings import Settings
from xray_desktop.training_tab.tab import TrainingTab


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "wrist"
    for part, num in (("train", 5), ("val", 3)):
        for name, grey in (("fractured", 60), ("not fractured", 180)):
            (folder / part / name).mkdir(parents=True)
            for number in range(num):
                picture = Image.linear_gradient("L").resize((48, 64)).rotate(7 * number)
                picture.point(lambda v, g=grey, n=number: (v + g + n) % 256).save(
                    folder / part / name / f"{part}{number}.png"
                )
    (folder / "train" / "fractured" / "notes.jpg").write_text("no film at all")
    return folder


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def tab(qtbot: QtBot, settings: Settings, engine: FakeEngine) -> TrainingTab:
    shown = TrainingTab(settings, train=engine)
    qtbot.addWidget(shown, before_close_func=lambda _: finish(qtbot, shown))
    shown.resize(1280, 656)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


@pytest.fixture
def other_run(films: Path, tmp_path: Path) -> Run:
    config = notebook_preset(films, tmp_path)
    return run_of(
        config,
        tmp_path / "20261122-094000-notebook",
        epochs=history(4, best=3),
        status=RunStatus.STOPPED,
        started="2026-11-22T09:40:00+00:00",
    )
