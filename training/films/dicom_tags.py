"""Lists a DICOM header for the information panel.

Called by ``dicom`` only. The lines hold patient data: they are shown, never logged or kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydicom.datadict import dictionary_description, keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from training.films.film import Tag

MAX_CHARACTERS = 120
MAX_TAGS = 2_000
# Longer values are tables and blobs: their size says enough, and reading them takes seconds.
_MAX_BYTES = 4_096
_MAX_ITEMS = 20
# Levels of lines; a damaged file may nest without end.
_MAX_DEPTH = 10
_BYTES = ("OB", "OW", "OF", "OD", "OL", "OV", "UN")


def tags_of(dataset: Dataset) -> tuple[Tag, ...]:
    """List a data set's elements in order, private ones too, pixel data never.

    Args:
        dataset: As read, with its file meta information.

    Returns:
        At most ``MAX_TAGS`` lines; values of at most ``MAX_CHARACTERS`` characters. A sequence is
        followed by its items, one level deeper, and each of them by its elements.
    """
    lines: list[Tag] = []
    for source in (getattr(dataset, "file_meta", None), dataset):
        if source is None:
            continue
        for line in _lines(source, 0):
            if len(lines) == MAX_TAGS:
                lines.append(Tag("", "...", "more elements are not listed"))
                return tuple(lines)
            lines.append(line)
    return tuple(lines)


def _lines(source: Dataset, depth: int) -> Iterator[Tag]:
    """The lines of one data set, with those of its sequences' items."""
    for tag in sorted(source.keys()):
        raw = source.get_item(tag)
        num_bytes = _size(raw)
        if num_bytes > _MAX_BYTES:
            vr = str(getattr(raw, "VR", None) or "")
            yield _line(tag, _name_of_tag(tag), f"{num_bytes:,} bytes", vr, depth)
            continue
        try:
            element = source[tag]
            yield _line(tag, element.name, _value(element), element.VR, depth)
        except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
            yield _line(tag, _name_of_tag(tag), "unreadable", "", depth)
            continue
        if element.VR == "SQ" and depth < _MAX_DEPTH:
            yield from _items(element.value, depth + 1)


def _items(items: Sequence[Dataset], depth: int) -> Iterator[Tag]:
    for number, item in enumerate(items[:_MAX_ITEMS], start=1):
        yield Tag("", f"Item {number}", "", depth=depth)
        yield from _lines(item, depth + 1)
    if len(items) > _MAX_ITEMS:
        yield Tag("", "...", f"{len(items) - _MAX_ITEMS:,} more items are not listed", depth=depth)


def _line(tag: BaseTag, name: str, value: str, vr: str, depth: int) -> Tag:
    keyword = "" if tag.is_private else keyword_for_tag(tag)
    number = f"({tag.group:04X},{tag.element:04X})"
    return Tag(number, name, value, vr, keyword, depth, bool(tag.is_private))


def _size(raw: DataElement | RawDataElement | None) -> int:
    """Bytes of a value that has not been converted yet; 0 where unknown."""
    value = getattr(raw, "value", None)
    return len(value) if isinstance(value, bytes) else 0


def _name_of_tag(tag: BaseTag) -> str:
    """An element's name without touching its value."""
    if tag.is_private:
        return "Private data"
    try:
        # Knows repeating groups (60xx), too.
        return dictionary_description(tag)
    except KeyError:
        return "Unknown element"


def _value(element: DataElement) -> str:
    """A value on one short line."""
    if element.VR == "SQ":
        num_items = len(element.value)
        return f"{num_items} item" if num_items == 1 else f"{num_items} items"
    if element.VR in _BYTES and isinstance(element.value, bytes):
        return f"{len(element.value):,} bytes"
    value = element.value
    multiple = element.VM > 1 and not isinstance(value, str)
    text = ", ".join(str(one) for one in value) if multiple else str(value)
    if isinstance(value, UID) and value.name != text:
        text = f"{value.name} ({text})"
    text = " ".join(text.split())
    return text if len(text) <= MAX_CHARACTERS else text[: MAX_CHARACTERS - 1] + "…"
