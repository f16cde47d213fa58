"""Files of several frames in the viewer: turning, what stays, what belongs to each frame."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from viewer_fakes import make_model, open_films, part, show_tab, wait_for, write_film

from tests.builders.films import bone_picture, dicom_dataset
from training.errors import UserError
from training.films.film import Film, Spacing, Window
from training.films.reader import read_film
from xray_desktop.review.verdicts import Mark
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.measurements import Kind, Measurement
from xray_desktop.viewer_tab.engine import Engine
from xray_desktop.viewer_tab.film.frames import FrameSlider
from xray_desktop.viewer_tab.tab import ViewerTab

NUM_FRAMES = 4
CONTROL = Qt.KeyboardModifier.ControlModifier
LINE = Measurement(Kind.LENGTH, ((5.0, 5.0), (20.0, 5.0)))


def write_frames(path: Path) -> Path:
    """A file whose frames have greys of 40, 80, 120 and 160 in their middle."""
    bone = bone_picture(40, 30) // 8
    frames = np.vstack([bone + 40 * (number + 1) for number in range(NUM_FRAMES)])
    dataset = dicom_dataset(frames, Rows=40, NumberOfFrames=NUM_FRAMES)
    dataset.save_as(path, enforce_file_format=True)
    return path


class Reads:
    """The frames that were decoded."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, path: Path, frame: int) -> Film:
        self.asked.append(frame)
        return read_film(path, frame)


@pytest.fixture
def reads() -> Reads:
    return Reads()


@pytest.fixture
def model() -> type:
    return make_model()


@pytest.fixture
def tab(qtbot: QtBot, tmp_path: Path, reads: Reads, model: type) -> ViewerTab:
    shown = show_tab(qtbot, ViewerTab(engine=Engine(read_frame=reads, load_predictor=model)))
    films = write_frames(tmp_path / "a.dcm"), write_film(tmp_path / "b.png", 90)
    open_films(qtbot, shown, *films)
    return shown


def turn(qtbot: QtBot, tab: ViewerTab, frame: int) -> None:
    tab._frames.turn_to(frame)
    wait_for(qtbot, lambda: not tab.is_busy())
    assert tab.state.film is not None
    assert tab.state.film.frame == frame


def slider(tab: ViewerTab) -> FrameSlider:
    found: FrameSlider = part(tab, FrameSlider, "frameSlider")
    return found


def test_that_the_slider_is_there_only_for_several_frames(tab: ViewerTab, qtbot: QtBot) -> None:
    assert slider(tab).isVisible()
    assert (slider(tab).value(), slider(tab).maximum()) == (0, NUM_FRAMES - 1)
    assert tab._tools.entries["frame_on"].isVisible()
    tab._ask_for(1)
    wait_for(qtbot, lambda: not tab.is_busy())
    assert not slider(tab).isVisible()
    assert not tab._tools.entries["frame_on"].isVisible()


def test_that_only_the_frame_asked_for_is_decoded_and_kept_for_turning_back(
    tab: ViewerTab, qtbot: QtBot, reads: Reads
) -> None:
    turn(qtbot, tab, 2)
    turn(qtbot, tab, 0)
    turn(qtbot, tab, 2)
    assert reads.asked == [2]
    assert "frame 3 of 4" in tab.state.picture().lines  # type: ignore[union-attr]
    assert "frame 3 of 4" in tab._bar.message.casefold()


def test_that_what_is_kept_is_bounded(
    tab: ViewerTab, qtbot: QtBot, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xray_desktop.viewer_tab.film.frames.MAX_CACHED_PIXELS", 2 * 40 * 30)
    for frame in (1, 2, 3, 1):
        turn(qtbot, tab, frame)
    assert reads.asked == [1, 2, 3, 1]


def test_that_keys_slider_and_wheel_turn_to_other_frames(tab: ViewerTab, qtbot: QtBot) -> None:
    view = tab._view

    def frame_now() -> int:
        wait_for(qtbot, lambda: not tab.is_busy())
        assert tab.state.film is not None
        return tab.state.film.frame

    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, CONTROL)
    assert frame_now() == 1
    # As fast as a hand: two more, though the first of them is not decoded yet.
    QTest.keyClick(view, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(view, Qt.Key.Key_Down, CONTROL)
    assert frame_now() == 3
    QTest.keyClick(view, Qt.Key.Key_Down, CONTROL)
    assert frame_now() == 3
    QTest.keyClick(view, Qt.Key.Key_Up, CONTROL)
    assert frame_now() == 2
    slider(tab).setValue(0)
    assert frame_now() == 0
    place = QPointF(view.rect().center())
    event = QWheelEvent(
        place,
        QPointF(view.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(-120, 0),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.AltModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert frame_now() == 1


def test_that_look_and_place_stay_and_the_score_is_of_the_frame_in_sight(
    tab: ViewerTab, qtbot: QtBot, model: type, tmp_path: Path
) -> None:
    tab.choose_model(tmp_path / "model.keras")
    wait_for(qtbot, lambda: not tab.is_busy())
    first = tab.state.prediction
    tab._viewing.invert()
    tab._view.zoom_by(2.0)
    place, look = tab._view.film_geometry, tab.state.look
    turn(qtbot, tab, 3)
    assert tab._view.film_geometry == place
    assert tab.state.look is not None
    assert look is not None
    assert tab.state.look.inverted
    assert tab.state.prediction is not None
    assert first is not None
    own = read_film(tmp_path / "a.dcm", 3).grey().mean() / 255.0
    assert tab.state.prediction.score == pytest.approx(own, abs=0.006)
    assert tab.state.work.opened == (tmp_path / "a.dcm", tmp_path / "b.png")


def test_that_a_window_set_by_the_reader_stays_and_a_files_own_changes(
    tab: ViewerTab, qtbot: QtBot
) -> None:
    own = tab.state.look.window  # type: ignore[union-attr]
    turn(qtbot, tab, 1)
    assert tab.state.look.window == tab.state.film.window != own  # type: ignore[union-attr]
    mine = Window(70.0, 33.0)
    tab._viewing.set_look(replace(tab.state.look, window=mine))  # type: ignore[type-var]
    turn(qtbot, tab, 2)
    assert tab.state.look.window == mine  # type: ignore[union-attr]


def test_that_measurements_and_calibrations_belong_to_a_frame_and_are_kept(
    tab: ViewerTab, qtbot: QtBot, tmp_path: Path
) -> None:
    book = tab.state.measures
    turn(qtbot, tab, 2)
    book.add(LINE)
    book.calibrate(Spacing(0.5, 0.5, "calibrated by hand"))
    tab._refresh()
    turn(qtbot, tab, 0)
    assert (book.now, tab.state.spacing) == ((), None)
    turn(qtbot, tab, 2)
    assert book.now == (LINE,)
    assert tab.state.spacing is not None
    wait_for(qtbot, lambda: not tab.is_busy())
    other = show_tab(qtbot, ViewerTab(engine=Engine(load_predictor=make_model())))
    open_films(qtbot, other, tmp_path / "a.dcm")
    assert other.state.measures.now == ()
    turn(qtbot, other, 2)
    assert other.state.measures.now == (LINE,)


def test_that_a_mark_lies_on_its_frame(tab: ViewerTab, qtbot: QtBot) -> None:
    turn(qtbot, tab, 1)
    tab._verdicts._on_marked(Mark(3.0, 4.0))
    assert tab.state.verdicts.mark == Mark(3.0, 4.0, frame=1)
    assert tab._verdicts._layer._mark == Mark(3.0, 4.0, frame=1)
    turn(qtbot, tab, 0)
    assert tab._verdicts._layer._mark is None
    assert tab.state.verdicts.mark is not None


def test_that_another_film_ends_what_was_asked_of_the_first(tab: ViewerTab, qtbot: QtBot) -> None:
    tab._frames.turn_to(3)
    tab._ask_for(1)
    wait_for(qtbot, lambda: not tab.is_busy())
    assert tab.state.shown == 1
    assert tab.state.film is not None
    assert tab.state.film.frame == 0


# The store -------------------------------------------------------------------------------------

FILM = "cd" * 32


def test_that_frames_share_a_file_that_older_programs_read_as_long_as_they_can(
    tmp_path: Path,
) -> None:
    store, path = MeasureStore(tmp_path / "kept"), Path("knee.dcm")
    pixels = np.ones((40, 30), np.float32)
    first, third = Sheet((LINE,)), Sheet((LINE, LINE), Spacing(0.5, 0.5, "calibrated by hand"))
    file = tmp_path / "kept" / f"{FILM}.json"
    store.keep(FILM, path, first, None, pixels)
    assert json.loads(file.read_text())["version"] == 1
    store.keep(FILM, path, third, third.calibration, pixels, frame=2)
    values = json.loads(file.read_text())
    assert values["version"] == 2
    assert [store.load(FILM, frame)[0] for frame in range(4)] == [first, Sheet(), third, Sheet()]
    assert store.export(tmp_path / "all.csv") == 3
    rows = (tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()
    column = rows[0].split(",").index("frame")
    assert [row.split(",")[column] for row in rows[1:]] == ["1", "3", "3"]
    store.keep(FILM, path, Sheet(), None, pixels)
    assert store.load(FILM, 2) == (third, "")
    store.keep(FILM, path, first, None, pixels)
    store.keep(FILM, path, Sheet(), None, pixels, frame=2)
    assert json.loads(file.read_text())["version"] == 1
    store.keep(FILM, path, Sheet(), None, pixels)
    assert not file.exists()


@pytest.mark.parametrize("frames", ["[]", '{"0": {}}', '{"x": {}}', '{"2": {}}', '{"2": 3}'])
def test_that_damaged_frames_are_put_aside(tmp_path: Path, frames: str) -> None:
    store = MeasureStore(tmp_path)
    file = tmp_path / f"{FILM}.json"
    file.write_text(
        f'{{"version": 2, "calibration": null, "measurements": [], "frames": {frames}}}'
    )
    sheet, why = store.load(FILM)
    assert (sheet, "damaged" in why) == (Sheet(), True)


def test_that_a_newer_file_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / f"{FILM}.json"
    file.write_text('{"version": 3}')
    with pytest.raises(UserError, match="newer version"):
        MeasureStore(tmp_path).keep(FILM, Path("a"), Sheet((LINE,)), None, None, frame=1)
    assert file.read_text() == '{"version": 3}'
