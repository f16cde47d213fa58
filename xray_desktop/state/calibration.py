"""Millimetres by a known length: a coin, a ball or a ruler that lies in the film. Pure functions."""

from __future__ import annotations

from training.films.film import Spacing
from xray_desktop.state.measure_figures import length
from xray_desktop.state.measurements import Kind, Measurement

BY_HAND = "calibrated by hand"
"""``Spacing.source`` of what the reader has stated."""

_COARSE = 0.01


def can_calibrate(measurement: Measurement | None) -> bool:
    """True for a length that is longer than nothing."""
    return (
        measurement is not None
        and measurement.kind is Kind.LENGTH
        and length(measurement.points[0], measurement.points[1], None) > 0.0
    )


def calibrated(measurement: Measurement, true_mm: float, spacing: Spacing | None) -> Spacing:
    """The spacing at which a length is as long as the reader says.

    Args:
        measurement: A length for which ``can_calibrate`` holds.
        true_mm: Its true length, above 0.
        spacing: The film's present one: the shape of its pixels is kept. None for square ones.
    """
    shape = spacing or Spacing(1.0, 1.0, "")
    factor = true_mm / length(measurement.points[0], measurement.points[1], shape)
    return Spacing(shape.row_mm * factor, shape.column_mm * factor, BY_HAND)


def per_pixel(spacing: Spacing) -> str:
    """In words: "0.1440 mm" a pixel, or both sides where they differ."""
    if spacing.column_mm == spacing.row_mm:
        return f"{spacing.column_mm:.4f} mm"
    return f"{spacing.column_mm:.4f} mm across and {spacing.row_mm:.4f} mm down"


def coarseness(measurement: Measurement) -> str:
    """A remark where one pixel more or less at an end changes the scale by 1 % or more, or empty."""
    share = 1.0 / length(measurement.points[0], measurement.points[1], None)
    if share < _COARSE:
        return ""
    return f"The line is short: one pixel more or less changes every length by {share * 100:.0f} %."
