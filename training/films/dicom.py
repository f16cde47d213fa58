"""Reads DICOM radiographs with pydicom.

Called by ``reader`` only, which has already told that the content is DICOM.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom.misc
from pydicom import dcmread
from pydicom.dataset import Dataset

from training.films.dicom_display import (
    first_window,
    modality_values,
    padding_of,
    windows_of,
)
from training.films.dicom_frames import Frame, frame_of, whole_words
from training.films.dicom_header import number, places, words
from training.films.dicom_mending import complete_syntax
from training.films.dicom_overlays import overlay_of
from training.films.dicom_spacing import pixel_aspect_of, spacing_of
from training.films.dicom_stated import stated_by
from training.films.dicom_tags import tags_of
from training.films.film import Film, FilmError, Mask, Window
from training.films.limits import refuse_memory
from training.films.quiet import collected_warnings, hush
from training.films.sniff import SNIFF_BYTES, is_headless_dicom

# Every warning of pydicom goes through this module's ``warnings``.
hush(pydicom.misc, loggers=("pydicom", "pydicom.pixels.decoders.base", "pydicom.pixels.utils"))


def read_dicom(path: Path, content: bytes, *, frame: int = 0, for_network: bool = False) -> Film:
    """Read a DICOM film.

    Args:
        path: Its file, for messages.
        content: The whole file.
        frame: Which of several frames, from 0.
        for_network: True leaves out what a network never sees (tags, overlay planes): it saves
            some time.

    Returns:
        The film; of colour the grey.

    Raises:
        FilmError: If the file is damaged, holds no picture, or one that cannot be decoded.
    """
    notes: list[str] = []
    with collected_warnings() as warned:
        try:
            dataset = _dataset(content, notes)
            decoded = frame_of(path, dataset, frame, notes)
            film = _film(path, dataset, decoded, notes)
            if not for_network:
                overlay = _overlay(path, dataset, decoded, notes)
                stated = stated_by(dataset, decoded.index)
                film = replace(film, tags=tags_of(dataset), stated=stated, overlay=overlay)
        except FilmError:
            raise
        except MemoryError as error:
            raise refuse_memory(path) from error
        except Exception as error:  # A damaged header makes pydicom raise nearly anything.
            raise FilmError(path, "its DICOM header is damaged") from error
    if warned:
        # Not their text: it quotes values, which may be a patient's.
        spots = "one place" if len(warned) == 1 else f"{len(warned)} places"
        notes.append(f"the file breaks the rules of DICOM in {spots}; it was read all the same")
    return replace(film, notes=tuple(dict.fromkeys(notes)))


def _dataset(content: bytes, notes: list[str]) -> Dataset:
    """Parse the file; one without preamble and file meta information only if it is sure to be one.

    ``force`` makes pydicom take any bytes for DICOM. It is used for nothing but the headless
    data sets that ``is_headless_dicom`` knows by their first element.
    """
    is_headless = is_headless_dicom(content[:SNIFF_BYTES])
    dataset = dcmread(BytesIO(content), force=is_headless)
    if is_headless:
        notes.append("the file lacks its DICOM preamble")
    complete_syntax(dataset)
    return dataset


def _film(path: Path, dataset: Dataset, decoded: Frame, notes: list[str]) -> Film:
    """Apply what the header says of a frame's display."""
    stored = decoded.stored
    where = places(dataset, decoded.index)
    little_endian = dataset.original_encoding[1] is not False
    inverted = _is_inverted(dataset, notes)
    bits = int(number(where, "BitsStored") or stored.dtype.itemsize * 8)
    padding: Mask | None = None
    if _is_coloured(dataset):
        # Rescale and windows are defined for grey alone (PS3.3 C.7.6.3.1.2).
        pixels = stored.astype(np.float32, copy=False)
        windows: tuple[Window, ...] = ()
        window = Window.between(0.0, float(2**bits - 1))
    else:
        pixels = modality_values(stored, where, little_endian=little_endian, notes=notes)
        padding = padding_of(stored, where)
        signed = stored.dtype.kind == "i" or bool(pixels.min() < 0)
        windows = windows_of(where, little_endian=little_endian, signed=signed, notes=notes)
        window = first_window(pixels, windows, padding, notes)
    if "FOR PROCESSING" in words(where, "PresentationIntentType"):
        notes.append("raw detector data, meant for processing before it is read")
    pixels.flags.writeable = False
    return Film(
        path,
        pixels,
        window,
        windows=windows,
        inverted=inverted,
        bits=bits,
        format="DICOM",
        spacing=spacing_of(where),
        pixel_aspect=pixel_aspect_of(where),
        padding=padding,
        frame=decoded.index,
        num_frames=decoded.num_frames,
    )


def _overlay(path: Path, dataset: Dataset, decoded: Frame, notes: list[str]) -> Mask | None:
    """What the file draws over the frame."""
    height, width = decoded.stored.shape
    return overlay_of(
        dataset,
        decoded.index,
        (height, width),
        lambda: whole_words(path, dataset, decoded.index),
        notes,
    )


def _is_inverted(dataset: Dataset, notes: list[str]) -> bool:
    """True where the film's low values are white.

    Presentation LUT Shape says the same once more (PS3.3 C.11.6). Where the two contradict each
    other, Photometric Interpretation counts, by which every program draws.
    """
    inverted = _photometric(dataset) == "MONOCHROME1"
    shape = "".join(words((dataset,), "PresentationLUTShape")[:1]).upper()
    if shape in ("IDENTITY", "INVERSE") and (shape == "INVERSE") != inverted:
        notes.append("its header contradicts itself on which values are white")
    return inverted


def _photometric(dataset: Dataset) -> str:
    """Photometric Interpretation, upper case."""
    return "".join(words((dataset,), "PhotometricInterpretation")[:1]).upper()


def _is_coloured(dataset: Dataset) -> bool:
    """True where the picture was colour in the file."""
    return int(dataset.get("SamplesPerPixel") or 1) > 1 or _photometric(dataset) == "PALETTE COLOR"
