"""What is told of a film: the window of its tags, the text on it, and whether names are shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from xray_desktop.settings import Settings
from xray_desktop.state.film_text import TextLevel
from xray_desktop.state.hidden_identity import REMARK
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.viewer_tab.film.information import InformationWindow
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.tools import ToolRow

_TEXT = "viewer/film_text"


class FilmFacts(QObject):
    """Opens the window of tags, writes more or less on the film, and hides names.

    Args:
        state: The tab's facts.
        tools: The row of buttons.
        parent: The tab.
        settings: For how much is written on films; not remembered without.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(
        self,
        state: ViewerState,
        tools: ToolRow,
        parent: QWidget,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._settings = settings
        if settings is not None and settings.text(_TEXT) in tuple(TextLevel):
            state.text_level = TextLevel(settings.text(_TEXT))
        self.window = InformationWindow(parent)
        tools.used.connect(self._on_tool_used)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name == "information" and self.window.isVisible():
            self.window.close()
        elif name == "information" and self._state.film is not None:
            self._show_film()
            self.window.show()
        elif name == "film_text":
            self._write_more_or_less()
        elif name == "identity":
            self._state.hide_identity = checked
            self.said.emit(REMARK if checked else "", Kind.NOTE)
            self.film_shown()
            self.changed.emit()

    def _write_more_or_less(self) -> None:
        level = self._state.text_level = self._state.text_level.following
        if self._settings is not None:
            self._settings.put(_TEXT, level.value)
        self.said.emit(f"Text on the film: {level.value}.", Kind.NOTE)
        self.changed.emit()

    def film_shown(self) -> None:
        """Another film is in sight, or may be told more or less of."""
        # Also where it is closed and still has names in it.
        if self.window.isVisible() or self._state.hide_identity:
            self._show_film()

    def _show_film(self) -> None:
        if self._state.film is not None:
            self.window.show_film(self._state.film, hide_identity=self._state.hide_identity)
