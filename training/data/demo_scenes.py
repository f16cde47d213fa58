"""Limbs for the sample set: where the bones lie in a forearm, wrist, hand, leg or upper arm.

Called by ``demo_film`` only. Proportions are drawn by chance around what a radiograph shows; all
lengths are in pixels of a square film of 224, scaled by ``demo_film``'s turn and zoom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np

from training.data.demo_bone import Bone

_DOWN = pi / 2


@dataclass(frozen=True)
class Scene:
    """A limb before it is turned and drawn, upright, around the film's middle (0, 0).

    Args:
        name: What it shows.
        bones: All of them.
        flesh: The limb's outlines, as tubes.
        breakable: Indices of bones that a fracture may lie in.
        pair: Indices of two long bones side by side, which often break together; may be empty.
        zoom: How much larger than drawn it is usually filmed.
    """

    name: str
    bones: tuple[Bone, ...]
    flesh: tuple[Bone, ...]
    breakable: tuple[int, ...]
    pair: tuple[int, ...] = ()
    zoom: float = 1.0


def draw_scene(chance: np.random.Generator) -> Scene:
    """Draw one limb by chance."""
    makers, shares = zip(*_SHARES, strict=True)
    maker: Callable[[np.random.Generator], Scene] = makers[
        int(chance.choice(len(makers), p=shares))
    ]
    return maker(chance)


def _long_bone(
    chance: np.random.Generator, x: float, y: float, angle: float, length: float, radius: float
) -> Bone:
    young = chance.random() < 0.15
    plates = chance.uniform(0.9, 1.3, 2) * radius * young
    return Bone(
        x,
        y,
        angle,
        length,
        radius,
        bow=chance.normal(0.0, 0.022) * length,
        flare_start=chance.uniform(0.3, 0.75),
        flare_end=chance.uniform(0.3, 0.75),
        cortex=chance.uniform(0.2, 0.36),
        density=chance.uniform(0.85, 1.15),
        plate_start=plates[0],
        plate_end=plates[1],
        canal=chance.uniform(0.3, 0.7) * (chance.random() < 0.6),
        canal_side=int(chance.choice((-1, 1))),
    )


def _small_bone(chance: np.random.Generator, x: float, y: float, radius: float) -> Bone:
    """A carpal bone: as long as wide, thin-walled."""
    angle = chance.uniform(0.0, pi)
    length = 2.0 * radius * chance.uniform(1.0, 1.35)
    return Bone(
        x - np.cos(angle) * length / 2,
        y - np.sin(angle) * length / 2,
        angle,
        length,
        radius,
        flare_start=0.0,
        flare_end=chance.uniform(0.0, 0.15),
        cortex=0.14,
        density=chance.uniform(0.7, 0.95),
        rounding=1.3,
    )


def _tube(x: float, y: float, angle: float, length: float, radius: float, taper: float) -> Bone:
    return Bone(
        x, y, angle, length, radius, flare_start=max(taper, 0.0), flare_end=max(-taper, 0.0)
    )


def _forearm(chance: np.random.Generator) -> Scene:
    """Radius and ulna, sometimes crossing, cut off by the film or ending at the wrist."""
    top = chance.uniform(-130, -85)
    length = chance.uniform(190, 235)
    apart = chance.uniform(9, 17)
    lean = chance.normal(0.0, 0.05)
    crossing = chance.normal(0.0, 0.05)
    radius = chance.uniform(9.0, 12.0)
    bones = (
        _long_bone(chance, -apart, top, _DOWN + lean - crossing, length, radius),
        _long_bone(
            chance,
            apart,
            top - chance.uniform(2, 14),
            _DOWN + lean + crossing,
            length,
            radius * chance.uniform(0.75, 0.95),
        ),
    )
    flesh = (
        _tube(
            0,
            top - 60,
            _DOWN + lean,
            length + 130,
            chance.uniform(36, 52),
            chance.uniform(-0.3, 0.3),
        ),
    )
    return Scene("forearm", bones, flesh, (0, 1), pair=(0, 1), zoom=1.6)


def _wrist(chance: np.random.Generator) -> Scene:
    """Far ends of radius and ulna, carpal bones in two rows, near parts of the metacarpals."""
    joint = chance.uniform(-15, 15)
    radius = chance.uniform(13.0, 16.0)
    lean = chance.normal(0.0, 0.04)
    bones = [
        _long_bone(chance, -15, joint + 24, _DOWN + lean, 190, radius),
        _long_bone(chance, 19, joint + 27, _DOWN - lean, 190, radius * 0.72),
    ]
    for row, count in ((0, 3), (1, 4)):
        for index in range(count):
            x = (index - (count - 1) / 2) * 15 + chance.normal(0, 1.5)
            y = joint + 12 - 15 * row + 0.02 * x * x + chance.normal(0, 1.5)
            bones.append(_small_bone(chance, x, y, chance.uniform(6.5, 8.5)))
    for index in range(5):
        x, y = (index - 2) * 15 + chance.normal(0, 1), joint - 13.0 + abs(index - 2) * 2
        angle = -_DOWN + (index - 2) * chance.uniform(0.08, 0.16)
        length, radius = chance.uniform(62, 76), chance.uniform(5.0, 6.2)
        knuckle = (x + np.cos(angle) * (length + 2), y + np.sin(angle) * (length + 2))
        bones.append(_long_bone(chance, x, y, angle, length, radius))
        bones.append(_long_bone(chance, *knuckle, angle, 0.7 * length, 0.85 * radius))
    flesh = (
        _tube(0, joint + 5, _DOWN, 220, chance.uniform(40, 48), 0.1),
        _tube(0, joint + 50, -_DOWN, 250, chance.uniform(50, 60), 0.0),
    )
    return Scene("wrist", tuple(bones), flesh, (0, 0, 0, 1), pair=(0, 1), zoom=1.2)


def _hand(chance: np.random.Generator) -> Scene:
    """Two or three rays: metacarpal and two or three phalanges each."""
    num_rays = int(chance.integers(2, 4))
    step = chance.uniform(44, 54)
    fan = chance.uniform(0.02, 0.12)
    bones: list[Bone] = []
    flesh = [_tube(0, 190, -_DOWN, 190, num_rays * step * 0.52, 0.0)]
    for index in range(num_rays):
        ray = index - (num_rays - 1) / 2
        x, y = ray * step * 0.9, 118 + chance.normal(0, 3) + 5 * abs(ray)
        angle = -_DOWN + fan * ray + chance.normal(0, 0.02)
        radius = chance.uniform(9.5, 11.5)
        flesh.append(_tube(x, y + 20, angle, 250, radius * 2.0, 0.0))
        for share in (1.0, 0.68, 0.45, 0.32):
            length = share * chance.uniform(96, 110)
            bones.append(_long_bone(chance, x, y, angle, length, radius))
            x += np.cos(angle) * (length + 2.5)
            y += np.sin(angle) * (length + 2.5)
            angle += chance.normal(0, 0.04)
            radius *= 0.88
    breakable = tuple(index for index in range(len(bones)) if index % 4 < 3)
    return Scene("hand", tuple(bones), tuple(flesh), breakable, zoom=1.2)


def _leg(chance: np.random.Generator) -> Scene:
    """Tibia and fibula."""
    top = chance.uniform(-140, -100)
    length = chance.uniform(210, 270)
    lean = chance.normal(0.0, 0.04)
    side = chance.uniform(22, 30)
    bones = (
        _long_bone(chance, -6, top, _DOWN + lean, length, chance.uniform(15, 19)),
        _long_bone(
            chance,
            side,
            top + 14,
            _DOWN + lean + chance.normal(0.03, 0.03),
            length,
            chance.uniform(5.5, 7.5),
        ),
    )
    flesh = (
        _tube(
            4,
            top - 70,
            _DOWN + lean,
            length + 140,
            chance.uniform(50, 66),
            chance.uniform(0.0, 0.4),
        ),
    )
    return Scene("leg", bones, flesh, (0, 0, 1), pair=(0, 1), zoom=1.35)


def _upper_arm(chance: np.random.Generator) -> Scene:
    """One large shaft and the joint partner at one end."""
    top = chance.uniform(-120, -85)
    length = chance.uniform(150, 185)
    lean = chance.normal(0.0, 0.12)
    radius = chance.uniform(14, 18)
    shaft = _long_bone(
        chance, -np.cos(_DOWN + lean) * length / 2, top, _DOWN + lean, length, radius
    )
    x, y = shaft.point(length + 3, 0.0)
    partners = (
        _long_bone(chance, x - radius * 0.5, y, _DOWN + chance.normal(0, 0.25), 150, radius * 0.7),
        _long_bone(
            chance, x + radius * 0.6, y + 2, _DOWN + chance.normal(0, 0.25), 150, radius * 0.6
        ),
    )
    flesh = (_tube(shaft.x, top - 60, _DOWN + lean, length + 200, chance.uniform(44, 60), 0.1),)
    return Scene("upper arm", (shaft, *partners), flesh, (0,), zoom=1.4)


# Shafts fill most of the set: their breaks are plain enough for a network to learn in minutes.
_SHARES: tuple[tuple[Callable[[np.random.Generator], Scene], float], ...] = (
    (_forearm, 0.33),
    (_leg, 0.28),
    (_upper_arm, 0.23),
    (_wrist, 0.09),
    (_hand, 0.07),
)
