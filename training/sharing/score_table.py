"""Scores of many films as a table: one form for the ``predict`` command and for the window. Light."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from training import __version__
from training.fit.run_folder import CLASS_SCORE
from training.models.card import ModelCard
from training.models.prediction import leading
from training.sharing.facts import ModelSaid


@dataclass(frozen=True)
class ScoreRow:
    """One film's line.

    Args:
        path: The film, as it is named.
        score: 0-1, calibrated where the model says so, or None where there is none; of more than two
            classes the largest.
        threshold: The model's, on the same scale; of no meaning with more than two classes.
        word: The class's name, or empty.
        band: "negative", "unsure" or "positive" by the model's operating points, or empty.
        model: The run and kind of the model, or its file where it names none.
        version: Of the program that made the model.
        program: Of the program that scored.
        error: Why the film could not be read, or empty.
        refused: Why the model gives no answer to it, or empty.
        scores: Of more than two classes each one's score, by label; else empty.
    """

    path: str
    score: float | None
    threshold: float
    word: str
    band: str
    model: str
    version: str
    program: str
    error: str = ""
    refused: str = ""
    scores: tuple[float, ...] = ()


COLUMNS = tuple(item.name for item in fields(ScoreRow) if item.name != "scores")
# What only two classes have; more have a score each.
_OF_TWO = ("score", "threshold", "band")


def score_row(
    card: ModelCard,
    model: Path,
    path: str | Path,
    raw: float | Sequence[float] | None,
    *,
    error: str = "",
    refused: str = "",
) -> ScoreRow:
    """A row from the network's own score, or its scores of more than two classes.

    Args:
        card: The model's.
        model: Its file.
        path: The film, as it is to be named.
        raw: As the network gives it, not calibrated, or None; of more than two classes one a class.
        error: Why the film could not be read, or empty.
        refused: Why the model gives no answer to it, or empty.
    """
    empty = ScoreRow(
        path=str(path),
        score=None,
        threshold=card.stated_threshold,
        word="",
        band="",
        model=f"{card.run_id}/{card.kind}" if card.run_id else model.name,
        version=card.program_version,
        program=__version__,
        error=error,
        refused=refused,
    )
    if raw is None:
        return empty
    if not isinstance(raw, (int, float)):
        scores = tuple(raw)
        return replace(empty, score=max(scores), word=card.classes[leading(scores)], scores=scores)
    return replace(
        empty,
        score=float(card.stated(raw)),
        word=card.classes[int(raw >= card.threshold)],
        band=card.band(raw).value,
    )


def stated_row(said: ModelSaid, path: str | Path, model: Path) -> ScoreRow:
    """The same from an answer that was kept as it was stated.

    Args:
        said: The model's answer.
        path: The film, as it is to be named.
        model: The model's file.
    """
    if said.scores:
        return score_row(said.card, model, path, said.scores)
    empty = score_row(said.card, model, path, None)
    word = said.card.classes[int(said.score >= said.threshold)]
    return replace(empty, score=said.score, word=word, band=said.band.value)


def to_csv(card: ModelCard, rows: Sequence[ScoreRow]) -> bytes:
    """As a CSV file; names that are no valid UTF-8 go out as the bytes they are.

    Args:
        card: The model's; of more than two classes each has a column of scores.
        rows: In the order in which they are to stand.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(_columns(card))
    writer.writerows(_cells(card, row) for row in rows)
    return target.getvalue().encode("utf-8", "surrogateescape")


def as_values(card: ModelCard, rows: Sequence[ScoreRow]) -> dict[str, Any]:
    """As JSON can hold it.

    Args:
        card: The model's.
        rows: In the order in which they are to stand.
    """
    return {
        "program": __version__,
        "classes": list(card.classes),
        "synthetic": card.synthetic,
        "films": [_values(card, row) for row in rows],
    }


def _columns(card: ModelCard) -> list[str]:
    if not card.is_many:
        return list(COLUMNS)
    scores = [f"{CLASS_SCORE}{name}" for name in card.classes]
    rest = [name for name in COLUMNS if name not in _OF_TWO]
    return [rest[0], *scores, *rest[1:]]


def _cells(card: ModelCard, row: ScoreRow) -> list[str]:
    values = asdict(row)
    values["score"] = "" if row.score is None else f"{row.score:.6f}"
    scores = [f"{each:.6f}" for each in row.scores] or [""] * len(card.classes)
    values |= {f"{CLASS_SCORE}{n}": s for n, s in zip(card.classes, scores, strict=False)}
    return [values[name] for name in _columns(card)]


def _values(card: ModelCard, row: ScoreRow) -> dict[str, Any]:
    """A row by name; of more than two classes with its scores by class."""
    values = asdict(row)
    del values["scores"]
    if card.is_many:
        for name in ("threshold", "band"):
            del values[name]
        values["scores"] = dict(zip(card.classes, row.scores, strict=False))
    return values


def to_json(card: ModelCard, rows: Sequence[ScoreRow]) -> bytes:
    """As a JSON file."""
    return (json.dumps(as_values(card, rows), indent=2, allow_nan=False) + "\n").encode("ascii")
