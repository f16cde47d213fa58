"""Where and how the sample set's bones break.

Called by ``demo_film`` only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import hypot, pi

import numpy as np

from training.data.demo_bone import Bone, Break
from training.data.demo_scenes import Scene

# The size that lengths are given for.
_REFERENCE = 224.0
# Displaced breaks a network learns within minutes, hairlines hardly: they keep it from 100 %.
_KINDS = ("displaced", "stepped", "hairline")
_KIND_SHARES = (0.84, 0.12, 0.04)
# Of films with two long bones side by side, as "both-bone" fractures are the rule there.
_SHARE_BOTH = 0.8


@dataclass(frozen=True)
class Injury:
    """All breaks of one film.

    Args:
        breaks: By index of the bone in the scene.
        kind: "displaced", "stepped" or "hairline".
    """

    breaks: Mapping[int, Break]
    kind: str


def draw_injury(scene: Scene, chance: np.random.Generator, size: int) -> Injury | None:
    """Draw breaks for a limb that is placed on its film.

    Args:
        scene: The limb.
        chance: Decides place, kind and degree.
        size: Side of the film, pixels.

    Returns:
        The breaks, or None where no bone that may break lies well within the film.
    """
    places = _breakable_places(scene, size)
    if not places:
        return None
    kind = _KINDS[int(chance.choice(len(_KINDS), p=_KIND_SHARES))]
    broken, place = places[int(chance.integers(len(places)))]
    chosen = [(broken, place)]
    if chance.random() < _SHARE_BOTH and kind != "hairline":
        chosen += _beside(scene, broken, place, places)
    breaks = {
        index: _draw_break(scene.bones[index], at, kind, chance, size) for index, at in chosen
    }
    return Injury(breaks, kind)


def _beside(
    scene: Scene, broken: int, place: float, places: list[tuple[int, float]]
) -> list[tuple[int, float]]:
    """The nearest place of the bone that runs alongside, if it is well within the film too."""
    if broken not in scene.pair:
        return []
    x, y = scene.bones[broken].point(place * scene.bones[broken].length, 0.0)

    def distance(other: tuple[int, float]) -> float:
        bone = scene.bones[other[0]]
        other_x, other_y = bone.point(other[1] * bone.length, 0.0)
        return hypot(other_x - x, other_y - y)

    others = [other for other in places if other[0] in scene.pair and other[0] != broken]
    return [min(others, key=distance)] if others else []


def _breakable_places(scene: Scene, size: int) -> list[tuple[int, float]]:
    """Bones and shares of their length that lie well within the film."""
    return [
        (index, float(place))
        for index in scene.breakable
        for place in np.linspace(0.14, 0.86, 37)
        if _is_inside(scene.bones[index], float(place), size)
    ]


def _draw_break(
    bone: Bone, place: float, kind: str, chance: np.random.Generator, size: int
) -> Break:
    """Draw how a bone is broken."""
    unit = size / _REFERENCE
    width = bone.half_width(place * bone.length)
    side = int(chance.choice((-1, 1)))
    grade = chance.uniform(0.0, 1.0)
    jags = tuple(
        (
            chance.uniform(0.1, 0.5) * (0.6 * unit + 0.06 * width),
            chance.uniform(0.4, 1.0) * waves / max(2.0 * width, 1.0),
            chance.uniform(0.0, 2 * pi),
        )
        for waves in (1.0, 2.2, 4.5)
    )
    slant = chance.normal(0.0, 0.42)
    gap, shift, bend, reach = chance.uniform(0.0, 1.0, 4)
    fracture = Break(
        place=place * bone.length,
        slant=float(np.clip(slant, -1.0, 1.0)),
        gap=0.0,
        shift=0.0,
        bend=0.0,
        reach=1.0,
        side=side,
        jags=jags,
    )
    far = max((1.0 - place) * bone.length, 1.0)
    if kind == "displaced":
        return replace(
            fracture,
            gap=(2.0 + 5.0 * gap) * unit,
            shift=side * width * (0.4 + 0.75 * grade),
            # The far end may swing out only so far: the joint beyond it stays where it is.
            bend=side * (0.4 + 0.6 * bend) * min(0.45, 34.0 * unit / far),
            wedge=min(width * (0.6 + 1.2 * reach), 0.4 * far) * (shift < 0.55),
            wedge_shift=-side * width * (0.1 + 0.5 * grade),
            wedge_bend=-side * (0.1 + 0.4 * bend),
        )
    if kind == "stepped":
        return replace(
            fracture,
            gap=(2.2 + 1.6 * gap) * unit,
            shift=side * (1.5 * unit + width * (0.1 + 0.15 * shift)),
            bend=side * (0.3 + 0.7 * bend) * min(0.09, 7.0 * unit / far),
        )
    return replace(fracture, gap=(1.6 + 1.2 * gap) * unit, reach=float(min(1.0, 0.7 + 0.7 * reach)))


def _is_inside(bone: Bone, place: float, size: int) -> bool:
    margin = 0.17 * size
    return all(margin < at < size - margin for at in bone.point(place * bone.length, 0.0))
