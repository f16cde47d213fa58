"""DICOM results: read back with pydicom and highdicom, and by validators that others wrote."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from highdicom.sr import srread
from pydicom import dcmread
from pydicom.dataset import Dataset

from tests.builders.films import bone_picture, dicom_dataset, write_png
from tests.sharing.sharing_films import READER, prediction_of, said
from training.errors import UserError
from training.films.reader import read_film
from training.sharing.dicom_results import DicomResults, dicom_results, write_results
from training.sharing.facts import RESEARCH_USE


def film_file(path: Path, **elements: Any) -> Path:
    known: dict[str, Any] = {
        "PatientName": "Müller^Änne",
        "PatientID": "4711",
        "PatientBirthDate": "19580317",
        "PatientSex": "F",
        "StudyInstanceUID": "1.2.276.0.99.2",
        "SeriesInstanceUID": "1.2.276.0.99.3",
        "StudyDate": "20240229",
        "StudyTime": "101112",
        "StudyID": "S1",
        "AccessionNumber": "A1",
        "SpecificCharacterSet": "ISO_IR 100",
        "PatientOrientation": ["L", "F"],
    }
    dataset = dicom_dataset(bone_picture(400, 300), **(known | elements))
    dataset.save_as(path, enforce_file_format=True)
    return path


def results(path: Path, **changes: Any) -> DicomResults:
    reader = changes.pop("reader", READER)
    return dicom_results(read_film(path), prediction_of(**changes), said(**changes), reader)


def items(container: Dataset) -> list[tuple[str, str, Any]]:
    """(value type, name, value) of a report's items, depth first."""
    found = []
    for item in container.get("ContentSequence", ()):
        name = (
            item.ConceptNameCodeSequence[0].CodeMeaning if "ConceptNameCodeSequence" in item else ""
        )
        value: Any = None
        if item.ValueType == "TEXT":
            value = item.TextValue
        elif item.ValueType == "NUM":
            value = float(item.MeasuredValueSequence[0].NumericValue)
        elif item.ValueType == "CODE":
            value = item.ConceptCodeSequence[0].CodeMeaning
        elif item.ValueType == "PNAME":
            value = str(item.PersonName)
        elif item.ValueType == "SCOORD":
            value = list(item.GraphicData)
        found += [(item.ValueType, name, value), *items(item)]
    return found


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return film_file(tmp_path / "film.dcm")


@pytest.mark.parametrize("which", ["picture", "report"])
def test_that_both_stay_with_the_patient_and_refer_to_the_film(film: Path, which: str) -> None:
    before = film.read_bytes()
    source = dcmread(film)
    found = dcmread(BytesIO(getattr(results(film), which)))
    for keyword in ("PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"):
        assert found[keyword].value == source[keyword].value, keyword
    assert str(found.PatientName) == "Müller^Änne"
    assert found.SeriesInstanceUID != source.SeriesInstanceUID
    assert found.SOPInstanceUID != source.SOPInstanceUID
    assert source.SOPInstanceUID.encode() in getattr(results(film), which)
    assert "not for diagnosis" in found.SeriesDescription
    assert film.read_bytes() == before


def test_that_the_capture_shows_the_film_with_the_map_and_says_so(film: Path) -> None:
    found = dcmread(BytesIO(results(film).picture))
    pixels, grey = found.pixel_array, read_film(film).grey()
    height, width = grey.shape
    scale = 480 / 300
    assert pixels.shape[1] == 480
    # The map's hot cell is coloured, the far corner is the film as it is.
    row, column = round(3 / 8 * height * scale), round((5.5 / 8 * 400 - 50) * scale)
    assert np.ptp(pixels[row, column].astype(int)) > 40
    assert np.ptp(pixels[-200 - 1, 10].astype(int)) == 0
    assert found.BurnedInAnnotation == "YES"
    assert found.ImageComments == RESEARCH_USE
    assert found.SourceImageSequence[0].ReferencedSOPInstanceUID == dcmread(film).SOPInstanceUID
    assert list(found.PatientOrientation) == ["L", "F"]
    # Below the film: light words on black.
    assert pixels[round(height * scale) + 5 :].max() > 200
    assert width == 300


def test_that_the_report_tells_score_algorithm_and_verdict(film: Path) -> None:
    reader = replace(READER, mark=(20.0, 30.0, 100.0, 50.0))
    report = dcmread(BytesIO(results(film, reader=reader).report))
    told = items(report)
    assert ("NUM", "Model's score for the positive class", 0.83) in told
    assert ("TEXT", "Algorithm Name", "2026-11-23_14-02-31_compact, best") in told
    assert ("TEXT", "Algorithm Version", "0.1.0") in told
    assert ("TEXT", "Algorithm Parameters", "unsure from 0.30 to 0.64") in told
    assert ("CODE", "Model's answer: fracture", "Present") in told
    assert ("CODE", "Reader's verdict: fracture", "Present") in told
    assert ("PNAME", "Person Observer Name", "Test^Dr Ada") in told
    assert ("TEXT", "Comment", "Fissure of the radius") in told
    assert ("TEXT", "Comment", RESEARCH_USE) in told
    box = [20.0, 30.0, 120.0, 30.0, 120.0, 80.0, 20.0, 80.0, 20.0, 30.0]
    assert ("SCOORD", "Image Region", box) in told
    assert (report.VerificationFlag, report.PreliminaryFlag) == ("UNVERIFIED", "PRELIMINARY")
    groups = srread(BytesIO(results(film).report)).content.get_image_measurement_groups()
    assert len(groups) == 2


@pytest.mark.parametrize(
    ("score", "answer"), [(0.1, "Absent"), (0.5, "Indeterminate"), (0.9, "Present")]
)
def test_that_the_answer_follows_the_bands(film: Path, score: float, answer: str) -> None:
    told = items(dcmread(BytesIO(results(film, score=score, reader=None).report)))
    assert ("CODE", "Model's answer: fracture", answer) in told
    assert not any("Reader" in name for _, name, _ in told)


def test_that_a_class_without_fracture_as_the_positive_one_is_not_mistaken(film: Path) -> None:
    told = items(dcmread(BytesIO(results(film, score=0.9, classes=("fractured", "normal")).report)))
    assert ("CODE", "Model's answer: fracture", "Absent") in told


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SOPInstanceUID", "SeriesInstanceUID"])
def test_that_a_film_that_nothing_can_refer_to_is_refused(tmp_path: Path, keyword: str) -> None:
    film = film_file(tmp_path / "film.dcm")
    dataset = dcmread(film)
    del dataset[keyword]
    dataset.save_as(film)
    with pytest.raises(UserError, match="the film has no"):
        results(film)


def test_that_pictures_and_films_that_vanished_are_refused(film: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no DICOM film"):
        results(write_png(tmp_path / "film.png", bone_picture()))
    read = read_film(film)
    film.unlink()
    with pytest.raises(UserError, match="does not exist any more"):
        dicom_results(read, prediction_of(), said(), None)


def test_that_a_name_that_libraries_dislike_is_neither_logged_nor_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    film = film_file(tmp_path / "film.dcm", PatientName="Onlyonename")
    assert dcmread(BytesIO(results(film).report)).PatientName == "Onlyonename"
    assert "Onlyonename" not in caplog.text


def test_that_both_are_written_or_none_and_nothing_is_overwritten(
    film: Path, tmp_path: Path
) -> None:
    made = results(film)
    target = tmp_path / "result.dcm"
    report = write_results(made, target)
    assert (target.read_bytes(), report.read_bytes()) == (made.picture, made.report)
    with pytest.raises(UserError, match="is there already"):
        write_results(made, target)
    target.unlink()
    with pytest.raises(UserError, match="is there already"):
        write_results(made, target)
    assert not target.exists()
    assert report.read_bytes() == made.report
    with pytest.raises(UserError, match="cannot be written"):
        write_results(made, tmp_path / "gone" / "result.dcm")


def faults(program: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, errors="replace", check=False
    )
    return [
        line
        for line in (done.stdout + done.stderr).splitlines()
        if line.startswith(("Error", "E:", "F:"))
    ]


@pytest.mark.parametrize("marked", [False, True])
def test_that_validators_of_others_find_no_error(film: Path, tmp_path: Path, marked: bool) -> None:
    if shutil.which("dciodvfy") is None or shutil.which("dsrdump") is None:
        pytest.skip("dciodvfy (dicom3tools) or dsrdump (dcmtk) is not on this machine")
    reader = replace(READER, mark=(20.0, 30.0, 0.0, 0.0)) if marked else READER
    target = tmp_path / "result.dcm"
    report = write_results(results(film, reader=reader), target)
    for file in (target, report):
        assert faults("dciodvfy", "-new", str(file)) == []
    assert faults("dsrdump", str(report)) == []


def test_that_real_films_get_results(shared_data: Path) -> None:
    films = sorted((shared_data / "dicom" / "films").glob("RG*_UN*.dcm"))
    assert films
    for film in films:
        assert dcmread(BytesIO(results(film).report)).Modality == "SR"
