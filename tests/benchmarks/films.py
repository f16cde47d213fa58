"""Films to measure with, made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, generate_uid

CLASSES = ("fractured", "not fractured")


def make_folder(folder: Path, count: int, *, size: int = 224) -> None:
    """Write a data set of ``count`` training films and a tenth as many for validation."""
    random = np.random.default_rng(0)
    noise = random.integers(0, 255, (size * 4, size * 4), np.uint8)
    for split, films in (("train", count), ("val", max(count // 10, 4))):
        for name in CLASSES:
            (folder / split / name).mkdir(parents=True, exist_ok=True)
        for number in range(films):
            # A window of one large noise picture: quick to make, and no two are the same.
            row, column = random.integers(0, size * 3, 2)
            picture = noise[row : row + size, column : column + size]
            path = folder / split / CLASSES[number % 2] / f"{split}{number:06d}.png"
            Image.fromarray(picture).save(path, compress_level=1)


def make_bone(height: int, width: int) -> np.ndarray:
    """A grey ramp with a bright shaft and some noise: float64, (height, width), 0-1."""
    rows, columns = np.mgrid[0:height, 0:width]
    shaft = np.exp(-(((columns / width - 0.5) / 0.12) ** 2))
    noise = np.random.default_rng(0).normal(0.0, 0.02, (height, width))
    picture: np.ndarray = np.clip(0.2 * rows / height + 0.7 * shaft + noise, 0.0, 1.0)
    return picture


def make_dicom(path: Path, height: int, width: int) -> None:
    """Write a 12-bit digital radiograph, uncompressed, with a window."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = generate_uid()
    data = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID = meta.MediaStorageSOPClassUID
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.Modality = "DX"
    data.PatientName = "Bench^Mark"
    data.Rows, data.Columns = height, width
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    data.PixelRepresentation = 0
    data.WindowCenter, data.WindowWidth = 2048, 3000
    data.RescaleIntercept, data.RescaleSlope = 0, 1
    data.ImagerPixelSpacing = [0.15, 0.15]
    data.PixelData = (make_bone(height, width) * 4095).astype("<u2").tobytes()
    data.save_as(path, enforce_file_format=True)
