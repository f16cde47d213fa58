"""What measurements measure, and the words for it. Pure functions; used by the drawing and the tests.

Millimetres are stated only where the film knows its spacing; rows and columns may differ, so
every distance is taken axis by axis. Statistics are of the film's values after the modality LUT
(``Film.pixels``), whatever window is shown.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass

import numpy as np

from training.films.film import FloatPixels, Spacing
from xray_desktop.state.measurements import NOTES, REGIONS, Kind, Measurement, Point

# Values are taken in blocks of rows that stay in the processor's cache.
_BLOCK_ROWS = 64
_LETTERS_A_LINE = 40


@dataclass(frozen=True)
class Statistics:
    """Of the film's values inside a region.

    Args:
        mean: In modality units.
        deviation: Standard deviation of these pixels (divided by their number, not one less).
        low: Smallest value.
        high: Largest value.
        num_pixels: Pixels whose middle lies inside.
    """

    mean: float
    deviation: float
    low: float
    high: float
    num_pixels: int


def source_words(spacing: Spacing) -> str:
    """What is said behind millimetres of this source: " at detector", or empty."""
    return "" if spacing.source == "calibrated" else f" {spacing.source}"


def in_mm(spacing: Spacing | None) -> bool:
    """True where lengths are millimetres; else they are widths of a pixel."""
    return spacing is not None and spacing.in_mm


def length(start: Point, end: Point, spacing: Spacing | None) -> float:
    """The distance of two points of the film: mm, or pixels where millimetres are not known."""
    return math.hypot(*_along(start, end, spacing))


def angle(measurement: Measurement, spacing: Spacing | None) -> float:
    """The angle of an angle measurement (0 to 180) or a Cobb measurement (0 to 90), in degrees.

    A Cobb angle is the smaller one between two lines, whichever way each was drawn.
    """
    if measurement.kind is Kind.COBB:
        first = _along(measurement.points[0], measurement.points[1], spacing)
        second = _along(measurement.points[2], measurement.points[3], spacing)
        between = _degrees(first, second)
        return min(between, 180.0 - between)
    end, vertex, other = measurement.points[:3]
    return _degrees(_along(vertex, end, spacing), _along(vertex, other, spacing))


def area(measurement: Measurement, spacing: Spacing | None) -> float:
    """Of a rectangle or ellipse: mm², or pixels where millimetres are not known."""
    left, top, right, bottom = measurement.box
    across, down = _along((left, top), (right, bottom), spacing)
    return across * down * (math.pi / 4.0 if measurement.kind is Kind.ELLIPSE else 1.0)


def statistics(measurement: Measurement, pixels: FloatPixels) -> Statistics | None:
    """The film's values inside a rectangle or ellipse; None where no pixel's middle lies in it.

    Args:
        measurement: The region, in film pixels.
        pixels: float32, (height, width), in modality units; pixels that are no number (padding,
            ``Film.counted``) do not count. Only the region's part is read.
    """
    height, width = pixels.shape
    left, top, right, bottom = measurement.box
    first_row, end_row = max(0, math.ceil(top - 0.5)), min(height, math.floor(bottom - 0.5) + 1)
    first, end = max(0, math.ceil(left - 0.5)), min(width, math.floor(right - 0.5) + 1)
    if first_row >= end_row or first >= end:
        return None
    # Distances from one of the values, so that squares of large values lose no digits.
    middle = float(np.nan_to_num(pixels[(first_row + end_row) // 2, (first + end) // 2]))
    count, total, squares, low, high = 0, 0.0, 0.0, math.inf, -math.inf
    for row in range(first_row, end_row, _BLOCK_ROWS):
        rows = slice(row, min(row + _BLOCK_ROWS, end_row))
        block = pixels[rows, first:end]
        if measurement.kind is Kind.ELLIPSE:
            x = np.arange(first, end) + 0.5
            y = np.arange(rows.start, rows.stop) + 0.5
            across = ((2.0 * x - left - right) / max(right - left, 1e-9)) ** 2
            down = ((2.0 * y - top - bottom) / max(bottom - top, 1e-9)) ** 2
            block = block[across <= 1.0 - down[:, np.newaxis]]
        block = block[~np.isnan(block)]
        if block.size == 0:
            continue
        low, high = min(low, float(block.min())), max(high, float(block.max()))
        away = block.astype(np.float64).ravel() - middle
        count += away.size
        total += float(away.sum())
        squares += float(np.dot(away, away))
    if not count:
        return None
    mean = total / count
    spread = math.sqrt(max(squares / count - mean * mean, 0.0))
    return Statistics(middle + mean, spread, low, high, count)


def label(
    measurement: Measurement, spacing: Spacing | None, pixels: FloatPixels | None
) -> tuple[str, ...]:
    """What stands beside a measurement, line by line; nothing for one that is not whole.

    Args:
        measurement: The measurement.
        spacing: The film's, or None where it does not know its millimetres.
        pixels: float32, (height, width), in modality units; None to leave statistics out.
    """
    if not measurement.is_whole:
        return ()
    if measurement.kind in NOTES:
        return tuple(textwrap.wrap(measurement.text, _LETTERS_A_LINE))
    source = source_words(spacing) if spacing else ""
    if measurement.kind is Kind.LENGTH:
        size = length(measurement.points[0], measurement.points[1], spacing)
        return (f"{size:,.1f} mm{source}" if in_mm(spacing) else f"{size:,.1f} px",)
    if measurement.kind not in REGIONS:
        name = "Cobb " if measurement.kind is Kind.COBB else ""
        return (f"{name}{angle(measurement, spacing):.1f}°",)
    size = area(measurement, spacing)
    shown = f"area {size:,.1f} mm²{source}" if in_mm(spacing) else f"area {size:,.0f} px²"
    if pixels is None:
        return (shown, "values when you let go")
    found = statistics(measurement, pixels)
    if found is None:
        return (shown, "no pixel inside")
    return (
        f"mean {_number(found.mean)}   SD {_number(found.deviation)}",
        f"min {_number(found.low)}   max {_number(found.high)}",
        shown,
    )


def _along(start: Point, end: Point, spacing: Spacing | None) -> tuple[float, float]:
    across, down = end[0] - start[0], end[1] - start[1]
    return (across * spacing.column_mm, down * spacing.row_mm) if spacing else (across, down)


def _degrees(first: tuple[float, float], second: tuple[float, float]) -> float:
    cross = first[0] * second[1] - first[1] * second[0]
    # By both products: the arc cosine alone is coarse near 0 and 180 degrees.
    return math.degrees(math.atan2(abs(cross), first[0] * second[0] + first[1] * second[1]))


def _number(value: float) -> str:
    if value.is_integer():
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10.0 else f"{value:.3f}"
