"""What is written on a film besides its name and window: patient, technique, sides. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.films.stated import Sides, Stated
from xray_desktop.state.viewer_geometry import Orientation


class TextLevel(StrEnum):
    """How much is written on the film."""

    ALL = "all"
    LITTLE = "little"
    NONE = "none"

    @property
    def following(self) -> TextLevel:
        """The next one round."""
        levels = tuple(TextLevel)
        return levels[(levels.index(self) + 1) % len(levels)]


@dataclass(frozen=True)
class SideLetters:
    """The letters at the four sides of the view: which side of the patient each one is."""

    left: str
    top: str
    right: str
    bottom: str


@dataclass(frozen=True)
class FilmText:
    """What the corners and sides say, as far as it may be shown.

    Args:
        patient: Name, number, sex and age, a line each.
        study: When, what, from which side.
        laterality: "Right", "Left", "Both" or empty; mirroring the picture does not change it.
        technique: Voltage, exposure, distance of the detector from the tube.
        sides: Before any turn, or None.
    """

    patient: tuple[str, ...] = ()
    study: tuple[str, ...] = ()
    laterality: str = ""
    technique: tuple[str, ...] = ()
    sides: Sides | None = None


NO_TEXT = FilmText()


def film_text(stated: Stated | None, level: TextLevel, *, hide_identity: bool) -> FilmText:
    """What is written on a film.

    Args:
        stated: What its file says, or None.
        level: How much the reader wants.
        hide_identity: Leave out all that is not technical: who, when and where.
    """
    if stated is None or level is TextLevel.NONE:
        return NO_TEXT
    if level is TextLevel.LITTLE:
        return FilmText(laterality=stated.laterality, sides=stated.sides)
    return FilmText(
        () if hide_identity else _patient(stated),
        _study(stated, hide_identity=hide_identity),
        stated.laterality,
        _technique(stated),
        stated.sides,
    )


def side_letters(sides: Sides, orientation: Orientation) -> SideLetters:
    """The letters at the view's sides, once the film is mirrored and turned."""
    left, top, right, bottom = sides.left, sides.top, sides.right, sides.bottom
    if orientation.mirrored:
        left, right = right, left
    for _ in range(orientation.quarter_turns):
        # Clockwise: what was at the left comes to the top.
        left, top, right, bottom = bottom, left, top, right
    return SideLetters(left, top, right, bottom)


def _patient(stated: Stated) -> tuple[str, ...]:
    born = f"born {stated.birth_date}" if stated.birth_date else ""
    person = _joined(", ", stated.sex, stated.age or born)
    return _lines(stated.patient_name, stated.patient_id, person)


def _study(stated: Stated, *, hide_identity: bool) -> tuple[str, ...]:
    if hide_identity:
        # The meaning of a code is free text.
        return _lines(_joined(" ", stated.body_part, stated.view))
    shown = _joined(" ", stated.body_part, stated.view or stated.view_meaning)
    return _lines(_joined(" ", stated.study_date, stated.study_time), shown)


def _technique(stated: Stated) -> tuple[str, ...]:
    voltage = _figure(stated.voltage_kv, "kV")
    exposure = _figure(stated.exposure_mas, "mAs")
    if not exposure:
        parts = (_figure(stated.current_ma, "mA"), _figure(stated.time_ms, "ms"))
        exposure = _joined(", ", *parts)
    distance = "" if stated.distance_mm is None else _figure(stated.distance_mm / 10.0, "cm")
    return _lines(_joined(", ", voltage, exposure), f"detector at {distance}" if distance else "")


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:.4g} {unit}"


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, parts))


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(filter(None, lines))
