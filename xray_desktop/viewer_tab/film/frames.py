"""The frames of a film's file: a slider at the film's right edge, keys, wheel, and a bounded cache."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QSlider

from training.films.film import FilmKey
from xray_desktop.state.viewer_state import LoadedFilm, ViewerState
from xray_desktop.viewer_tab.engine import Engine, load_frame
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.tools import ToolRow
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_FRAME = "frame"
MAX_CACHED_PIXELS = 40_000_000
"""Frames kept for turning back: some 300 MB with all that is made of them."""

_WIDTH_PX = 22
# Room for the corner above it and the scale bar below.
_ABOVE_PX, _BELOW_PX = 56, 64
_STEPS = {"frame_on": 1, "frame_back": -1}


class FrameSlider(QSlider):
    """Lies over the film view at its right edge; the first frame is at the top.

    Args:
        view: The film view.
    """

    def __init__(self, view: FilmView) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        self._view = view
        self.setObjectName("frameSlider")
        self.setAccessibleName("Frame")
        self.setInvertedAppearance(True)
        self.setInvertedControls(True)
        # Arrow keys belong to the film.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        view.installEventFilter(self)
        self.hide()
        self._place()

    def show_frame(self, frame: int, num_frames: int) -> None:
        """Show which of several frames is in sight; nothing for one alone."""
        blocker = QSignalBlocker(self)
        self.setRange(0, max(num_frames - 1, 0))
        self.setPageStep(max(1, num_frames // 10))
        self.setValue(frame)
        blocker.unblock()
        self.setToolTip(f"Frame {frame + 1} of {num_frames} (Ctrl+Up, Ctrl+Down, Alt+wheel)")
        self.setVisible(num_frames > 1)
        # Above the layers over the film, which take the mouse while they draw.
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the view's edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        height = max(self._view.height() - _ABOVE_PX - _BELOW_PX, 60)
        self.setGeometry(self._view.width() - _WIDTH_PX - 4, _ABOVE_PX, _WIDTH_PX, height)


class FrameTurning(QObject):
    """Turns to other frames of the film in sight; only the one asked for is decoded.

    Args:
        state: The tab's facts.
        view: The film view.
        tools: The row of buttons.
        engine: Where frames come from.
        films: The worker that reads films.

    Signals:
        turned: ``LoadedFilm``: another frame is in sight now.
        said: ``str, Kind``, for the message bar.
    """

    turned = Signal(object)
    said = Signal(str, object)

    def __init__(
        self,
        state: ViewerState,
        view: FilmView,
        tools: ToolRow,
        engine: Engine,
        films: JobThread,
    ) -> None:
        super().__init__(view)
        self._state = state
        self._engine = engine
        self._films = films
        self._wanted: FilmKey | None = None
        self._cache: OrderedDict[FilmKey, LoadedFilm] = OrderedDict()
        self.slider = FrameSlider(view)
        self.slider.valueChanged.connect(self.turn_to)
        view.frame_asked.connect(self.turn_by)
        tools.used.connect(self._on_tool_used)
        films.done.connect(self._on_film)

    @Slot(str, bool)
    def _on_tool_used(self, name: str, _checked: bool) -> None:
        if name in _STEPS:
            self.turn_by(_STEPS[name])

    @Slot(int)
    def turn_by(self, step: int) -> None:
        """So many frames further from the one last asked for; not beyond the first or the last."""
        film = self._state.film
        if film is not None:
            now = film.frame if self._wanted is None else self._wanted.frame
            self.turn_to(min(max(now + step, 0), film.num_frames - 1))

    @Slot(int)
    def turn_to(self, frame: int) -> None:
        """Show a frame, as soon as it is decoded."""
        film = self._state.film
        if film is None or not 0 <= frame < film.num_frames:
            return
        self._films.cancel(_FRAME)
        key = FilmKey(film.path, frame)
        self._wanted = None if key == film.key else key
        if (kept := self._cache.get(key)) is not None:
            self._cache.move_to_end(key)
            self._show(kept)
        elif self._wanted is not None:
            read = self._engine.read_frame
            self._films.submit(_FRAME, load_frame, read, film.path, frame)
        self.render()

    @Slot(object)
    def _on_film(self, outcome: JobDone | JobFailed) -> None:
        if outcome.key != _FRAME or self._wanted is None:
            return
        if isinstance(outcome, JobFailed):
            self._wanted = None
            self.said.emit(words_of(outcome.error), Kind.ERROR)
            self.render()
        elif outcome.result.film.key == self._wanted:
            self._show(outcome.result)

    def _show(self, loaded: LoadedFilm) -> None:
        film = self._state.film
        self._wanted = None
        if film is not None and film.path == loaded.film.path and film.key != loaded.film.key:
            self._keep(self._state.loaded)
            self._keep(loaded)
            self._state.show_frame(loaded)
            self.turned.emit(loaded)

    def _keep(self, loaded: LoadedFilm | None) -> None:
        """Keep a frame for turning back, the oldest ones as long as there is room."""
        if loaded is None:
            return
        self._cache[loaded.film.key] = loaded
        while sum(one.film.pixels.size for one in self._cache.values()) > MAX_CACHED_PIXELS:
            self._cache.popitem(last=False)

    def render(self) -> None:
        """Draw what the state says."""
        film = self._state.film
        if film is None:
            self.slider.show_frame(0, 1)
            return
        if self._wanted is not None and self._wanted.path != film.path:
            # Another film has come into sight meanwhile.
            self._films.cancel(_FRAME)
            self._wanted = None
        for key in [key for key in self._cache if key.path != film.path]:
            del self._cache[key]
        frame = film.frame if self._wanted is None else self._wanted.frame
        self.slider.show_frame(frame, film.num_frames)
