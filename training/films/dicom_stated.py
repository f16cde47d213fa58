"""Reads what a DICOM header states of patient, study, position and technique.

Called by ``dicom`` only. Nothing is made up: what is absent, empty, zero or malformed is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pydicom.dataset import Dataset

from training.films.dicom_header import items, number, places, words
from training.films.stated import Sides, Stated, sides_of

_SEXES = {"F": "female", "M": "male", "O": "other"}
# "U" is unpaired: it has no side.
_LATERALITIES = {"R": "Right", "L": "Left", "B": "Both"}
_AGE = re.compile(r"(\d{1,3})([DWMY])")
_AGE_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}
# Also with points, as before DICOM (ACR-NEMA, PS3.5 6.2).
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2}).*")
_LONGEST = 64


def stated_by(dataset: Dataset, frame: int = 0) -> Stated:
    """What a header says in words.

    Args:
        dataset: The whole data set.
        frame: Which frame, from 0: orientation and laterality may be its own.
    """
    where = places(dataset, frame)
    day, time = _moment(where)
    return Stated(
        patient_name=_name(dataset),
        patient_id=_first(where, "PatientID"),
        sex=_SEXES.get(_first(where, "PatientSex").upper(), ""),
        age=_age(_first(where, "PatientAge")),
        birth_date=_iso(_first(where, "PatientBirthDate")),
        study_date=day,
        study_time=time,
        body_part=_first(where, "BodyPartExamined").lower(),
        view=_first(where, "ViewPosition").upper(),
        view_meaning=_view_meaning(where),
        laterality=_laterality(where),
        sides=_sides(where),
        voltage_kv=_positive(where, "KVP"),
        exposure_mas=_exposure(where),
        current_ma=_positive(where, "XRayTubeCurrent"),
        time_ms=_positive(where, "ExposureTime"),
        distance_mm=_positive(where, "DistanceSourceToDetector"),
    )


def _first(where: Sequence[Dataset], keyword: str) -> str:
    """The first value on one line, cut where it is longer than any text of DICOM should be."""
    return " ".join("".join(words(where, keyword)[:1]).split())[:_LONGEST]


def _name(dataset: Dataset) -> str:
    """The patient's name as "Family, Given Middle" (PS3.5 6.2.1); prefixes and titles are left out."""
    try:
        value = dataset.get("PatientName")
    except Exception:  # noqa: BLE001 - pydicom converts on access, and a malformed element raises anything
        return ""
    # The alphabetic group, else the next that is there.
    group = next((one for one in str(value or "").split("=") if one.strip("^ ")), "")
    family, given, middle = (" ".join(one.split()) for one in (group.split("^") + [""] * 3)[:3])
    others = " ".join(filter(None, (given, middle)))
    return ", ".join(filter(None, (family, others)))[:_LONGEST]


def _age(text: str) -> str:
    """Age String in words: "045Y" is "45 years"."""
    found = _AGE.fullmatch(text.upper())
    if found is None:
        return ""
    count, unit = int(found[1]), _AGE_UNITS[found[2]]
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _moment(where: Sequence[Dataset]) -> tuple[str, str]:
    """Date and time of the study, else of the picture; both of the same."""
    for what in ("Study", "Acquisition", "Content"):
        day = _iso(_first(where, f"{what}Date"))
        if day:
            found = _TIME.fullmatch(_first(where, f"{what}Time"))
            return day, f"{found[1]}:{found[2]}" if found else ""
    return "", ""


def _iso(text: str) -> str:
    """A date of DICOM by ISO 8601; empty where it is none."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def _view_meaning(where: Sequence[Dataset]) -> str:
    """What the code of the view means."""
    codes = [item for dataset in where for item in items(dataset, "ViewCodeSequence")]
    return _first(codes[:1], "CodeMeaning")


def _laterality(where: Sequence[Dataset]) -> str:
    """The side of a paired part: of the frame, else of the picture, else of the series."""
    for keyword in ("FrameLaterality", "ImageLaterality", "Laterality"):
        side = _first(where, keyword).upper()
        if side:
            return _LATERALITIES.get(side, "")
    return ""


def _sides(where: Sequence[Dataset]) -> Sides | None:
    """Patient Orientation; an animal's has other letters, and is left out."""
    if _first(where, "AnatomicalOrientationType").upper() == "QUADRUPED":
        return None
    directions = [word.upper() for word in words(where, "PatientOrientation")]
    return sides_of(*directions) if len(directions) == 2 else None


def _exposure(where: Sequence[Dataset]) -> float | None:
    """In mAs, from the element that says it most exactly."""
    exact = _positive(where, "ExposureInmAs")
    micro = _positive(where, "ExposureInuAs")
    if exact is not None or micro is None:
        return exact if exact is not None else _positive(where, "Exposure")
    return micro / 1000.0


def _positive(where: Sequence[Dataset], keyword: str) -> float | None:
    """A number above 0: many devices write 0 where they know nothing."""
    value = number(where, keyword)
    return value if value is not None and value > 0.0 else None
