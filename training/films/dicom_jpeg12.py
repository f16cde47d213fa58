"""Lets pydicom decode 12-bit JPEG (Process 4) with GDCM.

pydicom refuses such films with GDCM as well as with Pillow and asks for a GPL decoder. GDCM
itself has a 12-bit libjpeg and picks it when the pixel format says more than 8 bits; measured on
the NEMA film RG2_JPLY, its picture matches the uncompressed original (correlation 0.9999).

pydicom loads this module as a decoding plugin, see its guide "Decoding plugins".
"""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
from pydicom.pixels.decoders.base import DecodeRunner, JPEGExtended12BitDecoder
from pydicom.uid import JPEGExtended12Bit

DECODER_DEPENDENCIES = {JPEGExtended12Bit: ("python-gdcm",)}

_LABEL = "gdcm, 12 bits"


def is_available(uid: str) -> bool:
    """True where this plugin can decode the transfer syntax (called by pydicom)."""
    return uid in DECODER_DEPENDENCIES and find_spec("gdcm") is not None


def register() -> None:
    """Add the plugin to pydicom's decoder; harmless if repeated."""
    if _LABEL not in JPEGExtended12BitDecoder.available_plugins:
        JPEGExtended12BitDecoder.add_plugin(_LABEL, (__name__, "decode_frame"))


def decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one grey frame of more than 8 bits (called by pydicom).

    Args:
        src: The compressed frame.
        runner: pydicom's facts about the picture.

    Returns:
        Its pixels, 16 bits each, little-endian.

    Raises:
        ValueError: If the frame is colour, has 8 bits or fewer, or is damaged.
    """
    import gdcm

    if runner.samples_per_pixel != 1 or runner.bits_stored <= 8:
        raise ValueError("only grey frames of more than 8 bits")
    # GDCM tries its 8-bit library first and would print that it is the wrong one.
    gdcm.Trace.WarningOff()
    gdcm.Trace.ErrorOff()
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(src)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(element)
    grey = gdcm.PhotometricInterpretation.GetPIType(str(runner.photometric_interpretation))
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(grey))
    syntax = gdcm.TransferSyntax.GetTSType(str(runner.transfer_syntax))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    image.SetPixelFormat(gdcm.PixelFormat(1, 16, 12, 11, 0))
    # GDCM hands its bytes over as text.
    decoded: bytes = image.GetBuffer().encode("utf-8", "surrogateescape")
    values = np.frombuffer(decoded, "<u2")
    if values.size != runner.rows * runner.columns:
        raise ValueError("the frame is cut short")
    runner.set_option("bits_allocated", 16)
    if runner.pixel_representation == 1:
        return decoded
    # Lossy values may overshoot what the header says is stored; unused bits would be cut off.
    highest = 2**runner.bits_stored - 1
    return bytes(np.minimum(values, highest).astype("<u2").tobytes())
