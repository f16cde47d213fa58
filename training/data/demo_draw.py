"""Draws bones as an X-ray tube would see them: tubes of cortex around marrow, in projection.

Called by ``demo_film`` only. All values are "attenuation": 0 for air, about 1 for the rim of a
thick bone. Everything is float64, so that rounding to 256 greys hides the last-digit differences
between processors and a seed gives the same pixels on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import cos, pi, sin, tan

import numpy as np

from training.data.demo_bone import Bone, Break, Plane

# Entries of the width tables per pixel of bone: finer than the eye, coarser than needed.
_TABLE_STEPS = 4


def draw_bone(film: Plane, bone: Bone, texture: Plane, fracture: Break | None = None) -> None:
    """Add a bone's attenuation to a film, in place.

    Args:
        film: (height, width), attenuation.
        bone: The bone.
        texture: (height, width), around 0: the trabeculae's unevenness.
        fracture: Its fracture, or None.
    """
    width = _reach(bone, fracture)
    area = _area(film.shape, bone, width)
    if area is None:
        return
    part = film[area]
    all_u, all_v = _bone_coordinates(bone, *area)
    # A slanting bone fills little of its area: reckoning with its own pixels halves the time.
    own = (np.abs(all_v) < width) & (all_u > -width) & (all_u < bone.length + width)
    u, v, detail = all_u[own], all_v[own], texture[area][own]
    if fracture is None:
        part[own] += _attenuation(bone, u, v, detail)
        return
    near = 0.5 - _beyond(u, v, fracture) - _half_gap(bone, v, fracture)
    part[own] += np.clip(near, 0.0, 1.0) * _attenuation(bone, u, v, detail)
    if fracture.wedge:
        loose = replace(fracture, shift=fracture.wedge_shift, bend=fracture.wedge_bend)
        u, v = _moved_back(all_u[own], all_v[own], loose)
        half_gap = _half_gap(bone, v, fracture)
        begun = 0.5 + _beyond(u, v, fracture) - half_gap
        ended = 0.5 - _beyond(u - fracture.wedge, v, fracture) - half_gap
        inside = np.clip(np.minimum(begun, ended), 0.0, 1.0)
        part[own] += inside * _attenuation(bone, u, v, detail)
    u, v = _moved_back(all_u[own], all_v[own], fracture)
    far = 0.5 + _beyond(u - fracture.wedge, v, fracture) - _half_gap(bone, v, fracture)
    part[own] += np.clip(far, 0.0, 1.0) * _attenuation(bone, u, v, detail)


def draw_flesh(film: Plane, bone: Bone, scale: float) -> None:
    """Raise a film to the thickness of a limb around a bone's course, in place.

    Args:
        film: (height, width), attenuation of soft tissue so far.
        bone: The limb's course and half-width; its cortex does not count.
        scale: Attenuation of the limb's middle.
    """
    rows, columns = slice(0, film.shape[0]), slice(0, film.shape[1])
    u, v = _bone_coordinates(bone, rows, columns)
    width = np.maximum(_looked_up(bone, u, bone.half_widths), 1e-9)
    np.maximum(film, scale * np.sqrt(np.clip(1.0 - (v / width) ** 2, 0.0, None)), out=film)


def draw_line(
    film: Plane, start: tuple[float, float], end: tuple[float, float], width: float, height: float
) -> None:
    """Add a straight stroke with soft edges: scratches, vessels, the markers' letters.

    Args:
        film: (height, width).
        start: Column and row.
        end: Column and row.
        width: Of the stroke, pixels.
        height: What it adds at its middle.
    """
    reach = width + 1.0
    top = max(0, int(min(start[1], end[1]) - reach))
    left = max(0, int(min(start[0], end[0]) - reach))
    area = (
        slice(top, max(top, int(max(start[1], end[1]) + reach) + 2)),
        slice(left, max(left, int(max(start[0], end[0]) + reach) + 2)),
    )
    part = film[area]
    y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    squared = max(along_x**2 + along_y**2, 1e-9)
    share = np.clip(((x - start[0]) * along_x + (y - start[1]) * along_y) / squared, 0.0, 1.0)
    distance = np.hypot(x - start[0] - share * along_x, y - start[1] - share * along_y)
    part += height * np.clip(width - distance + 0.5, 0.0, 1.0)


def _reach(bone: Bone, fracture: Break | None) -> float:
    """How far from its axis a bone can leave a trace, pixels."""
    width = bone.radius * (1.0 + max(bone.flare_start, bone.flare_end)) + 3.0
    if fracture is None:
        return width
    moved = max(abs(fracture.shift), abs(fracture.wedge_shift))
    return width + moved + abs(sin(fracture.bend)) * bone.length


def _area(shape: tuple[int, ...], bone: Bone, width: float) -> tuple[slice, slice] | None:
    """The part of the film that the bone can touch; drawing only there makes hands affordable."""
    points = [bone.point(share * bone.length, 0.0) for share in (0.0, 0.25, 0.5, 0.75, 1.0)]
    top = max(0, int(min(y for _, y in points) - width))
    left = max(0, int(min(x for x, _ in points) - width))
    bottom = min(shape[0], int(max(y for _, y in points) + width) + 1)
    right = min(shape[1], int(max(x for x, _ in points) + width) + 1)
    if top >= bottom or left >= right:
        return None
    return slice(top, bottom), slice(left, right)


def _bone_coordinates(bone: Bone, rows: slice, columns: slice) -> tuple[Plane, Plane]:
    y, x = np.ogrid[rows, columns]
    along = (x - bone.x) * cos(bone.angle) + (y - bone.y) * sin(bone.angle)
    across = -(x - bone.x) * sin(bone.angle) + (y - bone.y) * cos(bone.angle)
    place = along / bone.length
    return along, across - 4.0 * bone.bow * place * (1.0 - place)


def _moved_back(u: Plane, v: Plane, fracture: Break) -> tuple[Plane, Plane]:
    """Where a pixel of the far fragment lay before it was shifted and bent."""
    turned_u, turned_v = u - fracture.place, v - fracture.shift
    c, s = cos(fracture.bend), sin(fracture.bend)
    return fracture.place + c * turned_u + s * turned_v, c * turned_v - s * turned_u


def _beyond(u: Plane, v: Plane, fracture: Break) -> Plane:
    """Distance beyond the fracture line, pixels, measured along the bone's normal to the line."""
    ragged = sum(
        height * np.sin(2 * pi * rate * v + phase) for height, rate, phase in fracture.jags
    )
    line = fracture.place + tan(fracture.slant) * v + ragged
    distance: Plane = (u - line) * cos(fracture.slant)
    return distance


def _half_gap(bone: Bone, v: Plane, fracture: Break) -> Plane | float:
    if fracture.reach >= 1.0:
        return fracture.gap / 2.0
    width = bone.half_width(fracture.place)
    inner = width * (1.0 - 2.0 * fracture.reach)
    # An incomplete line thins out towards its end.
    return fracture.gap / 2.0 * np.clip((fracture.side * v - inner) / (0.4 * width), 0.0, 1.0)


def _looked_up(bone: Bone, u: Plane, values: Callable[[Plane], Plane]) -> Plane:
    steps = max(2, int(bone.length * _TABLE_STEPS))
    table: Plane = np.zeros(steps + 3)
    table[1:-1] = values(np.linspace(0.0, 1.0, steps + 1))
    place = np.clip(np.rint(u * (steps / bone.length)), -1, steps + 1).astype(np.intp) + 1
    found: Plane = table[place]
    return found


def _attenuation(bone: Bone, u: Plane, v: Plane, texture: Plane) -> Plane:
    """A tube's projection: chords through wall and marrow (closed form), plates and canals."""
    outer = _looked_up(bone, u, bone.half_widths)
    # Spongy bone fills the ends; of a carpal bone they are all there is.
    reach = max(0.2, 1.6 * bone.radius / bone.length)
    ends = _looked_up(
        bone, u, lambda place: np.exp(-((np.minimum(place, 1.0 - place) / reach) ** 2))
    )
    wall = bone.cortex * bone.radius * (1.0 - 0.72 * ends)
    inner = np.maximum(outer - np.maximum(wall, 0.8), 0.0)
    squared = v * v
    whole = np.sqrt(np.maximum(outer * outer - squared, 0.0))
    marrow = np.sqrt(np.maximum(inner * inner - squared, 0.0))
    spongy = 0.1 + 0.27 * ends
    value = (whole - marrow) + spongy * (1.0 + texture) * marrow
    value *= bone.density / bone.radius
    for plate in (bone.plate_start, bone.length - bone.plate_end if bone.plate_end else 0.0):
        if plate:
            value *= _growth_plate(u - plate, v, bone)
    if bone.canal:
        value *= _canal(bone, u, v)
    return value


def _growth_plate(u: Plane, v: Plane, bone: Bone) -> Plane:
    """A dark, wavy band with dense margins: a healthy line that crosses the bone."""
    wave = u - 0.12 * bone.radius * np.sin(v * (3.0 / bone.radius) + bone.x)
    near = np.clip(np.abs(wave) - 0.6, 0.0, 6.0)
    return 1.0 - 0.36 * np.clip(1.0 - near, 0.0, 1.0) + 0.12 * np.exp(-((near - 1.8) ** 2))


def _canal(bone: Bone, u: Plane, v: Plane) -> Plane:
    """A fine dark line that runs slantwise through one wall: a healthy line that ends in it."""
    start = bone.canal * bone.length
    depth = bone.half_width(start) - bone.canal_side * v
    length = 2.2 * bone.cortex * bone.radius
    off = np.abs((u - start) * 0.34 - depth * 0.94)
    within = (depth > -1.0) & (depth < length)
    return np.asarray(1.0 - 0.25 * within * np.clip(1.2 - off, 0.0, 1.0), dtype=np.float64)
