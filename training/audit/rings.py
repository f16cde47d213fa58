"""The first measure of likeness: rings around a film's middle, compared at every angle at once.

A view is read along rings. Turning the film shifts all rings by one angle, mirroring reverses
them; the strength of their Fourier orders feels neither, so it serves to look up candidates, and
the correlation at the best angle follows from the orders themselves. All functions may be called
from several threads at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, uniform_filter

from training.audit.facts import Flat, GreyView
from training.audit.views import VIEW_SIZE

Spectra = npt.NDArray[np.complex64]
Floats = npt.NDArray[np.float32]

SCALES = (1.0, 0.89, 0.79, 0.7)
"""How far a film may have been enlarged about its middle; also what turning with a grown canvas
does (a square turned by 45 degrees: 0.71)."""

NUM_ANGLES = 96
_NUM_RINGS = 20
_INNER, _OUTER = 0.12, 0.97
# Finer orders hold 1 % of the energy that the smoothing leaves.
_NUM_ORDERS = 25
# Orders used for looking up: two thirds of the work saved, no pair lost on the measured sets.
_LOOKED_UP = 13
# Pixels of a view: what is wider is exposure, what is finer is noise.
_BACKGROUND, _SMOOTH = 8.0, 1.5
_PER_UNIT = 32.0
_SIDES = (-2, -1)


def flattened(
    view: npt.NDArray[np.generic], background: float, smooth: float, floor: float
) -> Floats:
    """A view with its local mean taken out and its local contrast made one.

    So brightness, window and slow shading count for nothing.

    Args:
        view: (height, width) or (n, height, width), any real dtype, greys 0-255.
        background: Standard deviation of the neighbourhood in pixels.
        smooth: Standard deviation of the final smoothing in pixels.
        floor: Contrast in grey steps below which a place counts as empty.

    Returns:
        float32, same shape, about -2 to 2.
    """
    # A box as wide as a Gaussian of this deviation: the same verdicts in a third of the time.
    width = int(background * np.sqrt(12.0)) | 1
    grey = view.astype(np.float32)
    rest = grey - uniform_filter(grey, width, axes=_SIDES)
    contrast = np.sqrt(
        np.maximum(uniform_filter(rest * rest, width, axes=_SIDES), 0.0) + floor * floor
    )
    found: Floats = gaussian_filter(rest / contrast, smooth, truncate=3.0, axes=_SIDES)
    return found


def flat_of(view: GreyView) -> Flat:
    """What the rings are read from, packed; ``aligning`` starts from it as well.

    Args:
        view: uint8, (VIEW_SIZE, VIEW_SIZE).

    Returns:
        int8, same shape: ``flattened`` in steps of 1/32.
    """
    return packed(flattened(view, _BACKGROUND, _SMOOTH, 2.0))


def packed(flat: Floats) -> Flat:
    """A quarter of the memory: float32 about -4 to 4 as int8 in steps of 1/32."""
    found: Flat = np.clip(np.rint(flat * _PER_UNIT), -127, 127).astype(np.int8)
    return found


def unpacked(flat: Flat) -> Floats:
    """The reverse of ``packed``."""
    return flat.astype(np.float32) / np.float32(_PER_UNIT)


def spectra_of(flat: Flat, num_scales: int = len(SCALES)) -> Spectra:
    """The Fourier orders of a view's rings, at the first of the scales.

    Args:
        flat: int8, (VIEW_SIZE, VIEW_SIZE), of ``flat_of``.
        num_scales: How many of ``SCALES``.

    Returns:
        complex64, (scales, rings, orders); each scale has norm 1, an empty view 0.
    """
    rings = rings_of(flat, num_scales) * _WEIGHTS
    mean = (rings * _WEIGHTS).sum(axis=(1, 2), keepdims=True) / (_WEIGHTS * _WEIGHTS).sum()
    orders = np.fft.rfft(rings - mean * _WEIGHTS, axis=2, norm="ortho")[:, :, :_NUM_ORDERS]
    # Each order above 0 stands for two of the whole transform.
    orders[:, :, 1:] *= np.sqrt(2.0)
    norm = np.sqrt((np.abs(orders) ** 2).sum(axis=(1, 2), keepdims=True))
    found: Spectra = (orders / np.maximum(norm, 0.03)).astype(np.complex64)
    return found


def rings_of(flat: Flat, num_scales: int = len(SCALES)) -> Floats:
    """A view's values along rings, between pixels by their four neighbours.

    Args:
        flat: int8, (VIEW_SIZE, VIEW_SIZE).
        num_scales: How many of ``SCALES``.

    Returns:
        float32, (scales, rings, NUM_ANGLES).
    """
    # The places are the same for every view: five times as fast as SciPy, which weighs them anew.
    around = flat.ravel().astype(np.float32).take(_NEIGHBOURS[:, :num_scales])
    around *= _SHARES[:, :num_scales]
    found: Floats = around.sum(axis=0)
    return found


def descriptors(spectra: Spectra) -> Floats:
    """What does not change when a film is turned or mirrored.

    Args:
        spectra: complex64, (n, rings, orders).

    Returns:
        float32, (n, features), each row of norm 1 (or 0): the product of two rows is about the
        most that their correlation can be at any angle.
    """
    strength = np.abs(spectra[:, :, :_LOOKED_UP]).reshape(len(spectra), -1)
    norm = np.linalg.norm(strength, axis=1, keepdims=True)
    found: Floats = (strength / np.maximum(norm, 1e-6)).astype(np.float32)
    return found


def best_angles(
    left: Spectra, right: Spectra
) -> tuple[Floats, npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Correlate pairs of views at every angle, mirrored and not.

    Args:
        left: complex64, (n, rings, orders), norm 1.
        right: Likewise, the views to be turned.

    Returns:
        The highest correlations, float32, (n,), -1 to 1; the angles in radians by which a place
        in ``left`` is turned to find it in ``right``; and whether it is mirrored first.
    """
    plain = _over_angles((left * np.conj(right)).sum(axis=1))
    mirrored = _over_angles((left * right).sum(axis=1))
    both = np.concatenate([plain, mirrored], axis=1)
    at = both.argmax(axis=1)
    is_mirrored = at >= NUM_ANGLES
    # A ring that runs backwards is shifted the other way.
    exact = at % NUM_ANGLES + _beside(both, at)
    angles = np.where(is_mirrored, exact, -exact) * (2.0 * np.pi / NUM_ANGLES)
    return both[np.arange(len(both)), at], angles, is_mirrored


def _beside(both: Floats, at: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """How far the true peak lies beside the highest angle: -0.5 to 0.5, by a parabola."""
    row, start = np.arange(len(both)), at - at % NUM_ANGLES
    before, after = (both[row, start + (at + step) % NUM_ANGLES] for step in (-1, 1))
    bend = before + after - 2.0 * both[row, at]
    found: npt.NDArray[np.float64] = np.where(
        bend < -1e-6, 0.5 * (before - after) / np.minimum(bend, -1e-6), 0.0
    )
    return np.clip(found, -0.5, 0.5)


def _over_angles(products: npt.NDArray[np.complex64]) -> Floats:
    full = np.zeros((len(products), NUM_ANGLES // 2 + 1), np.complex64)
    full[:, :_NUM_ORDERS] = products
    full[:, 1:_NUM_ORDERS] /= 2.0
    found: Floats = (np.fft.irfft(full, n=NUM_ANGLES, axis=1) * NUM_ANGLES).astype(np.float32)
    return found


def _ring_coordinates() -> tuple[Floats, Floats]:
    """Where the rings of all scales are sampled, and the root of the area each sample stands for."""
    radii = np.linspace(_INNER, _OUTER, _NUM_RINGS)
    angles = np.arange(NUM_ANGLES) * (2.0 * np.pi / NUM_ANGLES)
    middle = (VIEW_SIZE - 1) / 2.0
    reach = np.array(SCALES)[:, None, None] * radii[None, :, None] * (VIEW_SIZE / 2.0)
    rows = middle + reach * np.sin(angles)
    columns = middle + reach * np.cos(angles)
    weights = np.sqrt(radii / radii.sum() / NUM_ANGLES)[None, :, None]
    area = np.broadcast_to(weights, (1, _NUM_RINGS, NUM_ANGLES))
    return np.stack([rows, columns]).astype(np.float32), area.astype(np.float32)


def _ring_neighbours() -> tuple[npt.NDArray[np.intp], Floats]:
    """The four pixels around each place, as numbers in a flat view, and what each counts."""
    # No ring reaches the last pixel, so each place has all four.
    corner = np.floor(COORDINATES)
    down, across = COORDINATES - corner
    first = (corner[0] * VIEW_SIZE + corner[1]).astype(np.intp)
    steps = np.array([0, 1, VIEW_SIZE, VIEW_SIZE + 1])[:, None, None, None]
    shares = [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across]
    return first + steps, np.stack(shares).astype(np.float32)


COORDINATES, _WEIGHTS = _ring_coordinates()
"""Rows and columns of all places: float32, (2, scales, rings, NUM_ANGLES)."""

_NEIGHBOURS, _SHARES = _ring_neighbours()
