"""Tells what a file is by its first bytes; names and extensions are never believed."""

from __future__ import annotations

import re

SNIFF_BYTES = 256
"""How many bytes from the start of a file ``kind_of`` wants to see."""

_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
)
# Sizes of the header that follows a BMP file's first 14 bytes; "BM" alone could begin a text.
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)

# A DICOM data set without its preamble, as older archives wrote it: it begins with one of the
# first elements of group 0008, explicitly typed or with a short implicit length; the last form
# is big-endian.
_HEADLESS_DICOM = re.compile(
    rb"\x08\x00[\x00\x01\x05\x08\x12\x13\x14\x16\x18]\x00"
    rb"(?:(?:UL|CS|DA|TM|UI|LO|SH)[\x00-\x80]\x00|[\x00-\x80]\x00\x00\x00)"
    rb"|\x00\x08\x00[\x00\x01\x05\x08\x12\x13\x14\x16\x18]"
    rb"(?:UL|CS|DA|TM|UI|LO|SH)\x00[\x00-\x80]",
    re.DOTALL,
)

# The class of a DICOMDIR, which stands in a file's first lines (PS3.10 7.1).
_DIRECTORY_CLASS = re.compile(rb"\x02\x00\x02\x00UI..1\.2\.840\.10008\.1\.3\.10[^.\d]", re.DOTALL)

# The UIDs of all DICOM objects begin so.
_DICOM_ROOT = b"1.2.840.10008."

_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"RIFF", "a WebP picture or a sound"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip archive"),
)


def kind_of(start: bytes) -> str | None:
    """Name the film format that a file begins like.

    Args:
        start: The file's first ``SNIFF_BYTES`` bytes, or the whole file where it is shorter.

    Returns:
        "DICOM", "PNG", "JPEG", "GIF", "TIFF" or "BMP"; None if it is none of these.
    """
    if is_dicomdir(start):
        return None
    # First, for a DICOM file may carry a TIFF header in its preamble (PS3.10, 7.1).
    if start[128:132] == b"DICM" or is_headless_dicom(start):
        return "DICOM"
    for magic, kind in _PICTURES:
        if start.startswith(magic):
            return kind
    if start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return None


def is_dicomdir(start: bytes) -> bool:
    """True for a DICOMDIR, the table of contents of a disc: it names films and holds none."""
    return start[128:132] == b"DICM" and _DIRECTORY_CLASS.search(start) is not None


def is_headless_dicom(start: bytes) -> bool:
    """True for a DICOM data set that lacks the preamble and the file meta information."""
    return start[128:132] != b"DICM" and _HEADLESS_DICOM.match(start) is not None


def what_else(start: bytes) -> str:
    """Say in words what a file is that is no film.

    Args:
        start: The file's first bytes.

    Returns:
        "it is a PDF document, not a film", as a reason for a ``FilmError``.
    """
    if is_dicomdir(start):
        return "it is a DICOMDIR, the table of contents of a disc, not a film"
    if _DICOM_ROOT in start:
        return "it looks like a DICOM file whose beginning is damaged"
    for magic, words in _FOREIGN:
        if start.startswith(magic):
            return f"it is {words}, not a film"
    if start and not re.search(rb"[\x00-\x08\x0e-\x1f]", start):
        return "it holds text, not a picture"
    return "its content is neither a picture nor a DICOM film"
