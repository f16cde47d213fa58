"""Fills gaps that old and hand-made DICOM headers leave, so that their picture can be decoded.

Called by ``dicom`` and ``dicom_frames``. Only what follows from the rest of the file, or what
nearly every such file means, is assumed, and a note says so.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

# An encapsulated picture begins with an item tag (PS3.5 A.4); grey values hardly ever do.
_ITEM = b"\xfe\xff\x00\xe0"


def complete_header(dataset: Dataset, notes: list[str]) -> None:
    """Add the elements of PS3.3 C.7.6.3 that the picture needs and the header lacks.

    Args:
        dataset: With Rows and Columns; changed in place.
        notes: Gains a note where something was assumed.
    """
    assumed = []
    if not dataset.get("SamplesPerPixel"):
        dataset.SamplesPerPixel = 1
        assumed.append("samples per pixel")
    if not dataset.get("PhotometricInterpretation") and dataset.SamplesPerPixel == 1:
        dataset.PhotometricInterpretation = "MONOCHROME2"
        assumed.append("polarity")
    if not dataset.get("BitsAllocated"):
        num_values = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
        dataset.BitsAllocated = 16 if len(dataset.get("PixelData") or b"") >= 2 * num_values else 8
        assumed.append("bits allocated")
    if not dataset.get("BitsStored"):
        dataset.BitsStored = dataset.BitsAllocated
        assumed.append("bits stored")
    if dataset.get("PixelRepresentation") is None and "PixelData" in dataset:
        dataset.PixelRepresentation = 0
        assumed.append("sign")
    if assumed:
        notes.append(f"its header does not tell {', '.join(assumed)}; the usual was assumed")


def complete_syntax(dataset: Dataset) -> None:
    """Say how the picture is stored where the file meta information does not.

    A picture that is not compressed is stored as the header is, which pydicom found out.
    """
    if dataset.file_meta.get("TransferSyntaxUID"):
        return
    if bytes(dataset.get("PixelData") or b"")[:4] == _ITEM:
        return
    implicit, little_endian = dataset.original_encoding
    if little_endian is False:
        syntax = ExplicitVRBigEndian
    else:
        syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = syntax


def unused_low_bits(dataset: Dataset) -> int:
    """How many bits lie below the stored ones: not 0 only in files from before 2014.

    Until then a value might be kept anywhere in its word (PS3.5 8.1.1, High Bit).
    """
    if int(dataset.get("SamplesPerPixel") or 1) > 1:
        return 0
    stored, high_bit = int(dataset.BitsStored), dataset.get("HighBit")
    if high_bit is None or not stored <= int(high_bit) < int(dataset.BitsAllocated):
        return 0
    return int(high_bit) + 1 - stored


def without_low_bits(frame: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """Shift the stored bits down to bit 0; keeps the sign."""
    return frame >> count if count and frame.dtype.kind in "iu" else frame
