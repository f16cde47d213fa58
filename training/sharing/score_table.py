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
from training.models.card import ModelCard
from training.sharing.facts import ModelSaid


@dataclass(frozen=True)
class ScoreRow:
    """One film's line.

    Args:
        path: The film, as it is named.
        score: 0-1, calibrated where the model says so, or None where there is none.
        threshold: The model's, on the same scale.
        word: The class's name, or empty.
        band: "negative", "unsure" or "positive" by the model's operating points, or empty.
        model: The run and kind of the model, or its file where it names none.
        version: Of the program that made the model.
        program: Of the program that scored.
        error: Why the film could not be read, or empty.
        refused: Why the model gives no answer to it, or empty.
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


COLUMNS = tuple(item.name for item in fields(ScoreRow))


def score_row(
    card: ModelCard,
    model: Path,
    path: str | Path,
    raw: float | None,
    *,
    error: str = "",
    refused: str = "",
) -> ScoreRow:
    """A row from the network's own score.

    Args:
        card: The model's.
        model: Its file.
        path: The film, as it is to be named.
        raw: As the network gives it, not calibrated, or None.
        error: Why the film could not be read, or empty.
        refused: Why the model gives no answer to it, or empty.
    """
    return ScoreRow(
        path=str(path),
        score=None if raw is None else float(card.stated(raw)),
        threshold=card.stated_threshold,
        word="" if raw is None else card.classes[int(raw >= card.threshold)],
        band="" if raw is None else card.band(raw).value,
        model=f"{card.run_id}/{card.kind}" if card.run_id else model.name,
        version=card.program_version,
        program=__version__,
        error=error,
        refused=refused,
    )


def stated_row(said: ModelSaid, path: str | Path, model: Path) -> ScoreRow:
    """The same from an answer that was kept as it was stated.

    Args:
        said: The model's answer.
        path: The film, as it is to be named.
        model: The model's file.
    """
    empty = score_row(said.card, model, path, None)
    word = said.card.classes[int(said.score >= said.threshold)]
    return replace(empty, score=said.score, word=word, band=said.band.value)


def to_csv(rows: Sequence[ScoreRow]) -> bytes:
    """As a CSV file; names that are no valid UTF-8 go out as the bytes they are."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for row in rows:
        values = asdict(row)
        values["score"] = "" if row.score is None else f"{row.score:.6f}"
        writer.writerow(values.values())
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
        "films": [asdict(row) for row in rows],
    }


def to_json(card: ModelCard, rows: Sequence[ScoreRow]) -> bytes:
    """As a JSON file."""
    return (json.dumps(as_values(card, rows), indent=2, allow_nan=False) + "\n").encode("ascii")
