"""The table of keys and its page: what is listed, changed, refused, remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shell_fakes import FakeTrainingTab, FakeViewerTab
from verdict_bench import Bench
from viewer_fakes import wait_for

from xray_desktop import keys
from xray_desktop.main_window import MainWindow
from xray_desktop.settings import Settings
from xray_desktop.shortcuts_dialog import ShortcutsDialog
from xray_desktop.state.key_table import FIXED, RESERVED, TABLE, KeyChoice, entry_of, refusal
from xray_desktop.training_tab.tab import TrainingTab
from xray_desktop.viewer_tab.tab import ViewerTab


class Page:
    """The page of shortcuts, and a hand."""

    def __init__(self, qtbot: QtBot, window: QWidget, settings: Settings) -> None:
        self.qtbot = qtbot
        self.dialog = ShortcutsDialog(settings, window)
        self.dialog.show()
        self.table = self.dialog.findChild(QTableWidget)

    def select(self, name: str) -> None:
        row = next(row for row, entry in enumerate(TABLE) if entry.name == name)
        self.table.setCurrentCell(row, 1)

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(self.dialog.findChild(QKeySequenceEdit), key, held)

    def click(self, name: str) -> None:
        button = self.dialog.findChild(QPushButton, name)
        assert button.isEnabled()
        button.click()

    @property
    def said(self) -> str:
        return self.dialog.findChild(QLabel, "keyMessage").text()

    def close(self) -> None:
        with self.qtbot.waitSignal(self.dialog.destroyed):
            self.dialog.close()


@pytest.fixture(autouse=True)
def _standard_keys(tmp_path: Path) -> None:
    keys.use(Settings(tmp_path / "none.ini"))


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Bench:
    return Bench(qtbot, tmp_path)


@pytest.fixture
def page(qtbot: QtBot, bench: Bench) -> Page:
    return Page(qtbot, bench.tab, bench.settings)


def action(tab: ViewerTab, name: str) -> QAction:
    return next(a for a in tab.findChildren(QAction) if a.property("keyName") == f"viewer.{name}")


def test_that_no_standard_key_has_two_actions_and_none_is_reserved() -> None:
    standard = KeyChoice({})
    for entry in TABLE:
        for key in entry.keys:
            assert standard.holder_of(entry.name, key) is None, (entry.name, key)
            assert refusal(entry.name, key) == ""
            # As Qt itself spells it, or what a user presses would not be recognised.
            assert QKeySequence(key).toString() == key


def test_that_every_key_of_window_viewer_and_training_tab_stands_in_the_table(
    qtbot: QtBot, bench: Bench, settings: Settings, window: MainWindow
) -> None:
    training = TrainingTab(settings)
    qtbot.addWidget(training, before_close_func=lambda tab: tab.shut_down())
    loose, named = set(), set()
    for root in (bench.tab, training, *window.own_actions.all()):
        for control in (root, *root.findChildren(QAction), *root.findChildren(QAbstractButton)):
            if isinstance(control, (QAction, QAbstractButton)) and not control.shortcut().isEmpty():
                name, key = control.property("keyName"), control.shortcut().toString()
                (loose if name is None else named).add(name or key)
    # Alt and a letter come from the words themselves.
    loose = {key for key in loose if not key.startswith("Alt+")}
    assert loose <= {key for _, keys_, _ in FIXED for key in keys_.split(", ")}
    assert named == {entry.name for entry in TABLE if entry.keys}
    training.shut_down()
    wait_for(qtbot, lambda: not training.is_busy())


def test_that_the_page_lists_every_action_and_the_fixed_keys(page: Page) -> None:
    rows = [
        tuple(page.table.item(row, column).text() for column in range(3))
        for row in range(page.table.rowCount())
    ]
    assert ("Viewer", "Invert black and white", "I") in rows
    assert ("Training", "Train", "F5") in rows
    assert ("Viewer", "Last film", "End") in rows
    assert len(rows) == len(TABLE) + len(FIXED)
    page.close()


def test_that_a_question_mark_opens_the_page(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClicks(window, "?")
    dialog = window.findChild(ShortcutsDialog)
    assert dialog.isVisible()
    assert not dialog.isModal()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_that_a_new_key_holds_at_once_and_the_old_one_no_longer(bench: Bench, page: Page) -> None:
    bench.open()
    page.select("viewer.invert")
    page.press(Qt.Key.Key_J)
    assert "now has J" in page.said
    assert action(bench.tab, "invert").toolTip().endswith("(J)")
    page.close()
    bench.tab.activateWindow()
    wait_for(bench.qtbot, bench.tab.isActiveWindow)
    bench.press(Qt.Key.Key_I)
    assert bench.tab.state.look is not None
    assert not bench.tab.state.look.inverted
    bench.press(Qt.Key.Key_J)
    assert bench.tab.state.look.inverted


def test_that_a_verdict_button_bears_its_new_key(bench: Bench, page: Page) -> None:
    page.select("viewer.fracture")
    page.press(Qt.Key.Key_J)
    assert action(bench.tab, "fracture").iconText() == "Fracture\nJ"
    page.close()


def test_that_a_key_of_another_action_is_named_and_taken_only_when_asked(
    bench: Bench, page: Page
) -> None:
    page.select("viewer.invert")
    page.press(Qt.Key.Key_R)
    assert "R belongs to “Turn right”" in page.said
    assert keys.chosen() == KeyChoice({})
    page.click("takeKeyButton")
    assert keys.chosen().keys_of("viewer.invert") == ("R",)
    assert keys.chosen().keys_of("viewer.rotate") == ()
    assert action(bench.tab, "rotate").shortcut().isEmpty()
    # Its standard key has gone to another action, which keeps it.
    page.select("viewer.rotate")
    page.click("standardKeyButton")
    assert "belongs to another action" in page.said
    assert keys.chosen().keys_of("viewer.rotate") == ()
    page.click("allStandardButton")
    assert keys.chosen() == KeyChoice({})
    assert action(bench.tab, "rotate").shortcut().toString() == "R"
    page.close()


def test_that_the_two_tabs_may_have_the_same_key_but_not_one_that_holds_everywhere() -> None:
    standard = KeyChoice({})
    assert standard.holder_of("training.train", "R") is None
    holder = standard.holder_of("viewer.invert", "F1")
    assert holder is not None
    assert holder.name == "everywhere.shortcuts"
    # A key that holds everywhere would be two in each tab that has it.
    assert standard.with_keys("viewer.invert", ("F5",)).holder_of("everywhere.about", "F5")
    taken = standard.given_to("everywhere.about", "F5")
    assert taken.keys_of("training.train") == taken.keys_of("viewer.filter_anew") == ()


@pytest.mark.parametrize("key", [*RESERVED, "Space"])
def test_that_keys_that_move_about_are_refused(key: str) -> None:
    assert key in refusal("viewer.invert", key)


def test_that_an_action_can_be_without_a_key(bench: Bench, page: Page) -> None:
    page.select("viewer.invert")
    page.click("noKeyButton")
    assert action(bench.tab, "invert").shortcut().isEmpty()
    assert action(bench.tab, "invert").toolTip() == entry_of("viewer.invert").words
    keys.use(Settings(bench.settings.file))
    assert keys.chosen().keys_of("viewer.invert") == ()
    page.close()


def test_that_keys_are_remembered_and_standard_ones_are_not_written(
    qtbot: QtBot, bench: Bench, page: Page
) -> None:
    page.select("everywhere.full_screen")
    page.press(Qt.Key.Key_F4)
    page.close()
    text = bench.settings.file.read_text(encoding="utf-8")
    assert text.count("everywhere.") == 1
    again = Settings(bench.settings.file)
    window = MainWindow(again, make_training_tab=FakeTrainingTab, make_viewer_tab=FakeViewerTab)
    qtbot.addWidget(window)
    assert window.own_actions.full_screen.shortcut().toString() == "F4"
    assert window.own_actions.full_screen.toolTip().endswith("(F4)")


def test_that_the_page_is_searched_by_words_and_by_key(page: Page) -> None:
    find = page.dialog.findChild(QLineEdit, "findField")
    find.setText("scale film")
    find.setText("heat beside")
    shown = [
        page.table.item(row, 1).text()
        for row in range(page.table.rowCount())
        if not page.table.isRowHidden(row)
    ]
    assert shown == ["Heat map beside the film"]
    find.setText("ctrl+shift+s")
    shown = [row for row in range(page.table.rowCount()) if not page.table.isRowHidden(row)]
    assert len(shown) == 1
    page.close()
