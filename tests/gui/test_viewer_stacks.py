"""Copies of one film as one row: by names, by a kept data check; opened, closed, switched off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot
from verdict_bench import Bench
from viewer_fakes import part, write_film

from training.audit.kept import KeptCheck, default_path, listing
from training.audit.kept import _write as write_check
from training.data.scan import scan_folder
from xray_desktop.state.film_stacks import FilmStacks, find_stacks
from xray_desktop.state.list_filter import ListFilter
from xray_desktop.viewer_tab.listing.film_delegate import copies_words

FILES = ("1.png", "1-rotated1.png", "1-rotated2.png", "2.png", "3.png", "3-rotated1.png")


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    made = Bench(qtbot, tmp_path)
    made.films = [
        write_film(tmp_path / "films" / name, 60 + 20 * n) for n, name in enumerate(FILES)
    ]
    made.open()
    return made


def names(bench: Bench) -> list[str]:
    return [path.name for path in bench.tab.state.films]


def click_badge(bench: Bench, row: int) -> None:
    films = bench.tab._list
    index = films.film_model.index(row)
    letters = films.fontMetrics().horizontalAdvance(copies_words(index))
    badge = films._delegate.badge(films.visualRect(index), index, letters)
    assert not badge.isEmpty()
    QTest.mouseClick(films.viewport(), Qt.MouseButton.LeftButton, pos=badge.center())
    bench.settle()


def test_that_copies_stand_as_one_row_with_their_number(bench: Bench) -> None:
    assert names(bench) == ["1.png", "2.png", "3.png"]
    model = bench.tab._list.film_model
    words = [copies_words(model.index(row)) for row in range(3)]
    assert words == ["3 ▾", "", "2 ▾"]
    assert part(bench.tab, QLabel, "countLabel").text() == "3 films"
    bench.press(Qt.Key.Key_PageDown)
    assert bench.tab.state.film.path.name == "2.png"


def test_that_a_click_on_the_number_lists_the_copies_and_puts_them_away(bench: Bench) -> None:
    click_badge(bench, 2)
    assert names(bench) == ["1.png", "2.png", "3.png", "3-rotated1.png"]
    # The film in sight is another one still: the click did not ask for it.
    assert bench.tab.state.film.path.name == "1.png"
    click_badge(bench, 2)
    assert names(bench) == ["1.png", "2.png", "3.png"]


def test_that_a_click_beside_the_number_shows_the_film(bench: Bench) -> None:
    films = bench.tab._list
    rect = films.visualRect(films.film_model.index(2))
    QTest.mouseClick(
        films.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + QPoint(8, 40)
    )
    bench.settle()
    assert bench.tab.state.film.path.name == "3.png"
    assert len(names(bench)) == 3


def test_that_the_key_opens_and_closes_the_copies_of_the_film_in_sight(bench: Bench) -> None:
    bench.press(Qt.Key.Key_O)
    assert names(bench)[:3] == ["1.png", "1-rotated1.png", "1-rotated2.png"]
    bench.press(Qt.Key.Key_PageDown)
    assert bench.tab.state.film.path.name == "1-rotated1.png"
    # Closed with a copy in sight: the film that stands for it comes into sight.
    bench.press(Qt.Key.Key_O)
    assert names(bench) == ["1.png", "2.png", "3.png"]
    assert bench.tab.state.film.path.name == "1.png"
    bench.press(Qt.Key.Key_PageDown)
    assert not bench.tab._tools.entries["stack"].isEnabled()


def test_that_stacking_is_switched_off_and_stays_off(bench: Bench) -> None:
    part(bench.tab, QToolButton, "stackingButton").click()
    assert names(bench) == list(FILES)
    assert part(bench.tab, QLabel, "countLabel").text() == "6 files"
    assert not bench.show().state.work.stacked


def test_that_a_copy_in_sight_keeps_its_row_when_stacking_is_switched_on(bench: Bench) -> None:
    button = part(bench.tab, QToolButton, "stackingButton")
    button.click()
    bench.press(Qt.Key.Key_End)
    button.click()
    assert names(bench) == ["1.png", "2.png", "3.png", "3-rotated1.png"]
    assert bench.tab.state.film.path.name == "3-rotated1.png"


def test_that_a_stack_has_score_and_verdict_of_its_first_file(bench: Bench) -> None:
    bench.choose()
    bench.tab._work_bar.button.click()
    bench.settle()
    bench.press(Qt.Key.Key_N)
    bench.press(Qt.Key.Key_K)
    # The next film without a verdict is another film, no copy of the first.
    assert bench.tab.state.film.path.name == "2.png"
    bench.tab._work.set_filter(ListFilter(lowest=0.5))
    # Grey 60 of 255 is 0.24; a copy of it with 100, 0.39; film 3 has 140, 0.55.
    assert names(bench) == ["2.png", "3.png"]
    assert len(bench.tab.state.work.answers) == len(FILES)


def test_that_a_search_finds_a_film_by_the_name_of_any_of_its_files(bench: Bench) -> None:
    bench.press(Qt.Key.Key_PageDown)
    bench.tab._work.set_filter(ListFilter(text="rotated2"))
    assert names(bench) == ["1.png", "2.png"]


def test_that_a_film_whose_first_file_is_broken_is_stood_for_by_its_next(bench: Bench) -> None:
    broken = bench.films[4]
    broken.write_bytes(broken.read_bytes()[:40])
    bench.press(Qt.Key.Key_End)
    bench.press(Qt.Key.Key_F5)
    assert names(bench) == ["1.png", "2.png", "3-rotated1.png"]


def test_that_equal_names_in_two_folders_are_two_films(tmp_path: Path) -> None:
    films = [tmp_path / name for name in ("a/1.png", "a/1-rotated1.png", "b/1.png")]
    assert find_stacks(films) == FilmStacks(((films[0], films[1]),))


def make_set(folder: Path) -> list[Path]:
    rng = np.random.default_rng(5)
    names = [f"fractured/{n}.png" for n in "xyw"] + [f"not fractured/{n}.png" for n in "zv"]
    films = []
    for name in names:
        films.append(write_film(folder / name, rng.integers(0, 255, (40, 40), np.uint8)))
    return films


def test_that_a_kept_data_check_tells_copies_whatever_their_names(tmp_path: Path) -> None:
    films = make_set(tmp_path / "set")
    assert find_stacks(films) == FilmStacks()
    data = scan_folder(tmp_path / "set")
    groups = tuple((str(path.relative_to(data.root).as_posix()),) for path in films[2:])
    groups = (("fractured/x.png", "fractured/y.png"), *groups)
    kept = KeptCheck(listing(data), "0" * 64, data.class_names, groups)
    write_check(default_path(data), kept)
    whole = find_stacks(films)
    assert whole == FilmStacks(((films[0], films[1]),), by_content=True)
    # Also where it was opened through a link.
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "set", target_is_directory=True)
    linked = [link / path.relative_to(tmp_path / "set") for path in films]
    assert find_stacks(linked) == FilmStacks((tuple(linked[:2]),), by_content=True)
    # Also where one class of the set is opened, and not where the set is another one.
    assert find_stacks(films[:2]).by_content
    films[4].write_bytes(films[4].read_bytes() + b"more")
    assert find_stacks(films) == FilmStacks()
