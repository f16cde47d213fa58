"""Real radiographs, where ``shared/data`` lies beside the checkout; elsewhere skipped."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from training.films.film import FilmError
from training.films.reader import read_film, read_grey, sniff

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILMS = sorted((DATA / "dicom" / "films").glob("*.dcm"))
ODD = DATA / "dicom" / "odd"

pytestmark = pytest.mark.skipif(not FILMS, reason="shared/data is not here")


def _film(name: str) -> Path:
    return DATA / "dicom" / "films" / f"{name}.dcm"


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.stem)
def test_that_every_film_opens_with_a_plausible_histogram(path):
    film = read_film(path)
    grey = film.grey()
    assert sniff(path) == film.format == "DICOM"
    assert min(grey.shape) >= 440
    # Neither washed out nor black: the middle half of the values spans a good part of the grey.
    low, high = np.percentile(grey, (5, 95))
    assert high - low > 80
    assert 20 < grey.mean() < 235
    assert film.windows
    assert len(film.tags) > 40


# Where bone or the mediastinum lies, and where air: (rows, columns) in parts of the film.
BONE_AND_AIR = {
    "NM_Kakadu44_SOTmarkerincons": ((0.87, 0.60), (0.30, 0.15)),
    "RG2_UNC": ((0.62, 0.45), (0.90, 0.30)),
    "RG3_UNC": ((0.85, 0.46), (0.50, 0.30)),
    "RG1_UNCI": ((0.60, 0.50), (0.30, 0.30)),
    "gdcm-CR-MONO1-10-chest": ((0.60, 0.48), (0.45, 0.25)),
}


@pytest.mark.parametrize("name", BONE_AND_AIR)
def test_that_bone_is_brighter_than_air(name):
    grey = read_grey(_film(name))

    def patch(where: Sequence[float]) -> float:
        row, column = int(where[0] * grey.shape[0]), int(where[1] * grey.shape[1])
        return float(np.median(grey[row - 15 : row + 15, column - 15 : column + 15]))

    bone, air = BONE_AND_AIR[name]
    assert patch(bone) > patch(air) + 40


@pytest.mark.parametrize(
    ("one", "other", "most"),
    [
        ("RG3_UNC", "RG3_J2KR", 0),
        ("RG3_UNC", "RG3_JPLL", 0),
        ("RG2_UNC", "RG2_RLE", 0),
        ("RG2_UNC", "RG2_JLSL", 0),
        ("RG2_JPLY", "RG2_JPLY_fixed", 0),
        # JPEG-LS near-lossless keeps within NEAR (ISO 14495-1 C.2.3), 4 in this stream's header.
        ("RG3_UNC", "RG3_JLSN", 4),
    ],
)
def test_that_lossless_compressions_of_one_picture_agree(one, other, most):
    first, second = read_film(_film(one)), read_film(_film(other))
    assert np.abs(first.pixels - second.pixels).max() <= most
    assert first.inverted == second.inverted
    assert first.window == second.window


@pytest.mark.parametrize(
    ("original", "lossy"),
    [
        ("RG1_UNCI", "RG1_J2KI"),
        ("RG2_UNC", "RG2_J2KI"),
        ("RG3_UNC", "RG3_J2KI"),
        ("RG2_UNC", "RG2_JPLY"),
    ],
)
def test_that_lossy_compressions_stay_close_to_the_original(original, lossy):
    first, second = read_film(_film(original)), read_film(_film(lossy))
    assert np.corrcoef(first.pixels.ravel(), second.pixels.ravel())[0, 1] > 0.999
    span = float(np.ptp(first.pixels))
    assert float(np.abs(first.pixels - second.pixels).mean()) < 0.01 * span


REFUSED = {
    "966": "JPEG 2000 .* is damaged",
    "JPEG2000-embedded-sequence-delimiter": "JPEG 2000 .* is damaged",
    "MR_truncated": "cut short",
    "badVR": "header is damaged",
    "meta_missing_tsyntax": "holds no picture",
    "no_meta": "whose beginning is damaged",
    "rtplan_truncated": r"RT Plan Storage\) that holds no picture",
    "test-SR": r"Comprehensive SR Storage\) that holds no picture",
    "waveform_ecg": r"ECG Waveform Storage\) that holds no picture",
}
OPENED = {
    "ExplVR_BigEnd": "colour turned to grey",
    "SC_rgb_rle_2frame": "the first of 2 frames; training and work list go by this one",
    "examples_ybr_color": "the first of 30 frames; training and work list go by this one",
    "J2K_pixelrep_mismatch": None,
    "examples_overlay": None,
}


def test_that_every_odd_file_has_its_verdict():
    assert {path.stem for path in ODD.glob("*.dcm")} == set(REFUSED) | set(OPENED)


@pytest.mark.parametrize("name", REFUSED)
def test_that_odd_files_are_refused_with_a_reason(name):
    with pytest.raises(FilmError, match=REFUSED[name]):
        read_film(ODD / f"{name}.dcm")


@pytest.mark.parametrize("name", OPENED)
def test_that_odd_pictures_open(name):
    film = read_film(ODD / f"{name}.dcm")
    assert film.grey().std() > 5
    assert OPENED[name] is None or OPENED[name] in film.notes


def test_that_a_signed_picture_with_a_contradictory_stream_keeps_its_values():
    # Computed tomography: air is -1,000 and the padding outside -2,000.
    film = read_film(ODD / "J2K_pixelrep_mismatch.dcm")
    assert film.pixels.min() == -2000
    assert np.isin(film.pixels, -1000.0).sum() > 100 or (film.pixels < -900).mean() > 0.2
    assert [window.width for window in film.windows] == [100, 100, 200]


def test_that_films_of_all_kinds_are_read_side_by_side():
    # One of each way to decode, without the slowest.
    names = ("RG1_UNCI", "RG2_RLE", "RG2_JPLY", "RG3_JPLL", "RG3_J2KI")
    paths = [*map(_film, names), *(ODD / f"{name}.dcm" for name in OPENED)]
    expected = {path: int(read_grey(path).sum()) for path in set(paths)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with ThreadPoolExecutor(4) as pool:
            sums = [int(grey.sum()) for grey in pool.map(read_grey, paths)]
    assert sums == [expected[path] for path in paths]


def test_that_the_fast_path_agrees_on_real_pictures():
    pictures = sorted((DATA / "vuppala").rglob("*.jpg"))[::60]
    pictures += sorted((DATA / "boxed" / "images").glob("*"))[::200]
    assert len(pictures) > 50
    for path in pictures:
        assert np.array_equal(read_grey(path), read_film(path).grey()), path.name
