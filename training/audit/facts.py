"""What is known of each file after it has been read once; what all of the audit works on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

GreyView = npt.NDArray[np.uint8]
Flat = npt.NDArray[np.int8]


@dataclass(frozen=True)
class FileFacts:
    """One file that was read, or the reason why it could not be.

    Args:
        path: The file.
        byte_hash: SHA-256 of its bytes, hexadecimal; "" where it could not be read.
        pixel_hash: BLAKE2 of its size and grey values, hexadecimal; "" for a film of one grey
            only, which is equal to any other blank one without being its copy.
        width: Pixels.
        height: Pixels.
        mean_grey: Of all pixels, 0-255.
        dark_corners: Share of black pixels in the four corners, 0-1.
        num_bytes: Size of the file.
        format: "DICOM", "JPEG", ...
        mode: How values are stored ("L", "RGB", "MONOCHROME2").
        name_depth: How many marks of copying and rotating its name bears.
        patient: Keyed hash of the DICOM Patient ID, "" where there is none. The key is made anew
            for each reading and thrown away: it tells equal from different and nothing else.
        study: Of the Study Instance UID, likewise.
        sop: Of the SOP Instance UID, likewise.
        error: Why it could not be read; None where it was.
    """

    path: Path
    byte_hash: str = ""
    pixel_hash: str = ""
    width: int = 0
    height: int = 0
    mean_grey: float = 0.0
    dark_corners: float = 0.0
    num_bytes: int = 0
    format: str = ""
    mode: str = ""
    name_depth: int = 0
    patient: str = ""
    study: str = ""
    sop: str = ""
    error: str | None = None


@dataclass(frozen=True)
class Glance:
    """A file's facts and its small pictures.

    Args:
        facts: The facts.
        views: Squares, each uint8, (VIEW_SIZE, VIEW_SIZE): the middle first; then, where they
            differ, the whole film squashed into a square, and the middle of the film without
            its black margins. Empty where the file could not be read.
        flats: For each view, int8, same shape, see ``rings.flat_of``.
        spectra: For each view and scale, complex64, (scales, rings, orders), see ``rings``.
    """

    facts: FileFacts
    views: tuple[GreyView, ...] = ()
    flats: tuple[Flat, ...] = ()
    spectra: tuple[npt.NDArray[np.complex64], ...] = ()
