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
from training.films.dicom_frames import first_frame
from training.films.dicom_header import number, places, spacing_of, words
from training.films.dicom_mending import complete_syntax
from training.films.dicom_tags import tags_of
from training.films.film import Film, FilmError, Window
from training.films.limits import refuse_memory
from training.films.quiet import collected_warnings, hush
from training.films.sniff import SNIFF_BYTES, is_headless_dicom

# Every warning of pydicom goes through this module's ``warnings``.
hush(pydicom.misc, loggers=("pydicom", "pydicom.pixels.decoders.base", "pydicom.pixels.utils"))


def read_dicom(path: Path, content: bytes, *, with_tags: bool = True) -> Film:
    """Read a DICOM film.

    Args:
        path: Its file, for messages.
        content: The whole file.
        with_tags: False leaves ``Film.tags`` empty, which saves some time.

    Returns:
        The film; of several frames the first, of colour the grey.

    Raises:
        FilmError: If the file is damaged, holds no picture, or one that cannot be decoded.
    """
    notes: list[str] = []
    with collected_warnings() as warned:
        try:
            dataset = _dataset(content, notes)
            film = _film(path, dataset, notes)
            tags = tags_of(dataset) if with_tags else ()
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
    return replace(film, tags=tags, notes=tuple(dict.fromkeys(notes)))


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


def _film(path: Path, dataset: Dataset, notes: list[str]) -> Film:
    """Decode the picture and apply what the header says of its display."""
    stored = first_frame(path, dataset, notes)
    where = places(dataset)
    little_endian = dataset.original_encoding[1] is not False
    coloured = _is_coloured(dataset)
    bits = int(number(where, "BitsStored") or stored.dtype.itemsize * 8)
    if coloured:
        # Rescale and windows are defined for grey alone (PS3.3 C.7.6.3.1.2).
        pixels = stored.astype(np.float32, copy=False)
        windows: tuple[Window, ...] = ()
        window = Window.between(0.0, float(2**bits - 1))
    else:
        pixels = modality_values(stored, where, little_endian=little_endian, notes=notes)
        signed = stored.dtype.kind == "i" or bool(pixels.min() < 0)
        windows = windows_of(where, little_endian=little_endian, signed=signed, notes=notes)
        window = first_window(pixels, windows, padding_of(stored, where), notes)
    if "FOR PROCESSING" in words(where, "PresentationIntentType"):
        notes.append("raw detector data, meant for processing before it is read")
    pixels.flags.writeable = False
    return Film(
        path,
        pixels,
        window,
        windows=windows,
        inverted=_photometric(dataset) == "MONOCHROME1",
        bits=bits,
        format="DICOM",
        spacing=spacing_of(where),
    )


def _photometric(dataset: Dataset) -> str:
    """Photometric Interpretation, upper case."""
    return "".join(words((dataset,), "PhotometricInterpretation")[:1]).upper()


def _is_coloured(dataset: Dataset) -> bool:
    """True where the picture was colour in the file."""
    return int(dataset.get("SamplesPerPixel") or 1) > 1 or _photometric(dataset) == "PALETTE COLOR"
