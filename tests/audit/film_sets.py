"""Small sets of drawn wrists in folders, for the audit's tests."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps

from tests.audit.wrists import brightened, save, turned, wrist
from training.audit.check import Audit, check_data
from training.data.scan import scan_folder

CLASSES = ("not fractured", "fractured")


def checked(root: Path) -> Audit:
    """The data check of a folder."""
    return check_data(scan_folder(root))


def variant(seed: int, number: int) -> Image.Image:
    """A copy of a wrist as augmentation tools make them; number 0 is the film itself."""
    image = wrist(seed)
    if number == 0:
        return image
    image = turned(image, 53 * number)
    image = ImageOps.mirror(image) if number % 2 else image
    return brightened(image, 1.1, 12) if number % 3 == 0 else image


def honest_set(root: Path, *, train: int = 6, val: int = 3) -> Path:
    """Different films everywhere."""
    seed = 0
    for split, count in (("train", train), ("val", val)):
        for label, name in enumerate(CLASSES):
            for number in range(count):
                # Even seeds draw films without a fracture.
                save(root / split / name / f"{split}{number}.png", wrist(2 * seed + label))
                seed += 1
    return root


def leaking_set(root: Path) -> tuple[Path, int]:
    """A test folder of 32 files, all but one copies of films in train, under new names.

    Returns:
        The set and the number of its leaked test files.
    """
    for label, name in enumerate(CLASSES):
        for number in range(8):
            save(root / "train" / name / f"a{number}.png", wrist(2 * number + label))
        for number in range(16):
            is_leak = (label, number) != (1, 15)
            image = variant(2 * (number % 8) + label, number + 1) if is_leak else wrist(99)
            save(root / "test" / name / f"z{number}.jpg", image, quality=80)
        save(root / "val" / name / "v.png", wrist(40 + label))
    return root, 31


def flat_set(root: Path) -> Path:
    """Classes alone, without parts; each film three times under three unlike names."""
    for label, name in enumerate(CLASSES):
        for number in range(8):
            for copy, word in enumerate(("x", "y", "z")):
                path = root / name / f"{word}{number}.png"
                save(path, variant(2 * number + label, copy))
    return root
