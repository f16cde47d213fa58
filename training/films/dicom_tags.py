"""Lists a DICOM header for the information panel.

Called by ``dicom`` only. The lines hold patient data: they are shown, never logged or kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.datadict import dictionary_description, dictionary_has_tag
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
_BYTES = ("OB", "OW", "OF", "OD", "OL", "OV", "UN")


def tags_of(dataset: Dataset) -> tuple[Tag, ...]:
    """List a data set's elements in order, private ones too, pixel data never.

    Args:
        dataset: As read, with its file meta information.

    Returns:
        At most ``MAX_TAGS`` lines; values of at most ``MAX_CHARACTERS`` characters. The elements
        of a sequence's items follow it, marked ">"; sequences inside them are counted only.
    """
    lines: list[Tag] = []
    for source in (getattr(dataset, "file_meta", None), dataset):
        if source is None:
            continue
        for line in _lines(source, marker="", deeper=True):
            if len(lines) == MAX_TAGS:
                lines.append(Tag("", "...", "more elements are not listed"))
                return tuple(lines)
            lines.append(line)
    return tuple(lines)


def _lines(source: Dataset, *, marker: str, deeper: bool) -> Iterator[Tag]:
    """The lines of one data set, with those of its items where ``deeper``."""
    for tag in sorted(source.keys()):
        raw = source.get_item(tag)
        num_bytes = _size(raw)
        if num_bytes > _MAX_BYTES:
            yield Tag(_number(tag, marker), _name_of_tag(tag), f"{num_bytes:,} bytes")
            continue
        try:
            element = source[tag]
            yield Tag(_number(tag, marker), element.name, _value(element))
        except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
            yield Tag(_number(tag, marker), _name_of_tag(tag), "unreadable")
            continue
        if element.VR == "SQ" and deeper:
            for item in element.value[:_MAX_ITEMS]:
                yield from _lines(item, marker=marker + "> ", deeper=False)


def _size(raw: DataElement | RawDataElement | None) -> int:
    """Bytes of a value that has not been converted yet; 0 where unknown."""
    value = getattr(raw, "value", None)
    return len(value) if isinstance(value, bytes) else 0


def _number(tag: BaseTag, marker: str) -> str:
    return f"{marker}({tag.group:04X},{tag.element:04X})"


def _name_of_tag(tag: BaseTag) -> str:
    """An element's name without touching its value."""
    if tag.is_private:
        return "Private data"
    return dictionary_description(tag) if dictionary_has_tag(tag) else "Unknown element"


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
