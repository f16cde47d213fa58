"""The film with heat map and answer as a DICOM secondary capture. highdicom."""

from __future__ import annotations

from typing import Any

import numpy as np
from highdicom.sc import SCImage
from highdicom.uid import UID
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from training import __version__
from training.films.film import Film
from training.models.prediction import Prediction
from training.sharing.facts import LEGEND, RESEARCH_USE, ModelSaid, ReaderSaid, limits_words
from training.sharing.overlay import captioned, overlaid, sized

MANUFACTURER = "X-ray Desktop"
SERIES = "Research use only, not for diagnosis"
# Numbers that scanners do not use; they need not be unique.
SERIES_NUMBER = 990

# Uncompressed: GDCM may abort the whole process when it writes RLE.
_LONGEST_SIDE = 1600


def capture_of(
    source: Dataset,
    film: Film,
    prediction: Prediction,
    model: ModelSaid,
    reader: ReaderSaid | None,
) -> SCImage:
    """Make it.

    Args:
        source: The film's header, as far as it is taken over.
        film: The film itself, drawn as recorded.
        prediction: With its heat map, or without one.
        model: The same in words.
        reader: The verdict, or None.

    Raises:
        ValueError: A value of the film breaks the rules of DICOM.
    """
    grey = sized(film.grey(), _LONGEST_SIDE)
    picture = captioned(overlaid(grey, prediction), caption(prediction, model, reader))
    image = SCImage(
        np.asarray(picture),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        # Replaced below by the film's own; highdicom wants one.
        patient_orientation=("L", "F"),
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        transfer_syntax_uid=ExplicitVRLittleEndian,
        **taken_over(source),
        **equipment(),
    )
    _complete(image, source, model)
    return image


def _complete(image: SCImage, source: Dataset, model: ModelSaid) -> None:
    """What highdicom does not ask for."""
    image.PatientOrientation = source.get("PatientOrientation") or []
    image.Laterality = source.get("Laterality") or ""
    # Made on a workstation, not by a digital interface.
    image.ConversionType = "WSD"
    image.BurnedInAnnotation = "YES"
    if lossy := source.get("LossyImageCompression"):
        image.LossyImageCompression = lossy
    image.ImageComments = RESEARCH_USE
    image.DerivationDescription = f"Film with the answer of the model {model.model}"[:1024]
    reference = Dataset()
    reference.ReferencedSOPClassUID = source.SOPClassUID
    reference.ReferencedSOPInstanceUID = source.SOPInstanceUID
    image.SourceImageSequence = [reference]


def taken_over(source: Dataset) -> dict[str, Any]:
    """The film's patient and study as highdicom's arguments."""
    return {
        "study_instance_uid": source.StudyInstanceUID,
        "patient_id": source.PatientID,
        "patient_name": source.PatientName or None,
        "patient_birth_date": source.PatientBirthDate or None,
        "patient_sex": source.PatientSex or None,
        "accession_number": source.AccessionNumber,
        "study_id": source.StudyID,
        "study_date": source.StudyDate or None,
        "study_time": source.StudyTime or None,
        "referring_physician_name": source.ReferringPhysicianName or None,
    }


def equipment() -> dict[str, Any]:
    """What made the result, and what it is for, as highdicom's arguments."""
    return {
        "manufacturer": MANUFACTURER,
        "manufacturer_model_name": MANUFACTURER,
        "software_versions": __version__,
        "content_qualification": "RESEARCH",
        "series_description": SERIES,
        "specific_character_set": "ISO_IR 192",
    }


def caption(prediction: Prediction, model: ModelSaid, reader: ReaderSaid | None) -> tuple[str, ...]:
    """What stands below the film."""
    positive = model.card.classes[1]
    lines = [
        f'Model: {model.word}. Score for "{positive}" {model.score:.2f}, {limits_words(model)}.'
    ]
    if reader is not None:
        lines.append(f"Verdict of {reader.reader}: {reader.opinion}.")
    heat = prediction.heat_map
    if heat is not None:
        lines.append(
            f'No heat map: nothing spoke for "{positive}".'
            if heat.is_empty
            else f"Colours: {LEGEND}."
        )
    if model.card.synthetic:
        lines.append("Trained on drawn films only: its scores on real films mean nothing.")
    lines.append(f"{MANUFACTURER} {__version__}, model {model.model}")
    lines.append(RESEARCH_USE)
    return tuple(lines)
