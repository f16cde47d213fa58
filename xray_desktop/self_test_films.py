"""The film formats that ``--self-test`` writes and reads back. Used by ``self_test`` alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

PICTURE_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF")
# The largest change that a lossy picture format may make to a smooth ramp, in grey values.
_LOSSY_TOLERANCE = 12
# Names of GDCM's transfer syntaxes; all but the last give back every pixel.
CODECS = {
    "uncompressed": "ExplicitVRLittleEndian",
    "RLE": "RLELossless",
    "JPEG lossless": "JPEGLosslessProcess14_1",
    "JPEG-LS": "JPEGLSLossless",
    "JPEG 2000": "JPEG2000Lossless",
    "JPEG baseline": "JPEGBaselineProcess1",
}
# Below the self-test's folder.
READING_FOLDER = "read"


class SelfTestError(Exception):
    """Something that should have held did not; the text says what."""


def hold(condition: bool, otherwise: str) -> None:
    """Raise ``SelfTestError`` with the text unless the condition is true."""
    if not condition:
        raise SelfTestError(otherwise)


def ramp(height: int = 96, width: int = 80) -> npt.NDArray[np.uint8]:
    """A smooth picture: uint8, (height, width)."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture: npt.NDArray[np.uint8] = ((rows / height + columns / width) * 127.0).astype(np.uint8)
    return picture


@dataclass(frozen=True)
class Reads:
    """Writes a film in one format and reads it back as the program does.

    Args:
        folder: The self-test's folder.
        name: One of ``PICTURE_FORMATS`` or ``CODECS``.
    """

    folder: Path
    name: str

    def __call__(self) -> None:
        """Raise ``SelfTestError`` where what is read is not what was written."""
        from training.films.reader import read_film

        folder = self.folder / READING_FOLDER
        folder.mkdir(exist_ok=True)
        written = ramp()
        if self.name in CODECS:
            path = folder / f"{self.name}.dcm"
            _write_dicom(path, written, CODECS[self.name])
        else:
            path = folder / f"film.{self.name.lower()}"
            _write_picture(path, written, self.name)
        read = read_film(path).grey().astype(int)
        hold(read.shape == written.shape, f"{read.shape} instead of {written.shape}")
        allowed = _LOSSY_TOLERANCE if "JPEG baseline" in path.stem or self.name == "JPEG" else 1
        worst = int(np.abs(read - written).max())
        hold(worst <= allowed, f"a pixel differs by {worst}")


def _write_picture(path: Path, picture: npt.NDArray[np.uint8], kind: str) -> None:
    from PIL import Image

    Image.fromarray(picture).save(path, format=kind)


def _write_dicom(path: Path, picture: npt.NDArray[np.uint8], syntax: str) -> None:
    """An 8-bit digital radiograph with a window that shows every value as it is."""
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import (
        DigitalXRayImageStorageForPresentation,
        ExplicitVRLittleEndian,
        generate_uid,
    )

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = generate_uid()
    film = FileDataset(str(path), {}, file_meta=meta, preamble=b"\0" * 128)
    film.SOPClassUID = meta.MediaStorageSOPClassUID
    film.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    film.Modality = "DX"
    film.Rows, film.Columns = picture.shape
    film.SamplesPerPixel = 1
    film.PhotometricInterpretation = "MONOCHROME2"
    film.BitsAllocated, film.BitsStored, film.HighBit = 8, 8, 7
    film.PixelRepresentation = 0
    # DICOM PS3.3 C.11.2.1.2.1: a width of 256 about 128 shows 0 as 0 and 255 as 255.
    film.WindowCenter, film.WindowWidth = 128, 256
    film.PixelData = picture.tobytes()
    film.save_as(path, enforce_file_format=True)
    if syntax != "ExplicitVRLittleEndian":
        _transcode(path, syntax)


def _transcode(path: Path, syntax: str) -> None:
    """Compress a DICOM file in place with GDCM, which encodes all that the reader must decode."""
    import gdcm

    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    hold(reader.Read(), "GDCM cannot read the uncompressed film")
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(getattr(gdcm.TransferSyntax, syntax)))
    change.SetInput(reader.GetImage())
    hold(change.Change(), "GDCM cannot compress the film")
    writer = gdcm.ImageWriter()
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    writer.SetFileName(str(path))
    hold(writer.Write(), "GDCM cannot write the film")
