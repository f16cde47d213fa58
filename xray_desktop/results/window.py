"""The results window: one run or cross-validation, looked at from all sides.

Opened by the main window; stays beside it. Everything is computed by its worker threads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from training.errors import UserError
from training.evaluation.operating_points import Target
from training.models.card import ModelCard
from xray_desktop import theme
from xray_desktop.film_grid.thumbnails import small_films
from xray_desktop.results import measuring
from xray_desktop.results.calibration_page import CalibrationPage
from xray_desktop.results.choices import Choice, list_choices
from xray_desktop.results.choosing import Choosing
from xray_desktop.results.compare_page import ComparePage
from xray_desktop.results.confusion_page import ConfusionPage
from xray_desktop.results.curves_page import CurvesPage
from xray_desktop.results.doubts_page import DoubtsPage
from xray_desktop.results.export import ask_target, export_rows
from xray_desktop.results.figures_page import FiguresPage
from xray_desktop.results.folds_page import FoldsPage
from xray_desktop.results.head_bar import HeadBar
from xray_desktop.results.many_confusion_page import ManyConfusionPage
from xray_desktop.results.page import ResultsPage, label
from xray_desktop.results.pages_list import PagesList
from xray_desktop.results.place import keep_place, restore_place
from xray_desktop.results.relabelling import Relabelling
from xray_desktop.results.scores_page import ScoresPage
from xray_desktop.results.told_line import ToldLine
from xray_desktop.settings import Settings
from xray_desktop.state.results_entries import Unit
from xray_desktop.state.results_state import Page, ResultsState, offers, worth_words
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread


class ResultsWindow(QWidget):
    """The window.

    Args:
        settings: Remembers its place and size.
        parent: The main window; it stays above it.

    Signals:
        films_requested: (list of films, model file or None) to be opened in the viewer.
        model_changed: A model file whose card was changed.
        labels_changed: The folder of films whose data check was changed.
        training_requested: ``TrainConfig`` of the run, to train again with new labels.
        became_idle: After ``shut_down``: no thread of it runs any more.
    """

    films_requested = Signal(object, object)
    model_changed = Signal(object)
    labels_changed = Signal(object)
    training_requested = Signal(object)
    became_idle = Signal()

    def __init__(self, settings: Settings | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("resultsWindow")
        self.setWindowTitle("Results")
        self._settings = settings
        self.state = ResultsState()
        self._folder: Path | None = None
        self._choices: list[Choice] = []
        self._measured: tuple[object, ...] = ()
        self._jobs = JobThread("results", self)
        self._pictures = JobThread("results pictures", self)
        self._jobs.done.connect(self._on_done)
        self._choosing = Choosing(self._jobs)
        self._thumbnails = small_films(self._pictures, self)
        self.ask_target: Callable[[QWidget, str], Path | None] = ask_target
        self._make_pages()
        panels = (self.confusion.films, self.doubts.films)
        self._relabelling = Relabelling(self._jobs, panels, self)
        self._build()
        self._connect()
        restore_place(self, settings)
        self._refresh()

    # For the main window

    def open_folder(self, folder: Path, page: Page | None = None) -> None:
        """Show a run or a cross-validation; what is in sight goes at once."""
        if page is not None:
            self.pages_list.pick(page)
        if folder == self._folder and self.state.loaded is not None:
            return
        self._folder = folder
        self._forget_views()
        self._put(self.state.reading(folder))
        for key in ("again", "curves", "calibration", "compare", "card"):
            self._jobs.cancel(key)
        self._jobs.submit("load", measuring.load, folder)
        self._jobs.submit("choices", list_choices, folder.parent)

    def is_busy(self) -> bool:
        """True while something is computed."""
        return self._jobs.is_busy() or self._pictures.is_busy()

    def shut_down(self) -> None:
        """Close and end the threads; never waits."""
        keep_place(self, self._settings)
        for panel in (self.confusion.films, self.doubts.films, self.many_confusion.films):
            panel.grid.stop()
        self._jobs.stop()
        self._pictures.stop()
        self.close()

    # Layout

    def _make_pages(self) -> None:
        self.head = HeadBar()
        self.figures = FiguresPage()
        self.confusion = ConfusionPage(self._thumbnails)
        self.curves = CurvesPage()
        self.calibration = CalibrationPage()
        self.scores = ScoresPage()
        self.doubts = DoubtsPage(self._thumbnails)
        self.folds = FoldsPage()
        self.compare = ComparePage()
        self.many_confusion = ManyConfusionPage(self._thumbnails)
        self._pages: dict[Page, ResultsPage] = {
            Page.FIGURES: self.figures,
            Page.CONFUSION: self.confusion,
            Page.CURVES: self.curves,
            Page.CALIBRATION: self.calibration,
            Page.SCORES: self.scores,
            Page.DOUBTS: self.doubts,
            Page.FOLDS: self.folds,
            Page.COMPARE: self.compare,
        }

    def _build(self) -> None:
        self.told = ToldLine()
        self.pages_list = PagesList()
        self._stack = QStackedWidget()
        for page in (*self._pages.values(), self.many_confusion):
            self._stack.addWidget(page)
        self._empty = label("", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        body = QHBoxLayout()
        body.setSpacing(theme.SPACE_3)
        body.addWidget(self.pages_list)
        body.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACE_3, theme.SPACE_3, theme.SPACE_3, theme.SPACE_3)
        layout.setSpacing(theme.SPACE_2)
        layout.addWidget(self.head)
        layout.addWidget(self.told)
        layout.addLayout(body, 1)
        self.setMinimumSize(1000, 600)

    def _connect(self) -> None:
        self.pages_list.currentRowChanged.connect(self._on_page)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.close)
        self.head.folder_picked.connect(self._on_folder)
        self.head.part_picked.connect(self._on_part)
        self.head.unit_picked.connect(self._on_unit)
        self.head.again_asked.connect(self._relabelling.ask_again)
        self._relabelling.again_requested.connect(self.training_requested)
        self.head.export_asked.connect(self._on_export)
        self._relabelling.told.connect(self.told.say)
        self._relabelling.changed.connect(self.labels_changed)
        self.confusion.viewer_requested.connect(self._on_viewer)
        self.doubts.viewer_requested.connect(self._on_viewer)
        self.many_confusion.viewer_requested.connect(self._on_viewer)
        self.curves.roc.threshold_dragged.connect(self._on_value)
        points = self.curves.points
        points.value_asked.connect(self._on_value)
        points.target_asked.connect(self._on_target)
        points.bands_asked.connect(self._on_bands)
        points.save_asked.connect(self._on_save)
        points.take_out_asked.connect(self._on_take_out)
        self.calibration.switch_asked.connect(self._on_switch)
        self.compare.compare_asked.connect(self._on_compare)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place; what was read stays for the next time."""
        keep_place(self, self._settings)
        super().closeEvent(event)

    # State

    def _put(self, state: ResultsState) -> None:
        self.state = state
        self._relabelling.follow(state)
        self._refresh()

    @property
    def page(self) -> Page:
        """The page in sight."""
        return self.pages_list.page

    @Slot()
    def _refresh(self) -> None:
        """Draw the state; the pages enable their controls by ``offers`` alone."""
        state = self.state
        allowed = offers(state)
        self.head.show_state(state, allowed, self._folder)
        self.head.offer_again(self._relabelling.can_train_again)
        words, is_warning = worth_words(state)
        self.told.say(words, theme.ERROR if is_warning else theme.TEXT_MUTED)
        if state.loaded is None:
            self._empty.setText(
                state.working or state.problem or "Pick a run above, or train one first."
            )
            self._stack.setCurrentWidget(self._empty)
            return
        if self.pages_list.offer(state.pages):
            # Picking the first has drawn it.
            return
        page = self._page_in_sight()
        self._stack.setCurrentWidget(page)
        self._ask_for_views()
        page.show_state(state, allowed)

    def _page_in_sight(self) -> ResultsPage:
        if self.state.is_many and self.page is Page.CONFUSION:
            return self.many_confusion
        return self._pages[self.page]

    def _forget_views(self) -> None:
        self._measured = ()
        self._show_curves(None)
        self.calibration.show_view(None)
        self.compare.show_compared(())

    def _ask_for_views(self) -> None:
        """Have the curves of what is in sight computed, unless that was asked already."""
        state = self.state
        part = state.shown
        if part is None or state.loaded is None:
            return
        card = state.card
        kept = card.calibration if card is not None else None
        # Without its switch: on or off, the curves are the same two.
        wanted = (id(state.loaded.subject), state.part, state.unit, kept and kept.temperature)
        if wanted == self._measured:
            return
        self._measured = wanted
        self._show_curves(None)
        self.calibration.show_view(None)
        self._jobs.submit("curves", measuring.curve_views, part, state.unit)
        self._jobs.submit(
            "calibration",
            measuring.calibration_view,
            state.loaded.subject,
            part,
            state.unit,
            kept,
        )

    def _show_curves(self, views: measuring.CurveViews | None) -> None:
        self.curves.show_views(views)
        self.scores.show_views(views, self.state)

    def _offer(self, choices: Sequence[Choice]) -> None:
        """Offer these runs and cross-validations; the one in sight is among them in any case."""
        folder = self._folder
        known = [each for each, _ in choices]
        alone = [] if folder is None or folder in known else [(folder, folder.name)]
        self._choices = [*alone, *choices]
        self.head.show_choices(self._choices)
        self.compare.show_choices(self._choices, folder)
        self._refresh()

    # What the user asks

    @Slot(int)
    def _on_page(self, _row: int) -> None:
        self._refresh()
        if self.page is Page.COMPARE:
            self._on_compare(self.compare.ticked())

    @Slot(object)
    def _on_folder(self, folder: Path) -> None:
        self.open_folder(folder)

    @Slot(int)
    def _on_part(self, number: int) -> None:
        self._put(self.state.with_part(number))

    @Slot(object)
    def _on_unit(self, unit: Unit) -> None:
        self._put(self.state.with_unit(unit))

    @Slot(object)
    def _on_viewer(self, paths: list[Path]) -> None:
        there = [path for path in paths if path.is_file()]
        if not there:
            words = "These films are not where they were when the run was made."
            self.told.say(words, theme.ERROR)
            return
        self.films_requested.emit(there, self.state.model)

    @Slot(int, float)
    def _on_value(self, number: int, value: float) -> None:
        self._put(self._choosing.by_value(self.state, number, value))

    @Slot(int, object, float)
    def _on_target(self, number: int, target: Target, share: float) -> None:
        try:
            self._put(self._choosing.by_target(self.state, number, target, share))
        except UserError as error:
            self.told.say(f"{error.what} {error.advice}".strip())

    @Slot(bool)
    def _on_bands(self, two: bool) -> None:
        self._put(self._choosing.with_bands(self.state, two=two))

    @Slot()
    def _on_save(self) -> None:
        self._choosing.save(self.state)

    @Slot()
    def _on_take_out(self) -> None:
        self._choosing.take_out(self.state)

    @Slot(bool)
    def _on_switch(self, on: bool) -> None:
        self._choosing.switch(self.state, on=on)

    @Slot(object)
    def _on_compare(self, folders: list[Path]) -> None:
        if self._folder is None or self.state.loaded is None:
            return
        self.compare.show_compared(None)
        self._jobs.submit("compare", measuring.compare, [self._folder, *folders])

    @Slot()
    def _on_export(self) -> None:
        name = f"{self._folder.name if self._folder else 'results'} {self.page.value}.csv"
        target = self.ask_target(self, name)
        if target is not None:
            self.told.say(export_rows(target, self._page_in_sight().rows()))

    # What the workers bring

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if isinstance(outcome, JobFailed):
            self._on_failed(outcome)
            return
        result = outcome.result
        match outcome.key:
            case "load":
                self._put(self.state.with_loaded(result))
                if self.page is Page.COMPARE:
                    self._on_compare(self.compare.ticked())
            case "again":
                self._put(replace(self.state, loaded=result))
            case "curves":
                self._show_curves(result)
                self._refresh()
            case "calibration":
                self.calibration.show_view(result)
                self._refresh()
            case "compare":
                self.compare.show_compared(result)
            case "choices":
                self._offer(result)
            case "card":
                self._on_card(*result)
            case "relabel":
                self._relabelling.done(result)
                self.head.offer_again(self._relabelling.can_train_again)

    def _on_failed(self, failed: JobFailed) -> None:
        known = isinstance(failed.error, UserError)
        why = f"{failed.error}" if known else "This could not be measured; the log says why."
        if failed.key == "load":
            self._put(self.state.failed(why))
        elif failed.key == "compare":
            self.compare.words.setText(why)
        else:
            self._put(self.state)
            self.told.say(why)

    def _on_card(self, model: Path, kind: str, card: ModelCard, said: str) -> None:
        self._put(self.state.with_card(kind, card, said))
        self.model_changed.emit(model)
        part = self.state.shown
        if part is not None and card.threshold != part.measured.threshold:
            self._jobs.submit("again", measuring.load, self._folder)
