"""From what the user opened (files, folders) to the list of films. Runs in a worker."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.films.film import FilmError
from training.films.film_lists import FilmList, find_dicomdir, read_list

Sniff = Callable[[Path], str | None]

_DICOMDIR = "dicomdir"


@dataclass(frozen=True)
class Collected:
    """What opening amounts to.

    Args:
        films: Files that look like films, in reading order.
        others: Files that are no films.
        refusals: Files that could not even be looked at, with the reason.
        missing: Films that a DICOMDIR or a list of films names and that are not there.
        num_unlisted: Objects of DICOMDIRs that are no radiographs.
    """

    films: tuple[Path, ...]
    others: tuple[Path, ...] = ()
    refusals: tuple[tuple[Path, str], ...] = ()
    missing: tuple[str, ...] = ()
    num_unlisted: int = 0

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
        if self.missing:
            more = f" and {len(self.missing) - 1:,} more" if len(self.missing) > 1 else ""
            parts.append(f"listed but not there: {self.missing[0]}{more}")
        if self.num_unlisted:
            one = self.num_unlisted == 1
            words = (
                "object of the disc is no radiograph"
                if one
                else "objects of the disc are no radiographs"
            )
            parts.append(f"{self.num_unlisted:,} {words}")
        return "; ".join(parts)


def collect_films(
    paths: Sequence[Path],
    sniff: Sniff,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Collected:
    """Find the films among files and below folders, by their content.

    A DICOMDIR, or the one of a folder, stands for the radiographs that it names; a text with a
    path a line for those films.

    Args:
        paths: Files and folders; folders are searched to any depth, hidden names left out.
        sniff: Tells a film's format from a few bytes, None for other files.
        progress: Called with (files looked at, 0).
        cancelled: Asked between files; once true, what was found so far is given.

    Returns:
        Files in the order given, each folder's in natural order ("film 2" before "film 10").
    """
    found = _Search()
    for number, path in enumerate(found.files(paths), start=1):
        if cancelled is not None and cancelled():
            break
        found.look_at(path, sniff)
        if progress is not None:
            progress(number, 0)
    return found.collected()


class _Search:
    """What has been found so far."""

    def __init__(self) -> None:
        self._films: list[Path] = []
        self._others: list[Path] = []
        self._refusals: list[tuple[Path, str]] = []
        self._missing: list[str] = []
        self._num_unlisted = 0

    def look_at(self, path: Path, sniff: Sniff) -> None:
        """Sort one file in."""
        try:
            kind = sniff(path)
        except FilmError as error:
            self._refusals.append((path, error.reason))
        else:
            (self._films if kind else self._others).append(path)

    def collected(self) -> Collected:
        """All of it; the same file may have been named twice, by itself and by its folder."""
        return Collected(
            tuple(dict.fromkeys(self._films)),
            tuple(self._others),
            tuple(self._refusals),
            tuple(self._missing),
            self._num_unlisted,
        )

    def files(self, paths: Sequence[Path]) -> Iterator[Path]:
        """The files that were opened, below folders and named by lists."""
        for path in paths:
            if path.is_dir():
                yield from self._below(path)
                continue
            named = self._named_by(path)
            if named is None:
                yield path
            else:
                yield from named.films

    def _below(self, top: Path) -> Iterator[Path]:
        for folder, below, names in os.walk(top, onerror=self._on_error):
            directory = find_dicomdir(Path(folder)) if _has_dicomdir(names) else None
            named = self._named_by(directory) if directory is not None else None
            if named is not None and named.films:
                # It says what is on the disc, in its order; searching would find it all again.
                below.clear()
                yield from named.films
                continue
            below[:] = sorted((name for name in below if not name.startswith(".")), key=natural)
            for name in sorted(names, key=natural):
                if not name.startswith(".") and name.casefold() != _DICOMDIR:
                    yield Path(folder, name)

    def _named_by(self, path: Path) -> FilmList | None:
        """What a list names; None where it is none. One that is damaged is told of."""
        try:
            named = read_list(path)
        except FilmError as error:
            self._refusals.append((path, error.reason))
            return FilmList(())
        if named is not None:
            self._missing += named.missing
            self._num_unlisted += named.num_others
        return named

    def _on_error(self, error: OSError) -> None:
        self._refusals.append((Path(error.filename or ""), error.strerror or "it cannot be read"))


def _has_dicomdir(names: Sequence[str]) -> bool:
    return any(name.casefold() == _DICOMDIR for name in names)


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
