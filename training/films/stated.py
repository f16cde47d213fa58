"""What a DICOM file states of its patient, its study and how the film was taken. No pydicom.

It names a patient: it is shown where the reader wants it, never logged and never kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# DICOM PS3.3 C.7.6.1.1.1, for bipeds: the two ends of each axis of the body.
_OPPOSITES = {"R": "L", "L": "R", "A": "P", "P": "A", "H": "F", "F": "H"}
_AXES = {"R": 0, "L": 0, "A": 1, "P": 1, "H": 2, "F": 2}


@dataclass(frozen=True)
class Sides:
    """To which side of the patient a film's own sides point, before any turn.

    Args:
        right: From the first column to the last, "L" or composed, the strongest first: "LF".
        bottom: From the first row to the last.
    """

    right: str
    bottom: str

    @property
    def left(self) -> str:
        """Opposite to ``right``."""
        return opposite(self.right)

    @property
    def top(self) -> str:
        """Opposite to ``bottom``."""
        return opposite(self.bottom)


@dataclass(frozen=True)
class Stated:
    """What the header says, in words as people read them; empty where it says nothing.

    None of it is in ``repr``.

    Args:
        patient_name: "Family, Given".
        patient_id: As it stands.
        sex: "female", "male" or "other".
        age: "45 years", "6 months".
        birth_date: ISO 8601.
        study_date: Of the study, else of the picture; ISO 8601.
        study_time: "14:25", of the same.
        body_part: "hand".
        view: View Position: "PA".
        view_meaning: What the code of the view means; free text.
        laterality: "Right", "Left" or "Both".
        sides: Which sides of the patient the film's sides are; None where it is not said, or
            contradicts itself.
        voltage_kv: Peak voltage of the tube, in kV; None where not recorded, like all below.
        exposure_mas: In mAs.
        current_ma: Of the tube, in mA.
        time_ms: Of the exposure, in ms.
        distance_mm: From source to detector, in mm.
    """

    patient_name: str = field(default="", repr=False)
    patient_id: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    age: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    study_date: str = field(default="", repr=False)
    study_time: str = field(default="", repr=False)
    body_part: str = field(default="", repr=False)
    view: str = field(default="", repr=False)
    view_meaning: str = field(default="", repr=False)
    laterality: str = field(default="", repr=False)
    sides: Sides | None = field(default=None, repr=False)
    voltage_kv: float | None = field(default=None, repr=False)
    exposure_mas: float | None = field(default=None, repr=False)
    current_ma: float | None = field(default=None, repr=False)
    time_ms: float | None = field(default=None, repr=False)
    distance_mm: float | None = field(default=None, repr=False)


def opposite(letters: str) -> str:
    """The other end of each axis: "LF" gives "RH"."""
    return "".join(_OPPOSITES[letter] for letter in letters)


def sides_of(right: str, bottom: str) -> Sides | None:
    """The sides that two directions of DICOM name, or None where they cannot both be true.

    Args:
        right: The first value of Patient Orientation, the direction of the rows.
        bottom: The second, the direction of the columns.

    Returns:
        None where a letter is none of a human's axes, one direction has an axis twice, or both
        run along the same axis.
    """
    for letters in (right, bottom):
        axes = [_AXES.get(letter) for letter in letters]
        if not axes or None in axes or len(set(axes)) < len(axes):
            return None
    if _AXES[right[0]] == _AXES[bottom[0]]:
        return None
    # Directions at right angles that share two axes agree on one and differ on the other.
    shared = [letter in bottom for letter in right if {letter, opposite(letter)} & set(bottom)]
    if len(shared) > 1 and len(set(shared)) == 1:
        return None
    return Sides(right, bottom)
