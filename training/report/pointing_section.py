"""How often the models point at the fractures that somebody outlined, beside what costs nothing."""

from __future__ import annotations

from collections.abc import Mapping

from training.evaluation.measurement import Figure
from training.evaluation.pointing import CENTRE, WAYS, Hits, pointing_rows
from training.report.document import Block, Drawings, Section, Table, Text, Tone
from training.report.drawing import Drawing
from training.report.subject import Subject
from training.report.variants_plot import variants_plot

READING = (
    "In brackets: 95 % interval (Wilson), over films with an outlined fracture; a film counts as hit "
    "where half of its files are. The film's centre costs nothing: what does not lie above it finds no "
    "fracture. A heat map says where a network looked, not where a fracture is."
)
CHOSEN = "The validation films also chose the best epoch, so rates on them are a little too good."


def pointing_sections(subject: Subject) -> tuple[Section, ...]:
    """One section; none where nobody outlined fractures.

    Args:
        subject: The run or cross-validation.
    """
    if not subject.pointing:
        return ()
    blocks: list[Block] = []
    for name, hits in subject.pointing:
        head, *rows = pointing_rows(hits)
        title = name[:1].upper() + name[1:]
        blocks.append(Table(head, tuple(rows), (0.4, 0.1, 0.25, 0.25), title))
        blocks.append(Drawings((_plot(hits, is_near=True), _plot(hits, is_near=False))))
    if any(name.endswith("validation") for name, _ in subject.pointing):
        blocks.append(Text(CHOSEN))
    blocks.append(Text(READING, Tone.NOTE))
    return (Section("Outlined fractures", tuple(blocks)),)


def _plot(hits: Mapping[str, Hits], *, is_near: bool) -> Drawing:
    """Each way's rate with its interval, the centre's as a line."""
    figures = [
        (
            WAYS[name],
            Figure(each.near, each.near_interval)
            if is_near
            else Figure(each.inside, each.inside_interval),
        )
        for name, each in hits.items()
        if name != CENTRE
    ]
    centre = hits[CENTRE].near if is_near else hits[CENTRE].inside
    name = "within 15 px (of 224)" if is_near else "inside the outline"
    return variants_plot(
        figures, name, centre, "the film's centre", what="way of pointing", marks_first=False
    )
