"""From a DICOM film's stored values to modality units and the windows it is shown with.

Called by ``dicom`` only. The order is that of PS3.4 N.2: modality LUT, then VOI LUT or window;
polarity comes last and is left to ``Film.display``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from training.films.dicom_header import items, number, numbers, words
from training.films.dicom_tables import read_table
from training.films.film import FloatPixels, VoiFunction, Window
from training.films.levels import percentile_window

# Slopes, intercepts, centers and widths beyond these come from a damaged header.
_SMALLEST, _LARGEST = 1e-12, 1e12
_LARGEST_VALUE = 1e30


def modality_values(
    stored: npt.NDArray[Any], where: Sequence[Dataset], *, little_endian: bool, notes: list[str]
) -> FloatPixels:
    """Apply the modality LUT (PS3.3 C.11.1): a table, or slope and intercept.

    Args:
        stored: (height, width), stored values.
        where: Header places, as from ``dicom_header.places``.
        little_endian: How the file stores numbers.
        notes: Gains a note where a value of the file cannot be used.

    Returns:
        float32, (height, width), in modality units, finite.
    """
    for item in [item for place in where for item in items(place, "ModalityLUTSequence")[:1]]:
        table = read_table(item, little_endian=little_endian, signed=stored.dtype.kind == "i")
        if table is not None and stored.dtype.kind in "iu":
            return table.map(stored)
        notes.append("its modality table is damaged and was left out")
    pixels: FloatPixels = stored.astype(np.float32)
    slope = number(where, "RescaleSlope")
    intercept = number(where, "RescaleIntercept") or 0.0
    if slope == 0.0:
        notes.append("its rescale slope of 0 was left out")
    elif slope is not None and not _SMALLEST <= abs(slope) <= _LARGEST:
        notes.append("its rescale slope is impossible and was left out")
    elif slope not in (None, 1.0):
        pixels *= slope
    if abs(intercept) > _LARGEST:
        notes.append("its rescale intercept is impossible and was left out")
    elif intercept:
        pixels += intercept
    if stored.dtype.kind == "f":
        # Also those so large that sums of them are none.
        finite = np.isfinite(pixels) & (np.abs(pixels) < _LARGEST_VALUE)
        if not finite.all():
            notes.append("values that are no numbers are drawn as the lowest")
            pixels[~finite] = pixels[finite].min() if finite.any() else 0.0
    return pixels


def padding_of(stored: npt.NDArray[Any], where: Sequence[Dataset]) -> npt.NDArray[np.bool_] | None:
    """Find the pixels that only fill the rectangle (PS3.3 C.7.5.1.1.2).

    Args:
        stored: (height, width), before the modality LUT, as the standard asks.
        where: Header places.

    Returns:
        bool, (height, width), or None where the file names no padding, none is there, or all
        would be: then the value was named by mistake.
    """
    value = number(where, "PixelPaddingValue")
    if value is None:
        return None
    limit = number(where, "PixelPaddingRangeLimit")
    ends = [value, value if limit is None else limit]
    if stored.dtype.kind == "i":
        # Some makers write a negative value as if it had no sign: 63,536 for -2,000.
        span = 2.0 ** (8 * stored.dtype.itemsize)
        ends = [end - span if end >= span / 2.0 else end for end in ends]
    low, high = sorted(ends)
    padding: npt.NDArray[np.bool_] = (stored >= low) & (stored <= high)
    return padding if padding.any() and not padding.all() else None


def windows_of(
    where: Sequence[Dataset], *, little_endian: bool, signed: bool, notes: list[str]
) -> tuple[Window, ...]:
    """All the file's ways to show itself (PS3.3 C.11.2): tables first, then windows.

    The standard offers them as alternatives; a table carries what the maker made of the film,
    a window beside it is often only its rough likeness.

    Args:
        where: Header places.
        little_endian: How the file stores numbers.
        signed: True where values in modality units may be negative.
        notes: Gains a note for each that cannot be used.

    Returns:
        The windows in the file's order; may be empty.
    """
    tables = next((found for place in where if (found := items(place, "VOILUTSequence"))), [])
    windows: list[Window] = []
    for item in tables:
        table = read_table(item, little_endian=little_endian, signed=signed)
        if table is None:
            notes.append("a display table is damaged and was left out")
            continue
        if table.used_bits != table.bits:
            notes.append(
                f"its display table says {table.bits} bits and uses {table.used_bits},"
                " which was believed"
            )
        windows.append(Window.along(table.first, table.levels(), table.name))
    return (*windows, *_plain_windows(where, notes))


def _plain_windows(where: Sequence[Dataset], notes: list[str]) -> list[Window]:
    """Window Center and Width pairs with their explanations."""
    centers = numbers(where, "WindowCenter")
    widths = numbers(where, "WindowWidth")
    names = words(where, "WindowCenterWidthExplanation")
    function = _function(where, notes)
    windows = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        is_possible = abs(center) <= _LARGEST and _SMALLEST <= width <= _LARGEST
        if not (math.isfinite(center) and math.isfinite(width) and is_possible):
            notes.append("a window without a usable center or width was left out")
            continue
        # LINEAR is defined from a width of 1 (C.11.2.1.2.1); narrower ones mean the exact form.
        exact = function is VoiFunction.LINEAR and width < 1
        name = names[index] if index < len(names) else ""
        windows.append(Window(center, width, VoiFunction.LINEAR_EXACT if exact else function, name))
    return windows


def _function(where: Sequence[Dataset], notes: list[str]) -> VoiFunction:
    """VOI LUT Function, LINEAR where absent."""
    named = words(where, "VOILUTFunction")
    try:
        return VoiFunction(named[0].upper()) if named else VoiFunction.LINEAR
    except ValueError:
        notes.append("its window function is unknown, a straight line was used")
        return VoiFunction.LINEAR


def first_window(
    pixels: FloatPixels,
    windows: Sequence[Window],
    padding: npt.NDArray[np.bool_] | None,
    notes: list[str],
) -> Window:
    """Choose the window the film is first shown with.

    Args:
        pixels: float32, (height, width), in modality units.
        windows: Those of the file.
        padding: As from ``padding_of``.
        notes: Gains a note where it is not the file's first.

    Returns:
        The file's first window, unless it draws the whole film black or white: then the
        window from the 0.5th to the 99.5th percentile, without the padding.
    """
    if windows:
        low, high = windows[0].limits
        if low < pixels.max() and high > pixels.min():
            return windows[0]
        notes.append("its own window shows nothing, so its percentiles 0.5 to 99.5 are shown")
    else:
        notes.append("the file names no window, so its percentiles 0.5 to 99.5 are shown")
    return percentile_window(pixels, padding)
