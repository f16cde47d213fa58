"""``outlines.csv`` beside the films: one outline a line.

The header names the columns: ``file``; ``x``, ``y``, ``width``, ``height`` (left, top, width and
height of a box) and, or instead, ``polygon`` ("x1 y1 x2 y2 x3 y3 ..."); perhaps ``class``. Values
are in 0-1 of the film, or in pixels where ``image_width`` and ``image_height`` are given too. A
line with the file alone says that somebody looked and drew nothing.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

from training.data.outlines import Drawn, Outline, OutlineError, OutlineProblem

FILE = "outlines.csv"
_BOX = ("x", "y", "width", "height")


def read_csv(root: Path) -> tuple[list[Drawn], list[OutlineProblem]]:
    """Read ``outlines.csv`` of a set's folder.

    Args:
        root: The set's folder.

    Returns:
        What was drawn, and what could not be read.
    """
    path = root / FILE
    drawn: list[Drawn] = []
    problems: list[OutlineProblem] = []
    if not path.is_file():
        return drawn, problems
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            columns = [name.strip().casefold() for name in reader.fieldnames or ()]
            if "file" not in columns or not ({*_BOX} <= {*columns} or "polygon" in columns):
                wanted = 'the first line must name "file" and "x,y,width,height" or "polygon"'
                return drawn, [OutlineProblem(path, 1, wanted)]
            reader.fieldnames = columns
            for row in reader:
                try:
                    values = {name: str(row[name]).strip() for name in columns}
                    drawn.append(Drawn(values["file"], _outlines(values), path, reader.line_num))
                except OutlineError as error:
                    problems.append(OutlineProblem(path, reader.line_num, str(error)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(OutlineProblem(path, 0, f"the file cannot be read ({error})"))
    return drawn, problems


def _outlines(row: dict[str, str]) -> tuple[Outline, ...]:
    if not row["file"]:
        raise OutlineError("no file is named")
    name = row.get("class", "")
    width, height = (_size(row.get(column, "")) for column in ("image_width", "image_height"))
    if row.get("polygon"):
        values = [_number(word) for word in row["polygon"].replace(";", " ").split()]
        if len(values) % 2:
            raise OutlineError("an outline needs two numbers for each corner")
        corners = zip(values[::2], values[1::2], strict=True)
        return (Outline.of_corners([(x / width, y / height) for x, y in corners], name),)
    words = [row.get(column, "") for column in _BOX]
    if not any(words):
        return ()
    left, top, wide, high = (_number(word) for word in words)
    return (Outline.of_box(left / width, top / height, wide / width, high / height, name),)


def _size(word: str) -> float:
    size = _number(word) if word else 1.0
    if size <= 0.0:
        raise OutlineError("the size of a film must be above 0")
    return size


def _number(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        raise OutlineError(f'"{word}" is no number') from None
    if not math.isfinite(value):
        raise OutlineError(f'"{word}" is no number')
    return value
