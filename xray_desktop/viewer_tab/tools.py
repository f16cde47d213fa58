"""The viewer's actions: one table of names, icons and keys, shown as a row of buttons.

Keys follow OHIF's public set where it has one (I, R, L, V, +, -, =, Space); F, N and U are
the reader's verdict, digits window presets.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget

from xray_desktop import theme
from xray_desktop.state.viewer_state import Enabled
from xray_desktop.viewer_tab.film.window_menu import WindowMenu


@dataclass(frozen=True)
class ToolEntry:
    """One action.

    Args:
        name: By which the code knows it.
        text: What it does, in a few words.
        icon: Of ``theme.icon``.
        keys: Its shortcuts; the first is named in the tooltip.
        enabled_by: The flag of ``Enabled`` that it follows, or empty for always.
        checkable: It stays pressed.
        if_there: It is only shown where it can be used.
    """

    name: str
    text: str
    icon: str
    keys: tuple[str, ...] = ()
    enabled_by: str = "film_tools"
    checkable: bool = False
    if_there: bool = False


# None draws a line between groups.
TOOLS: tuple[ToolEntry | None, ...] = (
    ToolEntry("window", "Drag: contrast and brightness", "window-level", ("W",), "", True),
    ToolEntry("zoom", "Drag: zoom", "zoom", ("Z",), "", True),
    ToolEntry("pan", "Drag: move the film", "pan", ("P",), "", True),
    ToolEntry("loupe", "Loupe: wheel for its size", "loupe", ("Q",), "zoom", True),
    None,
    ToolEntry("invert", "Invert black and white", "invert", ("I",)),
    ToolEntry("rotate_left", "Turn left", "rotate-left", ("L", "Shift+R")),
    ToolEntry("rotate", "Turn right", "rotate", ("R",)),
    ToolEntry("mirror", "Mirror left and right", "flip", ("M",)),
    ToolEntry("flip", "Flip top and bottom", "flip-vertical", ("V",)),
    None,
    ToolEntry("fit", "Fit into the view", "fit", ("=",), "zoom"),
    ToolEntry("one_to_one", "One to one", "one-to-one", ("0",), "zoom"),
    ToolEntry("reset", "As recorded: undo window, gamma, turns and zoom", "reset", ("Space",)),
    None,
    ToolEntry("overlay", "Lay the heat map over the film", "heat-map", ("H",), "overlay", True),
    ToolEntry("network", "What the network sees", "eye", ("S",), "network_input", True),
    ToolEntry("variants", "Variants", "variants", ("A",), "variants", True),
    ToolEntry("information", "Film information", "tags", ("T",), "information"),
    None,
    ToolEntry("compare", "Next film beside this one", "compare", ("Shift+C",), "compare", True),
)
# Behind the button at the end of the row.
_MORE = (
    ToolEntry("zoom_in", "Zoom in", "zoom-in", ("+",), "zoom"),
    ToolEntry("zoom_out", "Zoom out", "zoom-out", ("-",), "zoom"),
    ToolEntry("heat_beside", "Heat map beside the film", "heat-map", ("Shift+H",), "overlay", True),
    ToolEntry("frame_back", "Frame before", "chevron-up", ("Ctrl+Up",), "frames", if_there=True),
    ToolEntry("frame_on", "Next frame", "chevron-down", ("Ctrl+Down",), "frames", if_there=True),
    ToolEntry("planes", "Overlay of the file", "overlay", ("O",), "planes", True, if_there=True),
)
_MORE_AT_END = (
    ToolEntry("identity", "Hide names and identity", "hide", ("Shift+I",), "", True),
    ToolEntry("keep_folder", "Remember the last folder of films", "folder", (), "", True),
)
# What leaves the program, behind a button of its own; None draws a line.
_SHARE: tuple[ToolEntry | None, ...] = (
    ToolEntry("share_film", "Report of this film...", "report", ("Ctrl+P",), "information"),
    ToolEntry("share_list", "Report of the work list...", "report", (), "share_list"),
    None,
    ToolEntry("save_picture", "Save picture...", "save", ("Ctrl+S",), "zoom"),
    ToolEntry("save_film", "Save picture of the film alone...", "film", ("Ctrl+Shift+S",), "zoom"),
    None,
    ToolEntry("share_result", "Model's answer as DICOM...", "model", (), "share_result"),
    ToolEntry("share_copy", "Anonymous copy of this film...", "hide", (), "information"),
    ToolEntry("share_copies", "Anonymous copies of the work list...", "hide", (), "share_list"),
    None,
    ToolEntry("share_scores", "Table of scores...", "table", (), "share_scores"),
    ToolEntry("share_verdicts", "Table of verdicts...", "table", (), ""),
)
# Shown below the list of films.
_ELSEWHERE = (
    ToolEntry("previous", "Previous film", "previous", ("PgUp",), "previous"),
    ToolEntry("next", "Next film", "next", ("PgDown",), "next"),
)


class ToolRow(QToolBar):
    """The buttons above the film.

    Args:
        home: The widget in which the shortcuts hold (the tab).
        view: The film view: Space works only there, for elsewhere it presses buttons.

    Signals:
        used: ``str, bool``, an action's name and whether it is checked now.
    """

    used = Signal(str, bool)
    DRAGS = ("window", "zoom", "pan")

    def __init__(self, home: QWidget, view: QWidget) -> None:
        super().__init__("Film tools", home)
        self.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        self.setMovable(False)
        self.entries: dict[str, QAction] = {}
        self.drags = QActionGroup(self)
        self._measure = QToolButton()
        self.more_menu = QMenu(self)
        self.open_films = QAction("Open films...", self)
        self.open_folder = QAction("Open a folder...", self)
        self._add_open_button()
        # Groups, because they tell which of their actions was triggered.
        drags, others = self.drags, QActionGroup(self)
        others.setExclusionPolicy(QActionGroup.ExclusionPolicy.None_)
        for group in (drags, others):
            group.triggered.connect(self._on_triggered)
        for entry in TOOLS:
            if entry is None:
                self.addSeparator()
                continue
            action = self._make(entry, home, view)
            self.addAction(action)
            (drags if entry.name in self.DRAGS else others).addAction(action)
        for entry in (*_MORE, *_MORE_AT_END, *_SHARE, *_ELSEWHERE):
            if entry is not None:
                others.addAction(self._make(entry, home, view))
        self._add_share_button()
        self._add_more_button()
        self.entries["window"].setChecked(True)
        self.window_menu = WindowMenu(home)
        window = self.widgetForAction(self.entries["window"])
        if isinstance(window, QToolButton):
            window.setObjectName("windowButton")
            window.setMenu(self.window_menu)
            window.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button = self.widgetForAction(self.entries["variants"])
        button.setObjectName("variantsButton")

    def _add_open_button(self) -> None:
        menu = QMenu(self)
        menu.addAction(self.open_films)
        menu.addAction(self.open_folder)
        button = QToolButton()
        button.setIcon(theme.icon("open"))
        # The arrow of the menu needs the room.
        button.setText("Open   ")
        button.setToolTip("Open films or a folder (Ctrl+O)")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self.addWidget(button)
        self.addSeparator()

    def _add_share_button(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("shareMenu")
        for entry in _SHARE:
            if entry is None:
                menu.addSeparator()
            else:
                menu.addAction(self.entries[entry.name])
        button = QToolButton()
        button.setObjectName("shareButton")
        button.setIcon(theme.icon("export"))
        button.setToolTip("Share: reports, pictures, DICOM, anonymous copies, tables")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self.addWidget(button)

    def _add_more_button(self) -> None:
        self.more_menu.setObjectName("moreMenu")
        for group in (_MORE, _MORE_AT_END):
            self.more_menu.addSeparator()
            self.more_menu.addActions([self.entries[entry.name] for entry in group])
        button = QToolButton()
        button.setObjectName("moreButton")
        button.setIcon(theme.icon("more"))
        button.setToolTip("More")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self.more_menu)
        self.addWidget(button)

    def put_measure_menu(self, menu: QMenu) -> None:
        """Show the menu of measuring tools behind the other tools of the mouse."""
        button = self._measure
        button.setObjectName("measureButton")
        # Pressed while one of its tools has the mouse.
        button.setCheckable(True)
        button.setIcon(theme.icon("ruler"))
        button.setToolTip("Measure and annotate")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self.insertWidget(self.actions()[self.actions().index(self.entries["pan"]) + 1], button)

    def button(self, name: str) -> QToolButton:
        """A new button for an action, to be put elsewhere."""
        button = QToolButton()
        button.setDefaultAction(self.entries[name])
        button.setIconSize(self.iconSize())
        return button

    def _make(self, entry: ToolEntry, home: QWidget, view: QWidget) -> QAction:
        action = QAction(theme.icon(entry.icon), entry.text, self)
        action.setData(entry.name)
        action.setCheckable(entry.checkable)
        # A key held down would switch on and off.
        action.setAutoRepeat(not entry.checkable)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        action.setToolTip(f"{entry.text} ({entry.keys[0]})" if entry.keys else entry.text)
        is_space = "Space" in entry.keys
        action.setShortcutContext(
            Qt.ShortcutContext.WidgetShortcut
            if is_space
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        (view if is_space else home).addAction(action)
        self.entries[entry.name] = action
        return action

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if action.actionGroup() is self.drags:
            self._measure.setChecked(action.data() not in self.DRAGS)
        self.used.emit(action.data(), action.isChecked())

    def show_enabled(self, enabled: Enabled) -> None:
        """Follow the state's flags."""
        for entry in (*TOOLS, *_MORE, *_MORE_AT_END, *_SHARE, *_ELSEWHERE):
            if entry is not None and entry.enabled_by:
                self.entries[entry.name].setEnabled(getattr(enabled, entry.enabled_by))
                if entry.if_there:
                    self.entries[entry.name].setVisible(getattr(enabled, entry.enabled_by))

    def show_checked(self, name: str, checked: bool) -> None:
        """Set a button without triggering it (``used`` is not emitted by this)."""
        self.entries[name].setChecked(checked)
