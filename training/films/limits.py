"""How large a film may be, the words for one that is larger, and for a file of several frames."""

from __future__ import annotations

from pathlib import Path

from training.films.film import FilmError

MAX_PIXELS = 150_000_000
"""Films with more pixels are refused: the largest stitched radiographs have some 60 million."""

MAX_FILE_BYTES = 2**30
"""Files beyond this are refused; 150 million pixels of three 16-bit colours still fit."""


def check_size(path: Path, width: int, height: int) -> None:
    """Refuse a film that is too large or has no pixels, before it is decoded.

    Args:
        path: The file, for the message.
        width: Columns that its header names.
        height: Rows that its header names.

    Raises:
        FilmError: If it has no pixels or more than ``MAX_PIXELS``.
    """
    if width < 1 or height < 1:
        raise FilmError(path, f"its header says that it has {width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise too_large(path, f" of {width:,} x {height:,} pixels")


def too_large(path: Path, size: str = "") -> FilmError:
    """The error for a film of more than ``MAX_PIXELS``; ``size`` in words where it is known."""
    return FilmError(
        path,
        f"its picture{size} is too large; films of up to {MAX_PIXELS // 1_000_000} megapixels"
        " can be opened",
        "Save it smaller and open it again.",
    )


def refuse_memory(path: Path) -> FilmError:
    """The error for a film that does not fit the memory that is left."""
    return FilmError(path, "there is not enough memory for it", "Close other programs first.")


def frame_note(index: int, num_frames: int, word: str = "frame") -> str:
    """What is said of a file that holds several pictures.

    Args:
        index: The one that was read, from 0.
        num_frames: How many there are.
        word: What the file's format calls them.
    """
    if index:
        return f"{word} {index + 1} of {num_frames}; training and work list go by the first"
    return f"the first of {num_frames} {word}s; training and work list go by this one"
