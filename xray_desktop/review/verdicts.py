"""What a reader says of a film, as plain values. Used by the store, the figures and the viewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from uuid import uuid4


class Opinion(StrEnum):
    """What can be said of a film, by a reader or by a model."""

    FRACTURE = "fracture"
    NO_FRACTURE = "no fracture"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Mark:
    """A place on the film, in its own pixels as stored: turning the view does not move it.

    Args:
        x: Left edge, or the point itself; 0 is the film's left edge.
        y: Top edge, likewise.
        width: Of a box; 0 for a point.
        height: Likewise.
        frame: On which of the file's frames it lies, from 0.
    """

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    frame: int = 0


@dataclass(frozen=True)
class ModelAnswer:
    """What the model in use said of the film when the verdict was given.

    Args:
        model: Its name, without the path above it.
        score: As it was stated, 0-1.
        threshold: As it was stated, 0-1.
        opinion: What the model made of the two; None of a model of more than two classes, whose
            answers are no opinion in the words of verdicts and are never kept with one.
        word: Of such a model the class that it names; else empty.
        scores: Likewise, each class's score by label.
    """

    model: str
    score: float
    threshold: float
    opinion: Opinion | None
    word: str = ""
    scores: tuple[float, ...] = ()


def _now() -> datetime:
    return datetime.now(UTC)


def _token() -> str:
    return uuid4().hex


@dataclass(frozen=True)
class Verdict:
    """One verdict of one reader on one film.

    Args:
        film: SHA-256 of the file's bytes, 64 hexadecimal digits.
        file_name: The file's name, without the path above it.
        opinion: What the reader says.
        reader: Who; a name that the reader chose.
        note: In the reader's words, or empty.
        mark: Where, or None.
        seconds: From the film's coming into sight to the verdict; 0 or more.
        score_seen: Something of the model's answer to this film was in sight before the verdict.
        answer: The model's, or None where it is not known.
        given_at: When; with a time zone, kept in UTC to the millisecond.
        token: Tells a verdict that is written a second time after a failure from a new one.
    """

    film: str
    file_name: str
    opinion: Opinion
    reader: str
    note: str = ""
    mark: Mark | None = None
    seconds: float = 0.0
    score_seen: bool = False
    answer: ModelAnswer | None = None
    given_at: datetime = field(default_factory=_now)
    token: str = field(default_factory=_token)
