"""YOLO text files: a folder ``labels`` with one file a film, one outline a line.

``class cx cy width height`` is a box by its centre, ``class x1 y1 x2 y2 x3 y3 ...`` an outline; all
in 0-1 of the film. A file without a line says that somebody looked and drew nothing.
"""

from __future__ import annotations

import math
from pathlib import Path

from training.data.outlines import Drawn, Outline, OutlineError, OutlineProblem

LABELS = "labels"
# The list of class names that tools put beside the films' files.
_NO_FILM = "classes.txt"
_DEPTH = ("*.txt", "*/*.txt", "*/*/*.txt")
_BOX = 4


def read_yolo(root: Path) -> tuple[list[Drawn], list[OutlineProblem]]:
    """Read ``labels`` below or beside a set's folder.

    Args:
        root: The set's folder.

    Returns:
        What was drawn, and what could not be read.
    """
    drawn: list[Drawn] = []
    problems: list[OutlineProblem] = []
    for folder in (root / LABELS, root.parent / LABELS):
        files = sorted(file for pattern in _DEPTH for file in folder.glob(pattern))
        files = [file for file in files if file.name != _NO_FILM]
        for file in files:
            outlines, bad = read_file(file)
            problems += bad
            # A film all of whose lines are bad is not one on which nothing was drawn.
            if outlines or not bad:
                name = file.relative_to(folder).with_suffix("").as_posix()
                drawn.append(Drawn(name, tuple(outlines), file))
        if files:
            break
    return drawn, problems


def read_file(file: Path) -> tuple[list[Outline], list[OutlineProblem]]:
    """Read one film's text file.

    Args:
        file: The file.

    Returns:
        Its outlines, and the lines that could not be read.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [], [OutlineProblem(file, 0, "the file cannot be read as text")]
    outlines, problems = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            outlines.append(_outline(line.split()))
        except OutlineError as error:
            problems.append(OutlineProblem(file, number, str(error)))
    return outlines, problems


def _outline(words: list[str]) -> Outline:
    name, *rest = words
    try:
        values = [float(word) for word in rest]
    except ValueError:
        raise OutlineError("a number is wanted in every place") from None
    if not all(math.isfinite(value) for value in values):
        raise OutlineError("a number is wanted in every place")
    if len(values) == _BOX:
        x, y, width, height = values
        return Outline.of_box(x - width / 2, y - height / 2, width, height, name)
    if len(values) % 2:
        raise OutlineError("an outline needs two numbers for each corner")
    return Outline.of_corners(tuple(zip(values[::2], values[1::2], strict=True)), name)
