"""Files that name films instead of holding one: DICOMDIRs of discs, and texts with a path a line.

Called by the viewer when such a file, or a folder with a DICOMDIR, is opened. They are only
ever read; what a path of them means is looked up on the disk, and missing films are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.films.film import FilmError
from training.films.sniff import SNIFF_BYTES, is_dicomdir

# A list of a million long paths is smaller.
_MAX_TEXT_BYTES = 256 * 2**20
_TEXT_ENDINGS = (".txt", ".lst")


@dataclass(frozen=True)
class FilmList:
    """The films that a file names.

    Args:
        films: Those that are there, in the order of the list; of a DICOMDIR by patient, study,
            series and number.
        missing: Those that are not, as the list names them.
        num_others: Objects of a DICOMDIR that are no radiographs.
    """

    films: tuple[Path, ...]
    missing: tuple[str, ...] = ()
    num_others: int = 0


def read_list(path: Path) -> FilmList | None:
    """Read a file that names films.

    Args:
        path: Any file.

    Returns:
        What it names; None where it is no such file, or cannot be read as one.

    Raises:
        FilmError: It is a DICOMDIR that is damaged, or names nothing; or a text that names nothing.
    """
    try:
        with path.open("rb") as file:
            start = file.read(SNIFF_BYTES)
    except (OSError, ValueError):
        # Whoever reads it as a film says why.
        return None
    if is_dicomdir(start):
        from training.films.dicomdir import read_dicomdir

        return read_dicomdir(path)
    if path.suffix.casefold() in _TEXT_ENDINGS and b"\0" not in start:
        return _read_text(path)
    return None


def find_dicomdir(folder: Path) -> Path | None:
    """The DICOMDIR of a folder, however its name is written there, or None."""
    try:
        names = [path for path in folder.iterdir() if path.name.casefold() == "dicomdir"]
    except OSError:
        return None
    return next((path for path in names if path.is_file()), None)


def _read_text(path: Path) -> FilmList:
    """A path a line; relative ones start at the list's own folder; # begins a remark."""
    try:
        if path.stat().st_size > _MAX_TEXT_BYTES:
            raise FilmError(path, "it is too large for a list of films")
        content = path.read_bytes()
    except OSError as error:
        raise FilmError(path, "the system cannot read it") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    films, missing = [], []
    for line in text.splitlines():
        name = line.strip().strip("\"'")
        if not name or name.startswith("#"):
            continue
        found = path.parent / name
        if _is_file(found):
            films.append(found)
        else:
            missing.append(name)
    if not films and not missing:
        raise FilmError(path, "it names no films", "A list of films has one path a line.")
    return FilmList(tuple(dict.fromkeys(films)), tuple(missing))


def _is_file(path: Path) -> bool:
    """As ``Path.is_file``, also where a line is no path at all: too long, for one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
