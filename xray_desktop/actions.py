"""The main window's actions: words and icon of each; their keys stand in ``state.key_table``."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from xray_desktop import keys, theme


@dataclass(frozen=True)
class _Spec:
    text: str
    icon: str
    tip: str


_SPECS = {
    "open_films": _Spec("&Open films...", "open", "Open one or more films, DICOM or pictures"),
    "open_folder": _Spec(
        "Open &folder...",
        "folder",
        "Open a folder: to train on, or in the viewer, whichever is in front",
    ),
    "quit": _Spec("&Quit", "quit", "Close the program; asks while a run trains"),
    "show_training": _Spec("&Training", "curves", "Show the training tab"),
    "show_viewer": _Spec("&Viewer", "film", "Show the viewer tab"),
    "full_screen": _Spec("&Full screen", "full-screen", "Use the whole screen, and back again"),
    "standard_layout": _Spec(
        "Standard &layout",
        "reset",
        "Put window, list and panels back to where they were at the first start",
    ),
    "shortcuts": _Spec(
        "&Keyboard shortcuts...", "keyboard", "List the keys that this program knows; change them"
    ),
    "open_logs": _Spec(
        "Open &log folder",
        "folder",
        "Show the folder with the log and crash files; they name no patient and no film",
    ),
    "about": _Spec("&About X-ray Desktop", "info", "Version, licences and the research-use notice"),
}


@dataclass(frozen=True)
class WindowActions:
    """The actions, made but not connected."""

    open_films: QAction
    open_folder: QAction
    quit: QAction
    show_training: QAction
    show_viewer: QAction
    full_screen: QAction
    standard_layout: QAction
    shortcuts: QAction
    open_logs: QAction
    about: QAction

    @classmethod
    def make(cls, window: QWidget) -> WindowActions:
        """Make all actions, owned by and active in ``window``."""
        return cls(**{item.name: _make(window, item.name) for item in fields(cls)})

    def all(self) -> tuple[QAction, ...]:
        """In the order of the menus."""
        return tuple(getattr(self, item.name) for item in fields(self))


def _make(window: QWidget, name: str) -> QAction:
    spec = _SPECS[name]
    action = QAction(theme.icon(spec.icon), spec.text, window)
    action.setObjectName(name)
    keys.give(action, f"everywhere.{name}", spec.tip)
    action.setStatusTip(spec.tip)
    # In full screen the menu bar may be out of reach; the keys keep working.
    window.addAction(action)
    return action
