"""What is told of a film beside its picture: the window of its tags, and whether names are shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from xray_desktop.state.hidden_identity import REMARK
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.viewer_tab.film.information import InformationWindow
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.tools import ToolRow


class FilmFacts(QObject):
    """Opens the window of tags and hides names.

    Args:
        state: The tab's facts.
        tools: The row of buttons.
        parent: The tab.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(self, state: ViewerState, tools: ToolRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.window = InformationWindow(parent)
        tools.used.connect(self._on_tool_used)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name == "information" and self.window.isVisible():
            self.window.close()
        elif name == "information" and self._state.film is not None:
            self._show_film()
            self.window.show()
        elif name == "identity":
            self._state.hide_identity = checked
            self.said.emit(REMARK if checked else "", Kind.NOTE)
            self.film_shown()
            self.changed.emit()

    def film_shown(self) -> None:
        """Another film is in sight, or may be told more or less of."""
        # Also where it is closed and still has names in it.
        if self.window.isVisible() or self._state.hide_identity:
            self._show_film()

    def _show_film(self) -> None:
        if self._state.film is not None:
            self.window.show_film(self._state.film, hide_identity=self._state.hide_identity)
