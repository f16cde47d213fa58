"""Saving the view: what is in the picture, the line below it, and what is never overwritten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from viewer_desk import VALUES, Desk
from viewer_fakes import grab, wait_for

from training.films.film import Window
from xray_desktop.viewer_tab.answer.prediction_panel import RESEARCH_USE

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[QFileDialog]:
    dialogs: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: dialogs.append(dialog))
    return dialogs


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    (tmp_path / "films").mkdir()
    found = Desk(qtbot, tmp_path / "films")
    found.press(Qt.Key.Key_D)
    found.drag((30.0, 30.0), (90.0, 80.0))
    return found


def save(desk: Desk, name: str, target: Path) -> None:
    desk.tab._tools.entries[name].trigger()
    desk.tab._saving.save_to(str(target))
    wait_for(desk.qtbot, lambda: not desk.tab.is_busy())


def pixels_of(target: Path) -> npt.NDArray[np.uint8]:
    with Image.open(target) as image:
        assert image.format == "PNG"
        assert image.info["Description"] == RESEARCH_USE
        return np.asarray(image.convert("RGB"))


def test_that_the_picture_is_the_view_above_the_line_of_its_use(
    desk: Desk, asked: list[QFileDialog], tmp_path: Path
) -> None:
    save(desk, "save_picture", tmp_path / "one.png")
    assert desk.tab.state.measures.selected == 0
    desk.tab.state.measures.selected = None
    found, view = pixels_of(tmp_path / "one.png"), grab(desk.tab._view)
    height = view.shape[0]
    assert np.array_equal(found[:height], view)
    assert np.ptp(found[height:]) > 150
    assert desk.tab._bar.message == "Saved as one.png."
    assert asked[0].acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert not asked[0].testOption(QFileDialog.Option.DontConfirmOverwrite)


def test_that_the_film_alone_bears_nothing_drawn(
    desk: Desk, asked: list[QFileDialog], tmp_path: Path
) -> None:
    desk.press(Qt.Key.Key_0)
    save(desk, "save_film", tmp_path / "one.png")
    geometry = desk.tab._view.film_geometry
    assert geometry is not None
    left, top, right, bottom = (round(value) for value in geometry.film_in_view())
    wanted = np.rint(Window(1500.0, 1000.0).apply(VALUES) * 255.0).astype(np.uint8)
    found = pixels_of(tmp_path / "one.png")[:, :, 0]
    # Values are drawn from 65,536 steps.
    away = found[top:bottom, left:right].astype(int) - wanted
    assert np.abs(away).max() <= 1
    assert asked


def test_that_the_loupe_is_not_in_it(desk: Desk, asked: list[QFileDialog]) -> None:
    before = desk.tab._saving.picture(with_marks=True)
    desk.press(Qt.Key.Key_Q)
    QTest.mouseMove(desk.layer, QPoint(100, 100))
    assert desk.tab._saving.picture(with_marks=True) == before
    assert desk.tab._loupe.isVisible()
    assert not asked


def test_that_two_films_are_saved_side_by_side(desk: Desk, asked: list[QFileDialog]) -> None:
    desk.press(Qt.Key.Key_C, SHIFT)
    image = desk.tab._saving.picture(with_marks=True)
    assert image.width() == desk.tab._view.width() + desk.tab._comparing.view.width() + 2
    assert not asked


def test_that_a_mirrored_film_alone_still_says_so(desk: Desk, asked: list[QFileDialog]) -> None:
    plain = desk.tab._saving.picture(with_marks=False)
    desk.press(Qt.Key.Key_M)
    mirrored = desk.tab._saving.picture(with_marks=False)
    assert mirrored.height() > plain.height()
    assert not asked


def test_that_a_film_is_never_overwritten(
    desk: Desk, asked: list[QFileDialog], tmp_path: Path
) -> None:
    film = desk.tab.state.films[0]
    as_png = film.with_suffix(".png")
    film.rename(as_png)
    desk.tab.state.films = (as_png, *desk.tab.state.films[1:])
    save(desk, "save_picture", as_png)
    assert as_png.read_bytes() == b"a.dcm"
    assert "is one of the films" in desk.tab._bar.message
    assert asked
    assert tmp_path.exists()


def test_that_a_name_completed_by_the_program_overwrites_nothing(
    desk: Desk, asked: list[QFileDialog], tmp_path: Path
) -> None:
    there = tmp_path / "one.png"
    there.write_bytes(b"mine")
    save(desk, "save_picture", tmp_path / "one")
    assert there.read_bytes() == b"mine"
    assert "is there already" in desk.tab._bar.message
    save(desk, "save_picture", there)
    assert pixels_of(there).size
    assert len(asked) == 2


def test_that_a_disk_that_refuses_is_said(
    desk: Desk, asked: list[QFileDialog], tmp_path: Path
) -> None:
    save(desk, "save_picture", tmp_path / "gone" / "one.png")
    assert "cannot be written" in desk.tab._bar.message
    assert asked


def test_that_a_hidden_name_is_not_proposed(desk: Desk, asked: list[QFileDialog]) -> None:
    desk.tab._tools.entries["save_picture"].trigger()
    assert asked[-1].selectedFiles()[0].endswith("a view.png")
    desk.press(Qt.Key.Key_I, SHIFT)
    desk.tab._tools.entries["save_picture"].trigger()
    assert Path(asked[-1].selectedFiles()[0]).name == "view.png"
