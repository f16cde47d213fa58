"""Millimetres, the shape of pixels, and padding of DICOM films, by the standard's words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.builders.films import bone_picture, dicom_dataset, write_dicom
from training.films.levels import percentile_window
from training.films.reader import read_film, read_grey

BONE = bone_picture().astype(np.uint16) * 16


@pytest.mark.parametrize(("factor", "expected"), [(1.25, (0.16, 0.08)), (2, (0.1, 0.05))])
def test_that_millimetres_at_the_detector_are_divided_by_the_files_magnification(
    tmp_path, factor, expected
):
    # PS3.3 C.8.11.5: the factor is the distance of the detector over that of the patient.
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            BONE,
            ImagerPixelSpacing=[0.2, 0.1],
            EstimatedRadiographicMagnificationFactor=factor,
        )
    )
    assert film.spacing is not None
    assert (film.spacing.row_mm, film.spacing.column_mm) == pytest.approx(expected)
    assert film.spacing.source == "estimated"
    assert "0.1 mm at the detector" in film.spacing.detail


@pytest.mark.parametrize("factor", [1, 0, -2, 0.9, 40, None])
def test_that_an_impossible_magnification_says_nothing(tmp_path, factor):
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            BONE,
            ImagerPixelSpacing=[0.2, 0.1],
            PixelSpacing=[0.2, 0.1],
            EstimatedRadiographicMagnificationFactor=factor,
        )
    )
    assert film.spacing is not None
    assert (film.spacing.row_mm, film.spacing.source) == (0.2, "at detector")


def test_that_a_corrected_spacing_is_not_divided_once_more(tmp_path):
    # 10.7.1: Pixel Spacing that differs from Imager Pixel Spacing is corrected already.
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm",
            BONE,
            ImagerPixelSpacing=[0.2, 0.2],
            PixelSpacing=[0.16, 0.16],
            PixelSpacingCalibrationType="GEOMETRY",
            EstimatedRadiographicMagnificationFactor=1.25,
        )
    )
    assert film.spacing is not None
    assert (film.spacing.row_mm, film.spacing.source) == (0.16, "calibrated")
    assert film.spacing.detail == "corrected for an assumed or known magnification"


@pytest.mark.parametrize("pair", [[1e-9, 1.0], [0.1, 100.0], [-0.1, 0.1], ["x", 1]])
def test_that_an_impossible_spacing_is_none(tmp_path, pair):
    path = write_dicom(tmp_path / "film.dcm", BONE, ImagerPixelSpacing=[0.5, 0.25])
    text = "\\".join(str(value) for value in pair)
    path.write_bytes(path.read_bytes().replace(b"0.5\\0.25", f"{text:8.8}".encode()))
    assert read_film(path).spacing is None


def test_that_only_the_shape_of_a_pixel_gives_no_millimetres(tmp_path):
    # C.7.6.3.1.7: its height, then its width.
    film = read_film(write_dicom(tmp_path / "film.dcm", BONE, PixelAspectRatio=[3, 2]))
    assert film.spacing is None
    assert film.pixel_aspect == 1.5
    assert film.scale is not None
    assert (film.scale.row_mm, film.scale.column_mm, film.scale.in_mm) == (1.5, 1.0, False)


@pytest.mark.parametrize("pair", [[1, 1], [0, 1], [1], [1000, 1], None])
def test_that_pixels_are_square_where_no_other_shape_is_told(tmp_path, pair):
    film = read_film(write_dicom(tmp_path / "film.dcm", BONE, PixelAspectRatio=pair))
    assert film.pixel_aspect == 1.0
    assert film.scale is None


def test_that_millimetres_count_before_the_shape(tmp_path):
    film = read_film(
        write_dicom(
            tmp_path / "film.dcm", BONE, PixelAspectRatio=[3, 2], ImagerPixelSpacing=[0.1, 0.1]
        )
    )
    assert film.scale == film.spacing


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_that_padding_is_black_in_either_polarity_and_in_no_window(tmp_path, photometric):
    stored = BONE.copy()
    stored[:10] = 4095 if photometric == "MONOCHROME2" else 0
    path = write_dicom(
        tmp_path / "film.dcm",
        stored,
        bits_stored=12,
        photometric=photometric,
        PixelPaddingValue=int(stored[0, 0]),
        WindowCenter=2048,
        WindowWidth=4096,
    )
    film = read_film(path)
    assert film.padding is not None
    assert film.padding[:10].all()
    assert not film.padding[10:].any()
    other = replace(film.window, center=100.0, width=50.0)
    for shown in (film.display(), film.display(other), film.grey(), read_grey(path)):
        assert not shown[:10].any()
    assert film.grey()[10:].any()
    whole = percentile_window(film.pixels)
    assert percentile_window(film.pixels, film.padding).limits != whole.limits


def test_that_negative_padding_written_without_a_sign_is_known(tmp_path):
    stored = (BONE.astype(np.int32) - 1000).astype(np.int16)
    stored[:6] = -2000
    dataset = dicom_dataset(stored, PixelPaddingValue=0)
    dataset.add_new("PixelPaddingValue", "US", 63536)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    film = read_film(tmp_path / "film.dcm")
    assert film.padding is not None
    assert film.padding[:6].all()
    assert not film.padding[6:].any()


def test_that_a_film_of_nothing_but_padding_is_shown(tmp_path):
    film = read_film(
        write_dicom(tmp_path / "film.dcm", np.full((20, 20), 7, np.uint16), PixelPaddingValue=7)
    )
    assert film.padding is None
