"""Opens the file of verdicts: checks it, puts a damaged one aside, brings an old one up to date.

Called by ``store`` only. No verdict is ever deleted here: a damaged file is renamed, and before
the tables are changed the file is copied.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from training import __version__
from training.errors import UserError
from training.formats import newer
from xray_desktop.review.schema import APPLICATION_ID, Migration

log = logging.getLogger(__name__)

# Two windows of the program may write at once; each write takes milliseconds.
_BUSY_S = 10.0
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the file or its folder is write-protected",
    sqlite3.SQLITE_CANTOPEN: "the file or its folder cannot be opened",
    sqlite3.SQLITE_PERM: "this account has no right to it",
    sqlite3.SQLITE_BUSY: "another program keeps it busy",
    sqlite3.SQLITE_LOCKED: "another program keeps it busy",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
}


def connect(path: Path) -> sqlite3.Connection:
    """A connection whose commits are on the disk when they return.

    WAL with ``synchronous = FULL``: the log is flushed at each commit (sqlite.org/pragma.html).

    Raises:
        sqlite3.Error: As SQLite has it.
    """
    connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def trouble(error: sqlite3.Error | OSError) -> UserError:
    """What to tell people of an error of the file of verdicts."""
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
    elif is_damage(error):
        reason = "it is damaged"
    else:
        reason = _REASONS.get(_code(error), str(error))
    return UserError(f"The file of verdicts cannot be used: {reason}.")


def is_damage(error: sqlite3.Error) -> bool:
    """True where the file's content is at fault, not the disk or another program."""
    return _code(error) in _DAMAGED


def _code(error: sqlite3.Error) -> int:
    # The low byte is the kind; the rest says more. Errors of Python's own have no code.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def prepare(path: Path, migrations: Sequence[Migration]) -> str:
    """Make the file ready for use: once a start.

    Args:
        path: The file; it and its folder are made where missing.
        migrations: All of them, oldest first.

    Returns:
        What the user must be told, or an empty text.

    Raises:
        UserError: It belongs to a newer version or another program, or the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remark = ""
        if not _is_sound(path):
            remark = _put_aside(path)
        _bring_up_to_date(path, migrations)
    except (sqlite3.Error, OSError) as error:
        raise trouble(error) from error
    return remark


def _is_sound(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        connection = connect(path)
        try:
            # One row "ok", or rows that name the damage.
            found = connection.execute("PRAGMA integrity_check").fetchone()
            return tuple(found) == ("ok",)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        return False


def _put_aside(path: Path) -> str:
    """Rename a damaged file, with the log beside it: an expert may save what is in them."""
    aside = _free_name(path, "damaged")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    log.error("the file of verdicts was damaged and is put aside")
    return (
        f'The file of verdicts is damaged. It was kept as "{aside.name}" in the program\'s folder, '
        "and a new, empty one begun. Copies from before an update may lie beside it."
    )


def _free_name(path: Path, word: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H-%M-%S")
    number = 1
    while True:
        more = "" if number == 1 else f" ({number})"
        name = path.with_name(f"{path.stem} {word} {stamp}{more}{path.suffix}")
        if not name.exists():
            return name
        number += 1


def _bring_up_to_date(path: Path, migrations: Sequence[Migration]) -> None:
    connection = connect(path)
    try:
        version = _version(connection)
        _refuse_foreign(connection, version, len(migrations))
        if version == len(migrations):
            return
        if version:
            _back_up(connection, _free_name(path, f"version {version}"))
        with transaction(connection):
            # Another window may have been quicker.
            version = _version(connection)
            for migration in migrations[version:]:
                for statement in migration:
                    connection.execute(statement)
            _sign(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {max(version, len(migrations))}")
    finally:
        connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_foreign(connection: sqlite3.Connection, version: int, newest: int) -> None:
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    is_empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if owner != APPLICATION_ID and not is_empty:
        raise UserError(
            "The file of verdicts was made by another program.",
            "Move it elsewhere; a new one will be begun.",
        )
    if version > newest:
        raise newer("The file of verdicts", _writer(connection))


def _sign(connection: sqlite3.Connection) -> None:
    """Note which version brought the tables up to date; files before version 2 cannot."""
    if _has_program(connection):
        connection.execute("DELETE FROM program")
        connection.execute("INSERT INTO program (version) VALUES (?)", (__version__,))


def _writer(connection: sqlite3.Connection) -> str:
    """The version that wrote the file, or an empty text where it does not tell."""
    if not _has_program(connection):
        return ""
    row = connection.execute("SELECT version FROM program").fetchone()
    return str(row[0]) if row else ""


def _has_program(connection: sqlite3.Connection) -> bool:
    query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'program'"
    return bool(connection.execute(query).fetchone()[0])


def _back_up(connection: sqlite3.Connection, copy: Path) -> None:
    """A whole copy, what is still in the log included, flushed to the disk."""
    target = sqlite3.connect(copy)
    try:
        connection.backup(target)
    finally:
        target.close()
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
