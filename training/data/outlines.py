"""Outlines of fractures that somebody drew, as they lie beside the films of a data set.

Called by the scan. Three ways are read, told by where they lie: ``labels/`` with a text file for
each film (YOLO), ``*.json`` (COCO), and ``outlines.csv``. Where a film has outlines by more than
one, the first of these counts. Nothing is decoded; no line that cannot be read is fatal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Rounded and jagged outlines reach a little over the edge; more is a mistake.
_OVERHANG = 0.02
_MIN_CORNERS = 3

Corners = tuple[tuple[float, float], ...]


class OutlineError(ValueError):
    """One line that cannot be read, and why."""


@dataclass(frozen=True)
class Outline:
    """One fracture.

    Args:
        corners: (x, y) each, in 0-1 of the film's width and height; at least three.
        name: What it was called, or empty.
    """

    corners: Corners
    name: str = ""

    @classmethod
    def of_corners(cls, corners: Sequence[tuple[float, float]], name: str = "") -> Outline:
        """From corners in 0-1.

        Raises:
            OutlineError: They are no outline of a film.
        """
        if len(corners) < _MIN_CORNERS:
            raise OutlineError("an outline needs three corners at least")
        # Written so that "not a number" is refused.
        if not all(-_OVERHANG <= part <= 1.0 + _OVERHANG for corner in corners for part in corner):
            raise OutlineError("a corner lies outside the film (0 to 1 is wanted)")
        kept = tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in corners)
        if any(max(side) <= min(side) for side in zip(*kept, strict=True)):
            raise OutlineError("the outline has no width or no height")
        return cls(kept, name)

    @classmethod
    def of_box(
        cls, left: float, top: float, width: float, height: float, name: str = ""
    ) -> Outline:
        """From a box in 0-1.

        Raises:
            OutlineError: It is no box on a film.
        """
        right, bottom = left + width, top + height
        return cls.of_corners(((left, top), (right, top), (right, bottom), (left, bottom)), name)


@dataclass(frozen=True)
class FilmOutlines:
    """What somebody drew on one file.

    Args:
        path: The film's file.
        outlines: Empty where somebody looked and drew nothing.
    """

    path: Path
    outlines: tuple[Outline, ...]


@dataclass(frozen=True)
class OutlineProblem:
    """A line that was left out.

    Args:
        path: The file it stands in.
        line: From 1; 0 for the file as a whole.
        reason: Why.
    """

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        """As a person reads it."""
        place = f", line {self.line}" if self.line else ""
        return f"{self.path.name}{place}: {self.reason}"


@dataclass(frozen=True)
class OutlineSet:
    """All outlines of a data set.

    Args:
        films: The films that somebody looked at, by path.
        problems: Lines that were left out.
    """

    films: tuple[FilmOutlines, ...] = ()
    problems: tuple[OutlineProblem, ...] = ()

    @property
    def num_outlined(self) -> int:
        """Files with an outline at least."""
        return sum(bool(film.outlines) for film in self.films)

    @functools.cached_property
    def by_path(self) -> Mapping[Path, tuple[Outline, ...]]:
        """The outlines of each file that somebody looked at."""
        return {film.path: film.outlines for film in self.films}


@dataclass(frozen=True)
class Drawn:
    """What one source says of one film.

    Args:
        name: The film's name as the source has it: a path below the set's folder, or its end, with
            or without an ending.
        outlines: What was drawn.
        source: The file that says so.
        line: From 1; 0 for the file as a whole.
    """

    name: str
    outlines: tuple[Outline, ...]
    source: Path
    line: int = 0


Reader = Callable[[Path], tuple[list[Drawn], list[OutlineProblem]]]


def find_outlines(root: Path, films: Sequence[Path]) -> OutlineSet:
    """Read the outlines of a set's films, where there are any.

    Args:
        root: The set's folder.
        films: Its films, below ``root``.

    Returns:
        The outlines of these films, with whatever could not be read.
    """
    from training.data.outlines_coco import read_coco
    from training.data.outlines_csv import read_csv
    from training.data.outlines_yolo import read_yolo

    names = _Names(root, films)
    found: dict[Path, tuple[Outline, ...]] = {}
    problems: list[OutlineProblem] = []
    for read in (read_yolo, read_coco, read_csv):
        drawn, bad = read(root)
        problems += bad
        # A film may have a line for each of its outlines.
        of_source: dict[Path, tuple[Outline, ...]] = {}
        for each in drawn:
            try:
                path = names.path_of(each.name)
            except OutlineError as error:
                # Beside the set's folder may lie the labels of other parts of a larger set.
                if each.source.is_relative_to(root):
                    problems.append(OutlineProblem(each.source, each.line, str(error)))
                continue
            of_source[path] = of_source.get(path, ()) + each.outlines
        found = of_source | found
    return OutlineSet(
        tuple(FilmOutlines(path, found[path]) for path in sorted(found)), tuple(problems)
    )


class _Names:
    """Finds the film that a source means by its name."""

    def __init__(self, root: Path, films: Sequence[Path]) -> None:
        self._paths: dict[str, list[Path]] = {}
        for path in films:
            parts = path.relative_to(root).parts if path.is_relative_to(root) else path.parts
            for number in range(len(parts)):
                end = "/".join(parts[number:])
                self._paths.setdefault(end, []).append(path)
                self._paths.setdefault(end.removesuffix(path.suffix), []).append(path)

    def path_of(self, name: str) -> Path:
        """The film of that name.

        The whole name counts first; then ever shorter ends of it, because tools write other folders
        before a name than the films lie in now.
        """
        parts = name.replace("\\", "/").split("/")
        for number in range(len(parts)):
            found = list(dict.fromkeys(self._paths.get("/".join(parts[number:]), ())))
            if len(found) == 1:
                return found[0]
            if found:
                raise OutlineError(f'several films are called "{name}"')
        raise OutlineError(f'there is no film "{name}"')
