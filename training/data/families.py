"""Which files show the same film, told by their names alone.

Sets on the net are full of copies ("4-rotated1-rotated3.jpg", "wrist - Copy (2).png",
"image1_png.rf.71650459c69a.jpg"). Names may mislead both ways: two names may be one picture, and
one name two. Called by the scan, which says so in its warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePath

# Films named by a DICOM UID have no extension; Path.suffix would cut off the UID's last number.
_EXTENSION = re.compile(r"\.[a-z][a-z0-9]{0,4}$", re.IGNORECASE)

_COPY_WORDS = r"(?:copy|kopie|copie|copia)"
_COPY_MARK = re.compile(
    r"(?:"
    r"[-_ ]rotated[-_ ]?\d*"
    # Windows " - Copy (2)", macOS " copy 2", scripts "_copy2".
    rf"|(?: - |[-_ ]){_COPY_WORDS}(?: ?\(\d+\)|[-_ ]?\d+)?"
    # Nautilus " (copy)", " (another copy)", " (3rd copy)".
    rf"| \((?:\w+ )?{_COPY_WORDS}(?: \d+)?\)"
    r"|\.rf\.[0-9a-z]+"
    r")$",
    re.IGNORECASE,
)
_NUMBER_MARK = re.compile(r" ?\(\d+\)$")


def film_name(path: PurePath) -> str:
    """The name of the film that a file shows.

    Args:
        path: The file; only its name is looked at.

    Returns:
        The stem without marks of copying and rotating, chains of them included; never empty.
    """
    return _strip(_stem(path.name), known=None)


def name_depth(path: PurePath) -> int:
    """How many marks of copying and rotating a file's name bears: 2 for "12-rotated1-rotated3".

    Args:
        path: The file; only its name is looked at.
    """
    stem, depth = _stem(path.name), 0
    while True:
        shorter = _COPY_MARK.sub("", stem)
        shorter = _NUMBER_MARK.sub("", stem) if shorter == stem else shorter
        if shorter in ("", stem):
            return depth
        stem, depth = shorter, depth + 1


def film_names(paths: Iterable[Path]) -> list[str]:
    """Film names for files that lie relative to one class's folder.

    Beyond ``film_name`` this knows the other files: "wrist (2)" is a copy of "wrist" where there
    is a "wrist"; without one it is the second of films that were numbered by renaming many at
    once, as Windows does.

    Args:
        paths: Relative to the class's folder; files in different subfolders are different films.

    Returns:
        One name a path, in order, subfolders included ("patient 7/wrist").
    """
    stems = [(path.parent.as_posix(), _stem(path.name)) for path in paths]
    known: dict[str, set[str]] = {}
    for folder, stem in stems:
        known.setdefault(folder, set()).add(_strip(stem, known=frozenset()))
    return [
        name if folder == "." else f"{folder}/{name}"
        for folder, stem in stems
        for name in (_strip(stem, known=known[folder]),)
    ]


def _stem(name: str) -> str:
    return _EXTENSION.sub("", name) or name


def _strip(stem: str, *, known: set[str] | frozenset[str] | None) -> str:
    """Take marks off the end until none is left; numbers only down to a known name, if given."""
    while True:
        shorter = _COPY_MARK.sub("", stem)
        if shorter == stem:
            bare = _NUMBER_MARK.sub("", stem)
            shorter = bare if known is None or bare in known else stem
        if shorter in ("", stem):
            return stem
        stem = shorter
