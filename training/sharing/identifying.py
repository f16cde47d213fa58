"""What in a film's header could tell whose it is, and whether any of it is left in a copy.

A second look after the profile: a name typed into a field that the profile keeps is found here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from training.sharing.profile import is_named

_TEXT = ("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
_TELLING = ("DA", "DT", "PN", "UI")
# Words of one or two letters stand everywhere.
_SHORTEST_WORD = 3
_SHORTEST_BYTES = 6
_STANDARD_UIDS = "1.2.840.10008."
_PLACES = frozenset(
    (0x0008, element)
    for element in (0x0050, 0x0080, 0x0081, 0x0082, 0x0092, 0x0094, 0x1010, 0x1040)
) | frozenset(((0x0018, 0x1000), (0x0020, 0x0010), (0x0032, 0x1032), (0x0040, 0x1001)))


@dataclass(frozen=True)
class Identifying:
    """Values that must not be in a copy. Never shown, logged or kept.

    Args:
        words: In lower case: names and their parts, identifiers, dates, UIDs, places.
        raw: The same as they stand in the file.
    """

    words: frozenset[str]
    raw: frozenset[bytes]

    def __repr__(self) -> str:
        """Nothing of them."""
        return f"Identifying({len(self.words)} words)"

    def remains_in(self, content: bytes) -> bool:
        """True where a file's bytes hold one of them."""
        return any(value in content for value in self.raw)

    def scrub(self, dataset: Dataset) -> None:
        """Remove every text of a data set, at any depth, that holds one of them."""
        pattern = self._pattern()
        if pattern is None:
            return
        for holder, element in list(_elements(dataset)):
            if element.VR in (*_TEXT, *_TELLING) and pattern.search(_text(element).lower()):
                del holder[element.tag]

    def _pattern(self) -> re.Pattern[str] | None:
        words = sorted(map(re.escape, self.words), key=len, reverse=True)
        return re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])") if words else None


def identifying_values(dataset: Dataset) -> Identifying:
    """Collect them from a film's data set as it was read, file meta information included.

    Args:
        dataset: Not changed.
    """
    words: set[str] = set()
    raw: set[bytes] = set()
    for source in (getattr(dataset, "file_meta", None), dataset):
        for _, element in _elements(source) if source is not None else ():
            if not _tells(element):
                continue
            for text in _values(element):
                words |= {text.lower()}
                raw |= {text.encode(coding, "ignore") for coding in ("utf-8", "latin-1")}
                if element.VR == "PN":
                    parts = [part for part in re.split(r"[\^=\s,]+", text) if part]
                    words |= {part.lower() for part in parts}
    return Identifying(
        frozenset(word for word in words if len(word) >= _SHORTEST_WORD),
        frozenset(value for value in raw if len(value) >= _SHORTEST_BYTES),
    )


def _tells(element: DataElement) -> bool:
    group, number = element.tag.group, element.tag.element
    if group == 0x0002:
        # What made the file tells nobody's name.
        return element.VR == "AE" or number == 0x0003
    if element.VR in _TELLING:
        return is_named(group, number) or element.tag.is_private
    if element.VR not in _TEXT:
        return False
    return (group, number) in _PLACES or (group == 0x0010 and is_named(group, number))


def _elements(dataset: Dataset) -> Iterator[tuple[Dataset, DataElement]]:
    """Every element at any depth, with the data set it stands in; unreadable ones left out."""
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:  # noqa: BLE001, S112 - pydicom converts on access, and a malformed element raises anything
            continue
        yield dataset, element
        if element.VR == "SQ":
            for item in element.value:
                yield from _elements(item)


def _values(element: DataElement) -> list[str]:
    value = element.value
    many = value if element.VM > 1 and not isinstance(value, str) else [value]
    texts = [str(one).strip() for one in many if one is not None]
    return [text for text in texts if text and not text.startswith(_STANDARD_UIDS)]


def _text(element: DataElement) -> str:
    return "\n".join(_values(element))
