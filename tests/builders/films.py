"""Film files for tests: DICOM by pydicom, pictures by Pillow, TIFF byte by byte.

Everything is synthetic; no file here came from a patient.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    generate_uid,
)


def bone_picture(height: int = 40, width: int = 30, *, seed: int = 0) -> npt.NDArray[np.uint8]:
    """A bright shaft on a dark ground with noise: uint8, no two corners alike."""
    rows, columns = np.mgrid[:height, :width]
    shaft = 170.0 * np.exp(-(((columns - 0.4 * width) / (0.15 * width)) ** 2))
    noise = np.random.default_rng(seed).normal(0.0, 6.0, (height, width))
    return np.clip(30.0 + shaft + 30.0 * rows / height + noise, 0, 255).astype(np.uint8)


def dicom_dataset(
    pixels: npt.NDArray[Any],
    *,
    bits_stored: int | None = None,
    photometric: str = "MONOCHROME2",
    syntax: UID = ExplicitVRLittleEndian,
    **elements: Any,
) -> Dataset:
    """A radiograph around ``pixels``; ``elements`` are set by keyword, None leaves one out."""
    pixels = np.asarray(pixels)
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    dataset = Dataset()
    dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = generate_uid(entropy_srcs=["xray-desktop tests"])
    dataset.Modality = "CR"
    dataset.PatientName = "Nobody^Nemo"
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else pixels.shape[2]
    if dataset.SamplesPerPixel > 1:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric
    dataset.BitsAllocated = pixels.dtype.itemsize * 8
    dataset.BitsStored = bits_stored or dataset.BitsAllocated
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    raw = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OW" if dataset.BitsAllocated > 8 else "OB"
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def write_dicom(path: Path, pixels: npt.NDArray[Any], **options: Any) -> Path:
    """Write ``dicom_dataset(pixels, **options)`` to ``path``."""
    dicom_dataset(pixels, **options).save_as(path, enforce_file_format=True)
    return path


def lut_item(first: int, entries: list[int], bits: int, explanation: str = "") -> Dataset:
    """An item of a Modality or VOI LUT Sequence with its data as words."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    item.add_new("LUTData", "US", entries)
    if explanation:
        item.LUTExplanation = explanation
    return item


def write_picture(path: Path, pixels: npt.NDArray[Any], format: str, **options: Any) -> Path:
    """Save an array with Pillow in ``format``, whatever the path's extension says."""
    Image.fromarray(pixels).save(path, format=format, **options)
    return path


def write_png(path: Path, pixels: npt.NDArray[Any], **options: Any) -> Path:
    """Save an array as PNG."""
    return write_picture(path, pixels, "PNG", **options)


def write_tiff(
    path: Path,
    pixels: npt.NDArray[Any],
    *,
    white_is_zero: bool = False,
    big_endian: bool = False,
    orientation: int = 1,
) -> Path:
    """Write an uncompressed grey TIFF by hand, so that no library's habits hide in it."""
    order = ">" if big_endian else "<"
    height, width = pixels.shape
    kinds = {"u": 1, "i": 2, "f": 3}
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    long, short = 4, 3
    entries = [
        (256, long, width),
        (257, long, height),
        (258, short, pixels.dtype.itemsize * 8),
        (259, short, 1),
        (262, short, 0 if white_is_zero else 1),
        (273, long, 8),
        (274, short, orientation),
        (277, short, 1),
        (278, long, height),
        (279, long, len(data)),
        (339, short, kinds[pixels.dtype.kind]),
    ]
    directory = struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        packed = struct.pack(
            order + ("I" if kind == long else "HH"), *([value] if kind == long else [value, 0])
        )
        directory += struct.pack(order + "HHI", tag, kind, 1) + packed
    directory += struct.pack(order + "I", 0)
    data += b"\0" * (len(data) % 2)
    magic = b"MM\x00*" if big_endian else b"II*\x00"
    path.write_bytes(magic + struct.pack(order + "I", 8 + len(data)) + data + directory)
    return path
