"""The films that are open as a work list: their scores, in which order, and what may be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from xray_desktop.review.verdicts import ModelAnswer, Opinion


class Order(StrEnum):
    """How the list is sorted."""

    OPENED = "As opened"
    SCORE = "By score"
    DISAGREEMENT = "Disputed"


@dataclass
class WorkList:
    """The model's answers to many films. GUI thread only.

    Args:
        opened: The films, in the order in which they were opened.
        order: How they are sorted now.
        model: Whose answers these are, or None.
        answers: What it says of each film that was scored.
        is_running: Films are being scored.
        refused: Films that the model gives no answer to, with the reason.
    """

    opened: tuple[Path, ...] = ()
    order: Order = Order.OPENED
    model: Path | None = None
    answers: dict[Path, ModelAnswer] = field(default_factory=dict)
    is_running: bool = False
    refused: dict[Path, str] = field(default_factory=dict)

    def open(self, films: tuple[Path, ...]) -> None:
        """Another list; answers to films that were in the old one too still hold."""
        self.opened = films
        self.order = Order.OPENED
        self.is_running = False
        wanted = set(films)
        self.answers = {path: said for path, said in self.answers.items() if path in wanted}
        self.refused = {path: why for path, why in self.refused.items() if path in wanted}

    def use_model(self, model: Path | None) -> bool:
        """Another model: the old one's answers no longer hold. True where it is another."""
        if model == self.model:
            return False
        self.forget(model)
        return True

    def forget(self, model: Path | None) -> None:
        """Begin anew with a model, also one whose file has changed."""
        self.model = model
        self.answers = {}
        self.refused = {}
        self.is_running = False

    def next_unscored(
        self, films: Sequence[Path], shown: int | None, passed_over: Collection[Path]
    ) -> Path | None:
        """The film to be scored next: those that the reader comes to first, then round the end.

        Args:
            films: As sorted now.
            shown: The film in sight.
            passed_over: Films that cannot be read.
        """
        start = shown or 0
        order = (*range(start, len(films)), *range(start))
        return next(
            (
                films[index]
                for index in order
                if films[index] not in self.answers
                and films[index] not in self.refused
                and films[index] not in passed_over
            ),
            None,
        )

    def told(self, signs: Mapping[Path, Opinion], *, blind: bool) -> dict[Path, ModelAnswer]:
        """The answers that may be in sight.

        Args:
            signs: The reader's verdicts.
            blind: The reader wants no answer before the verdict.
        """
        if not blind:
            return dict(self.answers)
        return {path: said for path, said in self.answers.items() if path in signs}

    def sorted_films(self, order: Order, signs: Mapping[Path, Opinion]) -> tuple[Path, ...]:
        """The films in another order; equals stay as opened, films without a score come last.

        Disagreement: where verdict and model say the opposite, the surest scores first; then
        where one of them is unsure; then all others.

        Args:
            order: Which.
            signs: The reader's verdicts.
        """
        if order is Order.OPENED:
            return self.opened

        def rank(path: Path) -> tuple[float, float]:
            said = self.answers.get(path)
            if said is None:
                return 3.0, 0.0
            if order is Order.SCORE:
                return 0.0, -said.score
            return _apart(said, signs.get(path)), -abs(said.score - said.threshold)

        return tuple(sorted(self.opened, key=rank))


def disagrees(said: ModelAnswer, sign: Opinion | None) -> bool:
    """True where a reader's verdict and the model say the opposite; unsure opposes nothing."""
    return _apart(said, sign) == 0.0


def _apart(said: ModelAnswer, sign: Opinion | None) -> float:
    if sign is None or sign is said.opinion:
        return 2.0
    return 1.0 if Opinion.UNSURE in (sign, said.opinion) else 0.0
