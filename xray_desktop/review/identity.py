"""Which film a file is: by its bytes, so that a moved or renamed file keeps its verdicts."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from training.errors import UserError


@dataclass(frozen=True)
class FileStamp:
    """A file as it lay on disk: enough to notice that it was changed, without reading it.

    Args:
        size: Bytes.
        modified_ns: Time of its last change, ns.
    """

    size: int
    modified_ns: int


def stamp_of(path: Path) -> FileStamp | None:
    """The file's stamp, or None where it is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return FileStamp(found.st_size, found.st_mtime_ns)


def sha256_of(path: Path) -> str:
    """SHA-256 of the file's bytes as 64 hexadecimal digits. For workers: it reads the whole file.

    Raises:
        UserError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UserError(f"{path.name} cannot be read: {reason}.") from error


def stored_text(name: str | Path) -> str:
    """A name as UTF-8 can hold it: bytes of a file name that are no text are spelt out."""
    return os.fspath(name).encode("utf-8", "backslashreplace").decode("utf-8")
