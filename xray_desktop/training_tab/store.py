"""The tab's one state, and word of every change of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from training.errors import UserError
from xray_desktop.state.training_controls import Controls, controls
from xray_desktop.state.training_state import Message, TrainingState

_BUG = "This is a mistake in the program; the log holds the details (Help > Open log folder)."


class Store(QObject):
    """Holds the state; controllers replace it, the tab renders it.

    Signals:
        changed: The state was replaced; not told for steps of a run (``put_quietly``).
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = TrainingState()

    @property
    def state(self) -> TrainingState:
        """The facts as they stand."""
        return self._state

    @property
    def allowed(self) -> Controls:
        """What may be pressed."""
        return controls(self._state)

    def put(self, state: TrainingState) -> None:
        """Replace the state and tell it."""
        self._state = state
        self.changed.emit()

    def put_quietly(self, state: TrainingState) -> None:
        """Replace the state; whoever does so sees to it that it is shown soon."""
        self._state = state

    def say(self, what: str, advice: str = "") -> None:
        """Show a message."""
        self.put(self._state.with_message(Message(what, advice)))


def message_of(error: Exception, what: str) -> Message:
    """What to say of an error; ``what`` where it is a bug."""
    if isinstance(error, UserError):
        return Message(error.what, error.advice)
    return Message(what, _BUG)
