"""A scanned set with the films that the data check found. Pure; called by ``check`` and ``kept``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from training.data.dataset import DataSet, Item, Split
from training.data.split import split_by_film

_SPLITS = tuple(Split)


def name_of(data: DataSet, item: Item) -> str:
    """An item's name below the set's folder, with "/"; stands for the file wherever the folder lies."""
    return item.path.relative_to(data.root).as_posix()


def with_films(items: Sequence[Item], films: Sequence[Sequence[int]]) -> tuple[Item, ...]:
    """Items that bear the name of the film they show.

    Args:
        items: The items, named by their files' names.
        films: Numbers of the items of each film.

    Returns:
        The items in order; a film is called as the first of its files' families, with a number
        behind where two films would be called the same.
    """
    wanted = [
        (
            min(items[number].film for number in numbers),
            min(items[n].path for n in numbers),
            numbers,
        )
        for numbers in films
    ]
    named = list(items)
    taken: set[str] = set()
    # By name, not in the order given: drawn splits go by names, and have to be the same again.
    for family, _, numbers in sorted(wanted, key=lambda film: film[:2]):
        name, count = family, 1
        while name in taken:
            count += 1
            name = f"{family} #{count}"
        taken.add(name)
        for number in numbers:
            named[number] = replace(items[number], film=name)
    return tuple(named)


def drawn_anew(data: DataSet, *, share: float, seed: int) -> DataSet:
    """A set whose validation films were drawn by name, drawn by film instead.

    Args:
        data: With the films that were found; a set with validation films of its own is returned
            as it is.
        share: Share of each class's films that validate.
        seed: Of the draw.

    Raises:
        DataError: Where a class has fewer than two films.
    """
    if not data.seeded_split:
        return data
    plain = tuple(
        replace(item, split=Split.TRAIN) if item.split is Split.VALIDATION else item
        for item in data.items
    )
    return in_order(replace(data, items=split_by_film(plain, share=share, seed=seed)))


def in_order(data: DataSet) -> DataSet:
    """The set with its items in the order of a scan: by split, label and name."""
    items = sorted(
        data.items, key=lambda item: (_SPLITS.index(item.split), item.label, name_of(data, item))
    )
    return replace(data, items=tuple(items))
