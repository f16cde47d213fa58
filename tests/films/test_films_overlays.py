"""Overlay planes of DICOM films, against the standard's layout of their bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from tests.builders.films import bone_picture, dicom_dataset
from tests.films.standard import overlay
from training.films.reader import read_film, read_grey

BONE = bone_picture(40, 30).astype(np.uint16) * 16
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


def put_plane(
    dataset: Dataset,
    rows: int,
    columns: int,
    *,
    group: int = 0x6000,
    origin: tuple[int, int] = (1, 1),
    frames: tuple[int, int] | None = None,
    big_endian: bool = False,
) -> None:
    """Give a data set a plane of random bits; ``frames`` are their number and the first one."""
    count = rows * columns * (frames[0] if frames else 1)
    bits = np.random.default_rng(group + rows).integers(0, 2, count).astype(np.uint8)
    data = np.packbits(bits, bitorder="little").tobytes()
    data += b"\0" * (len(data) % 2)
    if big_endian:
        data = np.frombuffer(data, "<u2").astype(">u2").tobytes()
    values: list[tuple[int, str, Any]] = [
        (0x10, "US", rows),
        (0x11, "US", columns),
        (0x40, "CS", "G"),
        (0x50, "SS", list(origin)),
        (0x100, "US", 1),
        (0x102, "US", 0),
        (0x3000, "OW", data),
    ]
    if frames:
        values += [(0x15, "IS", frames[0]), (0x51, "US", frames[1])]
    for element, vr, value in values:
        dataset.add_new((group, element), vr, value)


def saved(dataset: Dataset, folder: Path) -> Path:
    path = folder / "film.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize("origin", [(1, 1), (5, 7), (-3, -2), (30, 25), (90, 1)])
@pytest.mark.parametrize(("rows", "columns"), [(40, 30), (13, 11), (50, 60)])
def test_that_a_plane_lies_where_its_origin_says(tmp_path, rows, columns, origin):
    dataset = dicom_dataset(BONE, bits_stored=12)
    put_plane(dataset, rows, columns, origin=origin)
    film = read_film(saved(dataset, tmp_path))
    expected = overlay(dataset, 0x6000)
    found = np.zeros(BONE.shape, bool) if film.overlay is None else film.overlay
    assert np.array_equal(found, expected)


def test_that_planes_are_laid_on_each_other_and_no_network_sees_them(tmp_path):
    bare = read_grey(saved(dicom_dataset(BONE, bits_stored=12), tmp_path))
    dataset = dicom_dataset(BONE, bits_stored=12)
    put_plane(dataset, 10, 12, origin=(3, 4))
    put_plane(dataset, 9, 5, group=0x601E, origin=(20, 10))
    path = saved(dataset, tmp_path)
    film = read_film(path)
    assert film.overlay is not None
    assert np.array_equal(film.overlay, overlay(dataset, 0x6000) | overlay(dataset, 0x601E))
    assert np.array_equal(film.grey(), bare)
    assert np.array_equal(read_grey(path), bare)


def test_that_a_big_endian_plane_is_the_same(tmp_path):
    plain = dicom_dataset(BONE, bits_stored=12)
    put_plane(plain, 13, 11)
    turned = dicom_dataset(BONE, bits_stored=12, syntax=ExplicitVRBigEndian)
    put_plane(turned, 13, 11, big_endian=True)
    film = read_film(saved(turned, tmp_path))
    assert np.array_equal(film.overlay, overlay(plain, 0x6000))


@pytest.mark.parametrize("position", [12, 15])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_that_a_plane_in_bits_that_the_film_leaves_free_is_read(tmp_path, position, syntax):
    drawn = np.random.default_rng(4).integers(0, 2, BONE.shape).astype(np.uint16)
    dataset = dicom_dataset(BONE | drawn << position, bits_stored=12)
    for element, value in ((0x10, 40), (0x11, 30), (0x100, 16), (0x102, position)):
        dataset.add_new((0x6002, element), "US", value)
    if syntax == RLELossless:
        dataset.compress(RLELossless, encoding_plugin="pydicom")
    film = read_film(saved(dataset, tmp_path))
    assert np.array_equal(film.overlay, drawn == 1)
    assert np.array_equal(film.pixels, BONE)


@pytest.mark.parametrize("position", [0, 3])
def test_that_a_plane_below_the_stored_bits_is_read(tmp_path, position):
    drawn = np.random.default_rng(4).integers(0, 2, BONE.shape).astype(np.uint16)
    dataset = dicom_dataset(BONE << 4 | drawn << position, bits_stored=12)
    dataset.HighBit = 15
    for element, value in ((0x10, 40), (0x11, 30), (0x100, 16), (0x102, position)):
        dataset.add_new((0x6002, element), "US", value)
    film = read_film(saved(dataset, tmp_path))
    assert np.array_equal(film.overlay, drawn == 1)
    assert np.array_equal(film.pixels, BONE)


def test_that_bits_of_the_film_are_no_plane(tmp_path):
    dataset = dicom_dataset(BONE, bits_stored=12)
    for element, value in ((0x10, 40), (0x11, 30), (0x100, 16), (0x102, 4)):
        dataset.add_new((0x6002, element), "US", value)
    assert read_film(saved(dataset, tmp_path)).overlay is None


@pytest.mark.parametrize("frame", range(4))
def test_that_each_frame_has_its_own_part_of_a_plane(tmp_path, frame):
    frames = np.vstack([BONE] * 4)
    dataset = dicom_dataset(frames, bits_stored=12, Rows=40, NumberOfFrames=4)
    # 143 bits a frame: the second one begins within a byte.
    put_plane(dataset, 13, 11, frames=(2, 2))
    film = read_film(saved(dataset, tmp_path), frame)
    expected = overlay(dataset, 0x6000, frame)
    assert (film.overlay is None) == (not expected.any()) == (frame in (0, 3))
    if film.overlay is not None:
        assert np.array_equal(film.overlay, expected)


def test_that_a_damaged_plane_leaves_the_film_alone(tmp_path):
    dataset = dicom_dataset(BONE, bits_stored=12)
    put_plane(dataset, 40, 30)
    dataset[0x6000, 0x3000].value = b"\xff\xff"
    film = read_film(saved(dataset, tmp_path))
    assert film.overlay is None
    assert "an overlay of the file is damaged and was left out" in film.notes
    assert np.array_equal(film.pixels, BONE)


def test_that_a_real_plane_is_read():
    path = BUNDLED / "examples_overlay.dcm"
    film = read_film(path)
    assert {tag.name for tag in film.tags if tag.tag == "(6000,3000)"} == {"Overlay Data"}
    assert np.array_equal(film.overlay, overlay(pydicom.dcmread(path), 0x6000))
