"""Two reporting checklists: what this run fills, and what its authors still have to."""

from __future__ import annotations

from collections.abc import Mapping

from training.report.answers import answers
from training.report.checklist_items import CLAIM, TRIPOD, Item
from training.report.document import Section, Table, Text, Tone
from training.report.subject import Subject

_WIDTHS = (0.07, 0.27, 0.66)
_HEAD = ("item", "asks for", "this run")
OPEN = "Open: for the authors to write."


def checklist_sections(subject: Subject) -> tuple[Section, ...]:
    """CLAIM (2024 update) and TRIPOD+AI.

    Args:
        subject: The run or cross-validation.
    """
    known = answers(subject)
    return (
        _section("CLAIM (2024 update)", CLAIM, known, "10.1148/ryai.240300"),
        _section("TRIPOD+AI", TRIPOD, known, "10.1136/bmj-2023-078378"),
    )


def _section(title: str, items: tuple[Item, ...], known: Mapping[str, str], doi: str) -> Section:
    filled = [item for item in items if item.answer]
    rows = tuple((item.number, item.asks, known[item.answer]) for item in filled)
    numbers = "; ".join(f"{item.number} {item.asks}" for item in items if not item.answer)
    count = f"{len(filled)} of {len(items)} items are filled in, in short; judge each yourself."
    return Section(
        title,
        (
            Text(count),
            Table(_HEAD, rows, _WIDTHS),
            Text(f"{OPEN} {numbers}."),
            Text(f"Item numbers as in doi:{doi}; the words are this program's own.", Tone.NOTE),
        ),
    )
