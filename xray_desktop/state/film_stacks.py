"""Which files of a list show one film, so that its copies can stand as one row. Runs in a worker.

By the data check of the folder where one is kept (by content, with the user's repairs), else by
the files' names alone. Nothing is read but names and sizes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from training.data.families import film_names
from training.errors import UserError

# A data check is of a whole set; a list may be one class of one part of it.
_LEVELS_UP = 3


@dataclass(frozen=True)
class FilmStacks:
    """Films of which there are several files.

    Args:
        groups: The files of each, in the order of the list.
        by_content: A data check has told which they are.
    """

    groups: tuple[tuple[Path, ...], ...] = ()
    by_content: bool = False
    _none: tuple[Path, ...] = field(default=(), repr=False)

    @cached_property
    def _group_of(self) -> dict[Path, tuple[Path, ...]]:
        return {path: group for group in self.groups for path in group}

    def of(self, path: Path) -> tuple[Path, ...]:
        """All files of a film, this one among them; empty for a film of one file."""
        return self._group_of.get(path, self._none)

    def first(self, path: Path, unreadable: Collection[Path]) -> Path:
        """The file that stands for a film: its first that can be read.

        Args:
            path: Any of its files.
            unreadable: Files that cannot be read.
        """
        group = self.of(path) or (path,)
        return next((one for one in group if one not in unreadable), group[0])

    def firsts(
        self, films: Iterable[Path], unreadable: Collection[Path]
    ) -> Iterator[tuple[Path, tuple[Path, ...]]]:
        """One file for each film, where it stands in the list.

        Args:
            films: The list, in any order.
            unreadable: Files that cannot be read.

        Yields:
            The file that stands for a film, and all of its files; none for a film of one file.
        """
        group_of = self._group_of
        for path in films:
            group = group_of.get(path)
            if group is None:
                yield path, ()
            elif path is group[0] and not unreadable:
                # By far the most: nothing is looked up a second time.
                yield path, group
            elif path == self.first(path, unreadable):
                yield path, group


def find_stacks(films: Sequence[Path]) -> FilmStacks:
    """Group the files of a list by the film they show.

    Args:
        films: The list, in its order.

    Returns:
        Only films of two files and more.
    """
    known = _from_data_check(films)
    names = film_names(films)
    groups: defaultdict[str, list[Path]] = defaultdict(list)
    for path, name in zip(films, names, strict=True):
        # The two kinds of names cannot meet: a path is absolute or begins with its folder.
        groups[f"film {known[path]}" if path in known else f"name {name}"].append(path)
    found = tuple(tuple(group) for group in groups.values() if len(group) > 1)
    return FilmStacks(found, by_content=bool(known))


def _from_data_check(films: Sequence[Path]) -> dict[Path, str]:
    """The name of the film behind each file that a kept data check knows; empty without one."""
    # Here, in the worker: the list opens without the data check's packages.
    from training.audit.kept import default_folder

    try:
        checks = sorted(default_folder().glob("*.json"))
    except OSError:
        return {}
    if not checks or not films:
        return {}
    root = _common_folder(films)
    for _ in range(_LEVELS_UP + 1):
        for file in checks:
            found = _told_by(file, root, films)
            if found:
                return found
        root = root.parent
    return {}


def _common_folder(films: Sequence[Path]) -> Path:
    folder = films[0].parent
    while not all(path.is_relative_to(folder) for path in films):
        folder = folder.parent
    return folder


def _told_by(file: Path, root: Path, films: Sequence[Path]) -> dict[Path, str]:
    from training.audit.kept import apply_check, read_check
    from training.data.scan import scan_folder

    try:
        kept = read_check(file)
        names = {name for film in kept.films for name in film}
        # Cheap, before the folder is looked through: most data checks are of other films.
        if films[0].relative_to(root).as_posix() not in names:
            return {}
        data = apply_check(scan_folder(root), kept, validation_share=0.2, seed=0)
    except UserError:
        # Of other films, damaged, or of a folder that is no set: names have to do.
        return {}
    # The scan goes by where links lead to, the list by how it was opened.
    return {root / item.path.relative_to(data.root): item.film for item in data.items}
