"""The data check's window on real little films: check, look, repair, undo, train by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QRect, Qt
from PySide6.QtWidgets import QLabel, QListWidget, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from training_fakes import FakeEngine, child, finish, with_films

from tests.audit.film_sets import honest_set
from tests.audit.wrists import save, turned, wrist
from training.audit.kept import read_check
from training.audit.repairs import LeaveOut, PartFilm, Relabel, SplitAnew
from training.data.dataset import Split
from xray_desktop.data_check.window import DataCheckWindow
from xray_desktop.film_grid.grid import GridFilm
from xray_desktop.settings import Settings
from xray_desktop.training_tab.tab import TrainingTab

# The film of train/not fractured/train1.png, whose copy lies in val under another name.
LEAKED = "train/not fractured/train1.png"


@pytest.fixture
def films(tmp_path: Path) -> Path:
    root = honest_set(tmp_path / "films", train=3, val=2)
    save(root / "val" / "not fractured" / "other.jpg", turned(wrist(2), 30), quality=85)
    broken = root / "train" / "fractured" / "broken.png"
    broken.write_bytes((root / LEAKED).read_bytes()[:400])
    return root


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def tab(qtbot: QtBot, settings: Settings, engine: FakeEngine) -> TrainingTab:
    shown = TrainingTab(settings, train=engine)
    qtbot.addWidget(shown, before_close_func=lambda _: finish(qtbot, shown))
    shown.resize(1280, 656)
    shown.show()
    return shown


@pytest.fixture
def window(qtbot: QtBot, tab: TrainingTab, films: Path) -> DataCheckWindow:
    with_films(qtbot, tab, films)
    return opened(tab)


def test_that_the_columns_of_films_leave_no_gap(qtbot: QtBot, window: DataCheckWindow) -> None:
    grid = window.films
    window._pages.setCurrentWidget(grid)
    grid.show_films([GridFilm(Path(f"{n}.png"), ("a", "b", "c"), "tip") for n in range(40)])

    def first_line() -> list[QRect]:
        rows = [grid.visualRect(grid.film_model.index(row)) for row in range(40)]
        return [rect for rect in rows if rect.top() == rows[0].top()]

    def is_filled() -> bool:
        line, room = first_line(), grid.viewport().width()
        # At most a pixel for each column, and one that Qt needs; it was up to a whole column.
        return len(line) == (room - 1) // 184 and room - line[-1].right() <= len(line) + 2

    for width in (1120, 1240, 1600):
        window.resize(width, 680)
        qtbot.waitUntil(is_filled)
        assert min(rect.width() for rect in first_line()) >= 184


def opened(tab: TrainingTab) -> DataCheckWindow:
    child(tab, QPushButton, "checkButton").click()
    found: DataCheckWindow = child(tab, DataCheckWindow, "dataCheckWindow")
    return found


def checked(qtbot: QtBot, window: DataCheckWindow) -> None:
    qtbot.mouseClick(window.check_button, Qt.MouseButton.LeftButton)
    idle(qtbot, window)


def idle(qtbot: QtBot, window: DataCheckWindow) -> None:
    qtbot.waitUntil(lambda: not window.state.is_working, timeout=20_000)


def press(qtbot: QtBot, window: DataCheckWindow, name: str) -> None:
    button = child(window, QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    idle(qtbot, window)


def findings(window: DataCheckWindow) -> list[str]:
    shown = child(window, QListWidget, "checkFindings")
    return [shown.item(row).text() for row in range(shown.count())]


def choose(window: DataCheckWindow, *, finding: str, files: Callable[[str], bool]) -> None:
    """Show a finding's films and select some of them."""
    rows = findings(window)
    at = next(number for number, words in enumerate(rows) if finding in words)
    child(window, QListWidget, "checkFindings").setCurrentRow(at)
    window.films.clearSelection()
    for row in range(window.films.film_model.rowCount()):
        index = window.films.film_model.index(row)
        if files(index.data()):
            window.films.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)


def has_picture(window: DataCheckWindow, row: int) -> bool:
    """True once there is more to see than an empty place."""
    image = window.films.film_model.index(row).data(Qt.ItemDataRole.DecorationRole)
    if image is None:
        return False
    return len({image.pixel(x, image.height() // 2) for x in range(0, image.width(), 8)}) > 1


def kept(window: DataCheckWindow) -> object:
    assert window.state.checked is not None
    return read_check(window.state.checked.path).repairs


def test_that_a_check_shows_the_leak_with_its_films_side_by_side(
    qtbot: QtBot, tab: TrainingTab, window: DataCheckWindow
) -> None:
    assert "By their names" in child(window, QLabel, "checkHeadline").text()
    checked(qtbot, window)
    assert "1 validation file of 5" in findings(window)[0]
    assert child(window, QLabel, "checkHeadline").text().startswith("11 different films")
    assert {path.name for path in window.films.paths} == {"train1.png", "other.jpg"}
    qtbot.waitUntil(lambda: all(has_picture(window, row) for row in (0, 1)))
    # The tab tells it too, and its films are those that were found.
    assert tab.state.data is not None
    assert tab.state.data.num_films() == 11
    assert tab.state.data_check is not None
    assert "1 validation file of 5" in child(tab, QLabel, "warningLabel").text()


def test_that_leaving_out_the_leak_can_be_undone_and_is_kept(
    qtbot: QtBot, window: DataCheckWindow, films: Path
) -> None:
    checked(qtbot, window)
    press(qtbot, window, "leakedButton")
    assert kept(window) == (LeaveOut((LEAKED,), "its film is measured in another part"),)
    assert not any("validation file of" in words for words in findings(window))
    assert any("left out" in words for words in findings(window))
    assert (films / LEAKED).is_file()
    assert not child(window, QPushButton, "leakedButton").isEnabled()
    press(qtbot, window, "undoRepairButton")
    assert kept(window) == ()
    assert "1 validation file of 5" in findings(window)[0]


def test_that_unreadable_files_are_shown_and_left_out(
    qtbot: QtBot, window: DataCheckWindow
) -> None:
    checked(qtbot, window)
    assert any("1 file cannot be read" in words for words in findings(window))
    press(qtbot, window, "unreadableButton")
    assert not any("cannot be read" in words for words in findings(window))
    assert window.left_out.topLevelItemCount() == 1


def test_that_films_are_relabelled_joined_and_parted_by_selection(
    qtbot: QtBot, window: DataCheckWindow
) -> None:
    checked(qtbot, window)
    relabel = child(window, QPushButton, "relabelButton")
    assert not relabel.isEnabled()
    choose(window, finding="All ", files=lambda words: "train2.png" in words)
    # One of each class: there is no one other label.
    assert not relabel.isEnabled()
    choose(
        window,
        finding="All ",
        files=lambda words: "train2.png" in words and "train · fractured" in words,
    )
    press(qtbot, window, "relabelButton")
    assert kept(window) == (Relabel(("train/fractured/train2.png",), 0),)
    choose(window, finding="1 validation file", files=lambda words: "other.jpg" in words)
    press(qtbot, window, "partButton")
    assert kept(window)[1] == PartFilm(("val/not fractured/other.jpg",))  # type: ignore[index]
    assert not any("validation file of" in words for words in findings(window))
    choose(window, finding="All ", files=lambda words: "other" in words or "train1" in words)
    before = window.state.now.num_films()
    press(qtbot, window, "joinButton")
    assert window.state.now.num_films() < before


def test_that_parts_are_drawn_anew_by_film(
    qtbot: QtBot, tab: TrainingTab, window: DataCheckWindow
) -> None:
    checked(qtbot, window)
    window.ask_split = lambda parent: SplitAnew(0.3, 2, 0.0)
    press(qtbot, window, "splitButton")
    data = tab.state.data
    assert data is not None
    films = {split: {item.film for item in data.of(split)} for split in Split}
    assert not films[Split.TRAIN] & films[Split.VALIDATION]
    assert "30% validation" in child(window, QLabel, "checkRepairs").text()


def test_that_a_run_started_afterwards_goes_by_the_check(
    qtbot: QtBot, tab: TrainingTab, window: DataCheckWindow, engine: FakeEngine
) -> None:
    checked(qtbot, window)
    assert window.state.checked is not None
    path = window.state.checked.path
    window.close()
    qtbot.mouseClick(tab.progress_panel.train_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(engine.configs))
    assert engine.configs[0].data_check == path
    tab.run.discard()
    qtbot.waitUntil(lambda: not tab.is_busy())


def test_that_a_folder_opened_again_has_its_check(
    qtbot: QtBot, tab: TrainingTab, window: DataCheckWindow, films: Path
) -> None:
    checked(qtbot, window)
    press(qtbot, window, "leakedButton")
    tab.open_folder(films)
    qtbot.waitUntil(lambda: tab.state.work is None)
    assert tab.state.data is not None
    assert tab.state.data.num_films() == 11
    assert tab.state.data.count() == 11
    # The window of before spoke of films that may have changed.
    qtbot.waitUntil(lambda: tab.findChild(DataCheckWindow) is None)
    again = opened(tab)
    assert child(again, QLabel, "checkHeadline").text().startswith("By the last check: 11 diff")
    checked(qtbot, again)
    assert len(kept(again)) == 1  # type: ignore[arg-type]


def test_that_a_check_can_be_stopped_and_started_again(
    qtbot: QtBot, window: DataCheckWindow
) -> None:
    window.check_button.click()
    assert window.stop_button.isVisible()
    window.stop_button.click()
    assert window.state.checked is None
    assert not window.state.is_working
    checked(qtbot, window)
    assert window.state.checked is not None


def test_that_a_damaged_check_is_told_and_the_films_stay(
    qtbot: QtBot,
    tab: TrainingTab,
    window: DataCheckWindow,
    films: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    checked(qtbot, window)
    assert window.state.checked is not None
    window.state.checked.path.write_text("{}")
    window.close()
    tab.open_folder(films)
    qtbot.waitUntil(lambda: tab.state.work is None)
    assert tab.state.data_check is None
    qtbot.waitUntil(lambda: tab.findChild(DataCheckWindow) is None)
    again = opened(tab)
    checked(qtbot, again)
    assert "damaged" in child(again, QLabel, "checkTrouble").text()
    assert "cannot be used" in caplog.text


def test_that_films_without_a_warning_can_be_checked_too(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    with_films(qtbot, tab, honest_set(tmp_path / "plain", train=32, val=32))
    assert child(tab, QLabel, "warningLabel").text().startswith("Nothing to remark")
    assert child(tab, QPushButton, "checkButton").isVisible()


def test_that_selected_films_are_sent_to_the_viewer(
    qtbot: QtBot, tab: TrainingTab, window: DataCheckWindow, films: Path
) -> None:
    checked(qtbot, window)
    choose(window, finding="1 validation file", files=lambda words: True)
    with qtbot.waitSignal(tab.films_requested) as sent:
        child(window, QPushButton, "viewFilmsButton").click()
    assert {path.name for path in sent.args[0]} == {"train1.png", "other.jpg"}


# A pop-up off screen.
@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)", extend=True)
def test_that_of_three_classes_the_right_one_is_picked(
    qtbot: QtBot, tab: TrainingTab, tmp_path: Path
) -> None:
    root = tmp_path / "three"
    for label, name in enumerate(("none", "hairline", "displaced")):
        for number in range(3):
            save(root / name / f"{name}{number}.png", wrist(20 * label + number))
    save(root / "none" / "copy.jpg", turned(wrist(20), 30), quality=85)
    with_films(qtbot, tab, root)
    window = opened(tab)
    checked(qtbot, window)
    assert any("under more than one label" in words for words in findings(window))
    choose(window, finding="under more than one label", files=lambda name: "copy" in name)
    qtbot.mouseClick(child(window, QPushButton, "relabelButton"), Qt.MouseButton.LeftButton)
    menu = child(window, QMenu, "labelMenu")
    assert [action.text() for action in menu.actions()] == ["displaced", "hairline"]
    menu.actions()[1].trigger()
    menu.close()
    idle(qtbot, window)
    (repair,) = kept(window)
    assert isinstance(repair, Relabel)
    data = window.state.data
    assert data.class_names[repair.label] == "hairline"
    assert json.loads(window.state.checked.path.read_text())["format"] == 2
