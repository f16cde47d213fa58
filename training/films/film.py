"""What the whole program calls a film: its pixels, its window and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from training.errors import UserError
from training.films.pixel_shape import in_true_shape
from training.films.stated import Stated

FloatPixels = npt.NDArray[np.float32]
GreyPixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_BLOCK = 1 << 16


class FilmError(UserError):
    """A file that cannot be shown as a film.

    Args:
        path: The file.
        reason: Why, without the file's name: "the file is empty".
        advice: What to do next, or empty.
    """

    def __init__(self, path: Path, reason: str, advice: str = "") -> None:
        super().__init__(f"{path.name} cannot be opened: {reason}.", advice)
        self.path = path
        self.reason = reason


class VoiFunction(StrEnum):
    """How a window maps values to grey (DICOM PS3.3 C.11.2.1.3, VOI LUT Function)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, eq=False)
class VoiTable:
    """The grey curve of a VOI LUT Sequence item (DICOM PS3.3 C.11.2.1.1), equal only to itself.

    Args:
        levels: float32, (entries,), 0 (black) to 1 (white), from the first value mapped on.
    """

    levels: FloatPixels


@dataclass(frozen=True)
class Window:
    """A window of grey values: what is drawn between black and white.

    A window with a table follows that curve instead of a straight line between its limits.
    So a lookup table of the file is moved and stretched by the same tools as any window
    (``dataclasses.replace`` with another center or width), and ``Film.pixels`` stay in
    modality units.

    Args:
        center: Window center (level), in the film's units.
        width: Window width, in the film's units; above 0.
        function: DICOM VOI LUT Function; LINEAR_EXACT where there is a table.
        name: Its explanation in the file ("BONE"), or empty.
        table: The curve between the limits, or None.
    """

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    name: str = ""
    table: VoiTable | None = None

    def apply(self, values: npt.NDArray[np.generic]) -> FloatPixels:
        """Map values to grey.

        Args:
            values: Any shape, in the film's units.

        Returns:
            float32 of the same shape, 0 (black) to 1 (white), by PS3.3 C.11.2.1.2 and C.11.2.1.3.
        """
        # Worked in place: a 5 megapixel film is 20 MB a copy, and this runs on every drag.
        units: FloatPixels = np.asarray(values, dtype=np.float32)
        grey = np.empty(units.shape, np.float32)
        if self.table is not None:
            return self._along_table(units, self.table.levels, grey)
        if self.function is VoiFunction.SIGMOID:
            np.subtract(units, self.center, out=grey)
            grey *= -4.0 / self.width
            # Beyond +-60 the curve is flat in float32; clipping keeps exp() from overflowing.
            np.exp(np.clip(grey, -60.0, 60.0, out=grey), out=grey)
            grey += 1.0
            return np.reciprocal(grey, out=grey)
        low, high = self.limits
        if high <= low:
            # C.11.2.1.2.1: a width of 1 is a step.
            grey[...] = units > low
            return grey
        np.subtract(units, low, out=grey)
        grey /= high - low
        return np.clip(grey, 0.0, 1.0, out=grey)

    def _along_table(
        self, units: FloatPixels, levels: FloatPixels, grey: FloatPixels
    ) -> FloatPixels:
        """Map values by the table's entries spread evenly from limit to limit."""
        low, high = self.limits
        scale = (levels.size - 1) / (high - low)
        values, mapped = units.reshape(-1), grey.reshape(-1)
        # In blocks that stay in the processor's cache: half the time for 5 megapixels.
        for start in range(0, values.size, _BLOCK):
            place = values[start : start + _BLOCK] - np.float32(low)
            place *= scale
            np.clip(np.rint(place, out=place), 0, levels.size - 1, out=place)
            levels.take(place.astype(np.intp), out=mapped[start : start + _BLOCK], mode="clip")
        return grey

    @property
    def limits(self) -> tuple[float, float]:
        """The values drawn black and white; for SIGMOID the ends of its steep part."""
        if self.function is VoiFunction.LINEAR and self.table is None:
            return (
                self.center - 0.5 - (self.width - 1.0) / 2.0,
                self.center - 0.5 + (self.width - 1.0) / 2.0,
            )
        return self.center - self.width / 2.0, self.center + self.width / 2.0

    @classmethod
    def between(cls, low: float, high: float, name: str = "") -> Window:
        """The linear window that draws ``low`` black and ``high`` white (exact, so it suits any range)."""
        return cls((low + high) / 2.0, max(high - low, 1e-6), VoiFunction.LINEAR_EXACT, name)

    @classmethod
    def along(cls, first: float, levels: FloatPixels, name: str = "") -> Window:
        """The window of a lookup table: value ``first + i`` is drawn with ``levels[i]``.

        Args:
            first: The first value mapped; lower values are drawn like it.
            levels: float32, (entries,), at least 2, 0 (black) to 1 (white).
            name: Its explanation in the file, or empty.

        Returns:
            A window whose limits are the first and the last value mapped.
        """
        last = first + levels.size - 1
        return cls(
            (first + last) / 2.0, last - first, VoiFunction.LINEAR_EXACT, name, VoiTable(levels)
        )


@dataclass(frozen=True)
class Spacing:
    """Millimetres between pixel centres, only where the file knows them.

    Args:
        row_mm: Between rows (down), in mm.
        column_mm: Between columns (across), in mm.
        source: In words: "calibrated" (Pixel Spacing, corrected to the patient), "as stated"
            (Pixel Spacing, of which the file does not say whether it was corrected),
            "at detector" (Imager Pixel Spacing, so the bone is smaller by the magnification),
            "estimated" (Imager Pixel Spacing divided by the magnification that the file
            estimates) or "of the scanned film" (Nominal Scanned Pixel Spacing).
        detail: How it was found, in a clause for the film's information; may be empty.
        in_mm: False where only the shape of a pixel is known: then the unit is the width of a
            pixel, ``column_mm`` is 1 and no millimetres may be told.
    """

    row_mm: float
    column_mm: float
    source: str
    detail: str = ""
    in_mm: bool = True


@dataclass(frozen=True)
class Tag:
    """One line of a film's information: a DICOM element or a fact of the picture file.

    Args:
        tag: "(0010,0010)", or empty for a fact of a picture file and for an item of a sequence.
        name: In words, "Patient's Name".
        value: On one short line.
        vr: DICOM value representation, "PN"; empty where there is none.
        keyword: DICOM keyword, "PatientName"; empty where there is none.
        depth: 0 at the top; the lines below a sequence are its items, then their elements.
        is_private: True for an element whose meaning only its maker knows.
    """

    tag: str
    name: str
    value: str
    vr: str = ""
    keyword: str = ""
    depth: int = 0
    is_private: bool = False


class FilmKey(NamedTuple):
    """Which film: its file, and which of the file's frames, from 0."""

    path: Path
    frame: int = 0


@dataclass(frozen=True, eq=False)
class Film:
    """One film, ready to be shown, measured or given to a network.

    Args:
        path: The file it was read from.
        pixels: float32, (height, width), in modality units (after the modality LUT), not
            windowed, not inverted. For pictures: 0 to 255, or 0 to 65,535 where 16 bits. Read-only.
        window: The window the film is first shown with.
        windows: All windows that the file names, the first shown first; may be empty.
        inverted: True where the film's low values are white (MONOCHROME1, WhiteIsZero):
            inversion comes after the window.
        bits: Bits stored per pixel.
        format: "DICOM", "PNG", "JPEG", ...
        spacing: Millimetres per pixel, or None where the file does not know them.
        pixel_aspect: Height of a pixel over its width where ``spacing`` is None.
        padding: bool, (height, width), True where a pixel only fills the rectangle (DICOM
            PS3.3 C.7.5.1.1.2): drawn black in either polarity, counted in no window. None where
            there is none.
        overlay: bool, (height, width), what the file's overlay planes draw over the film
            (C.9.2); never in ``grey``. None where the file has none.
        frame: Which frame or page of the file this is, from 0.
        num_frames: How many the file has.
        tags: What the file says of itself, for the information panel; never logged.
        stated: What a DICOM file says of patient, study, sides and technique, for the film's corners;
            never logged. None for pictures.
        notes: What the reader had to decide, in words ("turned as its EXIF tag says").
    """

    path: Path
    pixels: FloatPixels
    window: Window
    windows: tuple[Window, ...] = ()
    inverted: bool = False
    bits: int = 8
    format: str = ""
    spacing: Spacing | None = None
    pixel_aspect: float = 1.0
    padding: Mask | None = None
    overlay: Mask | None = None
    frame: int = 0
    num_frames: int = 1
    tags: tuple[Tag, ...] = ()
    stated: Stated | None = None
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> FilmKey:
        """Which film it is."""
        return FilmKey(self.path, self.frame)

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @cached_property
    def counted(self) -> FloatPixels:
        """What figures are taken of: ``pixels``, with no number (NaN) where there is padding."""
        if self.padding is None:
            return self.pixels
        return np.where(self.padding, np.float32(np.nan), self.pixels)

    @property
    def scale(self) -> Spacing | None:
        """What distances on the film go by: millimetres, else the shape of a pixel.

        None where pixels are square and nothing is known of millimetres.
        """
        if self.spacing is not None or self.pixel_aspect == 1.0:
            return self.spacing
        return Spacing(self.pixel_aspect, 1.0, "", in_mm=False)

    def display(self, window: Window | None = None) -> FloatPixels:
        """The film as a reader sees it: windowed, inverted where its polarity asks for it, padding black.

        Args:
            window: Another window than the film's own.

        Returns:
            float32, (height, width), 0 (black) to 1 (white).
        """
        shown = (window or self.window).apply(self.pixels)
        if self.inverted:
            np.subtract(1.0, shown, out=shown)
        if self.padding is not None:
            shown[self.padding] = 0.0
        return shown

    def grey(self) -> GreyPixels:
        """What every network is given, before resizing; no window chosen in the viewer changes it.

        Returns:
            uint8, (height, width), of a film with other than square pixels in its true shape
            (``pixel_shape.true_size``): the film's own window, bone bright, rounded to 256 steps.
            An 8-bit grey picture comes back unchanged.
        """
        grey = self.display()
        grey *= 255.0
        stored: GreyPixels = np.rint(grey, out=grey).astype(np.uint8)
        scale = self.scale
        return stored if scale is None else in_true_shape(stored, scale.row_mm / scale.column_mm)
