"""Reads any X-ray file into one ``Film``: the only entrance for film files.

Files are recognised by content, never by name, and are only ever read. All functions may be
called from several threads at once. pydicom is imported with the first DICOM file, so that
scanning folders of pictures stays light.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from training.films.film import Film, FilmError, GreyPixels
from training.films.limits import MAX_FILE_BYTES, MAX_PIXELS, refuse_memory
from training.films.pictures import read_picture, read_picture_grey
from training.films.sniff import SNIFF_BYTES, kind_of, what_else

__all__ = ["MAX_PIXELS", "read_content", "read_film", "read_grey", "read_grey_bytes", "sniff"]


def read_film(path: Path, frame: int = 0) -> Film:
    """Read a film for showing, with its tags and notes.

    Args:
        path: A DICOM file or a PNG, JPEG, TIFF, BMP or GIF picture, of any name.
        frame: Which of several frames or pages, from 0; only this one is decoded.

    Returns:
        The film; where it is one of several, its notes say so.

    Raises:
        FilmError: If the file cannot be read or holds no film; it names file and reason.
    """
    content, kind = _read(path)
    if kind == "DICOM":
        from training.films.dicom import read_dicom

        return read_dicom(path, content, frame=frame)
    return read_picture(path, content, kind, page=frame)


def read_grey(path: Path) -> GreyPixels:
    """Read a film for a network: the same pixels as ``read_film(path).grey()``, faster.

    Of several frames or pages it is the first.

    Args:
        path: As for ``read_film``.

    Returns:
        uint8, (height, width), bone bright, in the film's true shape; may be read-only.

    Raises:
        FilmError: As ``read_film``.
    """
    content, kind = _read(path)
    return _grey(path, content, kind)


def read_grey_bytes(path: Path, content: bytes) -> GreyPixels:
    """As ``read_grey``, from a file whose content has been read already.

    Args:
        path: Only for messages.
        content: The whole file.

    Returns:
        uint8, (height, width), bone bright; may be read-only.

    Raises:
        FilmError: As ``read_film``.
    """
    return _grey(path, content, _kind(path, content[:SNIFF_BYTES]))


def read_content(path: Path) -> tuple[bytes, str]:
    """Read a film's file as it is, undecoded.

    Args:
        path: As for ``read_film``.

    Returns:
        The whole file, and its format as ``sniff`` names it.

    Raises:
        FilmError: If it cannot be read, or is no film by its first bytes.
    """
    return _read(path)


def sniff(path: Path) -> str | None:
    """Tell what a file is from its first bytes.

    Args:
        path: The file.

    Returns:
        "DICOM", "PNG", "JPEG", "TIFF", "BMP" or "GIF"; None if it begins like none of these.

    Raises:
        FilmError: If it cannot be read at all.
    """
    try:
        _check_regular(path)
        with path.open("rb") as file:
            return kind_of(file.read(SNIFF_BYTES))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _grey(path: Path, content: bytes, kind: str) -> GreyPixels:
    """Decode a film's content to what networks are given."""
    if kind == "DICOM":
        from training.films.dicom import read_dicom

        return read_dicom(path, content, for_network=True).grey()
    return read_picture_grey(path, content, kind)


def _read(path: Path) -> tuple[bytes, str]:
    """Read a whole film file, once it is known to be one, and name its format."""
    try:
        num_bytes = _check_regular(path)
        with path.open("rb") as file:
            start = file.read(SNIFF_BYTES)
            kind = _kind(path, start)
            if num_bytes > MAX_FILE_BYTES:
                raise FilmError(
                    path, f"the file has {num_bytes / 2**30:.1f} GB; films have at most 1 GB"
                )
            return start + file.read(), kind
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    except MemoryError as error:
        raise refuse_memory(path) from error


def _check_regular(path: Path) -> int:
    """Refuse folders, pipes and devices, which would block or never end; give the size."""
    facts = path.stat()
    if stat.S_ISDIR(facts.st_mode):
        raise FilmError(path, "it is a folder, not a file")
    if not stat.S_ISREG(facts.st_mode):
        raise FilmError(path, "it is not a regular file")
    return facts.st_size


def _kind(path: Path, start: bytes) -> str:
    """The format that a file begins like, or an error that says what it is instead."""
    if not start:
        raise FilmError(path, "the file is empty")
    kind = kind_of(start)
    if kind is None:
        raise FilmError(
            path, what_else(start), "Films are DICOM, PNG, JPEG, TIFF, BMP or GIF files."
        )
    return kind


def _unreadable(path: Path, error: OSError | ValueError) -> FilmError:
    """Why the system does not give a file, in words."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENOTDIR):
        return FilmError(path, "the file does not exist any more")
    if number in (errno.EACCES, errno.EPERM):
        return FilmError(path, "you have no permission to read it")
    if number == errno.ENAMETOOLONG:
        return FilmError(path, "its path is too long for this system")
    # ValueError: a null character in the path.
    return FilmError(path, "the system cannot read it", "Check the disk or the network drive.")
