"""How large a DICOM film's pixels are: millimetres, or at least their shape (PS3.3 10.7.1).

Called by ``dicom`` only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pydicom.dataset import Dataset

from training.films.dicom_header import number, numbers, words
from training.films.film import Spacing

# 1 says nothing, and beyond 3 the bone would lie closer to the tube than to the detector.
_LEAST_MAGNIFICATION, _MOST_MAGNIFICATION = 1.0, 3.0
# Beyond these a header is damaged: millimetres (or parts of an aspect ratio) and their ratio.
_SMALLEST, _LARGEST, _MOST_UNEQUAL = 1e-5, 1e5, 50.0
_KINDS = {
    "GEOMETRY": "corrected for an assumed or known magnification",
    "FIDUCIAL": "calibrated by an object of known size",
}


def spacing_of(where: Sequence[Dataset]) -> Spacing | None:
    """Millimetres per pixel.

    Pixel Spacing that equals Imager Pixel Spacing has not been corrected for magnification
    (10.7.1), whatever its name promises; one that differs, or names its calibration, has.
    Uncorrected millimetres are those in the plane of the detector. Divided by the Estimated
    Radiographic Magnification Factor (C.8.7.5, C.8.11.5) they are those of the patient.

    Args:
        where: As from ``dicom_header.places``.

    Returns:
        The spacing with its source, or None where the file has none above 0.
    """
    pixel = _pair(where, "PixelSpacing")
    imager = _pair(where, "ImagerPixelSpacing")
    scanned = _pair(where, "NominalScannedPixelSpacing")
    kind = "".join(words(where, "PixelSpacingCalibrationType")[:1]).upper()
    if pixel and (kind or (imager and pixel != imager)):
        return Spacing(*pixel, "calibrated", _KINDS.get(kind, ""))
    if imager:
        return _estimated(imager, where) or Spacing(*imager, "at detector")
    if pixel:
        return Spacing(*pixel, "as stated")
    return Spacing(*scanned, "of the scanned film") if scanned else None


def pixel_aspect_of(where: Sequence[Dataset]) -> float:
    """Height of a pixel over its width by Pixel Aspect Ratio (C.7.6.3.1.7); 1 where it is absent."""
    pair = _pair(where, "PixelAspectRatio")
    return pair[0] / pair[1] if pair else 1.0


def _estimated(imager: tuple[float, float], where: Sequence[Dataset]) -> Spacing | None:
    """Imager Pixel Spacing brought into the patient, where the file estimates how much that is."""
    factor = number(where, "EstimatedRadiographicMagnificationFactor")
    if factor is None or not _LEAST_MAGNIFICATION < factor <= _MOST_MAGNIFICATION:
        return None
    detail = f"{imager[1]:g} mm at the detector, divided by the file's magnification {factor:g}"
    return Spacing(imager[0] / factor, imager[1] / factor, "estimated", detail)


def _pair(where: Sequence[Dataset], keyword: str) -> tuple[float, float] | None:
    """The value for rows, then for columns (10.7.1.3), where both are usable."""
    values = numbers(where, keyword)
    if len(values) != 2 or not all(math.isfinite(value) and value > 0.0 for value in values):
        return None
    row, column = values
    is_possible = min(values) >= _SMALLEST and max(values) <= _LARGEST
    return (
        (row, column)
        if is_possible and 1.0 / _MOST_UNEQUAL <= row / column <= _MOST_UNEQUAL
        else None
    )
