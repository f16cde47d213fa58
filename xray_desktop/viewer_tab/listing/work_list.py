"""The list of films as a work list: scores films in the background, sorts, filters, stacks copies."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from training.models.prediction import Prediction
from xray_desktop.review.verdicts import Opinion
from xray_desktop.settings import Settings
from xray_desktop.state.film_stacks import find_stacks
from xray_desktop.state.list_filter import ListFilter, VerdictChoice
from xray_desktop.state.verdict_state import answer_as_stored
from xray_desktop.state.viewer_state import ViewerState
from xray_desktop.state.work_list import Order, WorkList
from xray_desktop.viewer_tab.answer.second_reader import SecondReader
from xray_desktop.viewer_tab.listing.film_list import FilmList
from xray_desktop.viewer_tab.listing.work_list_bar import WorkListBar
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

_STACKS, _DATES = "stacks of the list", "dates of the list"
_ORDER, _STACKED, _VERDICT = "viewer/order", "viewer/stacked", "viewer/filter_verdict"
# While films are scored, a list filtered by score is filtered anew so often.
_ANEW_MS = 1000


class WorkListing(QObject):
    """Carries the wishes for the list into the state, and asks for one film's score after the other.

    What the reader asks for in between goes first. Films read meanwhile stay in a filtered list
    until it is filtered anew, so that the reader can go back to them.

    Args:
        state: The tab's facts.
        reader: The prediction worker's front.
        bar: What stands above the list.
        films: The list.
        thread: A worker for names and dates of files; others may use it too.
        settings: For order, copies and the filter by verdict; none are remembered without.

    Signals:
        changed: The state has changed; the tab draws it.
        said: ``str, Kind``, for the message bar.
        film_asked: ``int``, a row of the list.
    """

    changed = Signal()
    said = Signal(str, object)
    film_asked = Signal(int)

    def __init__(
        self,
        state: ViewerState,
        reader: SecondReader,
        bar: WorkListBar,
        films: FilmList,
        thread: JobThread,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(bar)
        self._state = state
        self._reader = reader
        self._bar = bar
        self._list = films
        self._thread = thread
        self._settings = settings
        self._in_list: object = None
        # What the list was last sorted and filtered by, to see when that has changed.
        self._made_of: object = None
        self._closes_stack = False
        self._anew = QTimer(self)
        self._anew.setSingleShot(True)
        self._anew.setInterval(_ANEW_MS)
        self._anew.timeout.connect(self.filter_anew)
        if settings is not None:
            _recall(state.work, settings)
        bar.order_asked.connect(self._on_order_asked)
        bar.scoring_asked.connect(self._on_scoring_asked)
        bar.filter_asked.connect(self.set_filter)
        bar.stacking_asked.connect(self._on_stacking_asked)
        films.stack_asked.connect(self.toggle_stack)
        thread.done.connect(self._on_looked_up)
        reader.scored.connect(self._on_scored)
        reader.scoring_failed.connect(self._on_scoring_failed)

    def films_opened(self) -> None:
        """Another list was opened."""
        self._reader.stop_scoring()
        self._anew.stop()
        self._state.work.open(self._state.films)
        self._in_list = None
        self._list_anew()
        self._thread.submit(_STACKS, find_stacks, self._state.films)
        self._ask_for_dates()

    def film_shown(self) -> None:
        """Another film is in sight: a stack that was to be closed is closed now."""
        if self._closes_stack:
            self._closes_stack = False
            self._list_anew()

    def stop(self) -> None:
        """Ask for nothing more."""
        self._anew.stop()
        self._bar.stop()

    # Order, filter, copies -----------------------------------------------------------------------

    @Slot(object)
    def _on_order_asked(self, order: Order) -> None:
        self._state.work.order = order
        self._remember(_ORDER, order.name)
        self._ask_for_dates()
        self.filter_anew()

    @Slot(object)
    def set_filter(self, wanted: ListFilter) -> None:
        """Show other films."""
        self._state.work.filter = wanted
        self._remember(_VERDICT, wanted.verdict.name)
        self.filter_anew()

    @Slot(bool)
    def _on_stacking_asked(self, stacked: bool) -> None:
        self._state.work.stacked = stacked
        self._remember(_STACKED, stacked)
        self.filter_anew()

    @Slot(int)
    def toggle_stack(self, row: int | None = None) -> None:
        """List the copies of a film, or put them away.

        Args:
            row: The film's row; the film in sight where left out.
        """
        state, work = self._state, self._state.work
        row = state.shown if row is None else row
        if row is None:
            return
        path = state.films[row]
        group = work.stacks.of(path)
        if not group:
            return
        first = work.stacks.first(path, state.unreadable)
        is_open = group[0] in work.open_stacks or any(p in group and p != first for p in state.held)
        if not is_open:
            work.open_stacks.add(group[0])
        else:
            work.open_stacks.discard(group[0])
            if state.shown is not None and state.films[state.shown] in group:
                # A copy in sight keeps its row; the film that stands for it comes into sight first.
                self._closes_stack = state.films[state.shown] != first
                if self._closes_stack:
                    self.film_asked.emit(state.films.index(first))
                    return
        self.filter_anew()

    @Slot()
    def filter_anew(self) -> None:
        """Sort and filter by what is known now: films that no longer fit go."""
        self._list_anew()
        self.changed.emit()

    def _list_anew(self) -> None:
        state, work = self._state, self._state.work
        verdicts = state.verdicts
        films = work.shown(verdicts.signs, state.unreadable, state.held, blind=verdicts.blind)
        copies = work.copies_shown(films, state.unreadable)
        self._made_of = self._facts()
        if films != state.films:
            state.reorder(films)
        if (films, *copies) != (self._list.film_model.films, *self._list.film_model.copies):
            self._list.set_films(films, *copies)

    def _facts(self) -> tuple[object, ...]:
        """What a change of has the list made anew; verdicts and scores given meanwhile do not."""
        work, verdicts = self._state.work, self._state.verdicts
        return work.model, verdicts.blind, verdicts.signs, work.is_running

    # Names and dates of files -----------------------------------------------------------------------

    def _ask_for_dates(self) -> None:
        work = self._state.work
        if work.order is Order.DATE and not work.dates:
            self._thread.submit(_DATES, _dates_of, work.opened)

    @Slot(object)
    def _on_looked_up(self, outcome: JobDone | JobFailed) -> None:
        # A list without them is a list all the same; a mistake was logged.
        if outcome.key not in (_STACKS, _DATES) or isinstance(outcome, JobFailed):
            return
        work = self._state.work
        if outcome.key == _DATES:
            work.dates = outcome.result
        else:
            work.stacks = outcome.result
        self.filter_anew()

    def _remember(self, name: str, value: str | bool) -> None:
        if self._settings is not None:
            self._settings.put(name, value)

    # Scoring -----------------------------------------------------------------------------------------

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
        # The list is made anew by it, see ``_facts``.
        state.work.is_running = False
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
            self._show_scoring()
            if work.filter.asks_model and not self._anew.isActive():
                self._anew.start()
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

    def render(self) -> None:
        """Draw what the state says."""
        state = self._state
        work, verdicts = state.work, state.verdicts
        if work.use_model(state.model):
            self._reader.stop_scoring()
        self._offer_answers()
        if state.films and self._made_of != self._facts():
            self._list_anew()
        told = work.told(verdicts.signs, blind=verdicts.blind)
        if told != self._in_list:
            self._in_list = told
            self._list.film_model.set_answers(told)
        self._list.film_model.set_refused(work.refused)
        verdicts.note_listed(told)
        self._show_bar()
        self._show_scoring()

    def _offer_answers(self) -> None:
        """The filter offers what the model in use can say, and asks for nothing else."""
        work, card = self._state.work, self._state.card
        classes = card.classes if card is not None and card.is_many else ()
        self._bar.panel.offer_answers(classes)
        known = classes or tuple(Opinion)
        if work.filter.says is not None and work.filter.says not in known:
            work.filter = replace(work.filter, says=None)
            self._made_of = None

    def _show_bar(self) -> None:
        state, work = self._state, self._state.work
        facts = {"has_scores": bool(work.answers), "is_blind": state.verdicts.blind}
        order = work.order_now(blind=state.verdicts.blind)
        self._bar.show_order(order, has_films=bool(state.films), **facts)
        groups = work.stacks.groups
        is_stacked = work.is_stacked and bool(groups)
        copies = sum(len(group) - 1 for group in groups) if is_stacked else 0
        self._bar.show_filter(
            work.filter_now(blind=state.verdicts.blind),
            shown=len(state.films) - len(self._list.film_model.copies[1]),
            total=len(work.opened) - copies,
            is_stacked=is_stacked,
            **facts,
        )
        self._bar.show_stacking(work.stacked, len(groups), sum(map(len, groups)))

    def _show_scoring(self) -> None:
        state = self._state
        self._bar.show_scoring(
            len(state.work.answers) + len(state.work.refused),
            len(state.work.opened) - len(state.unreadable),
            is_running=state.work.is_running,
            has_model=state.model is not None,
        )


def _recall(work: WorkList, settings: Settings) -> None:
    """Take up the work as it was left. Not names searched for, nor scores: they are of one list."""
    names = settings.text(_ORDER), settings.text(_VERDICT)
    if names[0] in Order.__members__:
        work.order = Order[names[0]]
    if names[1] in VerdictChoice.__members__:
        work.filter = replace(work.filter, verdict=VerdictChoice[names[1]])
    work.stacked = settings.flag(_STACKED, True)


def _dates_of(films: Sequence[Path]) -> dict[Path, float]:
    """When each file was last written; files that are gone are left out. Runs in a worker."""
    found = {}
    for path in films:
        with suppress(OSError):
            found[path] = path.stat().st_mtime
    return found
