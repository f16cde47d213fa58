"""What a film file's header says of its storage and of whom it shows, without decoding pixels.

Called by the audit only. The identifiers are a patient's: they are handed over for hashing and
must never be shown, logged or stored as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO

from training.films.quiet import collected_warnings
from training.films.sniff import SNIFF_BYTES, kind_of

_IDENTIFIERS = ("PatientID", "StudyInstanceUID", "SOPInstanceUID")


@dataclass(frozen=True)
class Identity:
    """How a file stores its film, and the identifiers in it.

    Args:
        format: "DICOM", "PNG", "JPEG", ... ; "" where it is none of these.
        mode: How values are stored: Pillow's mode of a picture ("L", "RGB", "I;16"), Photometric
            Interpretation of a DICOM file; "" where the header cannot be read.
        patient: DICOM Patient ID; "" where there is none. Never in ``repr``.
        study: DICOM Study Instance UID, likewise.
        sop: DICOM SOP Instance UID, likewise.
    """

    format: str
    mode: str = ""
    patient: str = field(default="", repr=False)
    study: str = field(default="", repr=False)
    sop: str = field(default="", repr=False)


def identity_of(content: bytes) -> Identity:
    """Read a file's header; a damaged one gives what could be read, never an error.

    Args:
        content: The whole file.

    Returns:
        Its storage and identifiers.
    """
    kind = kind_of(content[:SNIFF_BYTES]) or ""
    try:
        with collected_warnings():
            return _dicom(content) if kind == "DICOM" else _picture(content, kind)
    except Exception:  # noqa: BLE001 - a damaged header makes Pillow and pydicom raise anything
        return Identity(kind)


def _picture(content: bytes, kind: str) -> Identity:
    from PIL import Image

    with Image.open(BytesIO(content), formats=(kind,)) as image:
        return Identity(kind, image.mode)


def _dicom(content: bytes) -> Identity:
    from pydicom import dcmread

    from training.films.dicom_header import words
    from training.films.sniff import is_headless_dicom

    dataset = dcmread(
        BytesIO(content),
        stop_before_pixels=True,
        specific_tags=[*_IDENTIFIERS, "PhotometricInterpretation"],
        # Never for any other bytes: see ``dicom.read_dicom``.
        force=is_headless_dicom(content[:SNIFF_BYTES]),
    )

    def first(keyword: str) -> str:
        return "".join(words((dataset,), keyword)[:1])

    patient, study, sop = (first(keyword) for keyword in _IDENTIFIERS)
    return Identity("DICOM", first("PhotometricInterpretation").upper(), patient, study, sop)
