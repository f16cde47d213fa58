"""DICOM files of every encoding, their frames, spacing and header."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from tests.builders.films import bone_picture, dicom_dataset, write_dicom
from training.films.film import Window
from training.films.reader import read_film

BONE = bone_picture().astype(np.uint16) * 16


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32])
def test_that_every_native_encoding_gives_the_same_values(tmp_path, syntax, dtype):
    values = (BONE.astype(np.int64) // 16).astype(dtype)
    if np.dtype(dtype).kind == "i":
        values -= 128
    film = read_film(write_dicom(tmp_path / "film.dcm", values, syntax=syntax))
    assert np.array_equal(film.pixels, values)
    assert film.bits == np.dtype(dtype).itemsize * 8


def test_that_rle_gives_the_same_values(tmp_path):
    dataset = dicom_dataset(BONE, bits_stored=12)
    dataset.compress(RLELossless)
    dataset.save_as(tmp_path / "rle.dcm", enforce_file_format=True)
    assert np.array_equal(read_film(tmp_path / "rle.dcm").pixels, BONE)


def test_that_bits_beyond_those_stored_are_ignored(tmp_path):
    # PS3.5 8.1.1: old files keep overlays there.
    film = read_film(write_dicom(tmp_path / "film.dcm", BONE | 0xF000, bits_stored=12))
    assert np.array_equal(film.pixels, BONE)


def test_that_floating_point_pixels_are_read(tmp_path):
    values = np.linspace(-1, 1, 36, dtype=np.float32).reshape(6, 6)
    dataset = dicom_dataset(BONE[:6, :6])
    del dataset.PixelData, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation
    dataset.BitsAllocated = 32
    dataset.FloatPixelData = values.tobytes()
    dataset.save_as(tmp_path / "float.dcm", enforce_file_format=True)
    assert np.array_equal(read_film(tmp_path / "float.dcm").pixels, values)


def test_that_colour_becomes_luma_with_a_note(tmp_path):
    colours = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [90, 90, 90]]], np.uint8)
    film = read_film(write_dicom(tmp_path / "rgb.dcm", colours, photometric="RGB"))
    assert film.grey().tolist() == [[76, 150], [29, 90]]
    assert film.notes == ("colour turned to grey",)


def test_that_the_first_of_several_frames_is_read_with_a_note(tmp_path):
    frames = np.vstack([BONE, BONE[::-1], BONE])
    film = read_film(
        write_dicom(
            tmp_path / "frames.dcm", frames, bits_stored=12, Rows=len(BONE), NumberOfFrames=3
        )
    )
    assert np.array_equal(film.pixels, BONE)
    assert "the first of 3 frames; training and work list go by this one" in film.notes


def test_that_enhanced_objects_are_shown_by_their_functional_groups(tmp_path):
    group, voi, value, measures = Dataset(), Dataset(), Dataset(), Dataset()
    voi.WindowCenter, voi.WindowWidth = 500, 200
    value.RescaleSlope, value.RescaleIntercept = 1, -20
    measures.PixelSpacing = [0.1, 0.2]
    group.FrameVOILUTSequence = [voi]
    group.PixelValueTransformationSequence = [value]
    group.PixelMeasuresSequence = [measures]
    film = read_film(
        write_dicom(
            tmp_path / "enhanced.dcm",
            BONE,
            bits_stored=12,
            SharedFunctionalGroupsSequence=[group],
        )
    )
    assert film.window == Window(500, 200)
    assert np.array_equal(film.pixels, BONE - 20.0)
    assert film.spacing is not None
    assert (film.spacing.row_mm, film.spacing.column_mm) == (0.1, 0.2)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({}, None),
        ({"PixelSpacing": [0, 0]}, None),
        ({"PixelSpacing": [0.2, 0.1]}, (0.2, 0.1, "as stated")),
        ({"ImagerPixelSpacing": [0.2, 0.1]}, (0.2, 0.1, "at detector")),
        (
            {"PixelSpacing": [0.15, 0.15], "ImagerPixelSpacing": [0.2, 0.2]},
            (0.15, 0.15, "calibrated"),
        ),
        (
            {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
            (0.2, 0.2, "at detector"),
        ),
        (
            {"PixelSpacing": [0.2, 0.2], "PixelSpacingCalibrationType": "FIDUCIAL"},
            (0.2, 0.2, "calibrated"),
        ),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, (0.1, 0.1, "of the scanned film")),
    ],
)
def test_that_spacing_is_no_more_than_the_file_knows(tmp_path, elements, expected):
    spacing = read_film(write_dicom(tmp_path / "film.dcm", BONE, **elements)).spacing
    found = None if spacing is None else (spacing.row_mm, spacing.column_mm, spacing.source)
    assert found == expected


def test_that_the_header_is_listed_without_pixels(tmp_path):
    dataset = dicom_dataset(BONE, bits_stored=12, InstitutionAddress="x" * 300)
    item = Dataset()
    item.CodeValue = "T-12402"
    inner = Dataset()
    inner.CodeMeaning = "deeper"
    item.PertinentOtherEvidenceSequence = [inner]
    dataset.AnatomicRegionSequence = [item]
    block = dataset.private_block(0x0011, "NOBODY", create=True)
    block.add_new(1, "LO", "private word")
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    tags = read_film(tmp_path / "film.dcm").tags
    lines = {tag.tag: tag for tag in tags if tag.tag}
    assert lines["(0008,0060)"].name == "Modality"
    assert lines["(0008,0060)"].value == "CR"
    assert len(lines["(0008,0081)"].value) == 120
    assert lines["(0008,2218)"].value == "1 item"
    assert (lines["(0008,0100)"].value, lines["(0008,0100)"].depth) == ("T-12402", 2)
    assert (lines["(0008,0104)"].value, lines["(0008,0104)"].depth) == ("deeper", 4)
    assert [tag.depth for tag in tags if tag.name == "Item 1"] == [1, 3]
    assert (lines["(0011,1001)"].value, lines["(0011,1001)"].is_private) == ("private word", True)
    assert (lines["(0008,0060)"].vr, lines["(0008,0060)"].keyword) == ("CS", "Modality")
    top = [tag.tag for tag in tags if tag.depth == 0]
    assert top == sorted(top)
    assert lines["(7FE0,0010)"].value == f"{BONE.nbytes:,} bytes"
