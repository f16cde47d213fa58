"""The model's score and the reader's verdict as a DICOM structured report (TID 1500). highdicom."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

import numpy as np
from highdicom.coding_schemes import CodingSchemeIdentificationItem
from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    ImageRegion,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    TextContentItem,
    TrackingIdentifier,
)
from highdicom.uid import UID
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from training import __version__
from training.sharing.dicom_capture import MANUFACTURER, SERIES_NUMBER, equipment
from training.sharing.facts import RESEARCH_USE, ModelSaid, ReaderSaid, limits_words

_SCHEME = "99XRAYDESKTOP"
_FRACTURE = CodedConcept("125605004", "SCT", "Fracture of bone")
_PROCEDURE = CodedConcept("168537006", "SCT", "Plain radiography")
_OPINIONS = {
    "fracture": CodedConcept("52101004", "SCT", "Present"),
    "no fracture": CodedConcept("2667000", "SCT", "Absent"),
    "unsure": CodedConcept("82334004", "SCT", "Indeterminate"),
}
_NO_UNITS = CodedConcept("1", "UCUM", "no units")
_GROUP = MeasurementsAndQualitativeEvaluations | PlanarROIMeasurementsAndQualitativeEvaluations


def report_of(source: Dataset, model: ModelSaid, reader: ReaderSaid | None) -> ComprehensiveSR:
    """Make it.

    Args:
        source: The film's header, as far as it is taken over.
        model: The model's answer.
        reader: The verdict, or None.

    Raises:
        ValueError: A value of the film breaks the rules of DICOM.
    """
    groups: list[_GROUP] = [_of_model(source, model)]
    if reader is not None:
        groups.append(_of_reader(source, reader))
    content = MeasurementReport(
        observation_context=_observers(reader),
        procedure_reported=_PROCEDURE,
        imaging_measurements=groups,
    )
    _remark(content[0], RESEARCH_USE)
    if model.card.synthetic:
        _remark(content[0], "The model was trained on drawn films only.")
    return ComprehensiveSR(
        evidence=[source],
        content=content[0],
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER + 1,
        sop_instance_uid=UID(),
        instance_number=1,
        is_complete=True,
        is_final=False,
        is_verified=False,
        coding_schemes=[_scheme()],
        **equipment(),
    )


def _scheme() -> CodingSchemeIdentificationItem:
    return CodingSchemeIdentificationItem(
        designator=_SCHEME,
        name="X-ray Desktop, codes of its own",
        responsible_organization=MANUFACTURER,
    )


def _observers(reader: ReaderSaid | None) -> ObservationContext:
    device = ObserverContext(
        codes.DCM.Device,
        DeviceObserverIdentifyingAttributes(
            # The program itself is no single device; this tells versions apart.
            UID.from_uuid(str(uuid5(NAMESPACE_OID, f"{MANUFACTURER} {__version__}"))),
            name=f"{MANUFACTURER} {__version__}",
            manufacturer_name=MANUFACTURER,
            model_name=MANUFACTURER,
        ),
    )
    person = None
    if reader is not None:
        name = PersonObserverIdentifyingAttributes(name=_person(reader.reader))
        person = ObserverContext(codes.DCM.Person, name)
    return ObservationContext(observer_person_context=person, observer_device_context=device)


def _of_model(source: Dataset, model: ModelSaid) -> _GROUP:
    """The score with its algorithm (TID 4019), and what it comes to."""
    card = model.card
    parameters = [
        f"threshold {model.threshold:.6g}",
        limits_words(model),
        f"score of the class {card.classes[1]}, the other is {card.classes[0]}",
        "calibrated" if card.is_calibrated else "not calibrated",
    ]
    algorithm = AlgorithmIdentification(
        name=model.model,
        version=card.program_version or "unknown",
        parameters=parameters,
        manufacturer=MANUFACTURER,
    )
    score = Measurement(
        name=CodedConcept("score", _SCHEME, "Model's score for the positive class"),
        value=round(model.score, 6),
        unit=_NO_UNITS,
    )
    answer = CodedConcept("model-answer", _SCHEME, "Model's answer: fracture")
    return MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(UID(), "Model's answer"),
        finding_type=_FRACTURE,
        algorithm_id=algorithm,
        measurements=[score],
        qualitative_evaluations=[QualitativeEvaluation(answer, _OPINIONS[model.opinion])],
        source_images=[_image(source)],
    )


def _of_reader(source: Dataset, reader: ReaderSaid) -> _GROUP:
    """The verdict, with its mark where there is one."""
    verdict = CodedConcept("reader-verdict", _SCHEME, "Reader's verdict: fracture")
    tracking = TrackingIdentifier(UID(), "Reader's verdict")
    evaluations = [QualitativeEvaluation(verdict, _OPINIONS[reader.opinion])]
    group: _GROUP
    if reader.mark is None:
        group = MeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            finding_type=_FRACTURE,
            qualitative_evaluations=evaluations,
            source_images=[_image(source)],
        )
    else:
        group = PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            referenced_region=_region(source, reader.mark),
            finding_type=_FRACTURE,
            qualitative_evaluations=evaluations,
        )
    seen = "with the model's answer in sight" if reader.model_seen else "blind to the model"
    when = "" if reader.given_at is None else f" {reader.given_at.isoformat(timespec='seconds')}"
    _remark(group[0], f"Given{when}, {seen}.")
    if reader.note:
        _remark(group[0], reader.note)
    return group


def _region(source: Dataset, mark: tuple[float, float, float, float]) -> ImageRegion:
    """A mark as SCOORD: columns and rows from the corner of the first pixel, as in the viewer."""
    x, y, width, height = mark
    right, bottom = min(x + width, float(source.Columns)), min(y + height, float(source.Rows))
    x, y = max(0.0, x), max(0.0, y)
    image = SourceImageForRegion(source.SOPClassUID, source.SOPInstanceUID)
    if not width and not height:
        return ImageRegion("POINT", np.array([(x, y)]), image)
    corners = np.array([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)])
    return ImageRegion("POLYLINE", corners, image)


def _image(source: Dataset) -> SourceImageForMeasurementGroup:
    return SourceImageForMeasurementGroup(source.SOPClassUID, source.SOPInstanceUID)


def _remark(container: Dataset, words: str) -> None:
    """A comment in words at the end of a container; templates of this kind may be added to."""
    item = TextContentItem(name=codes.DCM.Comment, value=words, relationship_type="CONTAINS")
    container.ContentSequence.append(item)


def _person(name: str) -> str:
    """A name as DICOM writes persons: family name first, of what a reader calls themselves."""
    *given, family = name.replace("^", " ").replace("=", " ").replace("\\", " ").split() or [
        "Reader"
    ]
    return f"{family}^{' '.join(given)}"
