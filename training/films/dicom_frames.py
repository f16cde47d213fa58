"""Decodes one frame of a DICOM data set to one plane of stored values.

Called by ``dicom`` only. What cannot be decoded is explained in words that name the
compression.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import get_expected_length, pixel_array
from pydicom.uid import UID

from training.films import dicom_decoders
from training.films.dicom_header import number
from training.films.dicom_mending import complete_header, unused_low_bits, without_low_bits
from training.films.film import FilmError, FloatPixels
from training.films.limits import check_size, frame_note, refuse_memory

dicom_decoders.register()

_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")
_GREY = ("MONOCHROME1", "MONOCHROME2")
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)
_REENCODE = "Ask for the film uncompressed, or convert it with a DICOM tool, and open that."


@dataclass(frozen=True, eq=False)
class Frame:
    """One decoded frame.

    Args:
        stored: (height, width): stored values of any integer or floating type, before the
            modality LUT.
        index: Which frame it is, from 0.
        num_frames: How many the file has.
    """

    stored: npt.NDArray[Any]
    index: int
    num_frames: int


def frame_of(path: Path, dataset: Dataset, index: int, notes: list[str]) -> Frame:
    """Decode the picture, or one of several.

    Args:
        path: The file, for messages.
        dataset: The whole data set.
        index: Which frame, from 0.
        notes: Gains a note where there are several frames or colour is turned to grey.

    Raises:
        FilmError: If there is no picture, not so many, or it cannot be decoded.
    """
    keyword = next((name for name in _PIXELS if name in dataset), None)
    if keyword is None or "Rows" not in dataset or "Columns" not in dataset:
        raise _no_picture(path, dataset)
    check_size(path, int(dataset.Columns or 0), int(dataset.Rows or 0))
    syntax = _syntax(path, dataset)
    complete_header(dataset, notes)
    num_frames = max(1, int(number((dataset,), "NumberOfFrames") or 1))
    if index >= num_frames:
        raise FilmError(path, f"it has {num_frames} frames, not {index + 1}")
    if num_frames > 1:
        notes.append(frame_note(index, num_frames))
    if not syntax.is_compressed and _is_cut_short(dataset, keyword):
        raise FilmError(path, "the file is cut short: part of its picture is missing")
    low_bits = 0 if syntax.is_compressed else unused_low_bits(dataset)
    # Decoded with the bits below the stored ones, for pydicom cuts off from the top only.
    stored = _decoded(path, dataset, index, int(dataset.BitsStored) + low_bits)
    plane = _one_plane(path, dataset, without_low_bits(stored, low_bits), notes)
    return Frame(plane, index, num_frames)


def whole_words(path: Path, dataset: Dataset, index: int) -> npt.NDArray[Any] | None:
    """A grey frame's words with all their bits, also those that are not stored values.

    Args:
        path: The file, for messages.
        dataset: As ``frame_of`` has completed it.
        index: Which frame, from 0.

    Returns:
        (height, width), unsigned; None for colour and floating values.

    Raises:
        FilmError: If it cannot be decoded.
    """
    if int(dataset.SamplesPerPixel) != 1 or "PixelData" not in dataset:
        return None
    words = _decoded(path, dataset, index, int(dataset.BitsAllocated))
    return words.view(f"u{words.dtype.itemsize}") if words.dtype.kind == "i" else words


def _decoded(path: Path, dataset: Dataset, index: int, bits: int) -> npt.NDArray[Any]:
    """One frame as pydicom decodes it, with so many bits of each value."""
    stored_bits = dataset.BitsStored
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    try:
        dataset.BitsStored = bits
        plugin = dicom_decoders.LABEL if syntax in dicom_decoders.SYNTAXES else ""
        return pixel_array(dataset, index=index, decoding_plugin=plugin)
    except MemoryError as error:
        raise refuse_memory(path) from error
    except Exception as error:  # Decoders are several libraries with errors of their own.
        raise FilmError(
            path, f"its picture ({syntax.name}) is damaged or of a kind that cannot be decoded"
        ) from error
    finally:
        dataset.BitsStored = stored_bits


def _no_picture(path: Path, dataset: Dataset) -> FilmError:
    """The error for an object without pixels, which says what it is instead."""
    uid = str(dataset.get("SOPClassUID") or "")
    name = UID(uid).name
    if "Image Storage" in name:
        return FilmError(path, "its picture is missing: the file is cut short or damaged")
    # An unknown UID is its own name.
    kind = f" ({name})" if name != uid else ""
    return FilmError(path, f"it is a DICOM file{kind} that holds no picture")


def _syntax(path: Path, dataset: Dataset) -> UID:
    """The transfer syntax, once it is known that something can decode it."""
    syntax = getattr(dataset, "file_meta", Dataset()).get("TransferSyntaxUID")
    if not syntax:
        raise FilmError(path, "its DICOM header does not say how the picture is stored")
    try:
        decoder = get_decoder(syntax)
    except NotImplementedError as error:
        raise FilmError(
            path, f"its compression, {syntax.name}, is not supported", _REENCODE
        ) from error
    if not decoder.is_available:
        missing = "; ".join(decoder.missing_dependencies)
        raise FilmError(
            path, f"its compression, {syntax.name}, needs a package not installed: {missing}"
        )
    return UID(syntax)


def _is_cut_short(dataset: Dataset, keyword: str) -> bool:
    """True where uncompressed pixel data have fewer bytes than the header promises."""
    expected = get_expected_length(dataset)
    return len(dataset[keyword].value or b"") < expected


def _one_plane(
    path: Path, dataset: Dataset, frame: npt.NDArray[Any], notes: list[str]
) -> npt.NDArray[Any]:
    """Turn a decoded frame to grey where it is coloured."""
    photometric = str(dataset.get("PhotometricInterpretation", "")).strip()
    if photometric == "PALETTE COLOR":
        frame = apply_color_lut(frame, dataset)
    if frame.ndim == 2 and photometric != "PALETTE COLOR" and photometric in _GREY:
        return frame
    if frame.ndim == 2:
        notes.append(f"pixels of kind {photometric or 'unknown'} are shown as grey")
        return frame
    if frame.ndim != 3 or frame.shape[2] not in (3, 4):
        raise FilmError(path, "its pixels are neither grey nor colour")
    notes.append("colour turned to grey")
    luma: FloatPixels = frame[..., :3].astype(np.float32) @ _LUMA
    return np.rint(luma, out=luma)
