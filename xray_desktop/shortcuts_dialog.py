"""Help > Keyboard shortcuts: the table of all keys, where each action's keys can be changed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import keys, theme
from xray_desktop.settings import Settings
from xray_desktop.state.key_table import FIXED, TABLE, KeyChoice, KeyEntry, refusal

_COLUMNS = ("Where", "What", "Keys")
_HINT = "Choose an action, then press its new key in the field."
_FIXED_HINT = "This key belongs to lists and text fields; it stays as it is."


class ShortcutsDialog(QDialog):
    """The keys as they are, found by words or by key, and changed one at a time. Not modal.

    Args:
        settings: Where the user's own keys are remembered.
        window: The main window, whose controls follow at once.
    """

    def __init__(self, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._wanted = ""
        self.setObjectName("shortcutsDialog")
        self.setWindowTitle("Keyboard shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._find = QLineEdit()
        self._find.setObjectName("findField")
        self._find.setPlaceholderText("Find by words or key")
        self._find.setAccessibleName("Find by words or key")
        self._find.setClearButtonEnabled(True)
        self._rows: list[KeyEntry | None] = [*TABLE, *(None for _ in FIXED)]
        self._table = self._make_table()
        self._edit = QKeySequenceEdit()
        self._edit.setObjectName("keyField")
        self._edit.setAccessibleName("The new key")
        self._edit.setMaximumSequenceLength(1)
        self._none = _button("noKeyButton", "No key", "Take the action's keys away")
        self._standard = _button(
            "standardKeyButton", "Standard key", "The action's keys as at first"
        )
        self._message = QLabel(_HINT)
        self._message.setObjectName("keyMessage")
        self._message.setWordWrap(True)
        # Two lines always, so that nothing jumps.
        self._message.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 2)
        self._take = _button("takeKeyButton", "Take it over", "Give the key to this action instead")
        self._take.hide()
        self._build()
        self._connect()
        self._show_keys()
        self._table.setCurrentCell(0, 1)
        self._find.setFocus()
        self.resize(640, 680)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(len(self._rows), len(_COLUMNS))
        table.setObjectName("keyTable")
        table.setAccessibleName("Keyboard shortcuts")
        table.setHorizontalHeaderLabels(list(_COLUMNS))
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.setShowGrid(False)
        fixed = [(where, words, key) for where, key, words in FIXED]
        said = [(entry.where, entry.words, "") for entry in TABLE] + fixed
        for row, texts in enumerate(said):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(str(text))
                if self._rows[row] is None:
                    item.setForeground(QColor(theme.TEXT_MUTED))
                    item.setToolTip(_FIXED_HINT)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(theme.SPACE_2)
        column.addWidget(self._find)
        column.addWidget(self._table, 1)
        row = QHBoxLayout()
        label = QLabel("New &key")
        label.setBuddy(self._edit)
        row.addWidget(label)
        row.addWidget(self._edit, 1)
        row.addWidget(self._none)
        row.addWidget(self._standard)
        column.addLayout(row)
        said = QHBoxLayout()
        said.addWidget(self._message, 1)
        said.addWidget(self._take)
        column.addLayout(said)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._all = _button(
            "allStandardButton", "All standard keys", "Every action's keys as at first"
        )
        buttons.addButton(self._all, QDialogButtonBox.ButtonRole.ResetRole)
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self._find.textChanged.connect(self._on_find)
        self._table.currentCellChanged.connect(self._on_row)
        self._table.cellActivated.connect(self._edit.setFocus)
        self._edit.keySequenceChanged.connect(self._on_pressed)
        self._none.clicked.connect(self._on_none)
        self._standard.clicked.connect(self._on_standard)
        self._take.clicked.connect(self._on_take)
        self._all.clicked.connect(self._on_all)

    # What is shown -----------------------------------------------------------------------------

    def _show_keys(self) -> None:
        choice = keys.chosen()
        for row, entry in enumerate(self._rows):
            item = self._table.item(row, 2)
            if entry is None or item is None:
                continue
            own = not choice.is_standard(entry.name)
            item.setText(", ".join(keys.native(key) for key in choice.keys_of(entry.name)))
            item.setForeground(QColor(theme.ACCENT if own else theme.TEXT))
            standard = ", ".join(keys.native(key) for key in entry.keys) or "none"
            item.setToolTip(f"Your own; standard: {standard}" if own else "")
        self._all.setEnabled(bool(choice.chosen))
        self._show_row()

    def _entry(self) -> KeyEntry | None:
        row = self._table.currentRow()
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _show_row(self) -> None:
        entry, choice = self._entry(), keys.chosen()
        for widget in (self._edit, self._none):
            widget.setEnabled(entry is not None)
        self._none.setEnabled(entry is not None and bool(choice.keys_of(entry.name)))
        self._standard.setEnabled(entry is not None and not choice.is_standard(entry.name))

    def _say(self, text: str, *, is_trouble: bool = False, can_take: bool = False) -> None:
        self._message.setText(text)
        self._message.setProperty("role", "error" if is_trouble else "")
        self._message.style().polish(self._message)
        self._take.setVisible(can_take)

    @Slot(str)
    def _on_find(self, text: str) -> None:
        wanted = text.casefold().split()
        for row in range(self._table.rowCount()):
            cells = (self._table.item(row, column) for column in range(len(_COLUMNS)))
            line = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            self._table.setRowHidden(row, not all(word in line for word in wanted))

    @Slot()
    def _on_row(self) -> None:
        self._edit.clear()
        self._say(_HINT if self._entry() is not None else _FIXED_HINT)
        self._show_row()

    # What is changed -----------------------------------------------------------------------------

    @Slot(QKeySequence)
    def _on_pressed(self, sequence: QKeySequence) -> None:
        entry = self._entry()
        self._wanted = sequence.toString(QKeySequence.SequenceFormat.PortableText)
        if entry is None or not self._wanted:
            return
        why = refusal(entry.name, self._wanted)
        holder = keys.chosen().holder_of(entry.name, self._wanted)
        key = keys.native(self._wanted)
        if why:
            self._say(why, is_trouble=True)
        elif holder is not None:
            where = "" if holder.where is entry.where else f" ({holder.where.lower()})"
            text = f"{key} belongs to “{holder.words}”{where}. Nothing has changed yet."
            self._say(text, is_trouble=True, can_take=True)
        else:
            self._choose(keys.chosen().with_keys(entry.name, (self._wanted,)))
            self._say(f"“{entry.words}” now has {key}.")

    @Slot()
    def _on_take(self) -> None:
        entry = self._entry()
        if entry is not None and self._wanted:
            key = keys.native(self._wanted)
            self._choose(keys.chosen().given_to(entry.name, self._wanted))
            self._say(f"“{entry.words}” now has {key}; the other action has lost it.")

    @Slot()
    def _on_none(self) -> None:
        if (entry := self._entry()) is not None:
            self._edit.clear()
            self._choose(keys.chosen().with_keys(entry.name, ()))
            self._say(f"“{entry.words}” has no key now.")

    @Slot()
    def _on_standard(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        self._edit.clear()
        choice = keys.chosen().with_keys(entry.name, entry.keys)
        taken = [key for key in entry.keys if choice.holder_of(entry.name, key)]
        if taken:
            # One of its keys was given to another action: that one keeps it.
            choice = choice.with_keys(entry.name, tuple(k for k in entry.keys if k not in taken))
            names = ", ".join(keys.native(key) for key in taken)
            self._say(f"{names} belongs to another action by now.", is_trouble=True)
        else:
            self._say(f"“{entry.words}” has its standard keys.")
        self._choose(choice)

    @Slot()
    def _on_all(self) -> None:
        self._edit.clear()
        self._choose(KeyChoice({}))
        self._say("Every action has its standard keys.")

    def _choose(self, choice: KeyChoice) -> None:
        keys.choose(choice, self._settings, self._window)
        self._show_keys()


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    # Enter in the field of keys must not press one of them.
    button.setAutoDefault(False)
    return button
