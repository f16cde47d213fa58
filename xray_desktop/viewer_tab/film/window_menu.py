"""The menu of window presets, at the arrow of the window tool; each has a digit as its key."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from xray_desktop import keys
from xray_desktop.state.window_presets import MAX_PRESETS
from xray_desktop.viewer_tab.film.gamma_slider import GammaSlider


class WindowMenu(QMenu):
    """Renders the presets of the film in sight.

    Args:
        home: The widget in which the keys hold (the tab).

    Signals:
        preset_asked: ``int``, from 0.
        keep_asked: ``bool``: whether the next films get the window of this one.
    """

    preset_asked = Signal(int)
    keep_asked = Signal(bool)

    def __init__(self, home: QWidget) -> None:
        super().__init__("Window", home)
        self.setObjectName("windowMenu")
        self._group = QActionGroup(self)
        self._group.triggered.connect(self._on_triggered)
        for number in range(MAX_PRESETS):
            action = QAction(self._group)
            action.setData(number)
            keys.give(action, f"viewer.preset_{number + 1}")
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            home.addAction(action)
            self.addAction(action)
        self.addSeparator()
        self.gamma = GammaSlider(self)
        self._gamma_place = QWidgetAction(self)
        self._gamma_place.setDefaultWidget(self.gamma)
        self.addAction(self._gamma_place)
        self.addSeparator()
        self.keep = self.addAction("Keep the window for the next films")
        self.keep.setCheckable(True)
        self.keep.toggled.connect(self.keep_asked)
        self.show_presets((), enabled=False)

    def show_presets(self, names: tuple[str, ...], *, enabled: bool) -> None:
        """Offer these.

        Args:
            names: By digit from 1 on.
            enabled: Whether the picture in sight can be windowed.
        """
        for number, action in enumerate(self._group.actions()):
            is_there = number < len(names)
            action.setText(f"Window: {names[number]}" if is_there else "")
            action.setVisible(is_there)
            action.setEnabled(is_there and enabled)
        self.gamma.setEnabled(enabled)

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        self.preset_asked.emit(action.data())
