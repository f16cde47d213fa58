"""Files of several frames or pages: each one by itself, the first for networks."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, RLELossless

from tests.builders.films import bone_picture, dicom_dataset
from training.films.film import FilmError
from training.films.reader import read_film, read_grey

BONE = bone_picture().astype(np.uint16) * 16
FRAMES = np.stack([BONE, BONE[::-1], BONE // 2])
BUNDLED = Path(pydicom.__file__).parent / "data" / "test_files"


def _dataset(**elements: object) -> Dataset:
    flat = FRAMES.reshape(-1, BONE.shape[1])
    return dicom_dataset(flat, bits_stored=12, Rows=len(BONE), NumberOfFrames=3, **elements)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("index", range(3))
def test_that_each_frame_is_read_by_itself(tmp_path, packed, index):
    dataset = _dataset()
    if packed:
        dataset.compress(RLELossless, encoding_plugin="pydicom")
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    film = read_film(tmp_path / "film.dcm", index)
    assert (film.frame, film.num_frames) == (index, 3)
    assert np.array_equal(film.pixels, FRAMES[index])
    assert any("training and work list go by" in note for note in film.notes)


def test_that_networks_are_given_the_first_frame(tmp_path):
    _dataset().save_as(tmp_path / "film.dcm", enforce_file_format=True)
    path = tmp_path / "film.dcm"
    assert np.array_equal(read_grey(path), read_film(path, 0).grey())
    assert not np.array_equal(read_grey(path), read_film(path, 1).grey())


def test_that_a_frame_that_is_not_there_is_refused_in_words(tmp_path):
    _dataset().save_as(tmp_path / "film.dcm", enforce_file_format=True)
    with pytest.raises(FilmError, match="it has 3 frames, not 4"):
        read_film(tmp_path / "film.dcm", 3)


def test_that_each_frame_has_its_own_window_and_spacing(tmp_path):
    frames = []
    for number in range(3):
        voi, measures, item = Dataset(), Dataset(), Dataset()
        voi.WindowCenter, voi.WindowWidth = 1000 + number, 500
        measures.PixelSpacing = [0.1 + number, 0.1 + number]
        item.FrameVOILUTSequence, item.PixelMeasuresSequence = [voi], [measures]
        frames.append(item)
    dataset = _dataset(PerFrameFunctionalGroupsSequence=frames)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    for number in range(3):
        film = read_film(tmp_path / "film.dcm", number)
        assert film.window.center == 1000 + number
        assert film.spacing is not None
        assert film.spacing.row_mm == pytest.approx(0.1 + number)


@pytest.mark.parametrize("has_offsets", [False, True])
def test_that_a_stream_cut_into_fragments_of_even_length_is_whole_again(tmp_path, has_offsets):
    stream = BytesIO()
    Image.fromarray((BONE // 16).astype(np.uint8)).save(stream, "JPEG", quality=95)
    content = stream.getvalue()
    dataset = dicom_dataset((BONE // 16).astype(np.uint8))
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset.PixelData = encapsulate([content], fragments_per_frame=3, has_bot=has_offsets)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    film = read_film(tmp_path / "film.dcm")
    assert np.array_equal(film.pixels, np.asarray(Image.open(BytesIO(content)), np.float32))


@pytest.mark.parametrize("name", ["rtdose.dcm", "rtdose_rle.dcm", "examples_ybr_color.dcm"])
def test_that_bundled_frames_are_as_pydicom_reads_them(name):
    path = BUNDLED / name
    dataset = pydicom.dcmread(path)
    stored = dataset.pixel_array
    for index in (0, 1, len(stored) - 1):
        film = read_film(path, index)
        assert film.num_frames == len(stored)
        if stored.ndim == 3:
            assert np.array_equal(film.pixels, stored[index].astype(np.float32))
        else:
            assert film.pixels.shape == stored.shape[1:3]


@pytest.mark.parametrize(("kind", "suffix"), [("TIFF", ".tif"), ("GIF", ".gif")])
def test_that_each_page_of_a_picture_is_read_by_itself(tmp_path, kind, suffix):
    pages = [Image.fromarray(bone_picture(seed=seed)) for seed in range(3)]
    path = tmp_path / f"pages{suffix}"
    pages[0].save(path, kind, save_all=True, append_images=pages[1:])
    for index in range(3):
        film = read_film(path, index)
        assert (film.frame, film.num_frames) == (index, 3)
        assert np.abs(film.pixels - np.asarray(pages[index])).max() <= (8 if kind == "GIF" else 0)
    assert np.array_equal(read_grey(path), read_film(path).grey())
    with pytest.raises(FilmError, match="it has 3 pages, not 4"):
        read_film(path, 3)
