"""The reader's part of the tab: takes verdicts, has them written, and hides the model's answer.

Every verdict is written by its own worker at once. One that cannot be written is kept here and
told of; the reader can try again, and it is tried again with each new verdict and at closing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from training.errors import UserError
from xray_desktop import paths
from xray_desktop.review.identity import sha256_of
from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Mark, ModelAnswer, Opinion, Verdict
from xray_desktop.settings import Settings
from xray_desktop.state.verdict_state import FIRST_READER, answer_as_stored
from xray_desktop.state.viewer_state import Showing, ViewerState
from xray_desktop.viewer_tab.listing.film_loader import words_of
from xray_desktop.viewer_tab.message_bar import Kind
from xray_desktop.viewer_tab.verdict.mark_layer import MarkLayer
from xray_desktop.viewer_tab.verdict.verdict_panel import VerdictPanel
from xray_desktop.workers.jobs import JobDone, JobFailed, JobThread

ALL_READ = "Every film of this list that can be read has your verdict."
MORE_HIDDEN = " The filter hides others."
_PREPARE, _FILM, _SIGNS, _KEEP, _ANSWER = "prepare", "film", "signs", "keep", "answer"
_READER, _BLIND = "review/reader", "review/blind"


class ReaderVerdicts(QObject):
    """Carries the reader's wishes into the state and the file of verdicts.

    Args:
        state: The tab's facts.
        panel: The reader's panel.
        layer: The mark over the film.
        thread: A worker of its own: nothing may hold up a write for long.
        settings: For the reader's name and the blind switch; none are remembered without.
        store: The user's own file where left out.

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
        panel: VerdictPanel,
        layer: MarkLayer,
        thread: JobThread,
        settings: Settings | None = None,
        store: VerdictStore | None = None,
    ) -> None:
        super().__init__(panel)
        self._state = state
        self._facts = state.verdicts
        self._panel = panel
        self._layer = layer
        self._thread = thread
        self._settings = settings
        self.store = store or VerdictStore(paths.verdicts_file())
        self._drafts: dict[tuple[str, Path], str] = {}
        self._is_prepared = False
        self._is_closing = False
        if settings is not None:
            self._facts.set_reader(settings.text(_READER, FIRST_READER))
            self._facts.blind = settings.flag(_BLIND, False)
        thread.done.connect(self._on_done)
        panel.given.connect(self.give)
        panel.note_finished.connect(self._on_note_finished)
        panel.reader_named.connect(self._on_reader_named)
        panel.blind_asked.connect(self._on_blind_asked)
        panel.next_asked.connect(self._on_next_asked)
        panel.retry_asked.connect(self.retry)
        panel.marking_asked.connect(layer.arm)
        panel.unmark_asked.connect(self._on_unmark_asked)
        layer.marked.connect(self._on_marked)
        layer.given_up.connect(self._on_marking_ended)

        self.ask_to_lose = ask_to_lose

    # What the tab tells -------------------------------------------------------------------------

    def films_opened(self) -> None:
        """Another list: its signs are looked up."""
        self._facts.signs = {}
        self._ask_for_signs()

    def film_shown(self, path: Path) -> None:
        """Another film is in sight; its verdicts are looked up."""
        self._put_note_away()
        self._on_marking_ended()
        self._facts.show_film(path)
        self._panel.show_note(self._drafts.pop((self._facts.reader, path), ""))
        self._submit(_FILM, _look_up, self.store, path)

    def render(self) -> None:
        """Draw what the state says, and note what of the model is in sight by now."""
        self._note_late_answer()
        is_film = self._state.showing is Showing.FILM
        self._panel.show_state(self._facts, has_films=bool(self._state.films), can_mark=is_film)
        self._layer.show_mark(self._mark_in_sight() if is_film else None)
        if not is_film:
            self._on_marking_ended()

    def may_close(self) -> bool:
        """Ask where verdicts could not be saved; False to stay open."""
        facts = self._facts
        if not facts.unsaved or not facts.failure:
            return True
        return self.ask_to_lose(self._panel, len(facts.unsaved), facts.failure)

    def shut_down(self) -> None:
        """End the worker as soon as everything given is written, or failed once more."""
        self._is_closing = True
        self._thread.cancel(_FILM)
        self._thread.cancel(_SIGNS)
        if self._facts.failure:
            self.retry()
        self._thread.became_idle.connect(self._thread.stop)
        if not self._thread.is_busy():
            self._thread.stop()

    # Verdicts -------------------------------------------------------------------------------------

    @Slot(object)
    def give(self, opinion: Opinion) -> None:
        """The reader's verdict on the film in sight."""
        note = self._panel.note.text().strip()
        if self._facts.give(opinion, note, self._answer()) is not None:
            self.retry()
        self.changed.emit()

    @Slot()
    def retry(self) -> None:
        """Write all that is not known to be on the disk, in the order in which it was given."""
        self._facts.failure = ""
        self._submit(_KEEP, _keep, self.store, tuple(self._facts.unsaved.values()))
        self.changed.emit()

    def _answer(self) -> ModelAnswer | None:
        """The model's answer to the film, whether it is in sight or not."""
        # What the model would not answer is no answer to agree with.
        prediction = None if self._state.refusal else self._state.prediction
        path = self._state.model
        # One of many classes is no opinion that a verdict could agree with.
        if prediction is None or path is None or prediction.is_many:
            return None
        return answer_as_stored(prediction, path)

    def _note_late_answer(self) -> None:
        answer = self._answer()
        token = self._facts.answer_late(answer) if answer else None
        if token is not None and answer is not None:
            self._submit((_ANSWER, token), self.store.add_answer, token, answer)

    # The panel --------------------------------------------------------------------------------------

    @Slot()
    def _on_note_finished(self) -> None:
        # A note changed after the verdict belongs to it; before, it waits for the verdict.
        current = self._facts.current
        if current is not None and current.note != self._panel.note.text().strip():
            self.give(current.opinion)

    @Slot(object)
    def _on_marked(self, mark: Mark) -> None:
        self._on_marking_ended()
        film = self._state.film
        self._set_mark(mark if film is None else replace(mark, frame=film.frame))

    def _mark_in_sight(self) -> Mark | None:
        """The film's mark, unless it lies on another frame than the one in sight."""
        mark, film = self._facts.mark, self._state.film
        return mark if mark is not None and film is not None and mark.frame == film.frame else None

    @Slot()
    def _on_unmark_asked(self) -> None:
        self._set_mark(None)

    def _set_mark(self, mark: Mark | None) -> None:
        # As with the note: before the verdict it waits, after it belongs to it.
        self._facts.mark = mark
        if (current := self._facts.current) is not None:
            self.give(current.opinion)
        else:
            self.changed.emit()

    @Slot()
    def _on_marking_ended(self) -> None:
        if self._panel.mark.isChecked():
            self._panel.mark.setChecked(False)

    def _put_note_away(self) -> None:
        """Before the field is filled anew: a note without a verdict waits for its film."""
        self._on_note_finished()
        text, facts = self._panel.note.text(), self._facts
        if text and facts.film is not None and facts.current is None:
            self._drafts[facts.reader, facts.film] = text
        self._panel.show_note("")

    @Slot(str)
    def _on_reader_named(self, name: str) -> None:
        if self._facts.names_another(name):
            self._put_note_away()
            self._facts.set_reader(name)
            self._remember(_READER, self._facts.reader)
            self._ask_for_signs()
            if self._facts.film is not None:
                self.film_shown(self._facts.film)
        self.changed.emit()

    @Slot(bool)
    def _on_blind_asked(self, blind: bool) -> None:
        self._facts.blind = blind
        self._remember(_BLIND, blind)
        self.changed.emit()

    @Slot()
    def _on_next_asked(self) -> None:
        state = self._state
        index = self._facts.next_without(state.films, state.wanted, state.unreadable)
        if index is not None:
            self.film_asked.emit(index)
        elif state.film is not None and self._facts.current is None:
            self.said.emit("Only the film in sight is without your verdict.", Kind.NOTE)
        else:
            is_filtered = state.work.filter_now(blind=self._facts.blind).is_on
            self.said.emit(ALL_READ + (MORE_HIDDEN if is_filtered else ""), Kind.NOTE)

    def _remember(self, name: str, value: str | bool) -> None:
        if self._settings is not None:
            self._settings.put(name, value)

    # The worker -------------------------------------------------------------------------------------

    def _ask_for_signs(self) -> None:
        # All that are open, also those that are not shown now.
        films = self._state.work.opened
        if films:
            self._submit(_SIGNS, self.store.signs, films, self._facts.reader)

    def _submit(self, key: object, function: object, *args: object) -> None:
        if not self._is_prepared:
            self._is_prepared = True
            self._thread.submit(_PREPARE, self.store.prepare)
        self._thread.submit(key, function, *args)  # type: ignore[arg-type]

    @Slot(object)
    def _on_done(self, outcome: JobDone | JobFailed) -> None:
        if isinstance(outcome, JobFailed):
            self._on_failed(outcome)
        elif outcome.key == _PREPARE:
            if outcome.result:
                self.said.emit(outcome.result, Kind.WARNING)
        elif outcome.key == _FILM:
            self._facts.look_up(*outcome.result)
            current = self._facts.current
            if current is not None and not self._panel.note.text():
                self._panel.show_note(current.note)
        elif outcome.key == _SIGNS:
            self._facts.signs = outcome.result | self._own_signs()
        elif outcome.key == _KEEP:
            tokens, why = outcome.result
            self._on_kept(tokens, why)
        if not self._is_closing:
            self.changed.emit()

    def _on_kept(self, tokens: Sequence[str], why: str) -> None:
        self._facts.saved(tokens, f"Not saved. {why}" if why else "")
        if why:
            self.said.emit(f"The verdict is not saved. {why}", Kind.ERROR)

    def _own_signs(self) -> dict[Path, Opinion]:
        """Of verdicts that the file did not hold yet when the signs were looked up."""
        signs = {path: verdict.opinion for verdict, path in self._facts.unsaved.values()}
        if self._facts.film is not None and (current := self._facts.current) is not None:
            signs[self._facts.film] = current.opinion
        return signs

    def _on_failed(self, failed: JobFailed) -> None:
        why = words_of(failed.error)
        if failed.key == _PREPARE:
            # Nothing can be kept in this file until the program is started anew.
            self._facts.blocked = why
        elif failed.key == _KEEP:
            self._on_kept((), why)
        elif isinstance(failed.error, UserError) and not self._facts.blocked:
            self.said.emit(why, Kind.ERROR)


def ask_to_lose(parent: QWidget, count: int, why: str) -> bool:
    """Ask whether to close although verdicts are not saved; True to close."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Verdicts not saved")
    verdicts = "1 verdict is" if count == 1 else f"{count:,} verdicts are"
    box.setText(f"{verdicts} not saved and will be lost if the program is closed.")
    box.setInformativeText(why)
    stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
    lose = box.addButton("Close and lose", QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is lose


def _look_up(store: VerdictStore, path: Path) -> tuple[Path, str, tuple[Verdict, ...]]:
    film = store.film_at(path)
    return path, film, store.history(film)


def _keep(
    store: VerdictStore, given: Sequence[tuple[Verdict, Path]]
) -> tuple[tuple[str, ...], str]:
    """Write verdicts in their order; gives the tokens written, and why others were not."""
    tokens: list[str] = []
    why = ""
    for verdict, path in given:
        try:
            # A quick reader is done before the film's bytes are summed up.
            film = verdict.film or sha256_of(path)
        except UserError as error:
            # This film was taken away; others can still be kept.
            why = str(error)
            continue
        try:
            store.add(replace(verdict, film=film), path)
        except UserError as error:
            why = str(error)
            break
        tokens.append(verdict.token)
    return tuple(tokens), why
