"""What a DICOM header states of patient, sides and technique, by hand from the standard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import config
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.builders.films import bone_picture, dicom_dataset
from training.films.reader import read_film
from training.films.stated import Sides, Stated, sides_of

BONE = bone_picture(40, 30).astype(np.uint16) * 16
SECRET = "Zweistein"


def stated(folder: Path, **elements: Any) -> Stated:
    """What a film with these elements says, after it went through a file."""
    dataset = dicom_dataset(BONE, PatientName=elements.pop("PatientName", None))
    for keyword, value in elements.items():
        # As files bear it, by the rules of the standard or not.
        vr = dictionary_VR(keyword)
        dataset.add(DataElement(keyword, vr, value, validation_mode=config.IGNORE))
    dataset.save_as(folder / "film.dcm", enforce_file_format=True)
    found = read_film(folder / "film.dcm").stated
    assert found is not None
    return found


# PS3.3 C.7.6.1.1.1: the first value is the direction of the rows (to the right), the second that
# of the columns (down); left and top are their opposites: right, top, left, bottom.
@pytest.mark.parametrize(
    ("stored", "left", "top", "right", "bottom"),
    [
        (["L", "F"], "R", "H", "L", "F"),
        (["R", "F"], "L", "H", "R", "F"),
        (["A", "F"], "P", "H", "A", "F"),
        (["P", "H"], "A", "F", "P", "H"),
        (["H", "L"], "F", "R", "H", "L"),
        (["l", "f"], "R", "H", "L", "F"),
        (["AL", "F"], "PR", "H", "AL", "F"),
        (["LF", "FR"], "RH", "HL", "LF", "FR"),
        (["L", "PF"], "R", "AH", "L", "PF"),
        (["LAF", "FPL"], "RPH", "HAR", "LAF", "FPL"),
    ],
)
def test_that_sides_are_the_standards(
    tmp_path: Path, stored: list[str], left: str, top: str, right: str, bottom: str
) -> None:
    sides = stated(tmp_path, PatientOrientation=[one.upper() for one in stored]).sides
    assert sides is not None
    assert (sides.left, sides.top, sides.right, sides.bottom) == (left, top, right, bottom)


@pytest.mark.parametrize(
    ("right", "bottom"),
    [
        *[
            ("L", "R"),
            ("L", "L"),
            ("LR", "F"),
            ("LL", "F"),
            ("L", "HF"),
            ("LF", "LH"),
            ("LF", "FL"),
        ],
        *[("LF", "HR"), ("X", "F"), ("L", ""), ("", "F"), ("", ""), ("LEFT", "F"), ("L F", "P")],
    ],
)
def test_that_directions_that_contradict_each_other_are_none(right: str, bottom: str) -> None:
    assert sides_of(right, bottom) is None


@pytest.mark.parametrize("value", [None, "", "L", ["L", "F", "A"], ["L", ""]])
def test_that_nothing_is_made_of_half_an_orientation(tmp_path: Path, value: object) -> None:
    assert stated(tmp_path, PatientOrientation=value).sides is None


def test_that_an_animals_letters_are_left_out(tmp_path: Path) -> None:
    turned = {"PatientOrientation": ["R", "L"], "AnatomicalOrientationType": "QUADRUPED"}
    assert stated(tmp_path, **turned).sides is None


@pytest.mark.parametrize(
    ("elements", "word"),
    [
        ({"ImageLaterality": "R"}, "Right"),
        ({"Laterality": "L"}, "Left"),
        ({"ImageLaterality": "B"}, "Both"),
        ({"ImageLaterality": "U", "Laterality": "L"}, ""),
        ({"ImageLaterality": "L", "Laterality": "R"}, "Left"),
        ({"ImageLaterality": "", "Laterality": "R"}, "Right"),
        ({}, ""),
    ],
)
def test_that_laterality_is_the_pictures_before_the_series(
    tmp_path: Path, elements: dict[str, str], word: str
) -> None:
    assert stated(tmp_path, **elements).laterality == word


def test_that_a_frame_has_sides_and_laterality_of_its_own(tmp_path: Path) -> None:
    per_frame = []
    for side, directions in (("R", ["L", "F"]), ("L", ["P", "F"])):
        anatomy, oriented, frame = Dataset(), Dataset(), Dataset()
        anatomy.FrameLaterality = side
        oriented.PatientOrientation = directions
        frame.FrameAnatomySequence = Sequence([anatomy])
        frame.PatientOrientationInFrameSequence = Sequence([oriented])
        per_frame.append(frame)
    dataset = dicom_dataset(BONE, NumberOfFrames=2)
    dataset.PixelData = dataset.PixelData * 2
    dataset.PerFrameFunctionalGroupsSequence = Sequence(per_frame)
    dataset.save_as(tmp_path / "film.dcm", enforce_file_format=True)
    found = [read_film(tmp_path / "film.dcm", frame).stated for frame in (0, 1)]
    assert [one.laterality for one in found if one] == ["Right", "Left"]
    assert [one.sides for one in found if one] == [Sides("L", "F"), Sides("P", "F")]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("Family^Given", "Family, Given"),
        ("Family^Given^Middle^Dr^jr", "Family, Given Middle"),
        ("Family", "Family"),
        ("^Given", "Given"),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou"),
        ("=山田^太郎", "山田, 太郎"),
        ("", ""),
        ("^^", ""),
        ("A" * 40 + "^" + "B" * 23, "A" * 40 + ", " + "B" * 22),
    ],
)
def test_that_a_name_is_family_and_given(tmp_path: Path, stored: str, shown: str) -> None:
    found = stated(tmp_path, PatientName=stored, SpecificCharacterSet="ISO_IR 192")
    assert found.patient_name == shown


@pytest.mark.parametrize(
    ("keyword", "stored", "fact", "shown"),
    [
        ("PatientID", " 12 34 ", "patient_id", "12 34"),
        ("PatientSex", "F", "sex", "female"),
        ("PatientSex", "?", "sex", ""),
        ("PatientAge", "045Y", "age", "45 years"),
        ("PatientAge", "001M", "age", "1 month"),
        ("PatientBirthDate", "20261125", "birth_date", "2026-11-25"),
        ("PatientBirthDate", "1993.02.24", "birth_date", "1993-02-24"),
        ("PatientBirthDate", "20261345", "birth_date", ""),
        ("BodyPartExamined", "HAND", "body_part", "hand"),
        ("ViewPosition", "PA", "view", "PA"),
        ("KVP", "60", "voltage_kv", 60.0),
        ("KVP", "0", "voltage_kv", None),
        ("Exposure", "5", "exposure_mas", 5.0),
        ("ExposureInuAs", "2500", "exposure_mas", 2.5),
        ("ExposureInmAs", 1.25, "exposure_mas", 1.25),
        ("XRayTubeCurrent", "200", "current_ma", 200.0),
        ("ExposureTime", "8", "time_ms", 8.0),
        ("DistanceSourceToDetector", "1150", "distance_mm", 1150.0),
    ],
)
def test_that_each_fact_is_in_words_or_left_out(
    tmp_path: Path, keyword: str, stored: object, fact: str, shown: object
) -> None:
    assert getattr(stated(tmp_path, **{keyword: stored}), fact) == shown
    assert getattr(stated(tmp_path), fact) in ("", None)


@pytest.mark.parametrize(
    ("elements", "moment"),
    [
        ({"StudyDate": "20261125", "StudyTime": "142530.5"}, ("2026-11-25", "14:25")),
        ({"StudyDate": "20261125"}, ("2026-11-25", "")),
        (
            {"StudyTime": "101010", "AcquisitionDate": "20261124", "AcquisitionTime": "0930"},
            ("2026-11-24", "09:30"),
        ),
        ({"StudyTime": "101010"}, ("", "")),
    ],
)
def test_that_date_and_time_are_of_the_same(
    tmp_path: Path, elements: dict[str, str], moment: tuple[str, str]
) -> None:
    found = stated(tmp_path, **elements)
    assert (found.study_date, found.study_time) == moment


def test_that_the_view_may_be_coded(tmp_path: Path) -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = "399348003", "SCT"
    code.CodeMeaning = "antero-posterior"
    found = stated(tmp_path, ViewCodeSequence=Sequence([code]))
    assert (found.view, found.view_meaning) == ("", "antero-posterior")


def test_that_its_repr_tells_nothing_of_the_patient(tmp_path: Path) -> None:
    found = stated(tmp_path, PatientName=SECRET, PatientID=SECRET, StudyDate="20261125")
    assert found.patient_name == SECRET
    assert SECRET not in repr(found)
    assert "2026" not in repr(found)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("RG3_J2KR.dcm", ("CompressedSamples, RG3", "Right", Sides("R", "F"), None)),
        ("RG1_UNCI.dcm", ("CompressedSamples, RG1", "", Sides("L", "F"), 150.0)),
        ("RG2_RLE.dcm", ("CompressedSamples, RG2", "", None, None)),
    ],
)
def test_that_real_films_say_what_their_headers_say(
    shared_data: Path, name: str, wanted: tuple[object, ...]
) -> None:
    found = read_film(shared_data / "dicom/films" / name).stated
    assert found is not None
    assert (found.patient_name, found.laterality, found.sides, found.voltage_kv) == wanted
