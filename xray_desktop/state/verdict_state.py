"""The reader's part of the viewer's facts: whose verdicts, on which film, and what stays hidden."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from training.models.prediction import Prediction
from training.sharing.facts import ModelSaid, model_name
from xray_desktop.review.store import current_of
from xray_desktop.review.verdicts import Mark, ModelAnswer, Opinion, Verdict

FIRST_READER = "Reader 1"
ICONS = {
    Opinion.FRACTURE: "fracture",
    Opinion.NO_FRACTURE: "no-fracture",
    Opinion.UNSURE: "unsure",
}
"""The sign of each opinion, of ``theme.icon``."""


@dataclass
class VerdictState:
    """The reader's facts. GUI thread only.

    ``unsaved`` holds what was given and is not known to be on the disk, by token.
    """

    reader: str = FIRST_READER
    blind: bool = False
    film: Path | None = None
    digest: str = ""
    history: tuple[Verdict, ...] = ()
    mark: Mark | None = None
    signs: dict[Path, Opinion] = field(default_factory=dict)
    unsaved: dict[str, tuple[Verdict, Path]] = field(default_factory=dict)
    failure: str = ""
    blocked: str = ""
    clock: Callable[[], float] = time.monotonic
    _shown_at: float = 0.0
    _seen: set[tuple[str, Path]] = field(default_factory=set)
    _given: set[str] = field(default_factory=set)

    def show_film(self, path: Path) -> None:
        """Another film is in sight, or the same anew: its verdicts are looked up by the caller."""
        self.film = path
        self.digest = ""
        self.history = ()
        self.mark = None
        self._given = set()
        self._shown_at = self.clock()

    def look_up(self, path: Path, digest: str, history: Sequence[Verdict]) -> None:
        """The film's verdicts were found; those given in the meantime stay the newest."""
        if path != self.film:
            return
        known = {verdict.token for verdict in history}
        self.digest = digest
        self.history = (*history, *(v for v in self.history if v.token not in known))
        for token, (verdict, place) in self.unsaved.items():
            if place == path and not verdict.film:
                self.unsaved[token] = (replace(verdict, film=digest), place)
        if self.mark is None and not self._given and self.current is not None:
            self.mark = self.current.mark
        self._note_sign()

    def names_another(self, name: str) -> bool:
        """True where a name is another reader's; an empty one is none."""
        return bool(name.strip()) and _plain(name) != self.reader

    def set_reader(self, name: str) -> None:
        """Another reader: what is known of the list is no longer theirs."""
        if self.names_another(name):
            self.reader = _plain(name)
            self.signs = {}

    @property
    def current(self) -> Verdict | None:
        """The reader's last verdict on the film in sight."""
        return current_of(self.history, self.reader)

    @property
    def can_give(self) -> bool:
        """True where a verdict can be taken."""
        return self.film is not None and not self.blocked

    @property
    def hides_model(self) -> bool:
        """True while nothing of the model's answer to the film may be in sight.

        Also while the film's verdicts are being looked up: hiding too much costs a moment.
        """
        return self.blind and self.film is not None and self.current is None

    def note_seen(self) -> None:
        """Something of the model's answer to the film is in sight."""
        if self.film is not None:
            self._seen.add((self.reader, self.film))

    def note_listed(self, films: Iterable[Path]) -> None:
        """The model's answers to these films stand in the list."""
        self._seen.update((self.reader, film) for film in films)

    def give(self, opinion: Opinion, note: str, answer: ModelAnswer | None) -> Verdict | None:
        """Take a verdict on the film in sight, with its mark; it is ``unsaved`` until ``saved`` is told.

        Returns:
            The verdict, or None where none can be taken, or where it is the current one again.
        """
        if self.film is None or self.blocked:
            return None
        last = self.current
        if last and (last.opinion, last.note, last.mark) == (opinion, note, self.mark):
            return None
        verdict = Verdict(
            self.digest,
            self.film.name,
            opinion,
            self.reader,
            note,
            self.mark,
            max(0.0, self.clock() - self._shown_at),
            (self.reader, self.film) in self._seen,
            answer,
        )
        self.history = (*self.history, verdict)
        self.unsaved[verdict.token] = (verdict, self.film)
        self._given.add(verdict.token)
        self._note_sign()
        return verdict

    def answer_late(self, answer: ModelAnswer) -> str | None:
        """Note the model's answer in the verdict given since the film came into sight.

        Returns:
            That verdict's token, or None where there is none that lacks an answer.
        """
        last = self.current
        if last is None or last.token not in self._given or last.answer is not None:
            return None
        complete = replace(last, answer=answer)
        self.history = tuple(complete if v is last else v for v in self.history)
        if last.token in self.unsaved:
            self.unsaved[last.token] = (complete, self.unsaved[last.token][1])
        return last.token

    def saved(self, tokens: Sequence[str], failure: str) -> None:
        """These are on the disk; of the others is said why not."""
        for token in tokens:
            self.unsaved.pop(token, None)
        self.failure = failure

    def _note_sign(self) -> None:
        if self.film is not None and (last := self.current) is not None:
            self.signs[self.film] = last.opinion

    def next_without(
        self, films: Sequence[Path], shown: int | None, passed_over: Collection[Path]
    ) -> int | None:
        """The next film without the reader's verdict, from the one in sight on and round the end.

        Args:
            films: The list.
            shown: The film in sight.
            passed_over: Films that cannot be read.
        """
        start = 0 if shown is None else shown + 1
        order = (*range(start, len(films)), *range(min(start, len(films))))
        return next(
            (
                index
                for index in order
                if index != shown
                and films[index] not in self.signs
                and films[index] not in passed_over
            ),
            None,
        )


def _plain(name: str) -> str:
    return " ".join(name.split())


def answer_as_stored(prediction: Prediction, path: Path) -> ModelAnswer:
    """What a prediction comes to, in the words of verdicts; of more than two classes, in its class.

    Args:
        prediction: Of the film in sight.
        path: The model's file; only its name is taken, where the card has none.
    """
    said = ModelSaid.of(prediction, model_name(prediction.card, path.name))
    if said.scores:
        return ModelAnswer(said.model, said.score, said.threshold, None, said.word, said.scores)
    return ModelAnswer(said.model, said.score, said.threshold, Opinion(said.opinion))
