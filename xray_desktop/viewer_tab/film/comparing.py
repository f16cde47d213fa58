"""Side by side: a second film, or the film's own heat map, beside the film in sight.

The film in sight stays the one that verdict, model, measurements and tools belong to.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from training.films.film import Window
from xray_desktop.state.hidden_identity import without_name
from xray_desktop.state.linked_views import aligned, followed, linked_look
from xray_desktop.state.viewer_geometry import Geometry
from xray_desktop.state.viewer_state import LoadedFilm, Look, ViewerState
from xray_desktop.viewer_tab.answer.heat_layer import HeatLayer
from xray_desktop.viewer_tab.engine import Engine, load_film
from xray_desktop.viewer_tab.film.compare_area import CompareArea
from xray_desktop.viewer_tab.film.film_view import FilmView, Tool
from xray_desktop.viewer_tab.film.loupe import Loupe
from xray_desktop.viewer_tab.film.viewing import FilmViewing
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.tools import ToolRow
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_BESIDE = "film beside"


class Comparing(QObject):
    """Opens, links and closes the second view.

    Args:
        state: The tab's facts.
        viewing: Of the film in sight.
        view: Its view.
        tools: The row of buttons.
        engine: Where films come from.
        films: The worker that reads films.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
        heat_map_asked: A heat map is wanted that may not be there yet.
        exchanged: ``Path, LoadedFilm``: this film is now the one in sight.
        film_beside: ``Path``, a film stands beside now.
    """

    changed = Signal()
    said = Signal(str, object)
    heat_map_asked = Signal()
    exchanged = Signal(object, object)
    film_beside = Signal(object)

    def __init__(
        self,
        state: ViewerState,
        viewing: FilmViewing,
        view: FilmView,
        tools: ToolRow,
        engine: Engine,
        films: JobThread,
    ) -> None:
        super().__init__(view)
        self._state = state
        self._viewing = viewing
        self._main = view
        self._engine = engine
        self._films = films
        self.view = FilmView()
        self.view.setObjectName("filmViewBeside")
        self.view.setAccessibleName("Film beside")
        self.area = CompareArea(view, self.view)
        self._loupe = Loupe(self.view, tools)
        self._in_view: object = None
        self._main_film: LoadedFilm | None = None
        self._heat: tuple[object, HeatLayer] | None = None
        films.done.connect(self._on_film)
        tools.used.connect(self._on_tool_used)
        view.moved.connect(self._on_main_moved)
        viewing.look_set.connect(self._on_main_look_set)
        self.view.moved.connect(self._on_beside_moved)
        self.view.window_dragged.connect(self._on_beside_dragged)
        self.view.escaped.connect(self.close)
        self.area.link_asked.connect(self._on_link_asked)
        self.area.exchange_asked.connect(self._on_exchange_asked)
        self.area.close_asked.connect(self.close)

    # What stands beside ----------------------------------------------------------------------

    @Slot(int)
    def compare_with(self, index: int) -> None:
        """Show a film of the list beside the one in sight, as soon as it is read."""
        state = self._state
        if state.loaded is None or not 0 <= index < len(state.films):
            return
        path = state.films[index]
        state.beside.wanted = path
        if path == state.loaded.film.path:
            self._show(state.loaded)
        else:
            self._films.submit(_BESIDE, load_film, self._engine.read_film, path)

    @Slot()
    def close(self) -> None:
        """One film again."""
        self._films.cancel(_BESIDE)
        self._state.beside.close()
        self.changed.emit()

    @Slot(object)
    def _on_film(self, outcome: JobDone | JobFailed) -> None:
        beside = self._state.beside
        if outcome.key != _BESIDE or beside.wanted is None:
            return
        if isinstance(outcome, JobFailed):
            why, path = words_of(outcome.error), beside.wanted
            beside.wanted = None
            hides = self._state.hide_identity
            self.said.emit(without_name(why, path.name) if hides else why, Kind.ERROR)
            self.changed.emit()
        elif self._state.loaded is not None:
            self._show(outcome.result)

    def _show(self, loaded: LoadedFilm) -> None:
        beside = self._state.beside
        beside.show(loaded)
        self.film_beside.emit(loaded.film.path)
        self.changed.emit()

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name in tuple(Tool):
            self.view.set_tool(Tool(name))
        elif name == "compare" and not checked:
            self.close()
        elif name == "compare":
            following = self._state.step(1)
            other = self._state.step(-1) if following is None else following
            if other is not None:
                self.compare_with(other)
            self.changed.emit()
        elif name == "heat_beside":
            self._state.beside.close()
            self._state.beside.heat_map = checked
            if checked:
                self.heat_map_asked.emit()
            self.changed.emit()

    @Slot()
    def _on_exchange_asked(self) -> None:
        state = self._state
        other, look = state.beside.film, state.beside.look
        mine, my_look = state.loaded, state.look
        if other is None or look is None or mine is None or my_look is None:
            return
        places = self._main.film_geometry, self.view.film_geometry
        state.beside.show(mine, my_look)
        state.wanted = state.films.index(other.film.path)
        self.exchanged.emit(other.film.path, other)
        self._viewing.set_look(look)
        for view, place in ((self.view, places[0]), (self._main, places[1])):
            if place is not None:
                view.place(place)

    # Moving together -------------------------------------------------------------------------

    @Slot(bool)
    def _on_link_asked(self, linked: bool) -> None:
        self._state.beside.linked = linked
        self.changed.emit()

    def _follows(self) -> bool:
        beside = self._state.beside
        return beside.is_open and (beside.linked or beside.heat_map)

    @Slot(object, object)
    def _on_main_moved(self, before: Geometry, after: Geometry) -> None:
        self._carry(before, after, self.view)

    @Slot(object, object)
    def _on_beside_moved(self, before: Geometry, after: Geometry) -> None:
        self._carry(before, after, self._main)

    def _carry(self, before: Geometry, after: Geometry, to: FilmView) -> None:
        place = to.film_geometry
        if place is not None and self._follows():
            to.place(followed(before, after, place))

    @Slot(object, object)
    def _on_main_look_set(self, before: Look, after: Look) -> None:
        beside = self._state.beside
        if beside.heat_map:
            self.view.set_look(after)
        elif beside.look is not None and self._follows():
            beside.look = linked_look(before, after, beside.look)
            self.view.set_look(beside.look)

    @Slot(object)
    def _on_beside_dragged(self, window: Window) -> None:
        state = self._state
        if state.beside.heat_map and state.look is not None:
            self._viewing.set_look(replace(state.look, window=window))
        elif state.beside.look is not None:
            before = state.beside.look
            state.beside.look = replace(before, window=window)
            self.view.set_look(state.beside.look)
            if self._follows() and state.look is not None:
                wanted = linked_look(before, state.beside.look, state.look)
                self._viewing.set_look(wanted, carry=False)

    # Drawing ---------------------------------------------------------------------------------

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        if state.beside.heat_map and (state.card is None or state.verdicts.hides_model):
            state.beside.close()
        beside = state.beside
        left, right = state.captions()
        self.area.show_two(beside.is_open, left, right)
        self.area.link.setChecked(beside.linked or beside.heat_map)
        self.area.link.setVisible(not beside.heat_map)
        self.area.exchange.setVisible(not beside.heat_map)
        self._render_picture()
        self._render_overlay()

    def _render_picture(self) -> None:
        state, beside = self._state, self._state.beside
        is_new_main = state.loaded is not self._main_film
        self._main_film = state.loaded
        picture = state.picture_beside()
        if picture is None:
            self._in_view = None
            self.view.show_picture(None, None)
            return
        wanted = (
            picture.pixels,
            picture.lines,
            picture.text,
            picture.is_plain,
            picture.spacing,
            picture.overlay,
            beside.heat_map,
        )
        if wanted != self._in_view:
            is_same = isinstance(self._in_view, tuple) and self._in_view[0] is picture.pixels
            place = self.view.film_geometry if is_same else None
            self._in_view = wanted
            self.view.show_picture(picture, state.look_beside(), place)
            self._align(is_same)
        elif is_new_main:
            self._align(False)

    def _align(self, has_place: bool) -> None:
        mine, other = self._main.film_geometry, self.view.film_geometry
        if not has_place and mine is not None and other is not None and self._follows():
            self.view.place(aligned(mine, other))

    def _render_overlay(self) -> None:
        state = self._state
        told = state.told if state.beside.heat_map else None
        kind = state.map_shown
        heat_map = told.map_of(kind) if told is not None else None
        if told is None or heat_map is None or heat_map.is_empty:
            self._heat = None
        elif self._heat is None or self._heat[0] != (told, kind):
            self._heat = ((told, kind), HeatLayer(told, covers_square=False, kind=kind))
        self.view.set_overlay(told, self._heat[1] if self._heat else None, state.opacity, kind)
