"""How the film is looked at: carries the tools' wishes into the state and shows the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from training.films.film import Window
from xray_desktop.state.viewer_geometry import Geometry, Orientation
from xray_desktop.state.viewer_state import LoadedFilm, Look, Showing, ViewerState
from xray_desktop.state.window_presets import preset_names, preset_window
from xray_desktop.viewer_tab.answer.heat_layer import HeatLayer
from xray_desktop.viewer_tab.film.film_view import ZOOM_STEP, FilmView, Tool
from xray_desktop.viewer_tab.tools import ToolRow


class FilmViewing(QObject):
    """Window, inversion, turns, zoom, and what fills the view.

    Args:
        state: The tab's facts.
        view: The film view.
        tools: The row of buttons.

    Signals:
        changed: The state has changed; the tab draws it.
        look_set: ``Look, Look``, the film's before and after the reader has changed it.
    """

    changed = Signal()
    look_set = Signal(object, object)

    def __init__(self, state: ViewerState, view: FilmView, tools: ToolRow) -> None:
        super().__init__(view)
        self._state = state
        self._view = view
        self._tools = tools
        self._film_place: Geometry | None = None
        self._in_view: object = None
        self._heat: HeatLayer | None = None
        self._heat_of: object = None
        view.window_dragged.connect(self._on_window_dragged)
        view.escaped.connect(self._on_escaped)
        self._changes = self._table()
        tools.used.connect(self._on_tool_used)
        tools.window_menu.preset_asked.connect(self._on_preset_asked)
        tools.window_menu.keep_asked.connect(self._on_keep_asked)
        tools.window_menu.gamma.gamma_asked.connect(self._on_gamma_asked)
        tools.window_menu.aboutToShow.connect(self._on_menu_opened)

    def _table(self) -> dict[str, Callable[[], None]]:
        view = self._view
        return {
            "window": partial(view.set_tool, Tool.WINDOW),
            "zoom": partial(view.set_tool, Tool.ZOOM),
            "pan": partial(view.set_tool, Tool.PAN),
            "invert": self.invert,
            "rotate": partial(self._turn, lambda orientation: orientation.turned(1)),
            "rotate_left": partial(self._turn, lambda orientation: orientation.turned(-1)),
            "mirror": partial(self._turn, Orientation.flipped_across),
            "flip": partial(self._turn, Orientation.flipped_down),
            "zoom_in": partial(view.zoom_by, ZOOM_STEP),
            "zoom_out": partial(view.zoom_by, 1.0 / ZOOM_STEP),
            "fit": view.fit,
            "one_to_one": view.one_to_one,
            "reset": self.reset,
            "network": self.toggle_network_input,
            "planes": self.toggle_planes,
        }

    @Slot(str, bool)
    def _on_tool_used(self, name: str, _checked: bool) -> None:
        if name in self._changes:
            self._changes[name]()

    def invert(self) -> None:
        """Exchange black and white."""
        if self._state.look is not None:
            self.set_look(replace(self._state.look, inverted=not self._state.look.inverted))

    def _turn(self, change: Callable[[Orientation], Orientation]) -> None:
        look = self._state.look
        if look is not None:
            self.set_look(replace(look, orientation=change(look.orientation)))

    def reset(self) -> None:
        """Show the film as recorded and fitted."""
        if self._state.film is not None:
            self.set_look(Look(self._state.film.window))
            self._view.fit()

    def toggle_network_input(self) -> None:
        """Show what the network is given in place of the film, or the film again."""
        state = self._state
        is_shown = state.showing is Showing.NETWORK_INPUT
        state.show_variant(None)
        state.showing = Showing.FILM if is_shown else Showing.NETWORK_INPUT
        self.changed.emit()

    def toggle_planes(self) -> None:
        """Show what the file draws over the film, or the bare film again."""
        self._state.planes_on = not self._state.planes_on
        self.changed.emit()

    @Slot(int)
    def _on_preset_asked(self, index: int) -> None:
        state = self._state
        if state.loaded is not None and state.look is not None:
            self.set_look(replace(state.look, window=preset_window(state.loaded, index)))

    @Slot(float)
    def _on_gamma_asked(self, gamma: float) -> None:
        if self._state.look is not None:
            self.set_look(replace(self._state.look, gamma=gamma))

    @Slot()
    def _on_menu_opened(self) -> None:
        # Not with every change: only an open menu is looked at.
        look = self._state.look
        self._tools.window_menu.gamma.show_gamma(1.0 if look is None else look.gamma)

    @Slot(bool)
    def _on_keep_asked(self, keep: bool) -> None:
        self._state.keep_window = keep

    @Slot(object)
    def _on_window_dragged(self, window: Window) -> None:
        if self._state.look is not None:
            self.set_look(replace(self._state.look, window=window))

    @Slot()
    def _on_escaped(self) -> None:
        if self._state.showing is not Showing.FILM:
            self._state.show_variant(None)
            self._state.showing = Showing.FILM
            self.changed.emit()

    def set_look(self, look: Look, *, carry: bool = True) -> None:
        """Give the film in sight another look.

        Args:
            look: The whole of it.
            carry: Say so by ``look_set``; False where the change came from there.
        """
        # Not through ``changed``: a window drag redraws the film only, 60 times a second.
        if self._state.showing is Showing.FILM:
            before, self._state.look = self._state.look, look
            self._view.set_look(look)
            if carry:
                self.look_set.emit(before, look)

    def render(self) -> None:
        """Draw what the state says."""
        film = self._state.film
        names = preset_names(film) if film is not None else ()
        can_window = self._state.enabled().film_tools
        self._tools.window_menu.show_presets(names, enabled=can_window)
        self._render_picture()
        self._render_overlay()
        self._tools.show_checked("network", self._state.showing is Showing.NETWORK_INPUT)
        self._tools.show_checked("planes", self._state.planes_on)

    def _render_picture(self) -> None:
        state = self._state
        # Compared by the objects themselves: an id may be used again.
        hides = state.hide_identity
        shown = (state.loaded, state.shown, state.films, state.showing, state.variant, state.card)
        is_film = state.showing is Showing.FILM
        look_of_film = (hides, state.text_level, state.spacing, state.planes_on)
        wanted = (*shown[:4], *look_of_film) if is_film else (*shown, hides)
        if wanted == self._in_view:
            return
        before, self._in_view = self._in_view, wanted
        if isinstance(before, tuple) and before[3] is Showing.FILM:
            self._film_place = self._view.film_geometry
        is_same_film = isinstance(before, tuple) and _are_one_file(before[0], state.loaded)
        returns = is_same_film and state.showing is Showing.FILM
        self._view.show_picture(
            state.picture(), state.picture_look(), self._film_place if returns else None
        )

    def _render_overlay(self) -> None:
        state = self._state
        prediction = state.told if state.overlay_on else None
        if prediction is None or state.showing is Showing.VARIANT:
            self._view.set_overlay(None, None, state.opacity)
            return
        kind = state.map_shown
        heat_map = prediction.map_of(kind)
        if heat_map is None or heat_map.is_empty:
            self._heat = self._heat_of = None
        elif self._heat_of != (prediction, state.showing, kind):
            covers_square = state.showing is Showing.NETWORK_INPUT
            self._heat = HeatLayer(prediction, covers_square=covers_square, kind=kind)
            self._heat_of = (prediction, state.showing, kind)
        self._view.set_overlay(prediction, self._heat, state.opacity, kind)


def _are_one_file(before: LoadedFilm | None, now: LoadedFilm | None) -> bool:
    """True for one film or two frames of one size of its file: it is looked at in its old place."""
    if before is None or now is None or before.film.path != now.film.path:
        return False
    return before.film.pixels.shape == now.film.pixels.shape
