"""The settings that most runs leave alone, under More."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from training.augmentation.config import AugmentationConfig
from training.films.preprocessing import Preprocessing
from training.fit.config import BACKBONE_PARTS, TrainConfig
from xray_desktop import theme
from xray_desktop.training_tab.augmentation_fields import AugmentationFields
from xray_desktop.training_tab.fields import Fields, WheelGuard
from xray_desktop.training_tab.start_field import TIP, StartBox

_PRECISIONS = (
    ("fastest here", "auto"),
    ("float32", "float32"),
    ("mixed bfloat16", "mixed_bfloat16"),
)


class MoreSettings(QWidget):
    """Optimiser, films, network and augmentation ranges.

    Args:
        guard: Filters the fields' wheel events.

    Signals:
        edited: The user changed something other than the augmentation.
        augmentation_edited: The user changed a range.
    """

    edited = Signal()
    augmentation_edited = Signal()

    def __init__(self, guard: WheelGuard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("moreSettings")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE_1)
        self._augmentation = AugmentationFields(self._group(layout, "Augmentation", guard), self)
        self._augmentation.edited.connect(self.augmentation_edited)
        self._make_training(self._group(layout, "Training", guard))
        self._make_films(self._group(layout, "Films", guard))
        self._make_network(self._group(layout, "Network", guard))

    def _group(self, layout: QVBoxLayout, title: str, guard: WheelGuard) -> Fields:
        heading = QLabel(title)
        heading.setProperty("role", "small")
        layout.addSpacing(theme.SPACE_1)
        layout.addWidget(heading)
        form = QFormLayout()
        layout.addLayout(form)
        return Fields(form, guard)

    def show_num_classes(self, num_classes: int) -> None:
        """Offer what a set of so many classes has: a threshold with two only."""
        self._training.show_row(self._threshold, num_classes <= 2)
        which = "both" if num_classes <= 2 else "all"
        self._weights.setText(f"Weigh {which} classes the same")

    def _make_training(self, fields: Fields) -> None:
        self._training = fields
        self._rate = fields.number(
            "Learning rate",
            "rateBox",
            "How far each step moves the weights (Adam), at the start.",
            (1e-6, 1.0),
            6,
        )
        self._weights = fields.tick(
            "Weigh both classes the same",
            "classWeightsBox",
            "Films of the rarer classes count more, so that all classes count the same.",
        )
        self._threshold = fields.number(
            "Threshold",
            "thresholdBox",
            "Score from which on a film counts as positive.",
            (0.01, 0.99),
            2,
        )
        self._seed = fields.whole(
            "Seed",
            "seedBox",
            "The same seed gives the same split, weights and order of films.",
            (0, 999_999),
        )
        self._precision = fields.choice(
            "Precision",
            "precisionBox",
            "Numbers the network calculates in. “Fastest here” times both for a moment and chooses.",
            _PRECISIONS,
        )
        self._rate.valueChanged.connect(self._on_edited)
        self._weights.toggled.connect(self._on_edited)
        self._threshold.valueChanged.connect(self._on_edited)
        self._seed.valueChanged.connect(self._on_edited)
        self._precision.currentIndexChanged.connect(self._on_edited)

    def _make_films(self, fields: Fields) -> None:
        self._size = fields.whole(
            "Input size, px",
            "sizeBox",
            "Films are made this many pixels wide and high.",
            (64, 1024),
        )
        self._size.setSingleStep(32)
        self._aspect = fields.tick(
            "Keep the films’ proportions",
            "aspectBox",
            "Pads with black; without it films are squashed to a square, as the notebook does.",
        )
        self._stretch = fields.tick(
            "Stretch the films’ greys",
            "stretchBox",
            "Draws each film from its darkest to its brightest, so that films of different machines "
            "come alike. The transfer network needs it.",
        )
        self._share = fields.whole(
            "Validation, %",
            "shareBox",
            "Share of films held back to validate on, where the folder has no val folder.",
            (5, 50),
        )
        self._size.valueChanged.connect(self._on_edited)
        self._aspect.toggled.connect(self._on_edited)
        self._stretch.toggled.connect(self._on_edited)
        self._share.valueChanged.connect(self._on_edited)

    def _make_network(self, fields: Fields) -> None:
        self._kernel = fields.whole(
            "Kernel size",
            "kernelBox",
            "Side of the filters, in pixels: odd. The published one is 3.",
            (1, 11),
        )
        self._kernel.setSingleStep(2)
        self._blocks = fields.whole(
            "Blocks", "blocksBox", "Convolution blocks; more see more of the film at once.", (0, 8)
        )
        self._blocks.setSpecialValueText("the network’s own")
        self._width = fields.number(
            "Width", "widthBox", "Factor on the number of filters of every block.", (0.125, 4.0), 3
        )
        self._dropout = fields.number(
            "Dropout",
            "dropoutBox",
            "Share of values left out at random, against learning by heart.",
            (0.0, 0.95),
            2,
        )
        penalty = "penalty on large weights, against learning by heart; 0 for none"
        self._l1 = fields.number("L1", "l1Box", f"L1 {penalty}.", (0.0, 1.0), 6)
        self._l2 = fields.number("L2", "l2Box", f"L2 {penalty}.", (0.0, 1.0), 6)
        self._parts = fields.whole(
            "Backbone parts",
            "partsBox",
            "Of the transfer network: how many of the backbone’s last parts learn beside the head. "
            "With 0 a run takes minutes; more need far longer and many films.",
            (0, BACKBONE_PARTS),
        )
        self._start = fields.add("Start from", "startBox", TIP, StartBox())
        self._start.edited.connect(self._on_edited)
        for box in (self._kernel, self._blocks, self._parts):
            box.valueChanged.connect(self._on_edited)
        for number in (self._width, self._dropout, self._l1, self._l2):
            number.valueChanged.connect(self._on_edited)

    @property
    def augmentation(self) -> AugmentationConfig:
        """The ranges as they stand."""
        return self._augmentation.config

    def show_augmentation(self, config: AugmentationConfig) -> None:
        """Fill in the ranges without telling of it."""
        self._augmentation.show_config(config)

    def show_config(self, config: TrainConfig) -> None:
        """Fill all fields; the panel blocks what they tell."""
        self._augmentation.show_config(config.augmentation)
        self._rate.setValue(config.learning_rate)
        self._weights.setChecked(config.class_weights)
        self._threshold.setValue(config.threshold)
        self._seed.setValue(config.seed)
        self._precision.setCurrentIndex(max(0, self._precision.findData(config.precision)))
        self.show_framing(config.preprocessing)
        self._share.setValue(round(100 * config.validation_share))
        self._kernel.setValue(config.network.kernel_size)
        self._blocks.setValue(config.network.num_blocks or 0)
        self._parts.setValue(config.network.trained_parts)
        self._start.show_start(config.start)
        self._width.setValue(config.network.width)
        self._dropout.setValue(config.network.dropout)
        self._l1.setValue(config.network.l1)
        self._l2.setValue(config.network.l2)
        self.set_network(config.network.name)

    def show_framing(self, preprocessing: Preprocessing) -> None:
        """Fill in how films become the network's input."""
        self._size.setValue(preprocessing.size)
        self._aspect.setChecked(preprocessing.keep_aspect)
        self._stretch.setChecked(preprocessing.stretch)

    def set_network(self, name: str) -> None:
        """Allow what the network knows; the transfer network's shape is given."""
        is_transfer = name == "transfer"
        for box in (self._kernel, self._blocks, self._width):
            box.setEnabled(not is_transfer)
        self._parts.setEnabled(is_transfer)
        self._start.setEnabled(is_transfer)

    def applied_to(self, config: TrainConfig) -> TrainConfig:
        """The settings with these fields' values, without the augmentation."""
        network = replace(
            config.network,
            kernel_size=self._kernel.value(),
            num_blocks=self._blocks.value() or None,
            trained_parts=self._parts.value(),
            width=self._width.value(),
            dropout=self._dropout.value(),
            l1=self._l1.value(),
            l2=self._l2.value(),
        )
        return replace(
            config,
            network=network,
            preprocessing=Preprocessing(
                self._size.value(), self._aspect.isChecked(), self._stretch.isChecked()
            ),
            learning_rate=self._rate.value(),
            class_weights=self._weights.isChecked(),
            threshold=self._threshold.value(),
            seed=self._seed.value(),
            precision=str(self._precision.currentData()),
            validation_share=self._share.value() / 100.0,
            start=self._start.start if network.name == "transfer" else None,
        )

    @Slot()
    def _on_edited(self, *_: object) -> None:
        self.edited.emit()
