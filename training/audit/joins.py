"""Which files are one film, and why: a union-find that keeps the reason of every join."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt


class Reason(StrEnum):
    """Why two files count as one film."""

    BYTES = "equal bytes"
    PIXELS = "equal pixels"
    SOP = "one DICOM object"
    PICTURE = "near-equal pictures"
    NAME = "one name"


@dataclass(frozen=True)
class Join:
    """One tie between two files of a film.

    Args:
        first: A file.
        second: Another.
        reason: Why they are one film.
        agreement: Mean correlation over patches after alignment, -1 to 1; None where nothing had
            to be measured.
        turned: Degrees by which the second is turned against the first.
        mirrored: Whether it is mirrored.
    """

    first: Path
    second: Path
    reason: Reason
    agreement: float | None = None
    turned: float = 0.0
    mirrored: bool = False


class Groups:
    """Union-find over files by number, with the joins that made it.

    Args:
        paths: The files.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths = tuple(paths)
        self._parents = list(range(len(self._paths)))
        self._joins: list[Join] = []

    @property
    def joins(self) -> tuple[Join, ...]:
        """Every join so far, in order."""
        return tuple(self._joins)

    def find(self, number: int) -> int:
        """The number that stands for the film of a file."""
        while self._parents[number] != number:
            self._parents[number] = self._parents[self._parents[number]]
            number = self._parents[number]
        return number

    def join(
        self,
        first: int,
        second: int,
        reason: Reason,
        agreement: float | None = None,
        turned: float = 0.0,
        *,
        mirrored: bool = False,
    ) -> bool:
        """Make two files one film; False where they were one already."""
        roots = sorted((self.find(first), self.find(second)))
        if roots[0] == roots[1]:
            return False
        self._parents[roots[1]] = roots[0]
        one, other = self._paths[first], self._paths[second]
        self._joins.append(Join(one, other, reason, agreement, turned, mirrored))
        return True

    def numbers(self) -> npt.NDArray[np.intp]:
        """int, (files,): the number that stands for each file's film."""
        return np.array([self.find(number) for number in range(len(self._paths))], np.intp)

    def members(self) -> list[list[int]]:
        """The films, each as its files in order; in the order of their first files."""
        found: dict[int, list[int]] = {}
        for number in range(len(self._paths)):
            found.setdefault(self.find(number), []).append(number)
        return list(found.values())
