"""A film's augmented forms, named, for the viewer and the augmentation preview. Imports TensorFlow.

Single changes are chosen, not drawn, so that the strip always shows the same ones; mixed ones are
drawn as training draws them. Both go through the op of ``transforms``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.transforms import Changes, draw, matrices
from training.augmentation.variant import Variant
from training.augmentation.warp import warp
from training.films.film import GreyPixels

_UNCHANGED = dict.fromkeys(Changes._fields, 0.0) | {"row_step": 1.0, "column_step": 1.0}


def make_variants(
    picture: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
) -> tuple[Variant, ...]:
    """Make a film's variants: single changes first, then mixed ones.

    Args:
        picture: uint8, (size, size), a film as ``Preprocessing.apply`` gives it.
        config: The augmentation; only changes that it has on are shown.
        count: How many; single changes take at most two thirds of them.
        seed: Of the mixed ones.

    Returns:
        ``count`` variants without scores; none where the augmentation is off.
    """
    if config.is_off or count < 1:
        return ()
    singles = list(_single_changes(config))[: max(1, (2 * count + 2) // 3)]
    num_mixed = count - len(singles)
    drawn = draw(config, num_mixed, (seed, 0))
    mixed = np.stack([np.asarray(values) for values in drawn], axis=1)
    values = np.concatenate([np.array(singles, np.float32).reshape(-1, len(drawn)), mixed])
    names = [describe(single) for single in singles]
    names += [f"mixed {number}: {describe(row)}" for number, row in enumerate(mixed, start=1)]
    pictures = _warp(picture, values.astype(np.float32), config.fill)
    return tuple(Variant(name, made) for name, made in zip(names, pictures, strict=True))


def describe(values: npt.ArrayLike) -> str:
    """Say in words what a change does to the picture on screen.

    Args:
        values: Float, (9,), in the order of ``Changes``.

    Returns:
        "rotated +15°, zoomed 1.2 x"; "unchanged" where nothing would be seen.
    """
    change = Changes(*(float(value) for value in np.asarray(values)))
    words = []
    if abs(change.rotation) >= 0.5:
        words.append(f"rotated {change.rotation:+.0f}°")
    if abs(change.shear) >= 0.05:
        words.append(f"sheared {_short(change.shear)}°")
    words += _zoom_words(1.0 / change.row_step, 1.0 / change.column_step)
    if change.mirror > 0.5:
        words.append("mirrored")
    if abs(change.shift_left) >= 0.005:
        side = "left" if change.shift_left > 0 else "right"
        words.append(f"shifted {abs(change.shift_left):.0%} {side}".replace("%", " %"))
    if abs(change.shift_up) >= 0.005:
        side = "up" if change.shift_up > 0 else "down"
        words.append(f"shifted {abs(change.shift_up):.0%} {side}".replace("%", " %"))
    if abs(change.tilt_rows) >= 0.5:
        words.append(f"tilted {change.tilt_rows:+.0f}° (top to bottom)")
    if abs(change.tilt_columns) >= 0.5:
        words.append(f"tilted {change.tilt_columns:+.0f}° (side to side)")
    return ", ".join(words) or "unchanged"


def _single_changes(config: AugmentationConfig) -> Iterator[list[float]]:
    """The largest change of each kind, then its opposite; kinds that are off give none."""
    kinds: list[tuple[dict[str, float], dict[str, float]]] = []
    if config.rotation:
        kinds.append(({"rotation": config.rotation}, {"rotation": -config.rotation}))
    if config.zoom:
        # 1 / (1 + zoom) lies within the range of steps and reads as a round magnification.
        near, far = 1.0 / (1.0 + config.zoom), 1.0 + config.zoom
        kinds.append(
            ({"row_step": near, "column_step": near}, {"row_step": far, "column_step": far})
        )
    if config.horizontal_flip:
        kinds.append(({"mirror": 1.0}, {}))
    if config.width_shift:
        kinds.append(({"shift_left": config.width_shift}, {"shift_left": -config.width_shift}))
    if config.height_shift:
        kinds.append(({"shift_up": config.height_shift}, {"shift_up": -config.height_shift}))
    if config.shear:
        kinds.append(({"shear": config.shear}, {"shear": -config.shear}))
    if config.tilt:
        kinds.append(({"tilt_rows": config.tilt}, {"tilt_columns": config.tilt}))
    for side in range(2):
        for pair in kinds:
            if pair[side]:
                yield list((_UNCHANGED | pair[side]).values())


def _warp(picture: GreyPixels, values: npt.NDArray[np.float32], fill: str) -> GreyPixels:
    changes = Changes(*(tf.constant(column) for column in values.T))
    batch = np.broadcast_to(picture[np.newaxis, :, :, np.newaxis], (len(values), *picture.shape, 1))
    warped = warp(batch, matrices(changes, *picture.shape), fill).numpy()
    pictures: GreyPixels = np.clip(np.rint(warped[..., 0]), 0, 255).astype(np.uint8)
    return pictures


def _zoom_words(rows: float, columns: float) -> list[str]:
    if abs(rows - columns) < 0.005:
        return [] if abs(rows - 1.0) < 0.005 else [f"zoomed {_short(rows)} x"]
    words = []
    if abs(rows - 1.0) >= 0.005:
        words.append(f"height {_short(rows)} x")
    if abs(columns - 1.0) >= 0.005:
        words.append(f"width {_short(columns)} x")
    return words


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
