"""Files that are no radiographs are told by their colours, their modality and their emptiness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file

from training.films.oddity import is_blank, oddity_of
from training.films.reader import read_grey

SIDE = 120


def photo(path: Path, coloured_rows: int) -> Path:
    """A picture with structure whose first rows are red and green, the rest grey."""
    random = np.random.default_rng(0)
    grey = random.integers(40, 220, (SIDE, SIDE), np.uint8)
    pixels = np.repeat(grey[..., np.newaxis], 3, axis=2)
    pixels[:coloured_rows, : SIDE // 2] = (200, 40, 40)
    pixels[:coloured_rows, SIDE // 2 :] = (30, 160, 40)
    Image.fromarray(pixels).save(path)
    return path


def told(path: Path) -> str:
    return oddity_of(path, read_grey(path))


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_that_a_colour_picture_is_told(tmp_path: Path, suffix: str) -> None:
    assert told(photo(tmp_path / f"photo.{suffix}", 60)) == "colour"


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_that_grey_saved_as_colour_and_a_small_coloured_mark_are_none(
    tmp_path: Path, suffix: str
) -> None:
    assert told(photo(tmp_path / f"grey.{suffix}", 0)) == ""
    assert told(photo(tmp_path / f"mark.{suffix}", 6)) == ""


def test_that_a_coloured_palette_is_told(tmp_path: Path) -> None:
    path = photo(tmp_path / "photo.png", 60)
    with Image.open(path) as image:
        image.quantize(16).save(tmp_path / "palette.png")
    assert told(tmp_path / "palette.png") == "colour"


@pytest.mark.parametrize(
    ("name", "word"), [("CT_small.dcm", "a CT slice"), ("MR_small.dcm", "an MR slice")]
)
def test_that_slices_are_told_by_their_modality(name: str, word: str) -> None:
    path = get_testdata_file(name)
    assert path is not None
    assert told(Path(str(path))) == word


def test_that_a_picture_of_one_grey_is_blank() -> None:
    random = np.random.default_rng(0)
    flat = np.full((300, 200), 90, np.uint8)
    flat[:2, :20] = 255
    assert is_blank(flat)
    assert not is_blank(random.integers(80, 120, (300, 200), np.uint8))


def test_that_what_cannot_be_read_is_left_to_reading(tmp_path: Path) -> None:
    path = tmp_path / "broken.dcm"
    path.write_bytes(b"\0" * 128 + b"DICM" + b"nothing")
    structured = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert oddity_of(path, structured) == ""
    assert oddity_of(tmp_path / "missing.png", structured) == ""
