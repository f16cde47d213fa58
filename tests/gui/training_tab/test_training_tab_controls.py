"""Settings, keyboard, size."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot
from training_fakes import (
    child,
    listed,
    training,
    with_films,
)

from training.augmentation.config import PRESETS
from training.fit.config import notebook_preset, transfer_preset
from training.fit.run_folder import Run
from xray_desktop.training_tab.tab import TrainingTab


def test_that_the_notebook_button_sets_everything_as_published(
    qtbot: QtBot, tab: TrainingTab
) -> None:
    child(tab, QAbstractButton, "notebookButton").click()
    assert tab.settings_panel.config() == notebook_preset(Path(), Path())


def test_that_each_network_takes_films_as_it_learns_best_from_them(
    qtbot: QtBot, tab: TrainingTab
) -> None:
    panel = tab.settings_panel
    before = panel.config()

    def choose(name: str) -> None:
        index = panel.network_box.findData(name)
        panel.network_box.setCurrentIndex(index)
        panel.network_box.activated.emit(index)

    choose("transfer")
    assert panel.config() == transfer_preset(Path(), Path())
    assert child(tab, QWidget, "partsBox").isEnabled()
    assert not child(tab, QWidget, "kernelBox").isEnabled()
    choose("compact")
    assert panel.config() == before
    own = replace(before, augmentation=replace(before.augmentation, rotation=7.0))
    panel.show_config(own)
    choose("notebook")
    assert panel.config().augmentation.rotation == 7.0
    choose("compact")
    assert not child(tab, QWidget, "partsBox").isEnabled()
    assert child(tab, QWidget, "kernelBox").isEnabled()


def test_that_an_impossible_setting_is_explained_and_blocks_train(
    qtbot: QtBot, tab: TrainingTab, films: Path
) -> None:
    with_films(qtbot, tab, films)
    config = tab.settings_panel.config()
    network = replace(config.network, name="notebook", num_blocks=8)
    tab.settings_panel.show_config(replace(config, network=network))
    assert not tab.progress_panel.train_button.isEnabled()
    assert "too small" in child(tab, QLabel, "settingsRemark").text()
    tab.settings_panel.show_config(config)
    assert tab.progress_panel.train_button.isEnabled()


def test_that_an_edited_range_becomes_an_own_augmentation(qtbot: QtBot, tab: TrainingTab) -> None:
    box = child(tab, QWidget, "rotationBox")
    box.setValue(44.0)
    assert tab.settings_panel.augment_box.currentData() == "custom"
    assert tab.settings_panel.config().augmentation.rotation == 44.0
    box.setValue(PRESETS["strong"].rotation)
    assert tab.settings_panel.augment_box.currentData() == "strong"


def test_that_opening_more_moves_nothing_above_it(qtbot: QtBot, tab: TrainingTab) -> None:
    names = ("networkBox", "epochsBox", "previewStrip", "moreButton")
    widgets = [child(tab, QWidget, name) for name in names]
    body = tab.settings_panel.widget()
    qtbot.waitUntil(lambda: body.height() == body.sizeHint().height())
    before = [(w.mapTo(tab, QPoint(0, 0)), w.width()) for w in widgets]
    child(tab, QAbstractButton, "moreButton").click()
    qtbot.waitUntil(tab.settings_panel.more.isVisible)
    assert [(w.mapTo(tab, QPoint(0, 0)), w.width()) for w in widgets] == before


def test_that_mnemonics_and_shortcuts_are_unique(tab: TrainingTab) -> None:
    keys: list[str] = ["Alt+F", "Alt+V", "Alt+H"]  # the window's menus
    for widget in tab.findChildren(QWidget):
        if isinstance(widget, QAbstractButton) and not widget.shortcut().isEmpty():
            keys.append(widget.shortcut().toString())
        elif isinstance(widget, QLabel) and widget.buddy() is not None and "&" in widget.text():
            keys.append(f"Alt+{widget.text().split('&')[1][0].upper()}")
    assert len(keys) > 15
    assert sorted(keys) == sorted(set(keys))


def test_that_tab_walks_the_controls_in_reading_order(tab: TrainingTab) -> None:
    names = (
        *("folderEdit", "chooseButton", "sampleButton", "notebookButton", "networkBox"),
        *("epochsBox", "batchBox", "augmentBox", "previewButton", "monitorBox", "plateauBox"),
        *("plateauPatienceBox", "earlyBox", "moreButton", "rotationBox", "rateBox", "l2Box"),
        *("trainButton", "crossvalButton", "stopButton", "cancelButton", "logBox", "smoothSlider"),
        "axisBox",
        *("fitButton", "openViewerButton", "showFolderButton", "reportButton", "exportButton"),
        *(
            "resultsTable",
            "detailTable",
            "crossvalReportButton",
            "crossvalFolderButton",
            "crossvalTable",
        ),
        "runsList",
    )
    chain: list[str] = []
    widget: QWidget | None = child(tab, QWidget, "folderEdit")
    while widget is not None and (not chain or widget.objectName() != "folderEdit"):
        chain.append(widget.objectName())
        widget = widget.nextInFocusChain()
    assert [name for name in chain if name in names] == list(names)


def test_that_starting_a_run_does_not_send_the_focus_into_the_settings(
    qtbot: QtBot, tab: TrainingTab, films: Path
) -> None:
    training(qtbot, tab, films)
    focused = tab.focusWidget()
    assert focused is not None
    assert not tab.settings_panel.isAncestorOf(focused)


def test_that_every_control_can_be_named_by_a_screen_reader(tab: TrainingTab) -> None:
    nameless = [
        widget.objectName() or type(widget).__name__
        for widget in tab.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.window() is tab.window()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.objectName().startswith("qt_")
        and "Header" not in type(widget).__name__
    ]
    assert nameless == []


def test_that_the_tab_fits_the_smallest_window(tab: TrainingTab, other_run: Run) -> None:
    listed(tab, other_run)
    tab.runs_panel.list.setCurrentItem(tab.runs_panel.list.topLevelItem(0))
    hint = tab.minimumSizeHint()
    # 1280 x 720 less menus, tabs and status bar.
    assert hint.width() <= 1280
    assert hint.height() <= 620
