"""The main window's actions: name, icon, keys and words of each in one table."""

from __future__ import annotations

from dataclasses import dataclass, fields

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from xray_desktop import theme


@dataclass(frozen=True)
class _Spec:
    text: str
    icon: str
    keys: str
    tip: str


_SPECS = {
    "open_films": _Spec(
        "&Open films...", "open", "Ctrl+O", "Open one or more films, DICOM or pictures"
    ),
    "open_folder": _Spec(
        "Open &folder...",
        "folder",
        "Ctrl+Shift+O",
        "Open a folder: to train on, or in the viewer, whichever is in front",
    ),
    "quit": _Spec("&Quit", "quit", "Ctrl+Q", "Close the program; asks while a run trains"),
    "show_training": _Spec("&Training", "curves", "Ctrl+1", "Show the training tab"),
    "show_viewer": _Spec("&Viewer", "film", "Ctrl+2", "Show the viewer tab"),
    "full_screen": _Spec(
        "&Full screen", "full-screen", "F11", "Use the whole screen, and back again"
    ),
    "shortcuts": _Spec(
        "&Keyboard shortcuts", "keyboard", "F1 ?", "List the keys that this program knows"
    ),
    "open_logs": _Spec(
        "Open &log folder",
        "folder",
        "",
        "Show the folder with the log and crash files; they name no patient and no film",
    ),
    "about": _Spec(
        "&About X-ray Desktop", "info", "", "Version, licences and the research-use notice"
    ),
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
    if spec.keys:
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys.split()])
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{spec.tip} ({keys})" if keys else spec.tip)
    action.setStatusTip(spec.tip)
    # In full screen the menu bar may be out of reach; the keys keep working.
    window.addAction(action)
    return action
