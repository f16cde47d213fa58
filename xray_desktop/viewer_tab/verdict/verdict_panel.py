"""The reader's own panel, below the model's: verdict, note, blind reading, what was kept."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import keys, theme
from xray_desktop.review.verdicts import Opinion, Verdict
from xray_desktop.state.verdict_state import ICONS, VerdictState

_KEY_NAMES = {
    Opinion.FRACTURE: "viewer.fracture",
    Opinion.NO_FRACTURE: "viewer.no_fracture",
    Opinion.UNSURE: "viewer.unsure",
}
_NEXT = "viewer.next_unread"
_MAX_NOTE = 2000
_MAX_NAME = 60


def word_of(opinion: Opinion) -> str:
    """As a button bears it."""
    return opinion.value.capitalize()


class VerdictPanel(QFrame):
    """Renders what the state says; asks, never decides.

    Args:
        home: The widget in which the keys hold (the tab); text fields in it keep theirs.

    Signals:
        given: ``Opinion``, by button or key.
        note_finished: The note was finished with Enter or by leaving it.
        reader_named: ``str``.
        blind_asked: ``bool``.
        next_asked: The next film without a verdict.
        marking_asked: ``bool``: the next click or drag on the film is to be a mark, or no longer.
        unmark_asked: Take the mark away.
        retry_asked: Write once more what could not be written.
        agreement_asked: The figures.
        export_asked: The verdicts as a table.
    """

    given = Signal(object)
    note_finished = Signal()
    reader_named = Signal(str)
    blind_asked = Signal(bool)
    next_asked = Signal()
    retry_asked = Signal()
    marking_asked = Signal(bool)
    unmark_asked = Signal()
    agreement_asked = Signal()
    export_asked = Signal()

    def __init__(self, home: QWidget, width: int) -> None:
        super().__init__()
        self.setObjectName("verdictPanel")
        self.setFixedWidth(width)
        self._home = home
        self.actions_by_opinion = {
            opinion: self._action(home, word_of(opinion), name)
            for opinion, name in _KEY_NAMES.items()
        }
        self.next_action = self._action(home, "Next film without a verdict", _NEXT)
        self.note = QLineEdit()
        self.note.setObjectName("noteField")
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName("Note")
        self.note.setToolTip("Kept with the verdict")
        self.note.setMaxLength(_MAX_NOTE)
        self.reader = QLineEdit()
        self.reader.setObjectName("readerField")
        self.reader.setAccessibleName("Reader")
        self.reader.setToolTip("Who gives the verdicts; each reader sees only their own")
        self.reader.setMaxLength(_MAX_NAME)
        self.blind = QCheckBox("Blind: my verdict first")
        self.blind.setObjectName("blindBox")
        self.blind.setToolTip("The model's answer stays hidden until you have given your verdict")
        self._said = QLabel()
        self._said.setObjectName("verdictSaid")
        self._said.setWordWrap(True)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._retry = QPushButton("Try again")
        self._retry.setObjectName("retryButton")
        self.mark = _icon_button("pin", "Mark the place: click a point or drag a box on the film")
        self.mark.setObjectName("markButton")
        self.mark.setCheckable(True)
        self.unmark = _icon_button("close", "Take the mark away")
        self.unmark.setObjectName("unmarkButton")
        self._more: dict[str, QToolButton] = {}
        self._shown: Verdict | None = None
        self._build()
        self._connect()

    def _action(self, home: QWidget, text: str, name: str) -> QAction:
        action = QAction(text, self)
        keys.give(action, name, text)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        # A key that is held down would give a verdict on each film it passes.
        action.setAutoRepeat(False)
        home.addAction(action)
        return action

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_3, theme.SPACE_2, theme.SPACE_3, theme.SPACE_2)
        column.setSpacing(6)
        head = QHBoxLayout()
        title = QLabel("Verdict of")
        title.setProperty("role", "title")
        head.addWidget(title)
        head.addWidget(self.reader, 1)
        column.addLayout(head)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_1)
        for opinion, action in self.actions_by_opinion.items():
            buttons.addWidget(self._verdict_button(opinion, action), 1)
        column.addLayout(buttons)
        note = QHBoxLayout()
        note.setSpacing(theme.SPACE_1)
        for widget in (self.note, self.mark, self.unmark):
            note.addWidget(widget)
        column.addLayout(note)
        said = QHBoxLayout()
        said.addWidget(self._said, 1)
        said.addWidget(self._retry)
        # Two lines always, so that nothing jumps when a verdict is given.
        self._said.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._said.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        column.addLayout(said)
        column.addWidget(self.blind)
        column.addLayout(self._foot())

    def _verdict_button(self, opinion: Opinion, action: QAction) -> QToolButton:
        name = ICONS[opinion]
        action.setIcon(theme.icon(name, theme.VERDICTS[name]))
        action.setCheckable(True)
        button = QToolButton()
        button.setObjectName(f"{name}Button")
        button.setDefaultAction(action)
        button.setProperty("role", "verdict")
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_1)
        following = QToolButton()
        following.setObjectName("nextUnreadButton")
        following.setDefaultAction(self.next_action)
        following.setProperty("role", "verdict")
        row.addWidget(following)
        row.addStretch(1)
        for name, text, tip in (
            ("agreement", "Agreement", "How far readers and model agree"),
            ("export", "Export", "All verdicts as a table (CSV)"),
        ):
            button = self._more[name] = QToolButton()
            button.setObjectName(f"{name}Button")
            button.setText(text)
            button.setToolTip(tip)
            button.setProperty("role", "verdict")
            row.addWidget(button)
        return row

    @Slot()
    def _name_keys(self) -> None:
        """A button takes its words from its action, at each change of it."""
        for opinion, action in self.actions_by_opinion.items():
            _set_icon_text(action, f"{word_of(opinion)}\n{keys.first(_KEY_NAMES[opinion])}")
        key = keys.first(_NEXT)
        _set_icon_text(self.next_action, f"Next ({key})" if key else "Next")

    def _connect(self) -> None:
        for action in self.actions_by_opinion.values():
            action.triggered.connect(self._on_verdict)
            action.changed.connect(self._name_keys)
        self.next_action.changed.connect(self._name_keys)
        self._name_keys()
        self.next_action.triggered.connect(self.next_asked)
        self.note.editingFinished.connect(self.note_finished)
        self.reader.editingFinished.connect(self._on_reader)
        # Back to the film, where the keys hold.
        for line in (self.note, self.reader):
            line.returnPressed.connect(self._home.setFocus)
        self.blind.toggled.connect(self.blind_asked)
        self.mark.toggled.connect(self.marking_asked)
        self.unmark.clicked.connect(self.unmark_asked)
        self._retry.clicked.connect(self.retry_asked)
        self._more["agreement"].clicked.connect(self.agreement_asked)
        self._more["export"].clicked.connect(self.export_asked)

    @Slot()
    def _on_verdict(self) -> None:
        chosen = self.sender()
        for opinion, action in self.actions_by_opinion.items():
            if action is chosen:
                self.given.emit(opinion)

    @Slot()
    def _on_reader(self) -> None:
        self.reader_named.emit(self.reader.text())

    def show_state(self, state: VerdictState, *, has_films: bool, can_mark: bool) -> None:
        """Draw what the state says.

        Args:
            state: The reader's facts.
            has_films: There is a list to go through.
            can_mark: The film itself is in sight.
        """
        current = state.current
        for opinion, action in self.actions_by_opinion.items():
            action.setEnabled(state.can_give)
            action.setChecked(current is not None and current.opinion is opinion)
        self.note.setEnabled(state.can_give)
        self.mark.setEnabled(can_mark and state.can_give)
        self.unmark.setVisible(state.mark is not None)
        self.unmark.setEnabled(can_mark and state.can_give)
        self.next_action.setEnabled(has_films)
        if not self.reader.hasFocus():
            self.reader.setText(state.reader)
        self.blind.blockSignals(True)
        self.blind.setChecked(state.blind)
        self.blind.blockSignals(False)
        for button in self._more.values():
            button.setEnabled(not state.blocked)
        self._retry.setVisible(bool(state.failure and state.unsaved))
        trouble = state.blocked or state.failure
        self._said.setText(trouble or _said(state))
        self._set_role("error" if trouble else "small")

    def show_note(self, text: str) -> None:
        """Fill the note field, as another film comes into sight."""
        self.note.setText(text)

    def _set_role(self, role: str) -> None:
        if self._said.property("role") != role:
            self._said.setProperty("role", role)
            self._said.style().polish(self._said)


def _set_icon_text(action: QAction, text: str) -> None:
    # Only where it is another: each change is told, and asks for this again.
    if action.iconText() != text:
        action.setIconText(text)


def _icon_button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(theme.icon(name))
    button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def _said(state: VerdictState) -> str:
    """What is known of the reader's verdict on the film in sight."""
    current = state.current
    if state.film is None:
        return "Open a film to give your verdict."
    if current is None:
        return "No verdict yet."
    if current.token in state.unsaved:
        return f"{word_of(current.opinion)}: saving..."
    seen = "with the model's answer in sight" if current.score_seen else "blind"
    when = current.given_at.astimezone()
    own = sum(verdict.reader == state.reader for verdict in state.history)
    earlier = f", {own - 1} earlier kept" if own > 1 else ""
    return f"Saved {when:%d %b %H:%M}, {seen}{earlier}."
