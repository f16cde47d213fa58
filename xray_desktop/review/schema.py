"""The tables of the file of verdicts, and how older files are brought up to date.

``PRAGMA user_version`` is the number of migrations that a file has been through. A migration that
was published is never changed; a change of the tables is a new one at the end. What each column
means stands in docs/architecture.md.
"""

from __future__ import annotations

Migration = tuple[str, ...]
"""SQL statements, run in one transaction."""

APPLICATION_ID = 0x58524456
"""``PRAGMA application_id`` ("XRDV"): tells our file from any other SQLite file."""

_FIRST: Migration = (
    """
    CREATE TABLE film (
        id INTEGER PRIMARY KEY,
        sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64)
    ) STRICT
    """,
    """
    CREATE TABLE place (
        path TEXT PRIMARY KEY,
        film_id INTEGER NOT NULL REFERENCES film (id),
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE verdict (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT NOT NULL UNIQUE,
        film_id INTEGER NOT NULL REFERENCES film (id),
        file_name TEXT NOT NULL,
        reader TEXT NOT NULL CHECK (reader <> ''),
        given_at TEXT NOT NULL,
        opinion TEXT NOT NULL CHECK (opinion IN ('fracture', 'no fracture', 'unsure')),
        note TEXT NOT NULL DEFAULT '',
        mark_x REAL,
        mark_y REAL,
        mark_width REAL,
        mark_height REAL,
        seconds REAL NOT NULL CHECK (seconds >= 0),
        score_seen INTEGER NOT NULL CHECK (score_seen IN (0, 1)),
        model TEXT,
        score REAL CHECK (score BETWEEN 0 AND 1),
        threshold REAL CHECK (threshold BETWEEN 0 AND 1),
        model_opinion TEXT CHECK (model_opinion IN ('fracture', 'no fracture', 'unsure'))
    ) STRICT
    """,
    "CREATE INDEX verdict_by_film ON verdict (film_id, reader, id)",
)

# A file may hold several frames; a mark lies on one of them, from 0.
_MARK_FRAME: Migration = (
    "ALTER TABLE verdict ADD COLUMN mark_frame INTEGER NOT NULL DEFAULT 0 CHECK (mark_frame >= 0)",
)

# Who wrote it, for an older program that has to refuse it. One row.
_PROGRAM: Migration = ("CREATE TABLE program (version TEXT NOT NULL) STRICT",)

MIGRATIONS: tuple[Migration, ...] = (_FIRST, _MARK_FRAME, _PROGRAM)
