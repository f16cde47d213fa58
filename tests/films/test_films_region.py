"""Which part of the body a film shows: by its DICOM header, then by its names; never guessed."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from tests.builders.films import bone_picture, write_dicom, write_png
from training.films.region import Shown, region_in_name, shown_by

ROOT = PurePath("/data/hand-study")


@pytest.mark.parametrize(
    ("name", "region"),
    [
        # As MURA names its folders.
        ("train/XR_WRIST/patient00011/study1_positive/image1.png", "wrist"),
        ("train/fractured/hand 12.png", "hand"),
        ("distal-humerus-fracture-1_jpg.rf.831c.jpg", "upper arm"),
        ("Upper Arm/7.png", "upper arm"),
        ("fractured/12-rotated1.jpg", ""),
        # A file's own name comes before its folder's.
        ("XR_FOREARM/elbow_3.png", "elbow"),
        # A name that tells two regions tells none, and nothing above it is asked.
        ("XR_WRIST/hand-and-wrist.png", ""),
        ("handout/farm/chested.png", ""),
    ],
)
def test_that_names_tell_a_region_only_by_whole_words(name: str, region: str) -> None:
    assert region_in_name(ROOT / name, ROOT) == region


def test_that_a_header_comes_before_names(tmp_path: Path) -> None:
    folder = tmp_path / "wrist"
    folder.mkdir()
    pixels = bone_picture(40, 40)
    recorded = write_dicom(
        folder / "a.dcm", pixels, BodyPartExamined="HAND", ViewPosition="PA", PatientID="4711"
    )
    silent = write_dicom(folder / "b.dcm", pixels)
    rare = write_dicom(folder / "c.dcm", pixels, BodyPartExamined="MANDIBLE")
    picture = write_png(folder / "d.png", pixels)
    broken = folder / "e.dcm"
    broken.write_bytes(recorded.read_bytes()[:140])
    assert shown_by(recorded, tmp_path) == Shown("hand", "PA")
    assert shown_by(silent, tmp_path).region == "wrist"
    assert shown_by(rare, tmp_path).region == "mandible"
    for path in (picture, broken, folder / "gone.png"):
        assert shown_by(path, tmp_path) == Shown("wrist", "")
    assert shown_by(picture, folder) == Shown()
