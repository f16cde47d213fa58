"""What a report says, in values that HTML and PDF are both made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.report.drawing import Drawing

FOOTER = "X-ray Desktop. A research and teaching aid, not a medical device."


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


@dataclass(frozen=True)
class Plates:
    """Large pictures side by side, in their own proportions.

    Args:
        pictures: One or two.
        height_mm: None becomes taller on paper.
    """

    pictures: tuple[Picture, ...]
    height_mm: float = 105.0


Block = Text | Table | Drawings | Pictures | Plates


@dataclass(frozen=True)
class Section:
    """A heading and what stands below it.

    Args:
        title: The heading.
        blocks: What stands below it.
        new_page: It begins a page of its own.
    """

    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True)
class Document:
    """A report.

    Args:
        title: Of the whole.
        subtitle: A line below it.
        notices: What stands before everything else.
        sections: In order.
        footer: Stands on every page.
    """

    title: str
    subtitle: str
    notices: tuple[Text, ...]
    sections: tuple[Section, ...]
    footer: str = FOOTER
