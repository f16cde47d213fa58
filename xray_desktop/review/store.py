"""The file of verdicts: one SQLite file in the user's folder, written at once, never overwritten.

Called by the viewer's worker; as good without a window. Each call opens the file, does its one
transaction and closes it again (some ms), so a store belongs to no thread and a window that is
killed leaves nothing open. Decision: docs/decisions/0009; columns: docs/architecture.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xray_desktop.review.identity import FileStamp, sha256_of, stamp_of, stored_text
from xray_desktop.review.opening import connect, prepare, transaction, trouble
from xray_desktop.review.schema import MIGRATIONS, Migration
from xray_desktop.review.verdicts import Mark, ModelAnswer, Opinion, Verdict

_ALL = """
    SELECT film.sha256, file_name, opinion, reader, note, mark_x, mark_y, mark_width, mark_height,
           mark_frame, seconds, score_seen, model, score, threshold, model_opinion, given_at, token
    FROM verdict JOIN film ON film.id = verdict.film_id
    ORDER BY verdict.id
"""
_OF_FILM = """
    SELECT film.sha256, file_name, opinion, reader, note, mark_x, mark_y, mark_width, mark_height,
           mark_frame, seconds, score_seen, model, score, threshold, model_opinion, given_at, token
    FROM verdict JOIN film ON film.id = verdict.film_id
    WHERE film.sha256 = ?
    ORDER BY verdict.id
"""
_BY_PLACE = """
    SELECT path, size, modified_ns, opinion
    FROM place JOIN verdict USING (film_id)
    WHERE verdict.id IN (SELECT max(id) FROM verdict WHERE reader = ? GROUP BY film_id)
"""
_ADD = """
    INSERT INTO verdict (
        token, film_id, file_name, reader, given_at, opinion, note,
        mark_x, mark_y, mark_width, mark_height, mark_frame,
        seconds, score_seen, model, score, threshold, model_opinion
    )
    VALUES (?, (SELECT id FROM film WHERE sha256 = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (token) DO NOTHING
"""
_PLACE = """
    INSERT INTO place (path, film_id, size, modified_ns)
    VALUES (?, (SELECT id FROM film WHERE sha256 = ?), ?, ?)
    ON CONFLICT (path) DO UPDATE
    SET film_id = excluded.film_id, size = excluded.size, modified_ns = excluded.modified_ns
"""
_ANSWER = """
    UPDATE verdict SET model = ?, score = ?, threshold = ?, model_opinion = ?
    WHERE token = ? AND model IS NULL
"""


class VerdictStore:
    """Verdicts in one file. ``prepare`` first, once a start. For worker threads: it waits for disks.

    Args:
        file: Where; ``xray_desktop.paths.verdicts_file`` for the user's own.
        migrations: Tests give others.
    """

    def __init__(self, file: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self._file = file
        self._migrations = migrations

    def prepare(self) -> str:
        """Check the file, put a damaged one aside, bring an old one up to date, begin a new one.

        Returns:
            What the user must be told, or an empty text.

        Raises:
            UserError: It belongs to a newer version or another program, or the disk refuses.
        """
        return prepare(self._file, self._migrations)

    def add(self, verdict: Verdict, path: Path | None = None) -> None:
        """Keep a verdict. When this returns it is on the disk; giving the same again adds nothing.

        Args:
            verdict: What to keep; earlier ones on the same film stay.
            path: Where the film lies now, for the signs in the list; never exported.

        Raises:
            UserError: The disk refuses; nothing was kept.
            sqlite3.IntegrityError: A value is out of its range: a bug.
        """
        stamp = stamp_of(path) if path else None
        with self._open() as connection, transaction(connection):
            connection.execute(
                "INSERT INTO film (sha256) VALUES (?) ON CONFLICT DO NOTHING", (verdict.film,)
            )
            connection.execute(_ADD, _values(verdict))
            if path and stamp:
                self._put_place(connection, path, verdict.film, stamp)

    def add_answer(self, token: str, answer: ModelAnswer) -> None:
        """Note the model's answer that came only after the verdict; a known one stays.

        Args:
            token: The verdict's.
            answer: What the model says of its film.

        Raises:
            UserError: The disk refuses.
        """
        with self._open() as connection, transaction(connection):
            connection.execute(_ANSWER, (*_answer_values(answer), token))

    def history(self, film: str | None = None) -> tuple[Verdict, ...]:
        """All verdicts, or those on one film, oldest first.

        Args:
            film: SHA-256, or None for all.

        Raises:
            UserError: The file cannot be read.
        """
        with self._open() as connection:
            query = (_ALL, ()) if film is None else (_OF_FILM, (film,))
            return tuple(_verdict(row) for row in connection.execute(*query))

    def film_at(self, path: Path) -> str:
        """Which film lies there: SHA-256 of the file's bytes. Reads the whole file.

        A film with verdicts that was moved or copied gets its new place noted.

        Raises:
            UserError: The film, or the file of verdicts, cannot be read.
        """
        stamp = stamp_of(path)
        film = sha256_of(path)
        with self._open() as connection, transaction(connection):
            known = connection.execute("SELECT 1 FROM film WHERE sha256 = ?", (film,)).fetchone()
            if known and stamp:
                self._put_place(connection, path, film, stamp)
        return film

    def signs(self, films: Sequence[Path], reader: str) -> dict[Path, Opinion]:
        """One reader's current verdicts on films, by where they lie; reads none of the films.

        A file that was changed since, or a copy never opened, counts as without a verdict.

        Args:
            films: The list.
            reader: Whose.

        Raises:
            UserError: The file of verdicts cannot be read.
        """
        with self._open() as connection:
            rows = connection.execute(_BY_PLACE, (reader,)).fetchall()
        found = {row[0]: (FileStamp(row[1], row[2]), Opinion(row[3])) for row in rows}
        signs = {}
        for path in films:
            known = found.get(stored_text(path.absolute()))
            if known is not None and stamp_of(path) == known[0]:
                signs[path] = known[1]
        return signs

    @staticmethod
    def _put_place(connection: sqlite3.Connection, path: Path, film: str, stamp: FileStamp) -> None:
        place = stored_text(path.absolute())
        connection.execute(_PLACE, (place, film, stamp.size, stamp.modified_ns))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(connect(self._file)) as connection:
                yield connection
        except sqlite3.IntegrityError:
            raise
        except (sqlite3.Error, OSError) as error:
            raise trouble(error) from error


def current_of(history: Sequence[Verdict], reader: str) -> Verdict | None:
    """A reader's last verdict among those on one film, oldest first; None without one."""
    return next((verdict for verdict in reversed(history) if verdict.reader == reader), None)


def _answer_values(answer: ModelAnswer | None) -> tuple[str | float | None, ...]:
    if answer is None or answer.opinion is None:
        return (None,) * 4
    return (stored_text(answer.model), answer.score, answer.threshold, answer.opinion.value)


def _values(verdict: Verdict) -> tuple[str | float | int | None, ...]:
    mark = verdict.mark
    place = (mark.x, mark.y, mark.width, mark.height) if mark else (None,) * 4
    frame = mark.frame if mark else 0
    return (
        verdict.token,
        verdict.film,
        stored_text(verdict.file_name),
        stored_text(verdict.reader),
        verdict.given_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        verdict.opinion.value,
        stored_text(verdict.note),
        *place,
        frame,
        verdict.seconds,
        int(verdict.score_seen),
        *_answer_values(verdict.answer),
    )


def _verdict(row: Sequence[Any]) -> Verdict:
    film, file_name, opinion, reader, note, x, y, width, height, frame, seconds, seen = row[:12]
    model, score, threshold, model_opinion, given_at, token = row[12:]
    return Verdict(
        film,
        file_name,
        Opinion(opinion),
        reader,
        note,
        Mark(x, y, width, height, frame) if x is not None else None,
        seconds,
        bool(seen),
        ModelAnswer(model, score, threshold, Opinion(model_opinion)) if model is not None else None,
        datetime.fromisoformat(given_at),
        token,
    )
