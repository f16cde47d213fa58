"""How a folder of films is laid out: splits and classes, or classes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from training.data.classes import are_opposites, known_label
from training.data.dataset import DataError, Split
from training.data.walk import Walker

_SPLIT_NAMES = {
    "train": Split.TRAIN,
    "training": Split.TRAIN,
    "val": Split.VALIDATION,
    "valid": Split.VALIDATION,
    "validate": Split.VALIDATION,
    "validation": Split.VALIDATION,
    "test": Split.TEST,
    "testing": Split.TEST,
}
# "archive/bones/data/set/train" is as deep as anyone unpacks.
_MAX_DESCENT = 4

_HOW_TO_SORT = (
    'Sort the films into two folders, for instance "fractured" and "not fractured" '
    '(or "train" and "val" with these two in each), and choose the folder that holds them.'
)


@dataclass(frozen=True)
class Part:
    """One class folder of one split."""

    split: Split
    folder: Path


@dataclass(frozen=True)
class Layout:
    """Where the films of a set lie.

    Args:
        root: The folder that holds the splits or classes; the chosen one or one below it.
        parts: Its class folders.
        notes: Whole sentences about what had to be decided.
    """

    root: Path
    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


def split_of(name: str) -> Split | None:
    """The split that a folder's name stands for, or None."""
    plain = re.sub(r"[\W_]+", "", name.casefold())
    return _SPLIT_NAMES.get(plain.removesuffix("set").removesuffix("data"))


def find_layout(folder: Path, walker: Walker) -> Layout:
    """Find splits and classes in a folder, or one folder deeper where they lie there.

    Raises:
        DataError: Where there are no classes, or more than one set.
    """
    chosen = folder
    for _ in range(_MAX_DESCENT):
        if _split_folders(folder, walker):
            return _with_notes(_split_layout(folder, walker), chosen)
        inner = _with_films(walker.subfolders(folder), walker)
        deeper = _set_within(folder, inner, walker)
        if deeper is None:
            if not inner:
                raise _no_classes(folder, walker)
            parts = tuple(Part(Split.TRAIN, sub) for sub in inner)
            return _with_notes(Layout(folder, parts, _neighbours(folder, walker)), chosen)
        folder = deeper
    raise DataError(
        f'In the folder "{chosen.name}" no films sorted by class were found.', _HOW_TO_SORT
    )


def _with_notes(layout: Layout, chosen: Path) -> Layout:
    if layout.root == chosen:
        return layout
    place = layout.root.relative_to(chosen).as_posix()
    note = f'The films were found deeper than the chosen folder, in "{place}".'
    return Layout(layout.root, layout.parts, (note, *layout.notes))


def _split_folders(folder: Path, walker: Walker) -> dict[Split, list[Path]]:
    found: dict[Split, list[Path]] = {}
    for sub in walker.subfolders(folder):
        split = split_of(sub.name)
        if split is not None and walker.holds_film(sub):
            found.setdefault(split, []).append(sub)
    return found


def _split_layout(folder: Path, walker: Walker) -> Layout:
    folders = _split_folders(folder, walker)
    if Split.TRAIN not in folders:
        names = " and ".join(f'"{sub.name}"' for subs in folders.values() for sub in subs)
        raise DataError(
            f'The folder "{folder.name}" holds {names}, but no "train" with films to learn from.',
            'Name the folder with the films to learn from "train", '
            "or choose a folder that holds one folder per class.",
        )
    notes: tuple[str, ...] = ()
    if Split.TEST in folders and Split.VALIDATION not in folders:
        name = folders[Split.TEST][0].name
        folders[Split.VALIDATION] = folders.pop(Split.TEST)
        notes = (
            f'There is no "val" folder, so the films in "{name}" serve as validation: '
            "the best epoch is chosen by them, and no films are left for a last, unseen test.",
        )
    parts = []
    for split in Split:
        for sub in folders.get(split, []):
            parts += [Part(split, inner) for inner in _class_folders(sub, walker)]
    return Layout(folder, tuple(parts), notes)


def _class_folders(split_folder: Path, walker: Walker) -> list[Path]:
    """The class folders of one split; "train/train/..." is looked through."""
    folder = split_folder
    for _ in range(_MAX_DESCENT):
        inner = _with_films(walker.subfolders(folder), walker)
        if not inner:
            break
        if len(inner) > 1 or known_label(inner[0].name) is not None:
            return inner
        if not _with_films(walker.subfolders(inner[0]), walker):
            return inner
        folder = inner[0]
    raise DataError(
        f'The films in "{split_folder.name}" are not sorted into one folder per class.',
        _HOW_TO_SORT,
    )


def _with_films(folders: list[Path], walker: Walker) -> list[Path]:
    return [folder for folder in folders if walker.holds_film(folder)]


def _set_within(folder: Path, inner: list[Path], walker: Walker) -> Path | None:
    """The folder within ``folder`` that is a set of its own, or None where ``inner`` are classes."""
    if are_opposites(sub.name for sub in inner):
        return None
    if len(inner) == 1:
        single = inner[0]
        is_class = known_label(single.name) is not None
        return None if is_class or not _with_films(walker.subfolders(single), walker) else single
    sets = [sub for sub in inner if _looks_like_set(sub, walker)]
    if len(sets) > 1:
        names = ", ".join(f'"{sub.name}"' for sub in sets)
        raise DataError(
            f'The folder "{folder.name}" holds several sets of films: {names}.',
            "Choose one of these folders.",
        )
    return sets[0] if sets else None


def _looks_like_set(folder: Path, walker: Walker) -> bool:
    names = [sub.name for sub in walker.subfolders(folder)]
    return are_opposites(names) or any(split_of(name) is Split.TRAIN for name in names)


def _neighbours(folder: Path, walker: Walker) -> tuple[str, ...]:
    """A word on "val" beside a chosen "train"."""
    if split_of(folder.name) is None or folder.parent == folder:
        return ()
    others = [
        sub.name
        for sub in walker.subfolders(folder.parent)
        if sub != folder and split_of(sub.name) is not None
    ]
    if not others:
        return ()
    names = " and ".join(f'"{name}"' for name in others)
    return (
        f'The chosen folder "{folder.name}" is one part of a set: {names} beside it is not used. '
        f'Choose "{folder.parent.name}" to use both.',
    )


def _no_classes(folder: Path, walker: Walker) -> DataError:
    num_films = sum(walker.format_of(path) is not None for path in walker.files(folder))
    if not num_films:
        left_out = len(walker.skipped)
        found = (
            f" ({left_out} files in it are no films; the first is "
            f'"{walker.skipped[0].path.name}": {walker.skipped[0].reason})'
            if left_out
            else ""
        )
        return DataError(f'The folder "{folder.name}" holds no films{found}.', _HOW_TO_SORT)
    if known_label(folder.name) is not None or split_of(folder.parent.name) is not None:
        return DataError(
            f'The folder "{folder.name}" holds films of one class only; '
            "to learn the difference, the program needs films of both.",
            f'Choose the folder above it, "{folder.parent.name}".',
        )
    return DataError(
        f'The {num_films:,} films in "{folder.name}" are not sorted into one folder per class.',
        _HOW_TO_SORT,
    )
