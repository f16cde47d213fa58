"""Lookup tables of DICOM headers (PS3.3 C.11.1.1 and C.11.2.1.1).

Called by ``dicom_display`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from training.films.dicom_header import words
from training.films.film import FloatPixels


@dataclass(frozen=True, eq=False)
class LookupTable:
    """A table that maps values to values.

    Args:
        first: The value mapped to the first entry; lower ones are mapped there too.
        entries: uint16, (entries,).
        bits: Bits of an entry, as the file says.
        name: LUT Explanation, or empty.
    """

    first: int
    entries: npt.NDArray[np.uint16]
    bits: int
    name: str

    def map(self, stored: npt.NDArray[np.generic]) -> FloatPixels:
        """Look values up.

        Args:
            stored: Integers of any shape.

        Returns:
            float32 of the same shape, in the table's output units.
        """
        places = np.subtract(stored, self.first, dtype=np.int32, casting="unsafe")
        found: FloatPixels = self.entries.astype(np.float32).take(places, mode="clip")
        return found

    def levels(self) -> FloatPixels:
        """Its entries as grey.

        Returns:
            float32, (entries,), 0 to 1.
        """
        return self.entries.astype(np.float32) / np.float32(2**self.used_bits - 1)

    @property
    def used_bits(self) -> int:
        """The bits that its entries use.

        Files that say 16 and hold 12 bits, or 8 and hold 12, are common. So the file's number
        counts only where the largest entry fits it and reaches at least a quarter of its range.
        """
        needed = int(self.entries.max()).bit_length()
        return self.bits if self.bits - 1 <= needed <= self.bits else max(needed, 1)


def read_table(item: Dataset, *, little_endian: bool, signed: bool) -> LookupTable | None:
    """Read one item of a Modality or VOI LUT Sequence.

    Args:
        item: The sequence's item.
        little_endian: How the file stores numbers.
        signed: True where the values to be mapped may be negative.

    Returns:
        The table, or None where it is incomplete or malformed.
    """
    try:
        num_entries, first, bits = (int(value) for value in item.LUTDescriptor)
        data = item.LUTData
    except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
        return None
    # 16-bit fields whose sign was guessed from the pixels: the count is never negative,
    # and 0 stands for 65,536.
    num_entries = num_entries & 0xFFFF or 0x10000
    first &= 0xFFFF
    if signed and first >= 0x8000:
        first -= 0x10000
    entries = _entries(data, num_entries, little_endian)
    if entries is None or num_entries < 2 or not 1 <= bits <= 16:
        return None
    name = words((item,), "LUTExplanation")
    return LookupTable(first, entries, bits, name[0] if name else "")


def _entries(data: object, num_entries: int, little_endian: bool) -> npt.NDArray[np.uint16] | None:
    """LUT Data of either VR: words, or bytes packed into words."""
    order = "<u2" if little_endian else ">u2"
    if isinstance(data, bytes):
        raw = np.frombuffer(data[: len(data) // 2 * 2], order)
    else:
        values = np.atleast_1d(np.asarray(data))
        if values.dtype.kind not in "iu":
            return None
        raw = (values.astype(np.int64) & 0xFFFF).astype(order)
    if raw.size >= num_entries:
        return raw[:num_entries].astype(np.uint16)
    if raw.size * 2 >= num_entries:
        # 8-bit entries, two to a word, the first in its lower half (PS3.5 8.1.1).
        return np.frombuffer(raw.astype("<u2").tobytes(), np.uint8)[:num_entries].astype(np.uint16)
    return None
