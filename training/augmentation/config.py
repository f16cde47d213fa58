"""How far training may turn, shift and bend a film."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from training.errors import UserError

FILLS = ("nearest", "reflect", "constant")


@dataclass(frozen=True)
class AugmentationConfig:
    """Ranges of the random changes; each is drawn evenly from its range, 0 turns it off.

    Args:
        name: Preset's name, or "custom".
        rotation: Degrees, to either side.
        shear: Degrees, to either side (Keras ``shear_range`` counts degrees too).
        zoom: Fraction: 0.2 draws the old rows per new row, and the columns, from 0.8 to 1.2 each,
            so a film grows up to 1.25 times or shrinks to 0.83 (as Keras ``zoom_range`` does).
        horizontal_flip: Mirror each film with an even chance.
        width_shift: Fraction of the width, to either side.
        height_shift: Fraction of the height, to either side.
        tilt: Degrees out of the film's plane about both axes, to either side; a perspective warp.
        fill: What comes in from outside: "nearest", "reflect" or "constant" (black).
    """

    name: str = "custom"
    rotation: float = 0.0
    shear: float = 0.0
    zoom: float = 0.0
    horizontal_flip: bool = False
    width_shift: float = 0.0
    height_shift: float = 0.0
    tilt: float = 0.0
    fill: str = "nearest"

    @property
    def is_off(self) -> bool:
        """True where no film is ever changed."""
        return not any(
            value for name, value in asdict(self).items() if name not in ("name", "fill")
        )

    def check(self) -> None:
        """Raise ``UserError`` naming the first range that cannot be used."""
        limits = {
            "rotation": ("Rotation", 180.0, "degrees"),
            "shear": ("Shear", 45.0, "degrees"),
            "zoom": ("Zoom", 0.9, "of the size"),
            "width_shift": ("The shift in width", 0.9, "of the width"),
            "height_shift": ("The shift in height", 0.9, "of the height"),
            "tilt": ("Tilt", 60.0, "degrees"),
        }
        for name, (title, largest, unit) in limits.items():
            if not 0.0 <= getattr(self, name) <= largest:
                raise UserError(f"{title} must lie between 0 and {largest:g} {unit}.")
        if self.fill not in FILLS:
            raise UserError(f"What comes in from outside must be one of {', '.join(FILLS)}.")

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> AugmentationConfig:
        """From what ``to_json`` gave; unknown names are left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


NONE = AugmentationConfig(name="none")

# The ranges of the published notebook (ImageDataGenerator), unchanged.
NOTEBOOK = AugmentationConfig(
    name="notebook",
    rotation=15.0,
    shear=0.2,
    zoom=0.2,
    horizontal_flip=True,
    width_shift=0.1,
    height_shift=0.1,
    fill="nearest",
)

# Limbs are turned a little and lie a little tilted; shear beyond that bends no real bone. Wider
# ranges (30 and 15 degrees) kept small sets from learning within 20 epochs.
STRONG = AugmentationConfig(
    name="strong",
    rotation=20.0,
    shear=3.0,
    zoom=0.2,
    horizontal_flip=True,
    width_shift=0.1,
    height_shift=0.1,
    tilt=10.0,
    fill="constant",
)

PRESETS = {preset.name: preset for preset in (STRONG, NOTEBOOK, NONE)}
