"""The viewer's actions: names and icons, shown as a row of buttons with menus.

The row holds at 1,280 x 720 beside list and panel; what finds no room in a narrower one is
behind the arrow that Qt puts at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolBar, QToolButton, QWidget, QWidgetAction

from xray_desktop import keys, theme
from xray_desktop.state.key_table import entry_of
from xray_desktop.state.viewer_state import Enabled
from xray_desktop.viewer_tab.film.window_menu import WindowMenu


@dataclass(frozen=True)
class ToolEntry:
    """One action; its words and keys stand in ``state.key_table`` as ``viewer.NAME``.

    Args:
        name: By which the code knows it.
        icon: Of ``theme.icon``.
        enabled_by: The flag of ``Enabled`` that it follows, or empty for always.
        checkable: It stays pressed.
        dots: It asks for something first.
        if_there: It is only shown where it can be used.
    """

    name: str
    icon: str
    enabled_by: str = "film_tools"
    checkable: bool = False
    dots: bool = False
    if_there: bool = False

    @property
    def text(self) -> str:
        """Its words, as a menu shows them."""
        return entry_of(f"viewer.{self.name}").words + ("..." if self.dots else "")


# None draws a line between groups.
TOOLS: tuple[ToolEntry | None, ...] = (
    ToolEntry("window", "window-level", "", True),
    ToolEntry("zoom", "zoom", "", True),
    ToolEntry("pan", "pan", "", True),
    ToolEntry("loupe", "loupe", "zoom", True),
    None,
    ToolEntry("invert", "invert"),
    ToolEntry("rotate", "rotate"),
    None,
    ToolEntry("fit", "fit", "zoom"),
    ToolEntry("one_to_one", "one-to-one", "zoom"),
    ToolEntry("reset", "reset"),
    None,
    ToolEntry("overlay", "heat-map", "overlay", True),
    ToolEntry("network", "eye", "network_input", True),
    ToolEntry("variants", "variants", "variants", True),
    None,
    ToolEntry("compare", "compare", "compare", True),
    ToolEntry("film_alone", "film-alone", "", True),
    ToolEntry("information", "tags", "information"),
)
# At the arrows of two of them.
_MENUS = {
    "rotate": (
        ToolEntry("rotate_left", "rotate-left"),
        ToolEntry("mirror", "flip"),
        ToolEntry("flip", "flip-vertical"),
    ),
    "compare": (ToolEntry("heat_beside", "heat-map", "overlay", True),),
}
# Behind the button at the end of the row.
_MORE = (
    ToolEntry("zoom_in", "zoom-in", "zoom"),
    ToolEntry("zoom_out", "zoom-out", "zoom"),
    ToolEntry("frame_back", "chevron-up", "frames", if_there=True),
    ToolEntry("frame_on", "chevron-down", "frames", if_there=True),
    ToolEntry("planes", "overlay", "planes", True, if_there=True),
    ToolEntry("film_window", "second-screen", "", True),
)
_MORE_AT_END = (
    ToolEntry("film_text", "film-text", ""),
    ToolEntry("identity", "hide", "", True),
    ToolEntry("keep_folder", "folder", "", True),
)
# What leaves the program, behind a button of its own; None draws a line.
_SHARE: tuple[ToolEntry | None, ...] = (
    ToolEntry("share_film", "report", "information", dots=True),
    ToolEntry("share_list", "report", "share_list", dots=True),
    None,
    ToolEntry("save_picture", "save", "zoom", dots=True),
    ToolEntry("save_film", "film", "zoom", dots=True),
    None,
    ToolEntry("share_result", "model", "share_result", dots=True),
    ToolEntry("share_copy", "hide", "information", dots=True),
    ToolEntry("share_copies", "hide", "share_list", dots=True),
    None,
    ToolEntry("share_scores", "table", "share_scores", dots=True),
    ToolEntry("share_verdicts", "table", "", dots=True),
)
# Shown by the list of films.
_ELSEWHERE = (
    ToolEntry("previous", "previous", "previous"),
    ToolEntry("next", "next", "next"),
    ToolEntry("search", "search", ""),
    ToolEntry("filter", "filter", ""),
    ToolEntry("filter_anew", "refresh", ""),
    ToolEntry("filter_off", "close", ""),
    ToolEntry("stack", "copy", "stack"),
)
_NOT_IN_ROW = (
    *_MENUS["rotate"],
    *_MENUS["compare"],
    *_MORE,
    *_MORE_AT_END,
    *(entry for entry in _SHARE if entry is not None),
    *_ELSEWHERE,
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
            if entry.name not in _MENUS:
                self.addAction(action)
            else:
                self._add_split(entry, home, view)
            (drags if entry.name in self.DRAGS else others).addAction(action)
        for entry in _NOT_IN_ROW:
            # Those of the menus were made with their buttons.
            made = self.entries.get(entry.name)
            others.addAction(made or self._make(entry, home, view))
        self._add_share_button()
        self._add_more_button()
        self.entries["window"].setChecked(True)
        self.window_menu = WindowMenu(home)
        window = self.widgetForAction(self.entries["window"])
        if isinstance(window, QToolButton):
            _split(window, "windowButton", self.window_menu)
        self.widgetForAction(self.entries["variants"]).setObjectName("variantsButton")

    def _add_split(self, entry: ToolEntry, home: QWidget, view: QWidget) -> None:
        """A button with an arrow: what is like it stands in its menu."""
        menu = QMenu(entry.text, self)
        menu.setObjectName(f"{entry.name}Menu")
        menu.addAction(self.entries[entry.name])
        for other in _MENUS[entry.name]:
            menu.addAction(self._make(other, home, view))
        button = QToolButton()
        button.setDefaultAction(self.entries[entry.name])
        _split(button, f"{entry.name}Button", menu)
        self._add_with_menu(button, menu)

    def _add_with_menu(
        self, button: QToolButton, menu: QMenu, before: QAction | None = None
    ) -> None:
        place = _ButtonPlace(button, menu, self)
        if before is None:
            self.addAction(place)
        else:
            self.insertAction(before, place)

    def _add_open_button(self) -> None:
        menu = QMenu(self)
        menu.addAction(self.open_films)
        menu.addAction(self.open_folder)
        button = QToolButton()
        button.setObjectName("openButton")
        button.setIcon(theme.icon("open"))
        # The arrow of the menu needs the room.
        button.setText("Open   ")
        keys.tell(button, "everywhere.open_films", "Open films or a folder")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        self._add_with_menu(button, menu)
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
        self._add_with_menu(button, menu)

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
        self._add_with_menu(button, self.more_menu)

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
        after = self.actions()[self.actions().index(self.entries["pan"]) + 1]
        self._add_with_menu(button, menu, after)

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
        keys.give(action, f"viewer.{entry.name}")
        is_space = entry.name == "reset"
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
        for entry in (*TOOLS, *_NOT_IN_ROW):
            if entry is not None and entry.enabled_by:
                self.entries[entry.name].setEnabled(getattr(enabled, entry.enabled_by))
                if entry.if_there:
                    self.entries[entry.name].setVisible(getattr(enabled, entry.enabled_by))

    def show_checked(self, name: str, checked: bool) -> None:
        """Set a button without triggering it (``used`` is not emitted by this)."""
        self.entries[name].setChecked(checked)


class _ButtonPlace(QWidgetAction):
    """A button that is not an action's own; behind the arrow at the row's end it is a menu.

    Qt leaves widgets that were merely added out of that arrow's menu.
    """

    def __init__(self, button: QToolButton, menu: QMenu, parent: QWidget) -> None:
        super().__init__(parent)
        self._button = button
        self.setText(button.text().strip() or button.toolTip())
        self.setIcon(button.icon())
        self.setMenu(menu)

    def createWidget(self, parent: QWidget) -> QWidget | None:  # type: ignore[override]
        """Qt's; nothing in a menu, where its words stand."""
        if isinstance(parent, QMenu):
            return None
        self._button.setParent(parent)
        return self._button


def _split(button: QToolButton, name: str, menu: QMenu) -> None:
    """Give a button an arrow with a menu, beside what it does itself."""
    button.setObjectName(name)
    button.setProperty("role", "split")
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
