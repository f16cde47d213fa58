"""A picture file without its metadata: no EXIF, comments, profiles, thumbnails or times.

JPEG data is taken over as it is, byte by byte, so nothing is lost. Other pictures are written
anew without loss. Each copy is read back and compared with the original before it counts.
"""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from training.films.film import Film, FilmError
from training.films.pictures import read_picture
from training.films.quiet import collected_warnings

_ORIENTATION = 0x0112
# Start of scan; end of image; markers without a length.
_SOS, _EOI = 0xDA, 0xD9
_BARE = (0x01, *range(0xD0, 0xD9))
# JFIF and Adobe say how colours are meant; all other application data and comments go.
_JFIF, _ADOBE = (0xE0, b"JFIF\0"), (0xEE, b"Adobe")
_PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")


def plain_picture(path: Path, content: bytes, kind: str) -> tuple[bytes, str]:
    """The file without metadata, and the ending for its name.

    Args:
        path: For messages.
        content: The whole file.
        kind: As ``films.reader.sniff`` names it.

    Raises:
        FilmError: It is damaged, or a copy would not show the same.
    """
    try:
        with collected_warnings():
            if kind == "JPEG":
                copy, ending = _without_segments(content, _orientation(content)), ".jpg"
            else:
                copy, ending = _written_anew(content, kind)
    except (OSError, ValueError, IndexError, struct.error, UnidentifiedImageError) as error:
        raise FilmError(path, "it is damaged, so it cannot be copied without metadata") from error
    made = {".jpg": "JPEG", ".png": "PNG", ".tif": "TIFF"}[ending]
    if not _alike(read_picture(path, content, kind), read_picture(path, copy, made)):
        raise FilmError(path, f"a copy of this kind of {kind} file would not show the same")
    return copy, ending


def _alike(one: Film, other: Film) -> bool:
    return one.pixels.shape == other.pixels.shape and bool(
        np.array_equal(one.display(), other.display())
    )


def _written_anew(content: bytes, kind: str) -> tuple[bytes, str]:
    with Image.open(BytesIO(content), formats=(kind,)) as image:
        image.load()
        orientation = image.getexif().get(_ORIENTATION, 1)
        # A fresh picture: Pillow hands a TIFF's tags on with the old one.
        bare = Image.frombytes(image.mode, image.size, image.tobytes())
        if image.mode == "P":
            palette = image.getpalette("RGB")
            bare.putpalette(palette or [])
        exif = _only_orientation(orientation)
        target = BytesIO()
        if image.mode in _PNG_MODES:
            bare.save(target, "PNG", exif=exif) if exif else bare.save(target, "PNG")
            return target.getvalue(), ".png"
        bare.save(target, "TIFF")
        return target.getvalue(), ".tif"


def _orientation(content: bytes) -> int:
    with Image.open(BytesIO(content), formats=("JPEG",)) as image:
        return int(image.getexif().get(_ORIENTATION, 1))


def _only_orientation(orientation: int) -> bytes:
    """EXIF data that says how the picture is to be turned, or nothing where it is upright."""
    if orientation not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return exif.tobytes()


def _without_segments(content: bytes, orientation: int) -> bytes:
    """A JPEG file's tables, frames and scans (ITU T.81, Annex B), and nothing else."""
    parts = [content[:2]]
    if exif := _only_orientation(orientation):
        parts.append(b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    place = 2
    while place < len(content):
        if content[place] != 0xFF:
            raise ValueError("no marker")
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == _EOI:
            # What follows the end is no part of the picture.
            return b"".join((*parts, b"\xff\xd9"))
        elif marker in _BARE:
            parts.append(content[place : place + 2])
            place += 2
        else:
            end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
            if marker == _SOS:
                end = _end_of_scan(content, end)
            if _is_wanted(marker, content[place + 4 : place + 9]):
                parts.append(content[place:end])
            place = end
    return b"".join((*parts, b"\xff\xd9"))


def _is_wanted(marker: int, start: bytes) -> bool:
    if marker in (_JFIF[0], _ADOBE[0]):
        return (marker, start) in (_JFIF, _ADOBE)
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the next marker stands that is no restart and no stuffed byte."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        if content[place + 1] == 0 or 0xD0 <= content[place + 1] <= 0xD7:
            place += 2
        else:
            return place
