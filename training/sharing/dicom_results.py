"""The model's answer to a DICOM film as DICOM: a secondary capture and a structured report.

Both belong to the film's patient and study, in series of their own, and refer to the film; the
film itself is only read. By highdicom: SC Image IOD (PS3.3 A.8.1), Comprehensive SR IOD
(A.35.3) with the measurement report of TID 1500 (PS3.16).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import highdicom.valuerep
from pydicom import dcmwrite
from pydicom.config import RAISE
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.valuerep import validate_value

from training.errors import UserError
from training.films.film import Film
from training.films.quiet import collected_warnings, hush
from training.models.prediction import Prediction
from training.sharing.dicom_capture import capture_of
from training.sharing.dicom_report import report_of
from training.sharing.facts import ModelSaid, ReaderSaid
from training.sharing.source import read_dicom_source
from training.sharing.writing import write_new

# Both quote the patient's name.
hush(highdicom.valuerep, loggers=("highdicom.base", "highdicom.sr.sop"))

_NEEDED = {
    "SOPClassUID": "SOP class",
    "SOPInstanceUID": "SOP instance UID",
    "StudyInstanceUID": "study UID",
    "SeriesInstanceUID": "series UID",
}
# Of the patient and the study: taken over as they are, empty where the film has none.
_TAKEN = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)
# Without these a result would be nobody's, or another's.
_PATIENT = ("PatientName", "PatientID", *_NEEDED)


@dataclass(frozen=True)
class DicomResults:
    """Both files, not yet written.

    Args:
        picture: The secondary capture: the film with the heat map and the answer below it.
        report: The structured report.
    """

    picture: bytes = field(repr=False)
    report: bytes = field(repr=False)


def dicom_results(
    film: Film, prediction: Prediction, model: ModelSaid, reader: ReaderSaid | None
) -> DicomResults:
    """Make both.

    Args:
        film: As read from its file, which is read once more for its header.
        prediction: With its heat map, or without one.
        model: The same in words.
        reader: The verdict, or None.

    Raises:
        FilmError: The film is gone, or is no DICOM film.
        UserError: It lacks what the standard wants of a result, its header breaks the rules, or the
            model tells more than two classes apart.
    """
    if model.scores:
        raise UserError(
            f"No DICOM result of {film.path.name}: its words are those of two classes, fracture or "
            f"none, and this model tells {len(model.scores)} apart.",
            "Save a report or a picture instead.",
        )
    with collected_warnings():
        source = _source(film.path)
        try:
            picture = _bytes(capture_of(source, film, prediction, model, reader))
            report = _bytes(report_of(source, model, reader))
        except (TypeError, ValueError) as error:
            raise UserError(
                f"No DICOM result of {film.path.name}: its header breaks the rules of DICOM.",
                "Save a report or a picture instead.",
            ) from error
    return DicomResults(picture, report)


def write_results(results: DicomResults, target: Path) -> Path:
    """Write both beside each other; neither may be there yet.

    Args:
        results: Both.
        target: The secondary capture's file; the report's bears " report" behind its name.

    Returns:
        The report's file.

    Raises:
        UserError: One of them is there already, or the disk refuses; then neither is written.
    """
    report = target.with_name(f"{target.stem} report{target.suffix}")
    write_new(target, results.picture)
    try:
        write_new(report, results.report)
    except UserError:
        target.unlink(missing_ok=True)
        raise
    return report


def _source(path: Path) -> Dataset:
    """What is taken over of the film: valid values only, empty ones for those that are missing."""
    dataset = read_dicom_source(path)
    missing = [name for keyword, name in _NEEDED.items() if not _value(dataset, keyword)]
    if missing:
        raise UserError(
            f"No DICOM result of {path.name}: the film has no {' and no '.join(missing)}, so "
            "nothing could refer to it.",
            "Save a report or a picture instead.",
        )
    source = Dataset()
    for keyword in (*_NEEDED, *_TAKEN):
        setattr(source, keyword, _valid(dataset, keyword))
    if source.PatientSex not in ("M", "F", "O"):
        source.PatientSex = ""
    for keyword in ("PatientOrientation", "Laterality", "LossyImageCompression", "Modality"):
        if value := _value(dataset, keyword):
            setattr(source, keyword, value)
    source.Rows, source.Columns = dataset.Rows, dataset.Columns
    return source


def _valid(dataset: Dataset, keyword: str) -> Any:
    """A value that may be written again; a malformed one of the patient's own is not left out."""
    value = _value(dataset, keyword)
    if not value:
        return ""
    try:
        validate_value(dictionary_VR(keyword), str(value), RAISE)
    except ValueError:
        return value if keyword in _PATIENT else ""
    return value


def _value(dataset: Dataset, keyword: str) -> Any:
    try:
        return dataset.get(keyword)
    except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
        return None


def _bytes(dataset: Dataset) -> bytes:
    target = BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()
