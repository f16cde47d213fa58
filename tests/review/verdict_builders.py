"""Verdicts and stores that the tests of the readers' verdicts share."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xray_desktop.review.store import VerdictStore
from xray_desktop.review.verdicts import Mark, ModelAnswer, Opinion, Verdict

WHEN = datetime(2026, 11, 24, 9, 30, 0, 123_000, UTC)


def film_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def make_verdict(number: int = 0, **changes: Any) -> Verdict:
    known: dict[str, Any] = {
        "film": film_of(number),
        "file_name": f"film {number}.png",
        "opinion": Opinion.FRACTURE,
        "reader": "Reader 1",
        "given_at": WHEN,
    }
    return Verdict(**(known | changes))


def full_verdict() -> Verdict:
    """Every column filled."""
    return make_verdict(
        note='distal radius, "torus"; siehe Ulna ü',
        mark=Mark(10.5, 20.25, 30.0, 4.0, frame=2),
        seconds=12.75,
        score_seen=True,
        answer=ModelAnswer("run 1, best", 0.31, 0.5, Opinion.NO_FRACTURE),
    )


def make_store(folder: Path) -> VerdictStore:
    store = VerdictStore(folder / "verdicts.sqlite")
    assert store.prepare() == ""
    return store
