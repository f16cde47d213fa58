"""The buttons below the films: what to do with the selected ones, and with the whole set."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from xray_desktop import theme
from xray_desktop.state.data_check_state import CheckControls, CheckState, repair_words


class RepairBar(QWidget):
    """Two rows: the selection, and the set.

    Signals:
        view_requested, relabel_requested, join_requested, part_requested, leave_out_requested:
            To be done with the selected films.
        split_requested, leaked_requested, unreadable_requested, undo_requested: With the set.
        close_requested: Close was pressed.
    """

    view_requested = Signal()
    relabel_requested = Signal()
    join_requested = Signal()
    part_requested = Signal()
    leave_out_requested = Signal()
    split_requested = Signal()
    leaked_requested = Signal()
    unreadable_requested = Signal()
    undo_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen = QLabel()
        self._chosen.setObjectName("checkChosen")
        self._repairs = QLabel()
        self._repairs.setObjectName("checkRepairs")
        self._repairs.setProperty("role", "muted")
        self._repairs.setWordWrap(True)
        self.view_button = button("viewFilmsButton", "Open in &viewer", "eye", "Look closely")
        self.relabel_button = button(
            "relabelButton", "&Other label", "flip", "Put these films, with all copies, under it"
        )
        self.join_button = button("joinButton", "One &film", "plus", "Count them as one film")
        self.part_button = button(
            "partButton", "Fil&m of its own", "minus", "Count these files as another film"
        )
        self.leave_button = button("leaveOutButton", "&Leave out", "close", "Use them no more")
        self.split_button = button(
            "splitButton", "&Draw parts anew…", "refresh", "Train, validation and test by film"
        )
        self.leaked_button = button(
            "leakedButton", "Leave out lea&ked copies", "cancel", "The training copies go"
        )
        self.unreadable_button = button(
            "unreadableButton", "Leave out &unreadable", "cancel", "Files that cannot be read"
        )
        self.undo_button = button("undoRepairButton", "&Undo", "undo", "Take the last repair back")
        self.close_button = button("closeCheckButton", "Close", "close", "Close (Esc)")
        self._connect()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_2)
        layout.addLayout(
            _row(
                self._chosen,
                self.view_button,
                self.relabel_button,
                self.join_button,
                self.part_button,
                self.leave_button,
            )
        )
        layout.addLayout(
            _row(
                self._repairs,
                self.split_button,
                self.leaked_button,
                self.unreadable_button,
                self.undo_button,
                self.close_button,
            )
        )

    def _connect(self) -> None:
        self.view_button.clicked.connect(self.view_requested)
        self.relabel_button.clicked.connect(self.relabel_requested)
        self.join_button.clicked.connect(self.join_requested)
        self.part_button.clicked.connect(self.part_requested)
        self.leave_button.clicked.connect(self.leave_out_requested)
        self.split_button.clicked.connect(self.split_requested)
        self.leaked_button.clicked.connect(self.leaked_requested)
        self.unreadable_button.clicked.connect(self.unreadable_requested)
        self.undo_button.clicked.connect(self.undo_requested)
        self.close_button.clicked.connect(self.close_requested)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undo_button.click)

    def render_state(self, state: CheckState, allowed: CheckControls) -> None:
        """Show what may be pressed, what is selected and what was repaired."""
        self.view_button.setEnabled(allowed.view)
        self.relabel_button.setEnabled(allowed.relabel)
        self.join_button.setEnabled(allowed.join)
        self.part_button.setEnabled(allowed.part)
        self.leave_button.setEnabled(allowed.leave_out)
        self.split_button.setEnabled(allowed.split)
        self.leaked_button.setEnabled(allowed.leave_out_leaked)
        self.unreadable_button.setEnabled(allowed.leave_out_unreadable)
        self.undo_button.setEnabled(allowed.undo)
        num = len(state.selected)
        self._chosen.setText(
            f"{num:,} selected" if num else "Select films to repair or to look at them closely."
        )
        repairs = state.checked.repairs if state.checked is not None else ()
        words = "; ".join(repair_words(one, state.data) for one in repairs)
        self._repairs.setText(
            f"Repairs: {words}. Your files stay as they are." if words else "No repairs."
        )


def button(name: str, text: str, icon: str, tip: str) -> QPushButton:
    """A button that Enter elsewhere does not press.

    Args:
        name: Of the object.
        text: On it.
        icon: Name of the icon.
        tip: On hover.
    """
    made = QPushButton(text)
    made.setObjectName(name)
    made.setIcon(theme.icon(icon))
    made.setToolTip(tip)
    made.setAutoDefault(False)
    return made


def _row(label: QLabel, *buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_2)
    row.addWidget(label, 1)
    for one in buttons:
        row.addWidget(one)
    return row
