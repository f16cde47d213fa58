"""Measuring: its menu, and what carries the reader's wishes to the layer and the book."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from xray_desktop.state.measurements import Kind
from xray_desktop.state.viewer_state import Showing, ViewerState
from xray_desktop.viewer_tab.film_view import FilmView
from xray_desktop.viewer_tab.measure_layer import MeasureLayer
from xray_desktop.viewer_tab.tools import ToolRow

_KINDS = {
    Kind.LENGTH: ("Length", "D"),
    Kind.ANGLE: ("Angle: end, corner, end", "X"),
    Kind.COBB: ("Cobb angle: two lines", "C"),
    Kind.RECTANGLE: ("Rectangle: mean and deviation", "B"),
    Kind.ELLIPSE: ("Ellipse: mean and deviation", "E"),
}


class MeasureMenu(QMenu):
    """Which tool, and what to do with what is drawn.

    Args:
        home: The widget in which the keys hold (the tab).
        drags: The group of tools of which one is chosen.
    """

    def __init__(self, home: QWidget, drags: QActionGroup) -> None:
        super().__init__("Measure", home)
        self.setObjectName("measureMenu")
        self.kinds = {
            kind: self._action(home, text, QKeySequence(key))
            for kind, (text, key) in _KINDS.items()
        }
        for kind, action in self.kinds.items():
            action.setCheckable(True)
            action.setData(kind.value)
            drags.addAction(action)
        self.addSeparator()
        undo, redo = QKeySequence(QKeySequence.StandardKey.Undo), QKeySequence("Ctrl+Shift+Z")
        self.undo = self._action(home, "Undo the last measurement", undo)
        self.redo = self._action(home, "Measure it again", redo)
        delete = QKeySequence(QKeySequence.StandardKey.Delete)
        self.delete = self._action(home, "Delete the selected measurement", delete)
        self.delete_all = self._action(home, "Delete all measurements of this film", QKeySequence())

    def _action(self, home: QWidget, text: str, key: QKeySequence) -> QAction:
        action = self.addAction(text)
        action.setShortcut(key)
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        home.addAction(action)
        return action


class Measuring(QObject):
    """Connects menu, layer and book.

    Args:
        state: The tab's facts.
        view: The film view.
        tools: The row of buttons; gets the menu.
        home: The widget in which the keys hold.

    Signals:
        changed: The state has changed; the tab draws it.
    """

    changed = Signal()

    def __init__(self, state: ViewerState, view: FilmView, tools: ToolRow, home: QWidget) -> None:
        super().__init__(view)
        self._state = state
        self.layer = MeasureLayer(view, state.measures)
        self._menu = MeasureMenu(home, tools.drags)
        tools.put_measure_menu(self._menu)
        tools.used.connect(self._on_tool_used)
        self.layer.drawn.connect(self.changed)
        book = state.measures
        self._changes = {
            self._menu.undo: book.undo,
            self._menu.redo: book.redo,
            self._menu.delete: book.delete_selected,
            self._menu.delete_all: book.delete_all,
        }
        self._menu.triggered.connect(self._on_triggered)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, _checked: bool) -> None:
        if name in tuple(Kind):
            self.layer.set_tool(Kind(name))
        elif name in ToolRow.DRAGS:
            self.layer.set_tool(None)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action in self._changes:
            self._changes[action]()
            self.changed.emit()

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        film = state.film if state.showing is Showing.FILM else None
        book = state.measures
        book.turn_to(None if film is None else film.path)
        self.layer.show_film(*((film.pixels, film.spacing) if film is not None else (None, None)))
        for action in self._menu.kinds.values():
            action.setEnabled(film is not None)
        self._menu.undo.setEnabled(book.can_undo)
        self._menu.redo.setEnabled(book.can_redo)
        self._menu.delete.setEnabled(book.selected is not None)
        self._menu.delete_all.setEnabled(bool(book.now))
