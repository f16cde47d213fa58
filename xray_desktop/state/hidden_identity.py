"""What may be shown of a film while identity is hidden: technical facts, and nothing else. No Qt.

A list of what may be seen, not of what must not: an element that nobody thought of stays hidden.
Pixels are not looked at; text that is burned into a film stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from training.films.film import Tag

NAME = "name hidden"
VALUE = "hidden"
REMARK = "Names and identifying values are hidden. Text that is burned into a film stays."

# DICOM PS3.6: how the picture was taken and how its pixels are stored.
_OPEN = frozenset(
    [
        "0002,0010",
        "0008,0060",
        "0008,0068",
        "0018,0015",
        "0018,0022",
        "0018,0060",
        "0018,1110",
        "0018,1111",
        "0018,1114",
        "0018,1150",
        "0018,1151",
        "0018,1152",
        "0018,1153",
        "0018,1164",
        "0018,1190",
        "0018,1401",
        "0018,1405",
        "0018,1411",
        "0018,1412",
        "0018,1413",
        "0018,1508",
        "0018,1510",
        "0018,1511",
        "0018,5100",
        "0018,5101",
        "0018,6000",
        "0018,7001",
        "0018,7004",
        "0018,7050",
        "0018,7060",
        "0020,0020",
        "0020,0060",
        "0020,0062",
        "2050,0020",
    ]
)
# Rows, columns, bits, windows, spacing, lookup tables; free text among them stays hidden.
_OPEN_GROUP = "0028,"
_FREE_TEXT = frozenset(("0028,4000", "0028,3003", "0028,0A04"))


def shown_tags(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """The same lines, with "hidden" for every value that is not known to be technical.

    Args:
        tags: Of a film. Those without a number are facts of a picture file (format, size).
    """
    return tuple(tag if _is_open(tag.tag) else replace(tag, value=VALUE) for tag in tags)


def without_name(text: str, name: str) -> str:
    """A message that does not name a film's file."""
    return text.replace(name, "This film")


def _is_open(number: str) -> bool:
    if not number:
        return True
    # "> (0010,0010)" stands in an item of a sequence.
    bare = number.rpartition("(")[2].rstrip(")").upper()
    if bare in _FREE_TEXT:
        return False
    return bare in _OPEN or bare.startswith(_OPEN_GROUP)
