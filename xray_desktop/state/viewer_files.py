"""From what the user opened (files, folders) to the list of films. Runs in a worker."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.films.film import FilmError

Sniff = Callable[[Path], str | None]


@dataclass(frozen=True)
class Collected:
    """What opening amounts to.

    Args:
        films: Files that look like films, in reading order.
        others: Files that are no films.
        refusals: Files that could not even be looked at, with the reason.
    """

    films: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    refusals: tuple[tuple[Path, str], ...] = ()

    def remark(self) -> str:
        """One line about what was left out, or empty."""
        parts = []
        if len(self.others) == 1:
            parts.append(f"{self.others[0].name} is no film")
        elif self.others:
            parts.append(f"{len(self.others):,} files are no films")
        if self.refusals:
            path, why = self.refusals[0]
            more = f" and {len(self.refusals) - 1:,} more" if len(self.refusals) > 1 else ""
            parts.append(f"{path.name}{more} cannot be read: {why}")
        return "; ".join(parts)


def collect_films(
    paths: Sequence[Path],
    sniff: Sniff,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collected:
    """Find the films among files and below folders, by their content.

    Args:
        paths: Files and folders; folders are searched to any depth, hidden names left out.
        sniff: Tells a film's format from a few bytes, None for other files.
        progress: Called with (files looked at, 0).
        cancelled: Asked between files; once true, what was found so far is given.

    Returns:
        Files in the order given, each folder's in natural order ("film 2" before "film 10").
    """
    films: list[Path] = []
    refusals: list[tuple[Path, str]] = []
    others: list[Path] = []
    for number, path in enumerate(_files(paths, refusals), start=1):
        if cancelled is not None and cancelled():
            break
        try:
            found = sniff(path)
        except FilmError as error:
            refusals.append((path, error.reason))
        else:
            if found:
                films.append(path)
            else:
                others.append(path)
        if progress is not None:
            progress(number, 0)
    # The same file may be named twice, by itself and by its folder.
    return Collected(tuple(dict.fromkeys(films)), tuple(others), tuple(refusals))


def _files(paths: Sequence[Path], refusals: list[tuple[Path, str]]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        refusals.append((Path(error.filename or ""), error.strerror or "it cannot be read"))

    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, below, names in os.walk(path, onerror=refuse):
            below[:] = sorted((name for name in below if not name.startswith(".")), key=natural)
            for name in sorted(names, key=natural):
                if not name.startswith("."):
                    yield Path(folder, name)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sorting key that counts: "film 2" before "film 10", capitals beside small letters.

    The ending counts last, so that "film 2.png" comes before its copy "film 2-rotated1.png".
    """
    stem, _, ending = name.casefold().rpartition(".")
    return [*_parts(stem), (-1, 0, ""), *_parts(ending)] if stem else _parts(ending)


def _parts(text: str) -> list[tuple[int, int, str]]:
    return [
        (0, int(part), "") if part.isdecimal() else (1, 0, part)
        for part in re.split(r"(\d+)", text)
        if part
    ]
