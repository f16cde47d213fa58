"""Display grey of a DICOM film by the standard's own formulas, for tests to compare with.

Written from PS3.3 C.7.6.3.1.2, C.7.5.1.1.2, C.11.1 and C.11.2 in plain, slow code. It uses no
function of the program; what it takes from pydicom is parsed elements and stored values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

Values = npt.NDArray[np.float64]


def linear(x: float, center: float, width: float) -> float:
    """C.11.2.1.2.1, with ymin 0 and ymax 1."""
    if x <= center - 0.5 - (width - 1) / 2:
        return 0.0
    if x > center - 0.5 + (width - 1) / 2:
        return 1.0
    return (x - (center - 0.5)) / (width - 1) + 0.5


def linear_exact(x: float, center: float, width: float) -> float:
    """C.11.2.1.3.2."""
    if x <= center - width / 2:
        return 0.0
    if x > center + width / 2:
        return 1.0
    return (x - center) / width + 0.5


def sigmoid(x: float, center: float, width: float) -> float:
    """C.11.2.1.3.1."""
    power = -4 * (x - center) / width
    return 0.0 if power > 700 else 1 / (1 + math.exp(power))


FUNCTIONS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}


def table_of(item: Dataset, *, signed: bool) -> tuple[int, list[int], int]:
    """First value mapped, entries and bits of a LUT item (C.11.1.1.1, C.11.2.1.1)."""
    count, first, bits = (int(number) & 0xFFFF for number in item.LUTDescriptor)
    count = count or 65536
    if signed and first > 32767:
        first -= 65536
    data = item.LUTData
    if isinstance(data, bytes):
        data = [data[i] | data[i + 1] << 8 for i in range(0, len(data) - 1, 2)]
    return first, [int(entry) & 0xFFFF for entry in data][:count], bits


def _each(values: npt.NDArray[Any], change: Callable[[float], float]) -> Values:
    """Apply a function to each different value once: plain code is slow."""
    different, places = np.unique(values, return_inverse=True)
    changed = np.array([change(float(value)) for value in different])
    return changed[places].reshape(values.shape)


def modality(dataset: Dataset, stored: npt.NDArray[Any]) -> Values:
    """Stored values to modality units: a table, or slope and intercept (C.11.1)."""
    if dataset.get("ModalityLUTSequence"):
        signed = dataset.PixelRepresentation == 1
        first, entries, _ = table_of(dataset.ModalityLUTSequence[0], signed=signed)
        return _each(stored, lambda x: entries[min(max(int(x) - first, 0), len(entries) - 1)])
    slope = float(dataset.get("RescaleSlope") or 1)
    return stored.astype(np.float64) * slope + float(dataset.get("RescaleIntercept") or 0)


def voi_grey(dataset: Dataset, units: Values) -> Values | None:
    """Modality units to grey 0 to 1 by the file's first table or window; None without (C.11.2)."""
    if dataset.get("VOILUTSequence"):
        signed = dataset.PixelRepresentation == 1 or units.min() < 0
        first, entries, bits = table_of(dataset.VOILUTSequence[0], signed=signed)
        return _each(
            units,
            lambda x: entries[min(max(round(x) - first, 0), len(entries) - 1)] / (2**bits - 1),
        )
    if dataset.get("WindowCenter") is None or dataset.get("WindowWidth") is None:
        return None
    center, width = (
        float(np.atleast_1d(np.asarray(dataset[name].value, float))[0])
        for name in ("WindowCenter", "WindowWidth")
    )
    if width <= 0:
        return None
    curve = FUNCTIONS[dataset.get("VOILUTFunction") or "LINEAR"]
    return _each(units, lambda x: curve(x, center, width))


def inside(dataset: Dataset, stored: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where stored values are no padding (C.7.5.1.1.2)."""
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return np.ones(stored.shape, bool)
    limit = dataset.get("PixelPaddingRangeLimit", value)
    return (stored < min(value, limit)) | (stored > max(value, limit))


def display(dataset: Dataset, stored: npt.NDArray[Any]) -> Values | None:
    """Grey 0 (black) to 1 (white) of a grey film, or None where the file names no window."""
    grey = voi_grey(dataset, modality(dataset, stored))
    if grey is None:
        return None
    # C.7.6.3.1.2: MONOCHROME1 shows its lowest value white, after the VOI transformation.
    shown = 1 - grey if dataset.PhotometricInterpretation == "MONOCHROME1" else grey
    # C.7.5.1.1.2: padding is background in either polarity, and never goes through the VOI.
    counted = inside(dataset, stored)
    return np.where(counted, shown, 0.0) if counted.any() else shown


def overlay(dataset: Dataset, group: int, frame: int = 0) -> npt.NDArray[np.bool_]:
    """One overlay plane over a frame of the film, pixel by pixel (C.9.2, C.9.3, PS3.5 8.1.2)."""
    rows, columns = int(dataset[group, 0x10].value), int(dataset[group, 0x11].value)
    top, left = (int(value) for value in dataset[group, 0x50].value)
    data = dataset[group, 0x3000].value
    shown = np.zeros((dataset.Rows, dataset.Columns), bool)
    if (group, 0x15) in dataset:
        frame -= int(dataset[group, 0x51].value) - 1
        if not 0 <= frame < int(dataset[group, 0x15].value):
            return shown
    else:
        frame = 0
    for row in range(rows):
        for column in range(columns):
            bit = (frame * rows + row) * columns + column
            y, x = row + top - 1, column + left - 1
            if 0 <= y < dataset.Rows and 0 <= x < dataset.Columns:
                shown[y, x] = data[bit // 8] >> (bit % 8) & 1
    return shown
