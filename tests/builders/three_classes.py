"""Folders of three classes: films as the sample set draws them, and squares that are learnt at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from training.data.demo_film import draw_film

CLASSES = ("forearm", "leg", "upper arm")


SQUARES = ("no square", "one square", "two squares")


def squares(root: Path, *, train: int = 16, validation: int = 8, size: int = 64) -> Path:
    """Noise with no, one or two bright squares, under ``train/CLASS`` and ``val/CLASS``."""
    random = np.random.default_rng(0)
    places = (slice(8, 24), slice(36, 52))
    for split, count in (("train", train), ("val", validation)):
        for number_of, name in enumerate(SQUARES):
            folder = root / split / name
            folder.mkdir(parents=True)
            for number in range(count):
                grey = random.integers(0, 90, (size, size)).astype(np.uint8)
                for place in places[:number_of]:
                    grey[place, place] += 120
                Image.fromarray(grey).save(folder / f"{split} {number}.png")
    return root


def three_classes(
    root: Path,
    *,
    train: int = 10,
    validation: int = 5,
    size: int = 64,
    classes: tuple[str, ...] = CLASSES,
) -> Path:
    """Write films under ``train/CLASS`` and ``val/CLASS``; without validation under ``CLASS``.

    Args:
        root: The folder.
        train: Films of each class.
        validation: Likewise, 0 for a folder without parts.
        size: Side of the films, pixels.
        classes: Body regions as the sample set draws them.
    """
    wanted = dict.fromkeys(classes, train + validation)
    seed = 0
    while any(wanted.values()):
        film = draw_film((7, seed), fractured=False, size=size)
        seed += 1
        left = wanted.get(film.region, 0)
        if not left:
            continue
        wanted[film.region] = left - 1
        part = "" if not validation else "val/" if left <= validation else "train/"
        path = root / f"{part}{film.region}" / f"film {seed}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(film.pixels).save(path)
    return root
