"""The list of films as a work list: scores all films in the background, and sorts them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from training.models.prediction import Prediction
from xray_desktop import theme
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.state.work_list import Order
from xray_desktop.viewer_tab.answer.second_reader import SecondReader
from xray_desktop.viewer_tab.listing.film_list import WIDTH_PX, FilmList
from xray_desktop.viewer_tab.message_bar import Kind

_ORDER_TIP = (
    "The order of the films: as opened, highest score first, or those first where the model is "
    "against your verdict"
)
_BLIND_TIP = "While reading blind the order stays: another would tell the model's answer"
_SCORE_TIP = "The model scores every film of the list, from the one in sight on"


class WorkListBar(QWidget):
    """Order and scoring, above and below the list of films. Renders; asks, never decides.

    Signals:
        order_asked: ``Order``.
        scoring_asked: ``bool``: begin, or stop.
    """

    order_asked = Signal(object)
    scoring_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH_PX)
        self.order = QComboBox()
        self.order.setObjectName("orderBox")
        self.order.setAccessibleName("Order of the films")
        self.order.addItems([order.value for order in Order])
        self.button = QPushButton()
        self.button.setObjectName("scoreAllButton")
        self.button.setCheckable(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_1, theme.SPACE_1, theme.SPACE_1, theme.SPACE_1)
        column.setSpacing(theme.SPACE_1)
        column.addWidget(self.button)
        column.addWidget(self.order)
        self.order.activated.connect(self._on_activated)
        self.button.clicked.connect(self.scoring_asked)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.order_asked.emit(tuple(Order)[index])

    def show_order(self, order: Order, *, can_sort: bool, is_blind: bool) -> None:
        """Which order holds, and whether another can be chosen."""
        self.order.setCurrentIndex(tuple(Order).index(order))
        self.order.setEnabled(can_sort)
        self.order.setToolTip(_BLIND_TIP if is_blind else _ORDER_TIP)

    def show_scoring(self, done: int, total: int, *, is_running: bool, has_model: bool) -> None:
        """How many films have a score."""
        is_done = bool(total) and done >= total
        self.button.setChecked(is_running)
        self.button.setEnabled(is_running or (has_model and bool(total) and not is_done))
        self.button.setToolTip(_SCORE_TIP if has_model or not total else "Choose a model first")
        if is_running:
            self.button.setText(f"Stop  {done:,}/{total:,}")
        else:
            self.button.setText("All scored" if is_done else "Score all films")


class WorkListing(QObject):
    """Asks for one film's score after the other; what the reader asks for in between goes first.

    Args:
        state: The tab's facts.
        reader: The prediction worker's front.
        bar: Order and scoring.
        films: The list.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
    """

    changed = Signal()
    said = Signal(str, object)

    def __init__(
        self, state: ViewerState, reader: SecondReader, bar: WorkListBar, films: FilmList
    ) -> None:
        super().__init__(bar)
        self._state = state
        self._reader = reader
        self._bar = bar
        self._list = films
        self._in_list: object = None
        bar.order_asked.connect(self._on_order_asked)
        bar.scoring_asked.connect(self._on_scoring_asked)
        reader.scored.connect(self._on_scored)
        reader.scoring_failed.connect(self._on_scoring_failed)

    def films_opened(self) -> None:
        """Another list was opened."""
        self._reader.stop_scoring()
        self._state.work.open(self._state.films)
        self._in_list = None

    def model_read_anew(self) -> None:
        """The model's card was changed: thresholds may be others."""
        self._reader.stop_scoring()
        self._state.work.forget(self._state.model)

    @Slot(bool)
    def _on_scoring_asked(self, begin: bool) -> None:
        self._state.work.is_running = begin and self._state.model is not None
        if self._state.work.is_running:
            self._ask_for_next()
        else:
            self._reader.stop_scoring()
        self.changed.emit()

    def _ask_for_next(self) -> bool:
        """Ask for one film more; False where all are scored."""
        state = self._state
        path = state.work.next_unscored(state.films, state.shown, state.unreadable)
        if path is not None and state.model is not None:
            self._reader.score(state.model, path)
            return True
        state.work.is_running = False
        if state.work.order is not Order.OPENED:
            self._sort(state.work.order)
        return False

    @Slot(object, object)
    def _on_scored(self, path: Path, prediction: Prediction) -> None:
        state = self._state
        work = state.work
        if not work.is_running or state.model is None:
            return
        if prediction.refusal is not None:
            work.refused[path] = prediction.refusal.words
        else:
            work.answers[path] = answer_as_stored(prediction, state.model)
        if self._ask_for_next():
            # Not through ``changed``: only one film and the count are others.
            self._show_one(path)
            self._show_count()
        else:
            self.changed.emit()

    def _show_one(self, path: Path) -> None:
        verdicts = self._state.verdicts
        if path in self._state.work.refused:
            # That there is no answer tells a blind reader nothing of what it would have been.
            self._list.film_model.set_refused(self._state.work.refused)
            return
        if verdicts.blind and path not in verdicts.signs:
            return
        verdicts.note_listed((path,))
        self._list.film_model.set_answer(path, self._state.work.answers[path])

    @Slot(object, str)
    def _on_scoring_failed(self, film: Path | None, why: str) -> None:
        if not self._state.work.is_running:
            return
        if film is None:
            self._state.work.is_running = False
            self.said.emit(why, Kind.ERROR)
        else:
            self._state.refuse_film(film, why)
            self._ask_for_next()
        self.changed.emit()

    @Slot(object)
    def _on_order_asked(self, order: Order) -> None:
        self._sort(order)
        self.changed.emit()

    def _sort(self, order: Order) -> None:
        state = self._state
        state.work.order = order
        films = state.work.sorted_films(order, state.verdicts.signs)
        if films != state.films:
            state.reorder(films)
            self._list.set_films(films)

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        work, verdicts = state.work, state.verdicts
        if work.use_model(state.model):
            self._reader.stop_scoring()
        if work.order is not Order.OPENED and (verdicts.blind or not work.answers):
            self._sort(Order.OPENED)
        told = work.told(verdicts.signs, blind=verdicts.blind)
        if told != self._in_list:
            self._in_list = told
            self._list.film_model.set_answers(told)
        self._list.film_model.set_refused(work.refused)
        verdicts.note_listed(told)
        can_sort = bool(work.answers) and not verdicts.blind
        self._bar.show_order(work.order, can_sort=can_sort, is_blind=verdicts.blind)
        self._show_count()

    def _show_count(self) -> None:
        state = self._state
        self._bar.show_scoring(
            len(state.work.answers) + len(state.work.refused),
            len(state.films) - len(state.unreadable),
            is_running=state.work.is_running,
            has_model=state.model is not None,
        )
