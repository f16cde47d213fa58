"""Decodes the compressed frames of DICOM films with imagecodecs, as a decoding plugin of pydicom.

pydicom's own choices are GDCM, which ends the whole program on some damaged streams (a C++
exception that Python cannot catch), and decoders under the GPL. imagecodecs wraps libjpeg-turbo,
CharLS and OpenJPEG, raises Python errors, and leaves Python's lock free while it works. Why:
docs/decisions/0003. pydicom loads this module by name, see its guide "Decoding plugins".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.pixels.common import PhotometricInterpretation
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

LABEL = "imagecodecs"
"""The plugin's name for pydicom's ``decoding_plugin``."""

_JPEG_LS = (JPEGLSLossless, JPEGLSNearLossless)
_JPEG_2000 = (JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K)
_JPEG = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1)
SYNTAXES = (*_JPEG, *_JPEG_LS, *_JPEG_2000)
"""The transfer syntaxes that it decodes: RLE and plain ones are pydicom's own."""

DECODER_DEPENDENCIES = dict.fromkeys(SYNTAXES, ("imagecodecs",))

_LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K)

# Frame headers: baseline, extended, progressive, lossless (ISO 10918-1 B.1.1.3), JPEG-LS.
_LOSSLESS, _JPEG_LS_FRAME = 0xC3, 0xF7
_FRAMES = (0xC0, 0xC1, 0xC2, _LOSSLESS, _JPEG_LS_FRAME)
_SCAN = 0xDA
# Start of a JPEG 2000 codestream and of its size segment (ISO 15444-1 A.4, A.5).
# JPEG 2000 is slow enough to be worth a second core; the window wants one, too.
_THREADS = 2
_CODESTREAM = b"\xff\x4f\xff\x51"


def is_available(uid: str) -> bool:
    """True where this plugin can decode the transfer syntax (called by pydicom)."""
    return uid in DECODER_DEPENDENCIES and find_spec("imagecodecs") is not None


@cache
def register() -> None:
    """Add the plugin to pydicom's decoders, once."""
    for syntax in SYNTAXES:
        get_decoder(syntax).add_plugin(LABEL, (__name__, "decode_frame"))


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame (called by pydicom).

    Args:
        src: The compressed frame.
        runner: pydicom's facts about the picture.

    Returns:
        Its pixels, colour by pixel, little-endian, in words of ``bits_allocated``.

    Raises:
        ValueError: The picture is not of the size or kind that the header says.
        RuntimeError: The stream is damaged (imagecodecs' own errors derive from it).
    """
    decode = _jpeg_2000 if runner.transfer_syntax in _JPEG_2000 else _jpeg
    values = decode(src, runner)
    shape = (runner.rows, runner.columns)
    if runner.samples_per_pixel > 1:
        runner.set_option("planar_configuration", 0)
    if values.shape not in (shape, (*shape, runner.samples_per_pixel)):
        raise ValueError("the stream holds another picture than the header says")
    if values.dtype.kind == "i" and runner.pixel_representation == 0:
        values = values.view(f"u{values.dtype.itemsize}")
    if runner.transfer_syntax in _LOSSY and runner.pixel_representation == 0:
        # Lossy values may overshoot what the header says is stored; pydicom would cut bits off.
        values = np.minimum(values, np.array(2**runner.bits_stored - 1, np.int64)).astype(
            values.dtype
        )
    runner.set_option("bits_allocated", values.dtype.itemsize * 8)
    return values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes()


def _jpeg(src: bytes, runner: DecodeRunner) -> npt.NDArray[Any]:
    """JPEG of 8 or 12 bits, lossless or JPEG-LS, its colours as they are stored."""
    import imagecodecs

    header = _frame_header(src)
    _check_size(runner, header.columns, header.rows)
    if header.marker == _LOSSLESS:
        return np.asarray(imagecodecs.jpegsof3_decode(src))
    if header.marker == _JPEG_LS_FRAME:
        return np.asarray(imagecodecs.jpegls_decode(src))
    if header.num_components == 1:
        return np.asarray(imagecodecs.jpeg8_decode(src))
    # The same space twice: no conversion. pydicom converts by Photometric Interpretation.
    return np.asarray(imagecodecs.jpeg8_decode(src, colorspace="YCBCR", outcolorspace="YCBCR"))


def _jpeg_2000(src: bytes, runner: DecodeRunner) -> npt.NDArray[Any]:
    """JPEG 2000; its own colour transforms are undone by OpenJPEG."""
    import imagecodecs

    if src[:4] == _CODESTREAM and len(src) >= 24:
        right, bottom, left, top = struct.unpack(">4I", src[8:24])
        _check_size(runner, right - left, bottom - top)
    values = np.asarray(imagecodecs.jpeg2k_decode(src, numthreads=_THREADS))
    ycc = (PhotometricInterpretation.YBR_ICT, PhotometricInterpretation.YBR_RCT)
    if runner.photometric_interpretation in ycc:
        runner.set_option("photometric_interpretation", PhotometricInterpretation.RGB)
    return values


def _check_size(runner: DecodeRunner, columns: int, rows: int) -> None:
    """Refuse a stream of another size before it is decoded: a damaged one may name any."""
    # 0 rows: the number follows after the scan (ISO 10918-1 B.2.5).
    if columns != runner.columns or rows not in (0, runner.rows):
        raise ValueError("the stream is of another size than the header says")


@dataclass(frozen=True)
class _FrameHeader:
    """What a JPEG stream says of itself (ISO 10918-1 B.2.2)."""

    marker: int
    rows: int
    columns: int
    num_components: int


def _frame_header(src: bytes) -> _FrameHeader:
    """Find the frame header of a JPEG or JPEG-LS stream.

    Raises:
        ValueError: There is none before the first scan.
    """
    place = 2
    while place + 10 <= len(src) and src[place] == 0xFF:
        marker = src[place + 1]
        if marker == 0xFF:
            # Markers may be preceded by fill bytes.
            place += 1
            continue
        if marker in _FRAMES:
            rows, columns, num_components = struct.unpack(">HHB", src[place + 5 : place + 10])
            return _FrameHeader(marker, rows, columns, num_components)
        if marker == _SCAN:
            break
        place += 2 + int.from_bytes(src[place + 2 : place + 4], "big")
    raise ValueError("the stream has no frame header")
