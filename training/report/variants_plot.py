"""One figure of several variants, or of several ways of pointing, under each other, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from training.evaluation.measurement import Figure
from training.report.drawing import BLUE, FAINT, GREY, INK, Dot, Drawing, Label, Line, Shape, ticks

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 330.0, 12.0, 12.0, 6.0, 34.0
# Each variant has its name in one line and its interval in the next.
_ROW = 32.0
_LONGEST = 52


def variants_plot(
    figures: Sequence[tuple[str, Figure]],
    name: str,
    level: float,
    level_name: str,
    *,
    what: str = "variant",
    marks_first: bool = True,
) -> Drawing:
    """Points with 95 % intervals, the first variant's value as a line through all.

    Args:
        figures: Name and figure of each variant, 0-1; one without a value has its name only.
        name: Of the figure ("area under ROC").
        level: What costs nothing to reach; dotted.
        level_name: What that is.
        what: What there are several of.
        marks_first: Draw the first one's value as a line through all.
    """
    height = _TOP + _ROW * len(figures) + _BOTTOM
    floor = height - _BOTTOM
    shapes: list[Shape] = []
    for value in ticks((0.0, 1.0)):
        shapes.append(Line(((_at(value), _TOP), (_at(value), floor)), FAINT, 0.6))
        shapes.append(Label((_at(value), floor + 13.0), f"{value:g}", "middle"))
    shapes.append(Line(((_at(0.0), floor), (_at(1.0), floor)), GREY, 0.8))
    shapes.append(Label((_WIDTH / 2.0, height - 6.0), name, "middle"))
    shapes.append(Line(((_at(level), _TOP), (_at(level), floor)), GREY, 1.0, (1.5, 3.0)))
    first = figures[0][1].value
    if first is not None and marks_first:
        shapes.append(Line(((_at(first), _TOP), (_at(first), floor)), BLUE, 0.8, (5.0, 3.0)))
    for number, (words, figure) in enumerate(figures):
        shapes += _row(_TOP + _ROW * number, words, figure)
    dashed = "dashed: the first; " if marks_first else ""
    title = f"{name[:1].upper()}{name[1:]} ({dashed}dotted: {level_name})"
    return Drawing(_WIDTH, height, title, f"{name} of each {what} with its interval", tuple(shapes))


def _row(top: float, words: str, figure: Figure) -> list[Shape]:
    shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
    shapes: list[Shape] = [Label((_LEFT + 2.0, top + 12.0), shown, colour=INK)]
    if figure.value is None:
        return shapes
    up = top + 22.0
    if figure.interval is not None:
        ends = ((_at(figure.interval.low), up), (_at(figure.interval.high), up))
        shapes.append(Line(ends, BLUE, 2.0))
    return [*shapes, Dot((_at(figure.value), up), 3.5, "#ffffff", BLUE)]


def _at(value: float) -> float:
    return round(_LEFT + value * (_WIDTH - _LEFT - _RIGHT), 2)
