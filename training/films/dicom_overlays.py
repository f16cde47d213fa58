"""The bitmaps that a DICOM file draws over its film: overlay planes (PS3.3 C.9.2, C.9.3).

Called by ``dicom`` only. Lead markers, measurements and regions of the maker's software stand
there. They lie over the film when the reader asks for them, and no network ever sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from training.films.dicom_header import number
from training.films.film import Mask

# PS3.5 7.6: sixteen repeating groups.
_GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES, _FIRST_FRAME = 0x0010, 0x0011, 0x0015, 0x0051
_ORIGIN, _BITS_ALLOCATED, _BIT_POSITION, _DATA = 0x0050, 0x0100, 0x0102, 0x3000

Words = npt.NDArray[np.unsignedinteger[Any]]


def overlay_of(
    dataset: Dataset,
    frame: int,
    shape: tuple[int, int],
    words_of_frame: Callable[[], Words | None],
    notes: list[str],
) -> Mask | None:
    """All of the file's overlay planes over one frame, laid on each other.

    Args:
        dataset: The whole data set.
        frame: Which frame of the film, from 0.
        shape: The film's rows and columns.
        words_of_frame: Gives the frame's whole words, (height, width), unsigned, for planes in
            bits that the film does not use (retired in 2004), or None where there are none.
        notes: Gains a note for a plane that cannot be used.

    Returns:
        bool, (height, width), True where something is drawn; None where nothing is.
    """
    drawn: Mask | None = None
    # One look at what is there, for asking for each group costs milliseconds.
    for group in sorted({tag.group for tag in dataset.keys()}.intersection(_GROUPS)):  # noqa: SIM118 - a data set iterates its elements
        try:
            plane = _plane(dataset, group, frame, shape, words_of_frame)
        except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
            notes.append("an overlay of the file is damaged and was left out")
            continue
        if plane is not None and plane.any():
            drawn = plane if drawn is None else drawn | plane
    return drawn


def _plane(
    dataset: Dataset,
    group: int,
    frame: int,
    shape: tuple[int, int],
    words_of_frame: Callable[[], Words | None],
) -> Mask | None:
    """One plane on the film, or None where the group holds none for this frame."""
    rows, columns = _number(dataset, group, _ROWS), _number(dataset, group, _COLUMNS)
    if (group, _DATA) in dataset:
        index = _frame_of_plane(dataset, group, frame)
        if index is None or not rows or not columns:
            return None
        bits = _bits(dataset, group, index * rows * columns, rows * columns)
        return _placed(bits.reshape(rows, columns), _origin(dataset, group), shape)
    # One bit allocated means data of its own, which are missing then.
    if not rows or _number(dataset, group, _BITS_ALLOCATED) <= 1:
        return None
    position = _number(dataset, group, _BIT_POSITION)
    words = words_of_frame() if _is_unused(dataset, position) else None
    if words is None:
        return None
    plane: Mask = (words >> position) & 1 != 0
    return plane


def _is_unused(dataset: Dataset, position: int) -> bool:
    """True for a bit of the words that holds nothing of the film's values."""
    stored = int(dataset.BitsStored)
    highest = int(number((dataset,), "HighBit") or stored - 1)
    return position > highest or position <= highest - stored


def _frame_of_plane(dataset: Dataset, group: int, frame: int) -> int | None:
    """Which frame of the plane lies over a frame of the film (C.9.3); None where none does."""
    num_frames = _number(dataset, group, _FRAMES)
    if not num_frames:
        # A plane of one frame lies over all of the film's.
        return 0
    index = frame - ((_number(dataset, group, _FIRST_FRAME) or 1) - 1)
    return index if 0 <= index < num_frames else None


def _bits(dataset: Dataset, group: int, start: int, count: int) -> npt.NDArray[np.uint8]:
    """``count`` pixels of a plane, which need not begin with a whole byte.

    Raises:
        ValueError: There are fewer.
    """
    element = dataset[group, _DATA]
    content = bytes(element.value)
    if element.VR == "OW" and dataset.original_encoding[1] is False:
        # The first pixel is the lowest bit of the first word (PS3.5 8.1.2).
        content = np.frombuffer(content[: len(content) // 2 * 2], ">u2").astype("<u2").tobytes()
    first = start // 8
    packed = np.frombuffer(content, np.uint8)[first : (start + count + 7) // 8]
    bits = np.unpackbits(packed, bitorder="little")[start - first * 8 :][:count]
    if bits.size < count:
        raise ValueError("the plane is cut short")
    return bits


def _placed(bits: npt.NDArray[np.uint8], origin: tuple[int, int], shape: tuple[int, int]) -> Mask:
    """A plane's part on the film; its origin is the film's first pixel at (1, 1)."""
    top, left = origin[0] - 1, origin[1] - 1
    film = np.zeros(shape, np.bool_)
    rows = slice(max(top, 0), min(top + bits.shape[0], shape[0]))
    columns = slice(max(left, 0), min(left + bits.shape[1], shape[1]))
    if rows.start < rows.stop and columns.start < columns.stop:
        film[rows, columns] = (
            bits[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
            != 0
        )
    return film


def _origin(dataset: Dataset, group: int) -> tuple[int, int]:
    if (group, _ORIGIN) not in dataset:
        return 1, 1
    row, column = (int(value) for value in dataset[group, _ORIGIN].value)
    return row, column


def _number(dataset: Dataset, group: int, element: int) -> int:
    """A whole number of the group; 0 where it is absent or empty."""
    if (group, element) not in dataset:
        return 0
    return int(dataset[group, element].value or 0)
