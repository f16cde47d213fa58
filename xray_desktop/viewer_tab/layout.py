"""Where the viewer tab's parts stand: list, film, answer and verdict, variants below.

The reader moves the edges between them, has the film alone, or in a window of its own; widths
and that window's place are remembered.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from xray_desktop import theme
from xray_desktop.settings import Settings
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.listing.film_list import SMALLEST_PX, WIDTH_PX
from xray_desktop.viewer_tab.tools import ToolRow

_WIDEST_LIST_PX = 420
_WIDEST_PANEL_PX = 440
_LIST, _PANEL, _PLACE = "viewer/list_width", "viewer/panel_width", "viewer/film_window"
# Of the film's own window on the one screen there is.
_WINDOW_PX = (1000, 800)


class FilmWindow(QWidget):
    """A window for the films alone, beside the main window or on another screen.

    Args:
        tab: The viewer tab, with which it closes; its keys hold here too.

    Signals:
        closed: The reader wants the films back in the main window.
    """

    closed = Signal()

    def __init__(self, tab: QWidget) -> None:
        super().__init__(tab, Qt.WindowType.Window)
        self.setObjectName("filmWindow")
        self.setWindowTitle("Film - X-ray Desktop")
        self.setMinimumSize(480, 360)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        # Keys reach no further than their window.
        self.addActions(tab.actions())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Qt's; the films go back, they are not closed."""
        event.accept()
        self.closed.emit()


class TabLayout(QObject):
    """Puts the parts in their places, and moves them as the reader wishes.

    Args:
        tab: The viewer tab.
        tools: The row of buttons; two of them are answered here.
        view: The film in sight.
        left: The work list's bar, the list of films and what stands below it.
        middle: The tools, the films and the message bar.
        right: The model's answer and the reader's verdict.
        below: The variants.
        settings: For widths and the film window's place; none are remembered without.

    Signals:
        alone: ``bool``, the film is to have the window for itself, or no longer.
        window_opened: ``FilmWindow``, shown for the first time.
    """

    alone = Signal(bool)
    window_opened = Signal(object)

    def __init__(
        self,
        tab: QWidget,
        tools: ToolRow,
        view: FilmView,
        *,
        left: tuple[QWidget, QWidget, QWidget],
        middle: tuple[QWidget, QWidget, QWidget],
        right: tuple[QWidget, QWidget],
        below: QWidget,
        settings: Settings | None,
    ) -> None:
        super().__init__(tab)
        self._tab, self._tools, self._view, self._settings = tab, tools, view, settings
        self.window: FilmWindow | None = None
        self.is_alone = False
        self._left = _column(left, stretched=1, widest=_WIDEST_LIST_PX)
        self._centre = _column(middle, stretched=1)
        for panel in right:
            # They come as narrow as they can be.
            panel.setMaximumWidth(_WIDEST_PANEL_PX)
        self._right = _column(right, stretched=0, widest=_WIDEST_PANEL_PX)
        self._panel_px = right[0].minimumWidth()
        self._instead = self._make_placeholder()
        self._films = _splitter("listSplitter", self._left, self._centre)
        self._wide = QWidget()
        wide = QVBoxLayout(self._wide)
        wide.setContentsMargins(0, 0, 0, 0)
        wide.setSpacing(0)
        wide.addWidget(self._films, 1)
        # It shows and hides itself; the room that it stands in is hidden with the panels.
        self._below = _column((below,), stretched=0)
        # Variants laid out in a wide tab must not keep it wide when the panels come back.
        self._below.setMinimumWidth(1)
        wide.addWidget(self._below)
        self._all = _splitter("panelSplitter", self._wide, self._right)
        room = QHBoxLayout(tab)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self._all)
        self._films.setStretchFactor(1, 1)
        self._all.setStretchFactor(0, 1)
        self._apply_widths()
        for splitter in (self._films, self._all):
            splitter.splitterMoved.connect(self._on_moved)
        tools.used.connect(self._on_tool_used)
        view.escaped.connect(self.leave_alone)

    # Widths ------------------------------------------------------------------------------------

    def _apply_widths(self) -> None:
        stored = self._settings
        left = stored.integer(_LIST, WIDTH_PX) if stored else WIDTH_PX
        right = stored.integer(_PANEL, self._panel_px) if stored else self._panel_px
        left = min(max(left, SMALLEST_PX), _WIDEST_LIST_PX)
        right = min(max(right, self._panel_px), _WIDEST_PANEL_PX)
        # The middle takes what is left, whatever the sum is.
        self._films.setSizes([left, 4000])
        self._all.setSizes([4000, right])
        # Qt shares out by these only once the splitter has its true width.
        self._left.resize(left, self._left.height())
        self._right.resize(right, self._right.height())

    @Slot()
    def _on_moved(self) -> None:
        if self._settings is not None and not self.is_alone:
            self._settings.put(_LIST, self._left.width())
            self._settings.put(_PANEL, self._right.width())

    def standard(self) -> None:
        """As at the first start."""
        self.leave_alone()
        if self.window is not None and self.window.isVisible():
            self.window.close()
        if self._settings is not None:
            for name in (_LIST, _PANEL, _PLACE):
                self._settings.forget(name)
        self._apply_widths()

    # The film alone ------------------------------------------------------------------------------

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name == "film_alone":
            self._set_alone(checked)
        elif name == "film_window" and checked:
            self._take_out()
        elif name == "film_window" and self.window is not None:
            self.window.close()

    @Slot()
    def leave_alone(self) -> None:
        """List and panels again."""
        self._set_alone(False)

    def _set_alone(self, alone: bool) -> None:
        alone = alone and not (self.window is not None and self.window.isVisible())
        self._tools.show_checked("film_alone", alone)
        if alone != self.is_alone:
            self.is_alone = alone
            for part in (self._left, self._right, self._below):
                part.setVisible(not alone)
            self.alone.emit(alone)

    # The film in a window of its own ----------------------------------------------------------------

    def _make_placeholder(self) -> QWidget:
        instead = QWidget()
        instead.setObjectName("filmElsewhere")
        words = QLabel("The film is in a window of its own.")
        words.setProperty("role", "muted")
        back = QPushButton("Bring it back")
        back.setObjectName("bringBackButton")
        back.clicked.connect(self._on_bring_back)
        column = QVBoxLayout(instead)
        column.setSpacing(theme.SPACE_3)
        column.addStretch(1)
        for widget in (words, back):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return instead

    def _take_out(self) -> None:
        self.leave_alone()
        if self.window is None:
            self.window = FilmWindow(self._tab)
            self.window.closed.connect(self._put_back)
            self.window_opened.emit(self.window)
        sizes = self._films.sizes()
        self._films.replaceWidget(1, self._instead)
        self._instead.show()
        self._films.setSizes(sizes)
        room = self.window.layout()
        assert room is not None
        room.addWidget(self._centre)
        self._centre.show()
        self._place_window(self.window)
        self._view.setFocus()
        self._tools.show_checked("film_window", True)

    def _place_window(self, window: FilmWindow) -> None:
        geometry = self._settings.geometry(_PLACE) if self._settings is not None else None
        if geometry is not None and window.restoreGeometry(geometry):
            window.show()
            return
        here = self._tab.screen()
        other = next((s for s in QGuiApplication.screens() if s is not here), None)
        if other is not None:
            window.setGeometry(other.availableGeometry())
            window.showMaximized()
        else:
            window.resize(*_WINDOW_PX)
            window.show()

    @Slot()
    def _on_bring_back(self) -> None:
        if self.window is not None:
            self.window.close()

    @Slot()
    def _put_back(self) -> None:
        assert self.window is not None
        if self._settings is not None:
            self._settings.put_geometry(_PLACE, self.window.saveGeometry())
        sizes = self._films.sizes()
        self._films.replaceWidget(1, self._centre)
        self._centre.show()
        self._instead.setParent(None)
        self._films.setSizes(sizes)
        self._view.setFocus()
        self._tools.show_checked("film_window", False)


def list_footer(tools: ToolRow, place: QLabel, height_px: int) -> QWidget:
    """Below the list: back, the place in the list, on."""
    place.setAlignment(Qt.AlignmentFlag.AlignCenter)
    place.setProperty("role", "muted")
    place.setFixedHeight(height_px)
    footer = QWidget()
    row = QHBoxLayout(footer)
    row.setContentsMargins(theme.SPACE_1, 0, theme.SPACE_1, 0)
    row.addWidget(tools.button("previous"))
    row.addWidget(place, 1)
    row.addWidget(tools.button("next"))
    return footer


def _splitter(name: str, *parts: QWidget) -> QSplitter:
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(4)
    for part in parts:
        splitter.addWidget(part)
    return splitter


def _column(widgets: tuple[QWidget, ...], stretched: int, widest: int | None = None) -> QWidget:
    part = QWidget()
    if widest is not None:
        part.setMaximumWidth(widest)
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for index, widget in enumerate(widgets):
        column.addWidget(widget, 1 if index == stretched else 0)
    return part
