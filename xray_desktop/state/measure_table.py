"""Measurements as plain values: for the file they are kept in, and as a table. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from training.films.film import FloatPixels, Spacing
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.measure_figures import angle, area, in_mm, length, statistics
from xray_desktop.state.measurements import NOTES, Kind, Measurement, num_points

VERSION = 2
"""The newest that is read: 1 has one sheet, 2 has further ones for further frames."""

COLUMNS = (
    "film",
    "file_name",
    "frame",
    "changed_at",
    "number",
    "kind",
    "value",
    "unit",
    "millimetres",
    "mean",
    "deviation",
    "smallest",
    "largest",
    "pixels",
    "points",
    "text",
)
"""What each means stands in docs/user-guide.md."""


def figures_of(
    measurement: Measurement, spacing: Spacing | None, pixels: FloatPixels | None
) -> dict[str, float | str]:
    """What a measurement measures, by column; empty for arrows and texts.

    Args:
        measurement: A whole one.
        spacing: The film's, or None.
        pixels: float32, (height, width), in modality units; None to leave statistics out.
    """
    if measurement.kind in NOTES:
        return {}
    if measurement.kind in (Kind.ANGLE, Kind.COBB):
        return {"value": angle(measurement, spacing), "unit": "degrees"}
    source = {"millimetres": spacing.source} if spacing and spacing.in_mm else {}
    if measurement.kind is Kind.LENGTH:
        size = length(measurement.points[0], measurement.points[1], spacing)
        return {"value": size, "unit": "mm" if in_mm(spacing) else "px", **source}
    size = area(measurement, spacing)
    found = statistics(measurement, pixels) if pixels is not None else None
    values = (
        {
            "mean": found.mean,
            "deviation": found.deviation,
            "smallest": found.low,
            "largest": found.high,
            "pixels": found.num_pixels,
        }
        if found
        else {}
    )
    return {"value": size, "unit": "mm2" if in_mm(spacing) else "px2", **source, **values}


def as_values(sheet: Sheet, spacing: Spacing | None, pixels: FloatPixels | None) -> dict[str, Any]:
    """A film's sheet as JSON can hold it, each measurement with its figures.

    Args:
        sheet: What is drawn, and the calibration.
        spacing: The film's millimetres as they are in use.
        pixels: As for ``figures_of``.
    """
    own = sheet.calibration
    return {
        "calibration": None
        if own is None
        else {"row_mm": own.row_mm, "column_mm": own.column_mm, "source": own.source},
        "measurements": [
            {
                "kind": one.kind.value,
                "points": [list(point) for point in one.points],
                "text": one.text,
                "figures": figures_of(one, spacing, pixels),
            }
            for one in sheet.drawn
        ],
    }


def sheet_of(values: Mapping[str, Any]) -> Sheet:
    """The sheet that ``as_values`` was made of.

    Raises:
        ValueError: It is none.
    """
    try:
        own = values["calibration"]
        calibration = own and Spacing(
            _positive(own["row_mm"]), _positive(own["column_mm"]), str(own["source"])
        )
        return Sheet(tuple(map(_measurement_of, values["measurements"])), calibration or None)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no measurements") from error


def _measurement_of(values: Mapping[str, Any]) -> Measurement:
    kind = Kind(values["kind"])
    points = tuple((_finite(x), _finite(y)) for x, y in values["points"])
    if len(points) != num_points(kind):
        raise ValueError("points are missing")
    return Measurement(kind, points, str(values["text"]))


def _finite(value: object) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no number")
    return float(value)


def _positive(value: object) -> float:
    number = _finite(value)
    if number <= 0.0:
        raise ValueError("no length")
    return number


def sheets_of(values: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """The parts of a film's file, by frame from 0; each as ``as_values`` made it.

    Raises:
        ValueError: They are none.
    """
    try:
        further = {int(frame) - 1: part for frame, part in values.get("frames", {}).items()}
    except (TypeError, AttributeError) as error:
        raise ValueError("no frames") from error
    if any(frame < 1 for frame in further):
        raise ValueError("no frames")
    return {0: values, **further}


def rows_of(kept: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """A heading and one row a measurement.

    Args:
        kept: The films' files as read, each with film, file_name, changed_at and measurements.
    """
    rows: list[tuple[str, ...]] = [COLUMNS]
    for film in kept:
        head = {name: film[name] for name in ("film", "file_name", "changed_at")}
        for frame, part in sorted(sheets_of(film).items()):
            for number, one in enumerate(part["measurements"], 1):
                points = " ".join(f"{x:.1f},{y:.1f}" for x, y in one["points"])
                known = {**head, **one["figures"], "number": number, "points": points}
                known |= {"frame": frame + 1, "kind": one["kind"], "text": one["text"]}
                rows.append(tuple(_cell(known.get(column, "")) for column in COLUMNS))
    return rows


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
