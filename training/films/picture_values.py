"""Turns an opened Pillow image of any mode into one plane of grey values.

Called by ``pictures`` only. Colour becomes the luma of ITU-R BT.601 (for JPEG: its Y channel,
as stored, which is the same and twice as fast), transparency is laid over black.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageFile

from training.films.film import GreyPixels, Tag

_WHITE_IS_ZERO = 0
_TIFF_PHOTOMETRIC = 262
_TIFF_BITS = 258
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Colour components this close to each other are what JPEG rounding leaves of grey.
_NEUTRAL = 6
_COLOUR_NOTE = "colour turned to grey"


class UnsupportedPictureError(Exception):
    """The picture's kind of pixel has no meaning as a film; the message is a reason."""


@dataclass
class PictureValues:
    """A picture's grey values before they become a film.

    Args:
        values: (height, width); uint8, uint16, int32 or float32.
        full: The value that is white when nothing is windowed.
        bits: Bits stored per pixel.
        inverted: True where low values are white and Pillow has not turned them.
        notes: What had to be decided, in words.
        tags: Facts of the file.
        page: Which page of the file it is, from 0.
        num_pages: How many the file has; 1 where they were not counted.
    """

    values: npt.NDArray[Any]
    full: float = 255.0
    bits: int = 8
    inverted: bool = False
    notes: list[str] = field(default_factory=list)
    tags: tuple[Tag, ...] = ()
    page: int = 0
    num_pages: int = 1


def values_of(image: ImageFile.ImageFile, *, quick: bool) -> PictureValues:
    """Decode one page of a picture.

    Args:
        image: As opened and sought to the page, not yet loaded.
        quick: True leaves out the notes, and what only they need.

    Returns:
        Its values, turned as its EXIF tag says.

    Raises:
        UnsupportedPictureError: For pixels that are neither grey nor colour.
    """
    notes: list[str] = []
    orientation = orientation_of(image)
    tiff_tags = getattr(image, "tag_v2", {})
    white_is_zero = tiff_tags.get(_TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO
    stored_bits = tiff_tags.get(_TIFF_BITS, (0,))[0]
    if _is_ycc_jpeg(image):
        image.draft("L" if quick else "YCbCr", image.size)
    image.load()
    turned: Image.Image = image
    if orientation in _TURNS:
        notes.append("turned as its EXIF tag says")
        # Pillow turns TIFF pictures itself while it loads them.
        if not tiff_tags:
            turned = image.transpose(_TURNS[orientation])
    if turned.mode.startswith("I") or turned.mode == "F":
        return _deep(turned, stored_bits, white_is_zero, notes)
    return PictureValues(_shallow(turned, notes, quick=quick), notes=notes)


def orientation_of(image: Image.Image) -> int:
    """The EXIF orientation from 2 to 8, or 0 where the picture is upright or does not say."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 0)
    except Exception:  # noqa: BLE001 - damaged EXIF raises anything, and the picture may be whole
        return 0
    return orientation if orientation in _TURNS else 0


def _is_ycc_jpeg(image: Image.Image) -> bool:
    """True for a colour JPEG stored as luma and chroma, whose Y channel is its grey."""
    if image.format not in ("JPEG", "MPO") or image.mode != "RGB":
        return False
    # As libjpeg guesses: Adobe's marker says so, or the components are named R, G and B.
    names = [layer[0] for layer in getattr(image, "layer", ())]
    return image.info.get("adobe_transform") != 0 and names != [82, 71, 66]


def _deep(
    image: Image.Image, stored_bits: int, white_is_zero: bool, notes: list[str]
) -> PictureValues:
    """Grey values of more than 8 bits; Pillow leaves WhiteIsZero to us here."""
    values = np.asarray(image)
    if image.mode == "F":
        return PictureValues(values, bits=32, inverted=white_is_zero, notes=notes)
    bits = stored_bits or (16 if image.mode.startswith("I;16") else 32)
    if image.mode == "I" and not stored_bits and values.min() >= 0 and values.max() < 2**16:
        bits = 16
    return PictureValues(values, float(2**bits - 1), bits, white_is_zero, notes)


def _shallow(image: Image.Image, notes: list[str], *, quick: bool) -> GreyPixels:
    """Grey values of an 8-bit picture, colour or not."""
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image)
    if image.mode == "YCbCr" and image.format in ("JPEG", "MPO"):
        planes = np.asarray(image)
        if np.abs(planes[..., 1:].astype(np.int16) - 128).max() > _NEUTRAL:
            notes.append(_COLOUR_NOTE)
        return np.ascontiguousarray(planes[..., 0])
    alpha = None
    if image.mode in ("La", "RGBa"):
        image = image.convert(image.mode.replace("a", "A"))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = np.asarray(image.getchannel("A"))
        image = image.convert("RGB")
    if image.mode == "P":
        image = image.convert("RGB")
    if not quick and _is_coloured(image):
        notes.append(_COLOUR_NOTE)
    try:
        grey = np.asarray(image.convert("L"))
    except ValueError as error:
        raise UnsupportedPictureError(f"its colours are stored as {image.mode}") from error
    if alpha is None or alpha.min() == 255:
        return grey
    notes.append("transparent parts laid over black")
    return np.rint(grey * (alpha / np.float32(255.0))).astype(np.uint8)


def _is_coloured(image: Image.Image) -> bool:
    """True where a picture's colours differ by more than rounding."""
    if image.mode in ("1", "L"):
        return False
    if image.mode != "RGB":
        return True
    planes = np.asarray(image)
    return int((planes.max(axis=2) - planes.min(axis=2)).max()) > _NEUTRAL
