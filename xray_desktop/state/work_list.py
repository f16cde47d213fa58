"""The films that are open as a work list: scores, order, filter, copies, and what may be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from math import inf
from pathlib import Path

from xray_desktop.review.verdicts import ModelAnswer, Opinion
from xray_desktop.state.film_stacks import FilmStacks
from xray_desktop.state.list_filter import ListFilter
from xray_desktop.state.viewer_files import natural


class Order(StrEnum):
    """How the list is sorted."""

    OPENED = "As opened"
    NAME = "By name"
    DATE = "By date"
    VERDICT = "By verdict"
    SCORE = "By score"
    DISAGREEMENT = "Disputed"

    @property
    def asks_model(self) -> bool:
        """True where it goes by the model's answer, and so would tell it."""
        return self in (Order.SCORE, Order.DISAGREEMENT)


_BY_VERDICT = {Opinion.FRACTURE: 0.0, Opinion.UNSURE: 1.0, Opinion.NO_FRACTURE: 2.0}


@dataclass
class WorkList:
    """The films that are open, the model's answers to them, and which are shown. GUI thread only.

    Args:
        opened: The films, in the order in which they were opened.
        order: How they are to be sorted.
        filter: Which are to be shown.
        stacked: Copies of one film stand as one row.
        stacks: Which files are copies of one film.
        open_stacks: First files, as opened, of the stacks that the reader has opened.
        dates: When each file was last written, in seconds, as far as that is known.
        model: Whose answers these are, or None.
        answers: What it says of each film that was scored.
        is_running: Films are being scored.
        refused: Films that the model gives no answer to, with the reason.
    """

    opened: tuple[Path, ...] = ()
    order: Order = Order.OPENED
    filter: ListFilter = field(default_factory=ListFilter)
    stacked: bool = True
    stacks: FilmStacks = field(default_factory=FilmStacks)
    open_stacks: set[Path] = field(default_factory=set)
    dates: dict[Path, float] = field(default_factory=dict)
    model: Path | None = None
    answers: dict[Path, ModelAnswer] = field(default_factory=dict)
    is_running: bool = False
    refused: dict[Path, str] = field(default_factory=dict)

    def open(self, films: tuple[Path, ...]) -> None:
        """Another list; answers to films that were in the old one too still hold."""
        self.opened = films
        # What was asked of the old list's names and answers says nothing of this one's.
        self.filter = ListFilter(verdict=self.filter.verdict)
        self.stacks = FilmStacks()
        self.open_stacks = set()
        self.dates = {}
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
            films: As shown now; those that are opened and not shown come last.
            shown: The film in sight.
            passed_over: Films that cannot be read.
        """
        start = shown or 0
        order = (films[index] for index in (*range(start, len(films)), *range(start)))
        return next(
            (
                path
                for path in chain(order, self.opened)
                if path not in self.answers and path not in self.refused and path not in passed_over
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

        By date: the newest first. Disagreement: where verdict and model say the opposite, the surest scores first; then
        where one of them is unsure; then all others.

        Args:
            order: Which.
            signs: The reader's verdicts.
        """
        if order is Order.OPENED:
            return self.opened
        if order is Order.NAME:
            return tuple(sorted(self.opened, key=lambda path: natural(path.name)))
        if order is Order.DATE:
            return tuple(sorted(self.opened, key=lambda path: -self.dates.get(path, -inf)))
        if order is Order.VERDICT:
            return tuple(sorted(self.opened, key=lambda path: _verdict_rank(signs.get(path))))

        def rank(path: Path) -> tuple[float, float]:
            said = self.answers.get(path)
            if said is None:
                return 3.0, 0.0
            if order is Order.SCORE:
                return 0.0, -said.score
            return _apart(said, signs.get(path)), -abs(said.score - said.threshold)

        return tuple(sorted(self.opened, key=rank))

    @property
    def is_stacked(self) -> bool:
        """True while copies stand as one row; files that cannot be read are looked for one by one."""
        return self.stacked and not self.filter.unreadable

    def order_now(self, *, blind: bool) -> Order:
        """The order that holds: by no answer while there is none, or where it would tell it."""
        cannot = self.order.asks_model and (blind or not self.answers)
        return Order.OPENED if cannot else self.order

    def filter_now(self, *, blind: bool) -> ListFilter:
        """The filter that holds, likewise."""
        return self.filter.without_model() if blind else self.filter

    def shown(
        self,
        signs: Mapping[Path, Opinion],
        unreadable: Collection[Path],
        held: Collection[Path],
        *,
        blind: bool,
    ) -> tuple[Path, ...]:
        """The films of the list's rows: sorted, filtered, copies behind their film's first file.

        Args:
            signs: The reader's verdicts.
            unreadable: Films that cannot be read.
            held: Films that have a row whatever the filter says: those in sight.
            blind: The reader wants no answer before the verdict.
        """
        films = self.sorted_films(self.order_now(blind=blind), signs)
        wanted = self.filter_now(blind=blind)

        def holds(path: Path) -> bool:
            is_bad = path in unreadable
            return wanted.holds(self.answers.get(path), signs.get(path), unreadable=is_bad)

        if not self.is_stacked or not self.stacks.groups:
            if not wanted.is_on:
                return films
            return tuple(p for p in films if p in held or (wanted.names(p.name) and holds(p)))
        # Only films in sight and opened ones are looked at closely: a list may have 10,000 files.
        in_sight = {path: self.stacks.of(path) for path in held}
        rows: list[Path] = []
        for path, group in self.stacks.firsts(films, unreadable):
            seen = path in in_sight or (bool(group) and group in in_sight.values())
            if not seen and wanted.is_on:
                named = any(wanted.names(one.name) for one in group or (path,))
                seen = named and holds(path)
            if seen or not wanted.is_on:
                rows.append(path)
                if group and self._is_open(group, path, in_sight):
                    rows.extend(one for one in group if one != path)
        return tuple(rows)

    def _is_open(self, group: tuple[Path, ...], first: Path, in_sight: Collection[Path]) -> bool:
        """True where a film's copies are listed: opened by the reader, or one of them in sight."""
        if group[0] in self.open_stacks:
            return True
        return any(path != first and path in group for path in in_sight)

    def copies_shown(
        self, films: Sequence[Path], unreadable: Collection[Path]
    ) -> tuple[dict[Path, int], frozenset[Path]]:
        """How rows stand for copies.

        Args:
            films: The rows.
            unreadable: Films that cannot be read.

        Returns:
            By the row of a film's first file how many files there are; the rows of its others.
        """
        if not self.is_stacked:
            return {}, frozenset()
        counts: dict[Path, int] = {}
        members = set()
        for path in films:
            group = self.stacks.of(path)
            if not group:
                continue
            if path == self.stacks.first(path, unreadable):
                counts[path] = len(group)
            else:
                members.add(path)
        return counts, frozenset(members)


def _verdict_rank(sign: Opinion | None) -> float:
    return 3.0 if sign is None else _BY_VERDICT[sign]


def _apart(said: ModelAnswer, sign: Opinion | None) -> float:
    if sign is None or said.opinion is None or sign is said.opinion:
        return 2.0
    return 1.0 if Opinion.UNSURE in (sign, said.opinion) else 0.0
