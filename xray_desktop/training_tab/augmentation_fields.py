"""The ranges of the augmentation, one field each."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from training.augmentation.config import PRESETS, AugmentationConfig
from xray_desktop.training_tab.fields import Fields

PRESET_WORDS = {
    "strong": "Strong (recommended)",
    "notebook": "Published notebook",
    "none": "None",
    "custom": "Own ranges (under More)",
}
_FILLS = (
    ("black", "constant"),
    ("its edge, smeared", "nearest"),
    ("its mirror image", "reflect"),
)


class AugmentationFields(QObject):
    """Fields for every range of ``AugmentationConfig``.

    Args:
        fields: Makes them in a form.

    Signals:
        edited: The user changed a range.
    """

    edited = Signal()

    def __init__(self, fields: Fields, parent: QObject | None = None) -> None:
        super().__init__(parent)
        either = "to either side; 0 turns it off"
        self._numbers = {
            "rotation": fields.number(
                "Turn, °",
                "rotationBox",
                f"Films are turned by up to this many degrees {either}.",
                (0, 180),
                1,
            ),
            "tilt": fields.number(
                "Tilt, °",
                "tiltBox",
                f"Films are tilted out of their plane by up to this many degrees {either}.",
                (0, 45),
                1,
            ),
            "shear": fields.number(
                "Shear, °",
                "shearBox",
                f"Films are slanted by up to this many degrees {either}.",
                (0, 45),
                2,
            ),
            "zoom": fields.number(
                "Zoom, %",
                "zoomBox",
                "Films are enlarged or shrunk by up to this share; 0 turns it off.",
                (0, 90),
                1,
            ),
            "width_shift": fields.number(
                "Shift across, %",
                "widthShiftBox",
                f"Films are moved by up to this share of their width {either}.",
                (0, 90),
                1,
            ),
            "height_shift": fields.number(
                "Shift down, %",
                "heightShiftBox",
                f"Films are moved by up to this share of their height {either}.",
                (0, 90),
                1,
            ),
        }
        self._fill = fields.choice(
            "Uncovered", "fillBox", "What fills the places that a moved film leaves empty.", _FILLS
        )
        self._flip = fields.tick(
            "Mirror every second film",
            "flipBox",
            "Left becomes right; lead markers are mirrored too.",
        )
        for box in self._numbers.values():
            box.valueChanged.connect(self._on_edited)
        self._fill.currentIndexChanged.connect(self._on_edited)
        self._flip.toggled.connect(self._on_edited)

    @property
    def config(self) -> AugmentationConfig:
        """The ranges as they stand, under the name of the preset that has them, or "custom"."""
        # Rounded, because 15 % comes back from its field as 0.15000000000000002.
        values = {
            name: round(box.value() / (100.0 if _is_share(name) else 1.0), 6)
            for name, box in self._numbers.items()
        }
        made = AugmentationConfig.from_json(
            {
                **values,
                "horizontal_flip": self._flip.isChecked(),
                "fill": str(self._fill.currentData()),
            }
        )
        return next((p for p in PRESETS.values() if _same(p, made)), made)

    def show_config(self, config: AugmentationConfig) -> None:
        """Fill the fields without telling of it."""
        for name, box in self._numbers.items():
            box.blockSignals(True)
            box.setValue(getattr(config, name) * (100.0 if _is_share(name) else 1.0))
            box.blockSignals(False)
        for choice in (self._fill, self._flip):
            choice.blockSignals(True)
        self._fill.setCurrentIndex(max(0, self._fill.findData(config.fill)))
        self._flip.setChecked(config.horizontal_flip)
        for choice in (self._fill, self._flip):
            choice.blockSignals(False)

    @Slot()
    def _on_edited(self, *_: object) -> None:
        self.edited.emit()


def _is_share(name: str) -> bool:
    return name in ("zoom", "width_shift", "height_shift")


def _same(preset: AugmentationConfig, made: AugmentationConfig) -> bool:
    return preset.to_json() | {"name": ""} == made.to_json() | {"name": ""}
