"""The facts of the data check's window and its rules. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from training.audit.repairs import JoinFilms, LeaveOut, PartFilm, Relabel, Repair, SplitAnew
from training.data.dataset import DataSet

if TYPE_CHECKING:
    from training.audit.check import Audit

MAX_FILMS = 200
"""Films that are laid out at once; more say no more, and each costs a picture or two."""

_FILES_OF_A_PART = 2


@dataclass(frozen=True)
class Checked:
    """A data check with its repairs, as the worker hands it over.

    Args:
        path: The file it is kept in.
        found: Of the set as it was found.
        now: Of the set with its repairs.
        repairs: In order.
    """

    path: Path
    found: Audit
    now: Audit
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line of the list on the left.

    Args:
        words: Whole sentences.
        is_serious: True where figures are worth less for it.
        films: What to lay out: the files of each film, the likeliest to tell something first.
    """

    words: str
    is_serious: bool = False
    films: tuple[tuple[Path, ...], ...] = ()


@dataclass(frozen=True)
class CheckState:
    """All facts of the window.

    Args:
        data: The set as it was scanned.
        before: The set with the data check of an earlier time, or None.
        checked: What the check found, or None before it ran.
        is_working: A check or a repair is under way.
        done: Films read.
        total: Of how many, or 0 where unknown.
        trouble: Why the last check or repair failed, or empty.
        selected: Files that are selected.
    """

    data: DataSet
    before: DataSet | None = None
    checked: Checked | None = None
    is_working: bool = False
    done: int = 0
    total: int = 0
    trouble: str = ""
    selected: tuple[Path, ...] = ()

    def working(self, done: int = 0, total: int = 0) -> CheckState:
        """Something is under way."""
        return replace(self, is_working=True, done=done, total=total, trouble="")

    def with_check(self, checked: Checked) -> CheckState:
        """A check or a repair has ended."""
        return replace(self, checked=checked, is_working=False, selected=())

    def failed(self, trouble: str) -> CheckState:
        """It has not; what was there stays."""
        return replace(self, is_working=False, trouble=trouble)

    @property
    def now(self) -> DataSet:
        """The set as a run would take it."""
        if self.checked is not None:
            return self.checked.now.data
        return self.before or self.data


@dataclass(frozen=True)
class CheckControls:
    """What may be pressed. The only source of enabled flags.

    Args:
        check: Check the films.
        stop: Stop checking.
        split: Draw all parts anew.
        leave_out_leaked: Leave out training copies of measured films.
        leave_out_unreadable: Leave out what cannot be read.
        relabel: Put the selected films under the other label.
        join: Count the selected films as one.
        part: Count the selected files as a film of their own.
        leave_out: Leave out the selected files.
        undo: Take back the last repair.
        view: Open the selected films in the viewer.
    """

    check: bool
    stop: bool
    split: bool
    leave_out_leaked: bool
    leave_out_unreadable: bool
    relabel: bool
    join: bool
    part: bool
    leave_out: bool
    undo: bool
    view: bool


def controls(state: CheckState) -> CheckControls:
    """Every enabled flag of the window, from the facts alone."""
    checked = state.checked
    free = not state.is_working
    ready = free and checked is not None
    chosen = set(state.selected)
    items = [item for item in state.now.items if item.path in chosen] if ready else []
    films = {item.film for item in items}
    kinds = {found.kind.name for found in checked.now.findings} if checked is not None else set()
    sizes = {item.film: 0 for item in items}
    for item in state.now.items if items else ():
        if item.film in sizes:
            sizes[item.film] += 1
    return CheckControls(
        check=free,
        stop=state.is_working and checked is None,
        split=ready,
        leave_out_leaked=ready and "LEAK" in kinds,
        leave_out_unreadable=ready and "UNREADABLE" in kinds,
        relabel=bool(films) and len({item.label for item in items}) == 1,
        join=len(films) > 1,
        part=len(films) == 1 and len(items) < sum(sizes.values()),
        leave_out=bool(items),
        undo=ready and checked is not None and bool(checked.repairs),
        view=free and bool(chosen),
    )


def headline(state: CheckState) -> str:
    """The sentence that matters most."""
    data = state.now
    files, films = data.count(), data.num_films()
    if state.checked is None and state.before is not None:
        return (
            f"By the last check: {_count(films, 'different film')} behind {_count(files, 'file')}. "
            "Check again to see the films."
        )
    if state.checked is None:
        return (
            f"By their names: {_count(films, 'film')} behind {_count(files, 'file')}. "
            "Names can mislead; the check looks at the films themselves."
        )
    grave = [found for found in state.checked.now.findings if found.kind.name == "LEAK"]
    known = sum(int(dict(found.figures)["files"]) for found in grave)
    leaks = f" {_count(known, 'measured file')} show films that training knows." if known else ""
    return f"{_count(films, 'different film')} behind {_count(files, 'file')}.{leaks}"


def rows(state: CheckState) -> tuple[Row, ...]:
    """What the list on the left shows: findings, then all films; before a check the scan's words."""
    if state.checked is None:
        return tuple(Row(words) for words in state.now.warnings)
    now = state.checked.now
    found = [Row(each.words, each.is_serious, each.films) for each in now.findings]
    if not found:
        found = [Row("Nothing to complain of.")]
    by_film: dict[str, list[Path]] = {}
    for item in now.data.items:
        by_film.setdefault(item.film, []).append(item.path)
    films = tuple(tuple(paths) for _, paths in sorted(by_film.items()))
    return (*found, Row(f"All {_count(len(films), 'film')}.", False, films))


def laid_out(data: DataSet, films: Sequence[Sequence[Path]]) -> tuple[tuple[Path, ...], ...]:
    """The files to show of each film: a few of each part and class, so that both sides are seen.

    Args:
        data: The set.
        films: The files of each film.

    Returns:
        At most ``MAX_FILMS`` films.
    """
    place = {item.path: (item.split, item.label) for item in data.items}
    shown = []
    for film in films[:MAX_FILMS]:
        count: dict[object, int] = {}
        kept = []
        for path in film:
            where = place.get(path)
            count[where] = count.get(where, 0) + 1
            if count[where] <= _FILES_OF_A_PART:
                kept.append(path)
        shown.append(tuple(kept))
    return tuple(shown)


def repair_words(repair: Repair, data: DataSet) -> str:
    """A repair in a few words.

    Args:
        repair: The repair.
        data: Tells the names of the classes.
    """
    match repair:
        case SplitAnew(share, seed, test_share):
            test = f", {test_share:.0%} test" if test_share else ""
            return f"parts drawn anew: {share:.0%} validation{test}, seed {seed}"
        case LeaveOut(files, why):
            return f"{_count(len(files), 'file')} left out: {why}"
        case Relabel(files, label):
            return f"film of {_name(files)} labelled “{data.class_names[label]}”"
        case JoinFilms(files):
            return f"{_count(len(files), 'file')} counted as one film: {_name(files)}"
        case PartFilm(files):
            return f"{_count(len(files), 'file')} counted as a film of their own: {_name(files)}"


def _name(files: Sequence[str]) -> str:
    return files[0].rsplit("/", 1)[-1] + (" and others" if len(files) > 1 else "")


def part_words(data: DataSet, paths: Sequence[Path]) -> dict[Path, str]:
    """Where each file belongs: "validation · fractured"."""
    wanted = set(paths)
    words = dict.fromkeys(paths, "left out")
    for item in data.items:
        if item.path in wanted:
            words[item.path] = f"{item.split.value} · {data.class_names[item.label]}"
    return words


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
