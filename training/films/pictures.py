"""Reads PNG, JPEG, TIFF, BMP and GIF pictures with Pillow.

Called by ``reader`` only, which has already told the format by content.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
)

from training.films.film import Film, FilmError, GreyPixels, Tag, Window
from training.films.levels import percentile_window, uses_range
from training.films.limits import check_size, frame_note, refuse_memory, too_large
from training.films.picture_values import (
    PictureValues,
    UnsupportedPictureError,
    orientation_of,
    values_of,
)
from training.films.quiet import collected_warnings, hush

# Imported for their registration: Image.open loads all forty plugins where TIFF is missing.
_PLUGINS = (BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin)
_MODES = {
    "1": "black and white, 1 bit",
    "L": "grey, 8 bits",
    "LA": "grey with transparency, 8 bits",
    "P": "palette of colours",
    "PA": "palette of colours with transparency",
    "RGB": "colour (RGB), 8 bits",
    "RGBA": "colour with transparency (RGBA), 8 bits",
    "CMYK": "print colours (CMYK), 8 bits",
    "YCbCr": "colour (YCbCr), 8 bits",
    "I;16": "grey, 16 bits",
    "I;16B": "grey, 16 bits, big-endian",
    "I": "grey, whole numbers of up to 32 bits",
    "F": "grey, floating point, 32 bits",
}
hush(Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin)


def read_picture(path: Path, content: bytes, kind: str, *, page: int = 0) -> Film:
    """Read a picture into a film.

    Args:
        path: Its file, for messages.
        content: The whole file.
        kind: Its format, as ``sniff.kind_of`` names it.
        page: Which of several pages, from 0.

    Returns:
        The film. 8 bits are shown as they are; more bits with their full range where the picture
        uses at least half of it, else from the 0.5th to the 99.5th percentile.

    Raises:
        FilmError: If the picture is damaged, too large or of a kind that is not supported.
    """
    return _film(path, kind, _decode(path, content, kind, page, quick=False))


def read_picture_grey(path: Path, content: bytes, kind: str) -> GreyPixels:
    """Read what ``read_picture(...).grey()`` gives, without the detour through float32.

    Args:
        path: Its file, for messages.
        content: The whole file.
        kind: Its format.

    Returns:
        uint8, (height, width).

    Raises:
        FilmError: As ``read_picture``.
    """
    decoded = _decode(path, content, kind, 0, quick=True)
    if decoded.values.dtype == np.uint8 and not decoded.inverted:
        return decoded.values
    return _film(path, kind, decoded).grey()


def _film(path: Path, kind: str, decoded: PictureValues) -> Film:
    """Choose the window of decoded values."""
    pixels = decoded.values.astype(np.float32)
    notes = decoded.notes
    window = Window.between(0.0, decoded.full)
    if decoded.bits > 8:
        finite = np.isfinite(pixels)
        if not finite.all():
            notes.append("values that are no numbers are drawn as the lowest")
            pixels[~finite] = pixels[finite].min() if finite.any() else 0.0
        tight = percentile_window(pixels)
        if decoded.bits > 16 or not uses_range(tight, decoded.full):
            notes.append("shown from its 0.5th to its 99.5th percentile")
            window = tight
    pixels.flags.writeable = False
    return Film(
        path,
        pixels,
        window,
        inverted=decoded.inverted,
        bits=decoded.bits,
        format=kind,
        frame=decoded.page,
        num_frames=decoded.num_pages,
        tags=decoded.tags,
        notes=tuple(notes),
    )


def _decode(path: Path, content: bytes, kind: str, page: int, *, quick: bool) -> PictureValues:
    """Decode one page of a picture; ``quick`` leaves out the notes and facts."""
    try:
        with collected_warnings(), Image.open(BytesIO(content), formats=(kind,)) as image:
            if kind == "PNG":
                _verify_png(content)
            num_pages = 1 if quick else _turn_to(path, image, page)
            check_size(path, image.width, image.height)
            facts = () if quick else _facts(image, kind, len(content))
            decoded = values_of(image, quick=quick)
            decoded.tags, decoded.page, decoded.num_pages = facts, page, num_pages
            if num_pages > 1:
                decoded.notes.insert(0, frame_note(page, num_pages, "page"))
            return decoded
    except FilmError:
        raise
    except UnsupportedPictureError as error:
        raise FilmError(path, str(error), "Save it as a grey PNG and open that.") from error
    except Image.DecompressionBombError as error:
        raise too_large(path) from error
    except MemoryError as error:
        raise refuse_memory(path) from error
    except UnidentifiedImageError as error:
        raise FilmError(
            path, f"it begins like a {kind} picture, but the rest is damaged or of a rare kind"
        ) from error
    except Exception as error:  # A damaged file makes Pillow raise nearly anything.
        raise FilmError(path, f"the {kind} picture is cut short or damaged") from error


def _turn_to(path: Path, image: ImageFile.ImageFile, page: int) -> int:
    """Seek to a page; gives how many there are."""
    num_pages = int(getattr(image, "n_frames", 1))
    if page >= num_pages:
        raise FilmError(path, f"it has {num_pages} pages, not {page + 1}")
    if page:
        image.seek(page)
    return num_pages


def _verify_png(content: bytes) -> None:
    """Check the checksums, which Pillow leaves unread while it decodes the pixels."""
    with Image.open(BytesIO(content), formats=("PNG",)) as image:
        image.verify()


def _facts(image: ImageFile.ImageFile, kind: str, num_bytes: int) -> tuple[Tag, ...]:
    """What the picture file says of itself, before anything is decoded."""
    facts = [
        ("Format", kind),
        ("Stored as", _MODES.get(image.mode, image.mode)),
        ("Size", f"{image.width} x {image.height} pixels"),
        ("File", f"{num_bytes:,} bytes"),
    ]
    dpi = image.info.get("dpi")
    if dpi:
        facts.append(("Resolution", f"{float(dpi[0]):.0f} x {float(dpi[1]):.0f} dots per inch"))
    compression = image.info.get("compression")
    if isinstance(compression, str):
        facts.append(("Compression", compression))
    num_pages = getattr(image, "n_frames", 1)
    if num_pages > 1:
        facts.append(("Pages", str(num_pages)))
    orientation = orientation_of(image)
    if orientation:
        facts.append(("Orientation (EXIF)", str(orientation)))
    return tuple(Tag("", name, value) for name, value in facts)
