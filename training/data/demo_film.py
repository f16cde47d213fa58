"""One film of the sample set: a limb, perhaps with a fracture, exposed, blurred and noisy.

Called by ``demo`` only. Both classes go through one process; everything, the fracture included,
is drawn by chance for both, and only then is the fracture left out where the film is to have none.
So nothing but the break itself tells the classes apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter, uniform_filter

from training.data.demo_bone import Bone, Plane, fracture_box
from training.data.demo_draw import draw_bone, draw_flesh, draw_line
from training.data.demo_injury import draw_injury
from training.data.demo_marker import draw_marker
from training.data.demo_scenes import Scene, draw_scene

# The size that all lengths are given for.
_REFERENCE = 224.0


@dataclass(frozen=True, eq=False)
class DemoFilm:
    """A drawn film.

    Args:
        pixels: uint8, (size, size), bone bright.
        boxes: The box (left, top, right, bottom), 0-1, of each broken bone's fracture.
        region: What it shows: "forearm", "wrist", ...
        kind: "displaced", "stepped", "hairline", or "" without a fracture.
    """

    pixels: npt.NDArray[np.uint8]
    boxes: tuple[tuple[float, float, float, float], ...]
    region: str
    kind: str


def draw_film(seed: tuple[int, ...], *, fractured: bool, size: int = 224) -> DemoFilm:
    """Draw one film.

    Args:
        seed: Decides everything but the class.
        fractured: Whether the break that was drawn by chance is there.
        size: Side of the film, pixels.

    Returns:
        The film; the same for the same arguments on every machine.
    """
    chance = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    injury = None
    while injury is None:
        scene = _placed(draw_scene(chance), chance, size)
        injury = draw_injury(scene, chance, size)
    # One field serves both: nobody sees fine and slow detail agree.
    white = chance.standard_normal((size, size))
    texture = _texture(white)
    flesh = np.zeros((size, size))
    for outline in scene.flesh:
        draw_flesh(flesh, outline, 1.0)
    flesh = chance.uniform(0.2, 0.38) * gaussian_filter(flesh, 2.0 * size / _REFERENCE)
    flesh *= 1.0 + 0.12 * _clouds(white)
    _draw_vessels(flesh, chance, size)
    bones = np.zeros((size, size))
    for index, bone in enumerate(scene.bones):
        draw_bone(bones, bone, texture, injury.breaks.get(index) if fractured else None)
    film = _exposed(flesh + chance.uniform(0.55, 0.75) * bones, chance, size)
    mirrored = bool(chance.random() < 0.5)
    if mirrored:
        film = film[:, ::-1].copy()
    _draw_scratches(film, chance, size)
    draw_marker(film, chance, flesh[:, ::-1] if mirrored else flesh)
    pixels = np.rint(np.clip(film, 0.0, 1.0) * 255.0).astype(np.uint8)
    if not fractured:
        return DemoFilm(pixels, (), scene.name, "")
    boxes = tuple(
        _relative(fracture_box(scene.bones[index], fracture), size, mirrored)
        for index, fracture in injury.breaks.items()
    )
    return DemoFilm(pixels, boxes, scene.name, injury.kind)


def _placed(scene: Scene, chance: np.random.Generator, size: int) -> Scene:
    """Turn, zoom and shift a scene onto the film."""
    turn = float(np.clip(chance.normal(0.0, 0.16), -0.5, 0.5))
    scale = scene.zoom * chance.uniform(0.9, 1.12) * size / _REFERENCE
    shift_x, shift_y = size / 2 + chance.uniform(-0.06, 0.06, 2) * size

    def placed(bone: Bone) -> Bone:
        return replace(
            bone,
            x=shift_x + scale * (bone.x * cos(turn) - bone.y * sin(turn)),
            y=shift_y + scale * (bone.x * sin(turn) + bone.y * cos(turn)),
            angle=bone.angle + turn,
            length=bone.length * scale,
            radius=bone.radius * scale,
            bow=bone.bow * scale,
            plate_start=bone.plate_start * scale,
            plate_end=bone.plate_end * scale,
        )

    return replace(
        scene,
        bones=tuple(placed(bone) for bone in scene.bones),
        flesh=tuple(placed(bone) for bone in scene.flesh),
    )


def _blurred_widely(field: Plane, sigma: float) -> Plane:
    """About a Gaussian, by three box means: their time does not grow with ``sigma``."""
    width = max(3, round(2.0 * sigma))
    for _ in range(3):
        field = uniform_filter(field, width, mode="nearest")
    return field


def _clouds(white: Plane) -> Plane:
    """Slow unevenness around 0, -1 to 1, out of white noise."""
    field = _blurred_widely(white, 0.06 * white.shape[0])
    return field / max(float(np.abs(field).max()), 1e-9)


def _texture(white: Plane) -> Plane:
    """Trabeculae: a band of fine detail around 0, out of white noise."""
    unit = white.shape[0] / _REFERENCE
    field: Plane = gaussian_filter(white, 0.6 * unit) - uniform_filter(
        white, max(3, round(4.0 * unit))
    )
    return field * (0.3 / float(field.std()))


def _draw_vessels(flesh: Plane, chance: np.random.Generator, size: int) -> None:
    """Faint lines of skin folds and vessels, crossing bone as they like."""
    for _ in range(int(chance.integers(0, 4))):
        x, y = chance.uniform(0.15, 0.85, 2) * size
        angle = chance.uniform(0.0, pi)
        height = chance.uniform(-0.022, 0.03)
        for _ in range(int(chance.integers(2, 5))):
            end = (x + cos(angle) * 0.09 * size, y + sin(angle) * 0.09 * size)
            draw_line(flesh, (x, y), end, 0.6, height)
            (x, y), angle = end, angle + chance.normal(0.0, 0.3)


def _draw_scratches(film: Plane, chance: np.random.Generator, size: int) -> None:
    for _ in range(int(chance.poisson(0.8))):
        x, y = chance.uniform(0.05, 0.95, 2) * size
        angle, length = chance.uniform(0.0, 2 * pi), chance.uniform(0.02, 0.2) * size
        end = (x + cos(angle) * length, y + sin(angle) * length)
        draw_line(film, (x, y), end, chance.uniform(0.2, 0.5), chance.normal(0.0, 0.12))


def _exposed(attenuation: Plane, chance: np.random.Generator, size: int) -> Plane:
    """From attenuation to the grey of a film, 0-1: scatter, blur, noise, curve, collimation."""
    unit = size / _REFERENCE
    scatter = _blurred_widely(attenuation, 14.0 * unit)
    seen = attenuation + chance.uniform(0.05, 0.25) * scatter
    seen = gaussian_filter(seen, chance.uniform(0.5, 0.95) * unit)
    white = chance.standard_normal((size, size))
    noise = white + 0.3 * (np.roll(white, 1, 0) + np.roll(white, 1, 1))
    # Fewer quanta reach the film behind thick bone.
    seen += chance.uniform(0.005, 0.015) * noise * (0.7 + seen)
    y, x = np.ogrid[0:size, 0:size]
    lean_x, lean_y = chance.normal(0.0, 0.035, 2)
    seen += lean_x * (x / size - 0.5) + lean_y * (y / size - 0.5)
    curve = chance.uniform(0.7, 1.5)
    # Never far below 0: the curve is made for what a film can show.
    grey = (1.0 - np.exp(-curve * np.maximum(seen, -0.2))) / (1.0 - np.exp(-curve * 1.1))
    black, white_level = chance.uniform(0.02, 0.16), chance.uniform(0.8, 1.02)
    grey = black + (white_level - black) * grey
    return _collimated(grey, chance, size)


def _collimated(grey: Plane, chance: np.random.Generator, size: int) -> Plane:
    """Black out what the collimator's leaves cover, on most films at least one edge."""
    y, x = np.ogrid[0:size, 0:size]
    turn = chance.normal(0.0, 0.05)
    mask = np.ones((size, size))
    for angle in (0.0, 0.5 * pi, pi, 1.5 * pi):
        depth = size * (0.5 - chance.uniform(-0.02, 0.11))
        along = cos(angle + turn) * (x - size / 2) + sin(angle + turn) * (y - size / 2)
        mask = mask * np.clip((depth - along) / (0.012 * size) + 0.5, 0.0, 1.0)
    outside = chance.uniform(0.0, 0.05)
    collimated: Plane = outside + mask * (grey - outside)
    return collimated


def _relative(
    box: tuple[float, float, float, float], size: int, mirrored: bool
) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(max(edge / size, 0.0), 1.0) for edge in box)
    return (1.0 - right, top, 1.0 - left, bottom) if mirrored else (left, top, right, bottom)
