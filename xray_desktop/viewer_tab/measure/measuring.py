"""Measuring and annotating: the menu, and what carries the reader's wishes to the layer and the book."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from training.films.film import Spacing
from xray_desktop import keys
from xray_desktop.state.calibration import can_calibrate
from xray_desktop.state.key_table import entry_of
from xray_desktop.state.measurements import NOTES, Kind
from xray_desktop.state.viewer_state import Showing, ViewerState
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.measure.calibration_dialog import CalibrationDialog
from xray_desktop.viewer_tab.measure.measure_layer import MeasureLayer
from xray_desktop.viewer_tab.tools import ToolRow


class MeasureMenu(QMenu):
    """Which tool, and what to do with what is drawn.

    Args:
        home: The widget in which the keys hold (the tab).
        drags: The group of tools of which one is chosen.
    """

    def __init__(self, home: QWidget, drags: QActionGroup) -> None:
        super().__init__("Measure", home)
        self.setObjectName("measureMenu")
        self.kinds = {kind: self._action(home, kind.value) for kind in Kind}
        for kind, action in self.kinds.items():
            action.setCheckable(True)
            action.setData(kind.value)
            drags.addAction(action)
        self.addSeparator()
        self.undo = self._action(home, "undo")
        self.redo = self._action(home, "redo")
        self.delete = self._action(home, "delete")
        self.delete_all = self._action(home, "delete_all")
        self.write = self._action(home, "write", dots=True)
        self.addSeparator()
        self.calibrate = self._action(home, "calibrate", dots=True)
        self.uncalibrate = self._action(home, "uncalibrate")
        self.addSeparator()
        self.export = self._action(home, "export_measurements", dots=True)
        # What a right click on a measurement offers.
        self.for_one = QMenu(home)
        self.for_one.setObjectName("measurementMenu")
        self.for_one.addActions([self.calibrate, self.write, self.delete])

    def _action(self, home: QWidget, name: str, *, dots: bool = False) -> QAction:
        action = self.addAction(entry_of(f"viewer.{name}").words + ("..." if dots else ""))
        keys.give(action, f"viewer.{name}")
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
        table_asked: All kept measurements are wanted as a table.
    """

    changed = Signal()
    table_asked = Signal()

    def __init__(self, state: ViewerState, view: FilmView, tools: ToolRow, home: QWidget) -> None:
        super().__init__(view)
        self._state = state
        self._home = home
        self._dialog: CalibrationDialog | None = None
        self.layer = MeasureLayer(view, state.measures)
        self._menu = MeasureMenu(home, tools.drags)
        tools.put_measure_menu(self._menu)
        tools.used.connect(self._on_tool_used)
        self.layer.drawn.connect(self.changed)
        book = state.measures
        self._changes: dict[QAction, Callable[[], None]] = {
            self._menu.undo: book.undo,
            self._menu.redo: book.redo,
            self._menu.delete: book.delete_selected,
            self._menu.delete_all: book.delete_all,
            self._menu.write: self.layer.write_selected,
            self._menu.calibrate: self._ask_for_true_length,
            self._menu.uncalibrate: partial(book.calibrate, None),
        }
        # A menu tells of its actions wherever they were triggered: by key, or in ``for_one``.
        self._menu.triggered.connect(self._on_triggered)
        self._menu.export.triggered.connect(self.table_asked)
        self.layer.menu_asked.connect(self._on_menu_asked)

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

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        self._menu.for_one.popup(place)

    def _ask_for_true_length(self) -> None:
        line = self._state.measures.chosen
        if line is not None and can_calibrate(line):
            self._dialog = CalibrationDialog(line, self._state.spacing, self._home)
            self._dialog.calibrated.connect(self._on_calibrated)
            self._dialog.open()

    @Slot(object)
    def _on_calibrated(self, spacing: Spacing) -> None:
        self._state.measures.calibrate(spacing)
        self.changed.emit()

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        film = state.film if state.showing is Showing.FILM else None
        book = state.measures
        if book.film != (None if film is None else film.key):
            self.layer.finish_writing()
        book.turn_to(None if film is None else film.key)
        self.layer.show_film(*((film.counted, state.spacing) if film is not None else (None, None)))
        for action in self._menu.kinds.values():
            action.setEnabled(film is not None)
        self._menu.undo.setEnabled(book.can_undo)
        self._menu.redo.setEnabled(book.can_redo)
        self._menu.delete.setEnabled(book.selected is not None)
        self._menu.delete_all.setEnabled(bool(book.now))
        chosen = book.chosen
        self._menu.write.setEnabled(chosen is not None and chosen.kind in NOTES)
        self._menu.calibrate.setEnabled(can_calibrate(chosen))
        has_calibration = film is not None and book.calibration_of(film.key) is not None
        self._menu.uncalibrate.setEnabled(has_calibration)
