"""All verdicts as a table: nothing of a path, and no name beyond the file's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from xray_desktop.review.verdicts import Verdict

COLUMNS = (
    "film",
    "file_name",
    "reader",
    "given_at",
    "verdict",
    "current",
    "note",
    "mark_x",
    "mark_y",
    "mark_width",
    "mark_height",
    "mark_frame",
    "seconds",
    "answer_seen",
    "model",
    "model_answer",
    "score",
    "threshold",
)
"""What each means stands in docs/user-guide.md."""


def export_rows(history: Sequence[Verdict]) -> list[tuple[str, ...]]:
    """A heading and one row a verdict, oldest first.

    Args:
        history: All verdicts, oldest first.
    """
    last = {(verdict.film, verdict.reader): verdict.token for verdict in history}
    tokens = set(last.values())
    return [COLUMNS, *(_row(verdict, verdict.token in tokens) for verdict in history)]


def _row(verdict: Verdict, is_current: bool) -> tuple[str, ...]:
    mark, answer = verdict.mark, verdict.answer
    place = (mark.x, mark.y, mark.width, mark.height) if mark else ()
    return (
        verdict.film,
        verdict.file_name,
        verdict.reader,
        verdict.given_at.astimezone(UTC).isoformat(timespec="seconds"),
        verdict.opinion.value,
        _yes(is_current),
        verdict.note,
        *([f"{value:.1f}" for value in place] or [""] * 4),
        str(mark.frame + 1) if mark else "",
        f"{verdict.seconds:.1f}",
        _yes(verdict.score_seen),
        *(
            (answer.model, answer.opinion.value, f"{answer.score:.6g}", f"{answer.threshold:.6g}")
            if answer and answer.opinion
            else ("",) * 4
        ),
    )


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
