"""What a folder of films amounts to: items with labels, splits and film groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from training.data.outlines import OutlineSet
from training.errors import UserError

# A file at the top of the built-in sample set, written last: without it the set is not whole.
DEMO_MARKER = "SYNTHETIC-SAMPLE-SET.json"


class DataError(UserError):
    """A folder that cannot be trained on, and why."""


class ScanCancelled(Exception):  # noqa: N818 - no error: the caller asked for it
    """The caller no longer wants the folder scanned, or the sample set made."""


class Split(StrEnum):
    """Which part of the data an item belongs to."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class Item:
    """One file of a data set.

    Args:
        path: The file.
        label: Number of its class in ``DataSet.class_names``: of two classes, 1 for the positive
            one.
        split: Its part.
        film: Name of the film it shows, class included ("fractured/4"): files of one film
            (copies, rotated variants) share it, in all splits, as far as their names tell.
            Splits and figures by film go by it.
    """

    path: Path
    label: int
    split: Split
    film: str


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class DataSet:
    """All films below one folder that can be used, and what was left out.

    Args:
        root: The folder.
        class_names: Names by label, as found: (negative, positive), or more than two.
        items: Sorted by split, label and path, so equal folders give equal sets.
        skipped: Files left out.
        warnings: Whole sentences that the user should read before training.
        seeded_split: True where the folder had no splits and one was drawn by film.
        synthetic: True for the built-in sample set.
        outlines: Of fractures, that somebody drew on the films.
    """

    root: Path
    class_names: tuple[str, ...]
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[str, ...] = ()
    seeded_split: bool = False
    synthetic: bool = False
    outlines: OutlineSet = field(default_factory=OutlineSet)

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)

    @property
    def negative(self) -> str:
        """Name of class 0: of two classes, the negative one."""
        return self.class_names[0]

    @property
    def positive(self) -> str:
        """Name of class 1: of two classes, the positive one."""
        return self.class_names[1]

    def of(self, split: Split) -> tuple[Item, ...]:
        """The items of one split, in order."""
        return tuple(item for item in self.items if item.split is split)

    def count(self, split: Split | None = None, label: int | None = None) -> int:
        """Number of files, of one split or class where given."""
        return sum(
            (split is None or item.split is split) and (label is None or item.label == label)
            for item in self.items
        )

    def num_films(self, split: Split | None = None) -> int:
        """Number of different films behind the files, by the files' names."""
        return len({item.film for item in self.items if split is None or item.split is split})
