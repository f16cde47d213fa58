"""Reads numbers and words from a DICOM header that may be damaged.

Called by the DICOM readers only. An element that is absent, empty or malformed is None: a film
is not refused for its window or its spacing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydicom.dataset import Dataset

# Enhanced objects keep per-frame values in functional groups (PS3.3 C.7.6.16).
_GROUPS = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
_MACROS = (
    "FrameVOILUTSequence",
    "PixelValueTransformationSequence",
    "PixelMeasuresSequence",
    "FramePixelDataPropertiesSequence",
    "FrameAnatomySequence",
    "PatientOrientationInFrameSequence",
)


def places(dataset: Dataset, frame: int = 0) -> tuple[Dataset, ...]:
    """Where display elements of a frame may stand: top level, then functional groups.

    Args:
        dataset: The whole data set.
        frame: Which, from 0.
    """
    found = [dataset]
    for group, index in zip(_GROUPS, (0, frame), strict=True):
        for item in items(dataset, group)[index : index + 1]:
            for macro in _MACROS:
                found += items(item, macro)[:1]
    return tuple(found)


def items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """The items of a sequence; empty where it is absent or malformed."""
    try:
        value = dataset.get(keyword)
    except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
        return []
    return [item for item in value if isinstance(item, Dataset)] if value else []


def words(where: Sequence[Dataset], keyword: str) -> list[str]:
    """The values of the first place that has the element, as text."""
    for dataset in where:
        try:
            value = dataset.get(keyword)
        except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
            value = None
        if value is None or value == "":
            continue
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            return [str(value).strip()]
        return [str(one).strip() for one in value]
    return []


def numbers(where: Sequence[Dataset], keyword: str) -> list[float]:
    """The values of the first place that has the element; NaN for each that is no number."""
    return [_number(word) for word in words(where, keyword)]


def number(where: Sequence[Dataset], keyword: str) -> float | None:
    """The first value of an element, or None where it is absent or no finite number."""
    values = numbers(where, keyword)
    return values[0] if values and math.isfinite(values[0]) else None


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan
