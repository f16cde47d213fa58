"""What the results window shows of real run folders, and what it does with them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sklearn.metrics import confusion_matrix, roc_auc_score

from training.data.dataset import Split
from training.evaluation.operating_points import Band
from training.fit.run_folder import FileScore, read_run, read_scores
from training.models.card_file import read_card
from xray_desktop import theme
from xray_desktop.results.window import ResultsWindow
from xray_desktop.state.results_state import Page, ResultsState, offers

Opened = Callable[[Path, Page], ResultsWindow]


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isEnabled(), button.objectName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def files_of(run: Path, kind: str = "best") -> tuple[FileScore, ...]:
    return read_scores(read_run(run), kind, Split.VALIDATION)


def column(window: ResultsWindow, head: str) -> dict[str, str]:
    rows = window.figures.table.rows()
    place = rows[0].index(head)
    return {row[0].strip(): row[place] for row in rows}


def test_that_every_figure_stands_beside_both_guesses(opened: Opened, run: Path) -> None:
    window = opened(run, Page.FIGURES)
    files = files_of(run)
    shown = column(window, "best on validation")
    auc = roc_auc_score([file.label for file in files], [file.score for file in files])
    assert shown["Area under ROC"].startswith(f"{auc:.3f} (")
    assert shown["constant guess"] == "50.0 %"
    assert "ROC area" in shown["guess by brightness alone"]
    assert window.figures.table.rows()[0][1:] == (
        "best on validation",
        "final on validation",
        "best on train",
        "final on train",
    )


def test_that_few_films_are_told_in_red_words(opened: Opened, run: Path) -> None:
    window = opened(run, Page.FIGURES)
    assert "Only 8 films" in window.told.text()
    assert theme.ERROR in window.told.styleSheet()
    item = window.figures.table.item(1, 1)
    assert item is not None
    assert item.foreground().color().name() == theme.ERROR


def test_that_a_run_of_an_older_version_says_what_it_lacks(opened: Opened, run: Path) -> None:
    (run / "figures.json").unlink(missing_ok=True)
    text = (run / "scores.csv").read_text(encoding="utf-8").splitlines()
    (run / "scores.csv").write_text("\n".join(line.rsplit(",", 3)[0] for line in text) + "\n")
    window = opened(run, Page.FIGURES)
    assert not window.state.problem
    assert "older version" in window.figures._note.text()


def test_that_a_run_without_scores_says_so(opened: Opened, run: Path) -> None:
    (run / "scores.csv").unlink()
    window = opened(run, Page.FIGURES)
    assert "no scores" in window.state.problem
    assert window._empty.isVisible()
    assert not window.head.export_button.isEnabled()


def test_that_cells_count_as_scikit_learn_does_and_list_the_worst_first(
    opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CONFUSION)
    files = files_of(run)
    expected = confusion_matrix(
        [file.label for file in files], [int(file.score >= 0.5) for file in files]
    )
    cells = window.confusion._cells
    for label in (0, 1):
        for number, band in enumerate((Band.NEGATIVE, Band.POSITIVE)):
            assert len(cells[label, band]) == expected[label][number]
    found = window.confusion.films.grid.entries
    # Nothing is left open without operating points, and the first cell that has films is open.
    assert found
    assert [entry.agreement for entry in found] == sorted(entry.agreement for entry in found)


def test_that_a_cell_opens_its_films_in_the_viewer_with_their_model(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CONFUSION)
    place = next(place for place, found in window.confusion._cells.items() if found)
    press(qtbot, window.confusion.buttons[place])
    with qtbot.waitSignal(window.films_requested) as asked:
        press(qtbot, window.confusion.films.open_button)
    paths, model = asked.args
    expected = [path for entry in window.confusion._cells[place] for path in entry.paths]
    assert paths == expected
    assert model == run / "best.keras"


def test_that_thumbnails_are_made_of_films_in_sight(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CONFUSION)
    grid = window.confusion.films.grid
    first = grid.entries[0].path
    qtbot.waitUntil(lambda: window._thumbnails.get(first) is not None)


def test_that_a_dragged_threshold_moves_the_bands(opened: Opened, run: Path) -> None:
    window = opened(run, Page.CURVES)
    mark = window.curves.roc._marks[0]
    mark.setPos(0.0, 0.0)
    threshold = window.state.shown_points.low.threshold
    assert threshold > max(file.score for file in files_of(run))
    assert window.curves.points.table.text(1, 2) == "0"
    assert window.curves.points.values[0].value() == pytest.approx(threshold, abs=1e-4)


def test_that_targets_make_three_bands_that_are_saved_in_the_model_file(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CURVES)
    points = window.curves.points
    assert not points.save_button.isEnabled()
    points.bands_box.click()
    for target, button in points.target_buttons.items():
        points.targets[target].setValue(100.0)
        press(qtbot, button)
    rows = points.table.rows()
    assert [row[0] for row in rows[1:]] == ["“not fractured”", "unsure", "“fractured”"]
    assert sum(int(row[2]) for row in rows[1:]) == 8
    with qtbot.waitSignal(window.model_changed) as changed:
        press(qtbot, points.save_button)
    assert changed.args == [run / "best.keras"]
    kept = read_card(run / "best.keras").points
    assert kept is not None
    assert kept.low.sensitivity == 1.0
    assert kept.high is not None
    assert kept.high.specificity == 1.0
    assert not points.save_button.isEnabled()
    with qtbot.waitSignal(window.model_changed):
        press(qtbot, points.take_out_button)
    assert read_card(run / "best.keras").points is None


def test_that_thresholds_are_chosen_on_validation_films_only(opened: Opened, run: Path) -> None:
    window = opened(run, Page.CURVES)
    window._on_part(2)
    assert window.state.shown is not None
    assert window.state.shown.split is Split.TRAIN
    window._on_value(0, 0.3)
    assert not window.curves.points.save_button.isEnabled()
    assert "chosen on validation films" in window.curves.points._hint.text()


def test_that_a_threshold_tried_on_training_films_is_kept_with_what_it_reaches_on_validation(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CURVES)
    window._on_part(2)
    window._on_value(0, 0.3)
    window._on_part(0)
    with qtbot.waitSignal(window.model_changed):
        press(qtbot, window.curves.points.save_button)
    kept = read_card(run / "best.keras").points
    assert kept is not None
    files = files_of(run)
    positives = [file.score for file in files if file.label]
    assert kept.low.num_films == len(files)
    assert kept.low.sensitivity == sum(score >= 0.3 for score in positives) / len(positives)
    # The figures follow the threshold in the file.
    qtbot.waitUntil(lambda: window.state.shown.measured.threshold == 0.3)


def test_that_the_calibration_switch_is_kept_in_the_model_file(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    window = opened(run, Page.CALIBRATION)
    assert [row[0] for row in window.calibration.table.rows()[1:3]] == [
        "calibration error (ECE)",
        "by chance alone",
    ]
    assert not window.calibration.switch.isChecked()
    with qtbot.waitSignal(window.model_changed):
        window.calibration.switch.click()
    assert read_card(run / "best.keras").is_calibrated
    qtbot.waitUntil(lambda: not window.is_busy())
    assert window.calibration.switch.isChecked()
    with qtbot.waitSignal(window.model_changed):
        window.calibration.switch.click()
    assert not read_card(run / "best.keras").is_calibrated


def test_that_groups_hold_every_film_once(opened: Opened, run: Path) -> None:
    window = opened(run, Page.SCORES)
    for grouping in range(window.scores.group_box.count()):
        window.scores.group_box.setCurrentIndex(grouping)
        assert sum(int(row[1]) for row in window.scores.rows()[1:]) == 8
    window._on_bands(True)
    window._on_value(0, 0.0001)
    window._on_value(1, 0.9999)
    # All are unsure: none is read right.
    for row in window.scores.rows()[1:]:
        assert row[3].startswith("0 %")
        assert (row[4][0], row[5][0]) == ("0", "0")


def test_that_films_are_grouped_by_what_they_say_they_show(opened: Opened, run: Path) -> None:
    path = run / "scores.csv"
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["region"] = "wrist" if row["path"].endswith("1.png") else ""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    window = opened(run, Page.SCORES)
    window.scores.group_box.setCurrentText("By body region")
    assert [row[:2] for row in window.scores.rows()[1:]] == [("wrist", "2"), ("not recorded", "6")]
    assert "Regions are those" in window.scores._note.text()
    window.scores.group_box.setCurrentText("By view")
    assert [row[0] for row in window.scores.rows()[1:]] == ["not recorded"]


def test_that_a_run_cannot_doubt_its_own_labels_but_a_cross_validation_can(
    opened: Opened, run: Path, crossval: Path
) -> None:
    window = opened(run, Page.DOUBTS)
    assert not window.doubts.films.isVisible()
    assert "Cross-validate" in window.doubts._why.text()
    window = opened(crossval, Page.DOUBTS)
    entries = window.doubts.films.grid.entries
    assert entries
    assert all(entry.agreement < 0.5 for entry in entries)
    worst = min(window.state.entries(), key=lambda entry: entry.agreement)
    assert entries[0] == worst


def test_that_folds_are_drawn_with_mean_and_spread(opened: Opened, crossval: Path) -> None:
    window = opened(crossval, Page.FOLDS)
    assert window.folds.loss.num_lines == 3
    assert window.folds.rows()[0] == ("", "mean", "spread (sd)", "fold 1", "fold 2", "fold 3")


def test_that_a_run_is_compared_by_film_with_another(
    qtbot: QtBot, opened: Opened, run: Path
) -> None:
    other = run.with_name(f"{run.name}_2")
    shutil.copytree(run, other)
    window = opened(run, Page.COMPARE)
    assert window.compare.list.count() == 1
    window.compare.list.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: "DeLong" in window.compare.words.text())
    words = window.compare.words.text()
    assert "8 films that both have measured" in words
    assert words.count("may be luck") == 2
    assert window.compare.plot.num_lines == 2


def test_that_films_of_different_folders_are_not_taken_for_the_same(
    qtbot: QtBot, opened: Opened, run: Path, tmp_path: Path
) -> None:
    other = run.with_name(f"{run.name}_2")
    shutil.copytree(run, other)
    config = json.loads((other / "config.json").read_text())
    config["data"] = str(tmp_path / "elsewhere")
    (other / "config.json").write_text(json.dumps(config))
    window = opened(run, Page.COMPARE)
    window.compare.list.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: "different folders" in window.compare.words.text())


def test_that_what_is_seen_is_exported(opened: Opened, run: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    window = opened(run, Page.FIGURES)
    window.ask_target = lambda *_: target
    for row, page in enumerate(Page):
        window.pages_list.setCurrentRow(row)
        target.unlink(missing_ok=True)
        window.head.export_button.click()
        assert target.is_file(), page
    window.pages_list.setCurrentRow(0)
    window.head.export_button.click()
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == window.figures.rows()


def test_that_a_later_choice_of_run_wins(
    qtbot: QtBot, results_window: ResultsWindow, run: Path, crossval: Path
) -> None:
    window = results_window
    window.open_folder(run, Page.FIGURES)
    window.open_folder(crossval, Page.FIGURES)
    qtbot.waitUntil(lambda: window.state.loaded is not None)
    assert window.state.loaded is not None
    assert window.state.loaded.folder == crossval
    qtbot.waitUntil(lambda: not window.is_busy())
    assert window.state.loaded.folder == crossval


def test_that_nothing_is_offered_without_a_run() -> None:
    allowed = offers(ResultsState())
    assert not any((allowed.look, allowed.choose_points, allowed.save_points, allowed.calibrate))
