"""From a folder that a user chose to a ``DataSet``, or to a sentence on why not.

Called by the training tab (in a worker thread), by a run, and by the command line. Looks at names
and at each file's first bytes; no film is decoded, no file changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from training.data.classes import ClassNames, are_one_class, choose_classes
from training.data.dataset import (
    DEMO_MARKER,
    DataError,
    DataSet,
    Item,
    ScanCancelled,
    Split,
)
from training.data.families import film_names
from training.data.findings import findings
from training.data.layout import Layout, Part, find_layout
from training.data.outlines import find_outlines
from training.data.split import split_by_film
from training.data.walk import Walker

__all__ = ["DataError", "ScanCancelled", "scan_folder"]

# Files between two reports: often enough for a smooth bar, seldom enough to cost nothing.
_REPORT_EVERY = 128
_SPLITS = tuple(Split)


@dataclass(frozen=True)
class _Found:
    """A film file before it has a label."""

    path: Path
    part: Part
    format: str


def scan_folder(
    folder: Path,
    *,
    positive: str | None = None,
    validation_share: float = 0.2,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DataSet:
    """Find the films of a folder, their classes and splits.

    Understood are "train" and "val" (or "validation", "test") with one folder per class in each,
    and one folder per class alone; then validation films are drawn by film. Equal folders and
    arguments give equal sets.

    Args:
        folder: The chosen folder; the set may also lie one or a few folders deeper.
        positive: Name of the positive one of two classes in any spelling, or None to tell it by its
            name.
        validation_share: Share of films drawn for validation where the folder has no validation
            films, above 0 and under 1.
        seed: Of that draw.
        progress: Called with (files looked at, files in all), in the calling thread.
        cancelled: Called often; once it says True the scan ends with ``ScanCancelled``.

    Returns:
        The set, with warnings and what was left out.

    Raises:
        DataError: For a folder that cannot be trained on.
        ScanCancelled: If ``cancelled`` said so.
        ValueError: For a ``validation_share`` that is no share.
    """
    if not 0.0 < validation_share < 1.0:
        raise ValueError(f"validation share {validation_share}")
    folder = _checked(folder)
    walker = Walker(folder, cancelled)
    layout = find_layout(folder, walker)
    found = _read(layout, walker, progress)
    names = [entry.part.folder.name for entry in found]
    if are_one_class(names):
        raise _one_class(names[0], layout, walker)
    classes = choose_classes(names, positive, _beside(found))
    items = _items(found, classes)
    seeded_split = all(item.split is not Split.VALIDATION for item in items)
    _check_enough(items, classes, seeded_split)
    if seeded_split:
        items = split_by_film(items, share=validation_share, seed=seed)
    order = {item.path: item.path.relative_to(layout.root).as_posix() for item in items}
    data = DataSet(
        root=layout.root,
        class_names=classes.class_names,
        items=tuple(
            sorted(
                items, key=lambda item: (_SPLITS.index(item.split), item.label, order[item.path])
            )
        ),
        skipped=walker.skipped,
        seeded_split=seeded_split,
        synthetic=_is_synthetic(layout.root),
        outlines=find_outlines(layout.root, [item.path for item in items]),
    )
    formats = {entry.path: entry.format for entry in found}
    return replace(data, warnings=layout.notes + classes.warnings + findings(data, formats))


def _checked(folder: Path) -> Path:
    """The folder as an absolute path, if it is one."""
    advice = "Choose the folder that holds the films."
    try:
        # Names matter here, so ".." is worked out; other paths keep the names the user sees.
        folder = folder.resolve() if ".." in folder.parts else folder.absolute()
        if folder.is_dir():
            return folder
        is_file = folder.exists()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f'The folder "{folder}" cannot be read ({reason}).', advice) from error
    if is_file:
        raise DataError(f'"{folder.name}" is a file, not a folder.', advice)
    raise DataError(
        f'The folder "{folder}" is not there.',
        "It may have been moved or renamed, or its drive is not connected. Choose it again.",
    )


def _read(
    layout: Layout, walker: Walker, progress: Callable[[int, int], None] | None
) -> list[_Found]:
    """Look at every file of every class folder."""
    files = [(path, part) for part in layout.parts for path in walker.files_below(part.folder)]
    _note_loose_films(layout, walker)
    found = []
    for number, (path, part) in enumerate(files):
        if number % _REPORT_EVERY == 0:
            walker.check_cancelled()
            if progress is not None:
                progress(number, len(files))
        film_format = walker.format_of(path)
        if film_format is not None:
            found.append(_Found(path, part, film_format))
    if progress is not None:
        progress(len(files), len(files))
    return found


def _note_loose_films(layout: Layout, walker: Walker) -> None:
    """List films that lie beside the class folders; other files there (a read-me) are nobody's loss."""
    places = {layout.root} | {part.folder.parent for part in layout.parts}
    glance = Walker(layout.root)
    for folder in sorted(places):
        for path in glance.files(folder):
            if glance.format_of(path) is not None:
                walker.skip(path, "it lies outside the class folders")


def _beside(found: Sequence[_Found]) -> list[set[str]]:
    """Names of the class folders that lie in one folder, for every such folder."""
    places: dict[Path, set[str]] = {}
    for entry in found:
        places.setdefault(entry.part.folder.parent, set()).add(entry.part.folder.name)
    return list(places.values())


def _items(found: Sequence[_Found], classes: ClassNames) -> tuple[Item, ...]:
    items = []
    for label, class_name in enumerate(classes.class_names):
        of_class = [entry for entry in found if classes.labels[entry.part.folder.name] == label]
        names = film_names([entry.path.relative_to(entry.part.folder) for entry in of_class])
        items += [
            Item(entry.path, label, entry.part.split, f"{class_name}/{name}")
            for entry, name in zip(of_class, names, strict=True)
        ]
    return tuple(items)


def _check_enough(items: Sequence[Item], classes: ClassNames, seeded_split: bool) -> None:
    """With splits, training needs two films of each class; without, ``split_by_film`` looks."""
    counts = {
        name: sum(item.label == label and item.split is Split.TRAIN for item in items)
        for label, name in enumerate(classes.class_names)
    }
    if seeded_split or min(counts.values()) >= 2:
        return
    had = [f'{count:,} "{name}"' for name, count in reversed(counts.items())]
    raise DataError(
        f"Training has {', '.join(had[:-1])} and {had[-1]} films; "
        "two of each class are the least that can be learnt from.",
        "Add films to the training folder (some tens of each class at the very least).",
    )


def _one_class(name: str, layout: Layout, walker: Walker) -> DataError:
    """Says also which folder beside it looks like the missing class and holds no film."""
    beside = sorted(
        {sub.name for part in layout.parts for sub in walker.subfolders(part.folder.parent)}
        - {part.folder.name for part in layout.parts}
    )
    empty = f' The folder "{beside[0]}" beside it holds no readable film.' if beside else ""
    return DataError(
        f'There are films of one class only ("{name}").{empty} '
        "To learn the difference, the program needs films of two classes or more.",
        'Sort the films into two folders, for instance "fractured" and "not fractured", '
        "and choose the folder that holds these two.",
    )


def _is_synthetic(root: Path) -> bool:
    """True within the sample set; its "train" folder may have been chosen alone."""
    return any((folder / DEMO_MARKER).is_file() for folder in (root, root.parent))
