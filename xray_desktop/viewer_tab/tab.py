"""The viewer tab: wires the list, the film, the tools, the model and the variants.

Called by the main window. Facts live in ``ViewerState``; every change ends in ``_refresh``,
which renders them. Films, thumbnails and the model have one worker thread each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from training.fit.run_folder import Run
from xray_desktop import paths
from xray_desktop.film_grid.thumbnails import Thumbnails
from xray_desktop.review.store import VerdictStore
from xray_desktop.settings import Settings
from xray_desktop.state.list_filter import ListFilter
from xray_desktop.state.measure_store import MeasureStore
from xray_desktop.state.viewer_state import LoadedFilm, ViewerState
from xray_desktop.viewer_tab.answer.prediction_panel import WIDTH_PX, PredictionPanel
from xray_desktop.viewer_tab.answer.reading import ModelReading
from xray_desktop.viewer_tab.answer.second_reader import SecondReader
from xray_desktop.viewer_tab.answer.variants_strip import VariantsStrip
from xray_desktop.viewer_tab.engine import Engine, make_thumbnail
from xray_desktop.viewer_tab.film.comparing import Comparing
from xray_desktop.viewer_tab.film.film_facts import FilmFacts
from xray_desktop.viewer_tab.film.film_view import FilmView
from xray_desktop.viewer_tab.film.frames import FrameTurning
from xray_desktop.viewer_tab.film.loupe import Loupe
from xray_desktop.viewer_tab.film.saved_picture import SavedPicture
from xray_desktop.viewer_tab.film.viewing import FilmViewing
from xray_desktop.viewer_tab.layout import TabLayout, list_footer
from xray_desktop.viewer_tab.listing.film_chooser import FilmChooser
from xray_desktop.viewer_tab.listing.film_list import FilmList
from xray_desktop.viewer_tab.listing.film_loader import FilmLoader, Opened
from xray_desktop.viewer_tab.listing.work_list import WorkListing
from xray_desktop.viewer_tab.listing.work_list_bar import WorkListBar
from xray_desktop.viewer_tab.measure.keeping import Keeping
from xray_desktop.viewer_tab.measure.measuring import Measuring
from xray_desktop.viewer_tab.message_bar import MessageBar
from xray_desktop.viewer_tab.opening import OpeningMessages, notes_of
from xray_desktop.viewer_tab.sharing.sharing import Sharing
from xray_desktop.viewer_tab.tools import ToolRow
from xray_desktop.viewer_tab.verdict.mark_layer import MarkLayer
from xray_desktop.viewer_tab.verdict.verdict_figures import VerdictFigures
from xray_desktop.viewer_tab.verdict.verdict_panel import VerdictPanel
from xray_desktop.viewer_tab.verdict.verdicts import ReaderVerdicts
from xray_desktop.workers.jobs import JobThread


class ViewerTab(QWidget):
    """Opens films and shows what a model makes of them.

    Args:
        settings: For the last folder; none is remembered without.
        engine: Tests give their own.
        store: Where verdicts are kept; the user's own file where left out.
        parent: The owner.

    Signals:
        became_idle: After ``shut_down``: no thread of the tab runs any more.
    """

    became_idle = Signal()

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        engine: Engine | None = None,
        store: VerdictStore | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        engine = engine or Engine()
        self.state = ViewerState()
        self._settings = settings
        self._threads = tuple(
            JobThread(name, self)
            for name in ("films", "thumbnails", "predictions", "figures", "sharing", "verdicts")
        )
        films, small, predictions, figures, sharing, writer = self._threads
        self._is_closing = False
        self._loader = FilmLoader(engine, films, small, self)
        self._thumbnails = Thumbnails(partial(make_thumbnail, engine.read_grey), small, self)
        self._view = FilmView()
        self._list = FilmList(self._thumbnails)
        self._place = QLabel()
        self._tools = ToolRow(self, self._view)
        self._bar = MessageBar()
        self._panel = PredictionPanel()
        self._strip = VariantsStrip()
        self._facts = FilmFacts(self.state, self._tools, self, settings)
        self._information = self._facts.window
        self._chooser = FilmChooser(settings, self)
        self._opening = OpeningMessages(self.state, self._loader, self._bar, self)
        self._reader = SecondReader(engine, predictions, self)
        self._viewing = FilmViewing(self.state, self._view, self._tools)
        self._frames = FrameTurning(self.state, self._view, self._tools, engine, films)
        self._reading = ModelReading(self.state, self._reader, self._panel, self._strip, settings)
        self._work_bar = WorkListBar()
        self._work = WorkListing(
            self.state, self._reader, self._work_bar, self._list, figures, settings
        )
        self._measuring = Measuring(self.state, self._view, self._tools, self)
        self._comparing = Comparing(
            self.state, self._viewing, self._view, self._tools, engine, films
        )
        self._verdict_panel = VerdictPanel(self, WIDTH_PX)
        marks = MarkLayer(self._view)
        self._verdicts = ReaderVerdicts(
            self.state, self._verdict_panel, marks, writer, settings, store
        )
        self._loupe = Loupe(self._view, self._tools)
        self._saving = SavedPicture(
            self.state, self._view, self._comparing, self._tools, small, self
        )
        measures = MeasureStore(paths.measurements_folder())
        self._keeping = Keeping(self.state, measures, writer, self)
        self._list_tools: dict[str, Callable[[], None]] = {
            "search": self._work_bar.go_to_search,
            "filter": self._work_bar.open_filter,
            "filter_anew": self._work.filter_anew,
            "filter_off": partial(self._work.set_filter, ListFilter()),
            "stack": self._work.toggle_stack,
        }
        self._figures = VerdictFigures(self._verdict_panel, figures, self._verdicts.store)
        stores = self._verdicts.store, measures
        self._sharing = Sharing(
            self.state, engine, stores, self._saving, self._tools, sharing, self
        )
        self._build()
        self._connect()
        self._refresh()
        self.setFocusProxy(self._view)
        self._view.setFocus()

    # For the main window ---------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open films and folders in place of the list, as soon as one of them can be read."""
        if paths and not self._is_closing:
            self._opening.begin()
            self._loader.open(paths)

    def set_runs(self, runs: tuple[Run, ...]) -> None:
        """Offer the best and the final model of each run."""
        if not self._is_closing:
            self._reading.set_runs(runs)

    def choose_model(self, path: Path) -> None:
        """Use a model file, of a run or from anywhere."""
        if not self._is_closing:
            self._reading.choose(path)

    def model_changed(self, path: Path) -> None:
        """Read a model file anew where it is the one in use: its card was changed."""
        if not self._is_closing and self.state.model == path:
            self._work.model_read_anew()
            self._reading.choose(path)

    @property
    def view_actions(self) -> list[QAction]:
        """For the window's View menu: the film alone, and in a window of its own."""
        return [self._tools.entries[name] for name in ("film_alone", "film_window")]

    def is_busy(self) -> bool:
        """True while something is being read; after ``shut_down``, while a thread runs."""
        if self._is_closing:
            return any(thread.isRunning() for thread in self._threads)
        return any(thread.is_busy() for thread in self._threads)

    def request_close(self) -> bool:
        """Ask where verdicts could not be saved; False to stay open."""
        return self._is_closing or self._verdicts.may_close()

    def shut_down(self) -> None:
        """Ask for nothing more and end the threads; never waits. ``became_idle`` follows."""
        if self._is_closing:
            return
        self._measuring.layer.finish_writing()
        self._is_closing = True
        self._opening.stop()
        self._list.stop()
        self._work.stop()
        self._information.close()
        if self.layout_of_parts.window is not None:
            self.layout_of_parts.window.close()
        self._figures.close()
        self._sharing.close()
        for thread in self._threads:
            thread.finished.connect(self._on_thread_finished)
        for thread in self._threads[:-1]:
            thread.stop()
        # Not before what was given is written.
        self._verdicts.shut_down()
        self._on_thread_finished()

    @Slot()
    def _on_thread_finished(self) -> None:
        if not self.is_busy():
            self.became_idle.emit()

    # Layout ----------------------------------------------------------------------------------

    def _build(self) -> None:
        footer = list_footer(self._tools, self._place, self._bar.height())
        self.layout_of_parts = TabLayout(
            self,
            self._tools,
            self._view,
            left=(self._work_bar, self._list, footer),
            middle=(self._tools, self._comparing.area, self._bar),
            right=(self._panel, self._verdict_panel),
            below=self._strip,
            settings=self._settings,
        )
        self.setTabOrder(self._tools, self._list)
        self.setTabOrder(self._list, self._view)
        self.setTabOrder(self._view, self._panel.model_box)

    def _connect(self) -> None:
        loader = self._loader
        loader.opened.connect(self._on_opened)
        loader.film_loaded.connect(self._on_film_loaded)
        for source in (self._list, self._view, self._comparing.view):
            source.step_asked.connect(self._on_step)
            source.end_asked.connect(self._on_end)
        self._list.film_asked.connect(self._ask_for)
        self._list.compare_asked.connect(self._comparing.compare_with)
        for view in (self._view, self._comparing.view):
            view.files_dropped.connect(self.open_paths)
            view.pointed_at.connect(self._bar.point_at)
        self._measuring.table_asked.connect(self._keeping.ask_for_table)
        self._comparing.heat_map_asked.connect(self._reading.want_map)
        self._comparing.film_beside.connect(self._keeping.film_beside)
        self._comparing.exchanged.connect(self._on_film_loaded)
        self._frames.turned.connect(self._on_frame_turned)
        self._frames.said.connect(self._bar.say)
        parts = (self._viewing, self._reading, self._verdicts, self._work, self._measuring)
        for part in (*parts, self._comparing, self._facts, self._keeping, self._opening):
            part.changed.connect(self._refresh)
        speakers = (self._reading, self._verdicts, self._figures, self._work)
        others = (self._comparing, self._facts, self._saving, self._keeping, self._sharing)
        for speaker in (*speakers, *others):
            speaker.said.connect(self._bar.say)
        for asker in (self._verdicts, self._work):
            asker.film_asked.connect(self._ask_for)
        self._work_bar.left.connect(self._view.setFocus)
        self._tools.used.connect(self._on_tool_used)
        self._chooser.chosen.connect(self.open_paths)
        self._tools.open_films.triggered.connect(self._chooser.ask_for_films)
        self._tools.open_folder.triggered.connect(self._chooser.ask_for_folder)

    @Slot()
    def _refresh(self) -> None:
        """Draw the state, all of it; the only place that enables controls."""
        state = self.state
        self._work.render()
        self._viewing.render()
        self._reading.render()
        self._verdicts.render()
        self._measuring.render()
        self._keeping.render()
        self._comparing.render()
        self._frames.render()
        self._tools.show_enabled(state.enabled())
        self._tools.show_checked("keep_folder", self._chooser.keeps_folder)
        self._tools.show_checked("overlay", state.overlay_on)
        self._tools.show_checked("variants", state.variants_open)
        self._tools.show_checked("compare", state.beside.film is not None)
        self._tools.show_checked("heat_beside", state.beside.heat_map)
        self._list.film_model.set_unreadable(state.unreadable)
        self._list.film_model.set_signs(state.verdicts.signs)
        self._list.film_model.hide_names(state.hide_identity)
        self._list.show_row(state.shown)
        count = len(state.films)
        self._place.setText("" if state.shown is None else f"{state.shown + 1:,} / {count:,}")

    # Films -----------------------------------------------------------------------------------

    @Slot(int)
    def _on_step(self, step: int) -> None:
        self._ask_for(self.state.step(step))

    @Slot(str, bool)
    def _on_tool_used(self, name: str, checked: bool) -> None:
        if name in ("previous", "next"):
            self._on_step(1 if name == "next" else -1)
        elif name == "overlay":
            self._reading.set_overlay(checked)
        elif name == "variants":
            self._reading.set_variants_open(checked)
        elif name == "share_verdicts":
            self._figures.ask_for_table()
        elif name == "keep_folder":
            self._chooser.keep_folder(checked)
        elif name in self._list_tools:
            self._list_tools[name]()

    @Slot(bool)
    def _on_end(self, last: bool) -> None:
        self._ask_for(self.state.end_of_list(last))

    @Slot(int)
    def _ask_for(self, index: int | None) -> None:
        if index is not None and not self._is_closing:
            self.state.wanted = index
            self._opening.begin()
            self._loader.load(self.state.films[index])

    @Slot(object)
    def _on_opened(self, opened: Opened) -> None:
        self.state.swap_films(opened.films, opened.index, opened.loaded)
        self.state.unreadable.update(opened.unreadable)
        self._work.films_opened()
        self._verdicts.films_opened()
        self._opening.list_opened(opened)
        self._after_film(opened.loaded)
        focus = QApplication.focusWidget()
        if self.isVisible() and (focus is None or not self.isAncestorOf(focus)):
            # Opened from the menu or by dropping: the keys of the film hold at once.
            self._view.setFocus()

    @Slot(object, object)
    def _on_film_loaded(self, path: Path, loaded: LoadedFilm) -> None:
        index = self.state.wanted
        if index is None or self.state.films[index] != path:
            return
        self.state.show_film(index, loaded)
        self._after_film(loaded)

    def _after_film(self, loaded: LoadedFilm) -> None:
        self._opening.film_opened(loaded)
        self._verdicts.film_shown(loaded.film.path)
        self._keeping.film_shown(loaded.film)
        self._reading.film_shown()
        self._work.film_shown()
        self._refresh()
        self._facts.film_shown()
        following = self.state.step(1)
        if following is not None:
            self._loader.read_ahead(self.state.films[following], loaded)

    @Slot(object)
    def _on_frame_turned(self, loaded: LoadedFilm) -> None:
        self._bar.say(notes_of(loaded))
        self._keeping.film_shown(loaded.film)
        self._reading.film_shown()
        self._refresh()
        self._facts.film_shown()
