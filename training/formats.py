"""Formats of the files that outlive a version of the program, and the polite no to newer ones.

A file names its format by a whole number and the program that wrote it. Older formats are read;
a file without a number is of format 1. Names that a format does not know are ignored, so a number
changes only where an older program would misread the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training import __version__
from training.errors import UserError

FORMAT = "format"
PROGRAM = "program"


def head(number: int) -> dict[str, Any]:
    """The entries that name a file's format and its program."""
    return {FORMAT: number, PROGRAM: __version__}


def refuse_newer(values: Mapping[str, Any], newest: int, what: str) -> None:
    """Raise ``UserError`` where a file is of a newer format than this program reads.

    Args:
        values: The file's entries.
        newest: The newest format that is read.
        what: The file for people, as the beginning of a sentence: "The run X".

    Raises:
        UserError: It is newer; the text says which version wrote it.
        TypeError, ValueError: The number is none.
    """
    if int(values.get(FORMAT, 1)) > newest:
        raise newer(what, str(values.get(PROGRAM, "")))


def refuse_other_program(program: str, what: str) -> None:
    """Raise ``UserError`` where work was begun by another version, whose networks may be others.

    Args:
        program: The version that began it; empty where it is not known.
        what: As for ``refuse_newer``.

    Raises:
        UserError: It is not this one.
    """
    if program != __version__:
        which = f"version {program}" if program else "another version"
        raise UserError(
            f"{what} was begun by {which} of this program. This is {__version__}, whose networks may "
            "learn otherwise: they cannot be measured together.",
            "Start a new one, or go on with the version that began it.",
        )


def newer(what: str, version: str) -> UserError:
    """The refusal of a file that a newer version wrote.

    Args:
        what: As for ``refuse_newer``.
        version: That version, or empty where it is not known.
    """
    which = (
        f"a newer version of this program ({version})"
        if version
        else "a newer version of this program"
    )
    return UserError(f"{what} was written by {which}.", "Use that version; it is left as it is.")
