"""Repairs of a set: what a user decided, applied to a ``DataSet`` without touching a file.

All functions are pure. Undoing is applying all repairs but the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from training.audit.films import in_order, name_of
from training.data.dataset import DataError, DataSet, Item, Skipped, Split
from training.data.split import split_by_film


@dataclass(frozen=True)
class SplitAnew:
    """Draw all splits again, film by film, the same share of each class.

    Args:
        share: Of validation films, above 0 and under 1.
        seed: Of the draw.
        test_share: Of test films, 0 for none; validation is drawn from what is left.
    """

    share: float = 0.2
    seed: int = 0
    test_share: float = 0.0


@dataclass(frozen=True)
class LeaveOut:
    """Use some files no more.

    Args:
        files: Their names below the set's folder, with "/".
        why: In words: "it cannot be read".
    """

    files: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Relabel:
    """Put all files of some films under one label.

    Args:
        files: One file at least of each film; its other files follow.
        label: Number of the class; of two, 1 for the positive one.
    """

    files: tuple[str, ...]
    label: int


@dataclass(frozen=True)
class JoinFilms:
    """Count the films that some files show as one film.

    Args:
        files: One file at least of each film.
    """

    files: tuple[str, ...]


@dataclass(frozen=True)
class PartFilm:
    """Count some files of a film as a film of their own.

    Args:
        files: These files.
    """

    files: tuple[str, ...]


Repair = SplitAnew | LeaveOut | Relabel | JoinFilms | PartFilm
_Items = tuple[Item, ...]


def apply_repairs(
    data: DataSet, repairs: Iterable[Repair], related: Sequence[frozenset[str]] = ()
) -> DataSet:
    """A set as it is after repairs.

    Args:
        data: The set with films named by the audit.
        repairs: In the order in which they were decided.
        related: Names of films that a new split must not part (one patient's).

    Returns:
        The repaired set, in the order of a scan; ``data`` itself where there are none.

    Raises:
        DataError: For a file that the set does not have, or a split that cannot be drawn.
    """
    for repair in repairs:
        if isinstance(repair, LeaveOut):
            data = _leave_out(data, repair)
        elif isinstance(repair, SplitAnew):
            data = replace(data, items=_split(data.items, repair, related), seeded_split=True)
        else:
            data = replace(data, items=_changed(data, repair))
    return in_order(data)


def leaked_files(data: DataSet, *, known: bool = True) -> tuple[str, ...]:
    """The files that make a set's leaks.

    Args:
        data: The set with films named by the audit.
        known: True for the copies in the lower split (train before validation before test), so
            that the measured films stay as they are; False for those in the higher.

    Returns:
        Names of the files that must go so that no film lies in two splits.
    """
    order = tuple(Split)
    splits: dict[str, set[int]] = {}
    for item in data.items:
        splits.setdefault(item.film, set()).add(order.index(item.split))
    kept = {film: (max if known else min)(found) for film, found in splits.items()}
    return tuple(
        name_of(data, item) for item in data.items if order.index(item.split) != kept[item.film]
    )


def _leave_out(data: DataSet, repair: LeaveOut) -> DataSet:
    gone = _chosen(data, repair.files)
    skipped = tuple(Skipped(item.path, repair.why) for item in data.items if item in gone)
    items = tuple(item for item in data.items if item not in gone)
    merged = tuple(sorted((*data.skipped, *skipped), key=lambda one: one.path))
    return replace(data, items=items, skipped=merged)


def _changed(data: DataSet, repair: Relabel | JoinFilms | PartFilm) -> _Items:
    chosen = _chosen(data, repair.files)
    films = {item.film for item in chosen}
    change: Callable[[Item], Item]
    if isinstance(repair, Relabel):
        label = repair.label
        if label not in range(data.num_classes):
            raise DataError(
                f"There is no class {label}.", f"Classes are 0 to {data.num_classes - 1}."
            )

        def change(item: Item) -> Item:
            return replace(item, label=label) if item.film in films else item

    elif isinstance(repair, JoinFilms):
        name = min(films)

        def change(item: Item) -> Item:
            return replace(item, film=name) if item.film in films else item

    else:
        part = _free_name(min(films), {item.film for item in data.items})

        def change(item: Item) -> Item:
            return replace(item, film=part) if item in chosen else item

    return tuple(change(item) for item in data.items)


def _free_name(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} #{number}" in taken:
        number += 1
    return f"{name} #{number}"


def _chosen(data: DataSet, files: Sequence[str]) -> set[Item]:
    by_name = {name_of(data, item): item for item in data.items}
    missing = [name for name in files if name not in by_name]
    if missing or not files:
        raise DataError(
            f'The set has no file "{missing[0]}".' if missing else "No file was named.",
            "The folder may have changed since the repair was made; undo the repair.",
        )
    return {by_name[name] for name in files}


def _split(items: _Items, repair: SplitAnew, related: Sequence[frozenset[str]]) -> _Items:
    """Draw test films, then validation films from the rest; one patient's films go together."""
    if not 0.0 < repair.share < 1.0 or not 0.0 <= repair.test_share < 1.0:
        raise DataError(
            f"{repair.share} and {repair.test_share} are no shares to split by.",
            "Validation takes more than 0 and less than 1, test from 0.",
        )
    tied = {film: min(films) for films in related for film in films}
    plain = tuple(
        replace(item, split=Split.TRAIN, film=tied.get(item.film, item.film)) for item in items
    )
    drawn = plain
    if repair.test_share > 0.0:
        drawn = split_by_film(plain, share=repair.test_share, seed=repair.seed)
    tested = {item.film for item in drawn if item.split is Split.VALIDATION}
    rest = tuple(item for item in plain if item.film not in tested)
    checked = split_by_film(rest, share=repair.share, seed=repair.seed + 1)
    validated = {item.film for item in checked if item.split is Split.VALIDATION}
    return tuple(
        replace(item, split=_split_of(moved.film, tested, validated))
        for item, moved in zip(items, plain, strict=True)
    )


def _split_of(film: str, tested: set[str], validated: set[str]) -> Split:
    if film in tested:
        return Split.TEST
    return Split.VALIDATION if film in validated else Split.TRAIN
