"""What a report says, in values that HTML and PDF are both made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.report.drawing import Drawing


class Tone(StrEnum):
    """How a paragraph is meant."""

    PLAIN = "plain"
    # Small: how to read what stands above.
    NOTE = "note"
    # Red: what must not be overlooked.
    WARNING = "warning"


@dataclass(frozen=True)
class Text:
    """A paragraph, plain text.

    Args:
        words: Whole sentences.
        tone: How they are meant.
    """

    words: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True)
class Table:
    """Rows of equal length, plain text.

    Args:
        head: The first row, or empty.
        rows: The others.
        widths: Relative widths of the columns.
        title: A line above it, or empty.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    title: str = ""


@dataclass(frozen=True)
class Drawings:
    """Curves, two side by side where there is room."""

    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Picture:
    """A small picture of a film.

    Args:
        png: The picture as a PNG file.
        caption: A line below it.
    """

    png: bytes
    caption: str


@dataclass(frozen=True)
class Pictures:
    """Small pictures in rows."""

    pictures: tuple[Picture, ...]


Block = Text | Table | Drawings | Pictures


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A report.

    Args:
        title: Of the whole.
        subtitle: A line below it.
        notices: What stands before everything else.
        sections: In order.
    """

    title: str
    subtitle: str
    notices: tuple[Text, ...]
    sections: tuple[Section, ...]
