"""Reading folders: every plain file below one, in order, whatever lies in the way.

Called by the scan only. Nothing here is fatal: what cannot be read is listed as skipped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from training.data.dataset import DataError, ScanCancelled, Skipped
from training.films.film import FilmError
from training.films.reader import sniff

# Made by Windows, macOS, NAS boxes and this or that tool; never films, not worth a word.
_IGNORED = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "$recycle.bin"}
)


class Walker:
    """Lists folders and recognises films for one scan, and remembers what it had to leave out.

    Args:
        root: The folder being scanned; if it vanishes, so does the scan's sense.
        cancelled: Asked before each folder and now and then between files.
    """

    def __init__(self, root: Path, cancelled: Callable[[], bool] | None = None) -> None:
        self._root = root
        self._cancelled = cancelled
        self._skipped: dict[Path, str] = {}

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Everything left out so far, by path."""
        return tuple(Skipped(path, self._skipped[path]) for path in sorted(self._skipped))

    def skip(self, path: Path, reason: str) -> None:
        """Note that ``path`` is left out; the first reason stays."""
        self._skipped.setdefault(path, reason)

    def check_cancelled(self) -> None:
        """Raise ``ScanCancelled`` if the caller wants no more."""
        if self._cancelled is not None and self._cancelled():
            raise ScanCancelled

    def subfolders(self, folder: Path) -> list[Path]:
        """The folders directly within ``folder``, by name."""
        return [Path(entry.path) for entry in self._entries(folder) if _is_folder(entry)]

    def files(self, folder: Path) -> list[Path]:
        """The plain files directly within ``folder``, by name."""
        return [
            Path(entry.path)
            for entry in self._entries(folder)
            if not _is_folder(entry) and self._is_file(entry)
        ]

    def files_below(self, folder: Path) -> Iterator[Path]:
        """All plain files at any depth below ``folder``: a folder's files first, then its folders.

        A link to a folder that was already seen in this call, or that holds ``folder`` itself
        (and so the films of other classes), is left out: links cannot loop or mix classes.
        """
        yield from self._files_below(folder, Path(os.path.realpath(folder)), set())

    def format_of(self, path: Path) -> str | None:
        """The film format of a file by its content ("PNG"), or None: then it is noted as skipped."""
        try:
            if path.stat().st_size == 0:
                self.skip(path, "the file is empty")
                return None
            found = sniff(path)
        except FilmError as error:
            self.skip(path, error.reason)
            return None
        except FileNotFoundError:
            self._check_root()
            self.skip(path, "the file vanished while the folder was read")
            return None
        except OSError as error:
            self.skip(path, _in_words(error))
            return None
        if found is None:
            self.skip(path, "not a film: neither DICOM nor a picture")
        return found

    def holds_film(self, folder: Path) -> bool:
        """True as soon as one film is found at any depth below ``folder``."""
        # A glance, not a reading: what is no film here is only noted once its class is read.
        glance = Walker(self._root, self._cancelled)
        return any(glance.format_of(path) is not None for path in glance.files_below(folder))

    def _files_below(self, folder: Path, top: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
        try:
            status = folder.stat()
        except OSError as error:
            self.skip(folder, _in_words(error))
            return
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            self.skip(folder, "a link to a folder that is read already")
            return
        target = Path(os.path.realpath(folder))
        if target != top and top.is_relative_to(target):
            self.skip(folder, "a link that leads back to a folder above")
            return
        seen.add(identity)
        yield from self.files(folder)
        for inner in self.subfolders(folder):
            yield from self._files_below(inner, top, seen)

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        self.check_cancelled()
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if not _is_ignored(entry.name)]
        except OSError as error:
            self._check_root()
            self.skip(folder, _in_words(error))
            return []
        return sorted(entries, key=lambda entry: entry.name)

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        try:
            if entry.is_file():
                return True
        except OSError as error:
            self.skip(Path(entry.path), _in_words(error))
            return False
        broken = entry.is_symlink()
        reason = "a link to a file that is not there" if broken else "not a plain file"
        self.skip(Path(entry.path), reason)
        return False

    def _check_root(self) -> None:
        if not self._root.is_dir():
            raise DataError(
                f'The folder "{self._root.name}" vanished while it was read.',
                "Connect its drive again, or choose another folder.",
            )


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _IGNORED


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link that points to itself; listed among the files, where the reason is noted.
        return False


def _in_words(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "this user may not read it"
    if isinstance(error, FileNotFoundError):
        return "it vanished while the folder was read"
    return f"the system cannot read it ({error.strerror or error})"
