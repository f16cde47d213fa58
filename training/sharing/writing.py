"""Writes what is shared: whole or not at all, and never over a file that is there.

Called by the workers of the window and by commands.
"""

from __future__ import annotations

from pathlib import Path

from training.errors import UserError

_ELSEWHERE = "Choose another place; nothing was written."


def write_new(target: Path, content: bytes) -> None:
    """Write a file that must not be there yet.

    Args:
        target: Where.
        content: All of it.

    Raises:
        UserError: It is there already, or the disk refuses; then nothing is left of it.
    """
    part = target.with_name(target.name + ".part")
    try:
        # Takes the name, so that no other program's file can come between.
        target.open("xb").close()
    except FileExistsError as error:
        raise UserError(
            f"{target.name} is there already.", "Choose another name; nothing was written."
        ) from error
    except OSError as error:
        raise cannot_write(target, error) from error
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        for left in (part, target):
            left.unlink(missing_ok=True)
        raise cannot_write(target, error) from error


def write_over(target: Path, content: bytes) -> None:
    """Write a file that the user agreed to replace; the old one stays until the new one is whole.

    Args:
        target: Where.
        content: All of it.

    Raises:
        UserError: The disk refuses, or it is a folder or a device; what is there is as it was.
    """
    if target.exists() and not target.is_file():
        raise UserError(f"{target.name} is no file that can be replaced.", _ELSEWHERE)
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise cannot_write(target, error) from error


def refuse_films(target: Path, films: tuple[Path, ...]) -> None:
    """Refuse to write over a film, by whatever name it is reached.

    Args:
        target: Where something is to be written.
        films: The films that are open.

    Raises:
        UserError: It is one of them.
    """
    if not target.exists():
        return
    # Names first: asking the disk about 10,000 films would take seconds.
    namesakes = [film for film in films if film.name == target.name and film.exists()]
    if any(target.samefile(film) for film in namesakes):
        raise UserError(f"{target.name} is one of the films.", _ELSEWHERE)


def cannot_write(target: Path, error: OSError) -> UserError:
    """What to tell people of a disk that refuses."""
    return UserError(f"{target.name} cannot be written: {error.strerror or error}.", _ELSEWHERE)
