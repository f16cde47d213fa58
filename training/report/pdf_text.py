"""Plain text as the PDF's fonts can show it."""

from __future__ import annotations

from xml.sax.saxutils import escape

# The standard fonts of every PDF reader hold these and no others.
_ENCODING = "cp1252"


def printable(words: str) -> str:
    """Text for a ReportLab paragraph; letters that the fonts lack are spelt out by number.

    Args:
        words: Plain text; file names may hold anything.
    """
    # Two spaces set a line in; ReportLab would make them one.
    return escape(shown(words)).replace("  ", "\N{NO-BREAK SPACE}" * 2)


def shown(words: str) -> str:
    """The same for a drawing, where nothing is markup."""
    return words.encode(_ENCODING, "backslashreplace").decode(_ENCODING)
