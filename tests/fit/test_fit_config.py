"""Settings: what is refused, in which words, and what survives a file."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from training.augmentation.config import NOTEBOOK, PRESETS, AugmentationConfig
from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig, notebook_preset

PLAIN = TrainConfig(data=Path("films"), runs=Path("runs"))
PLAIN.check()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"epochs": 0}, "epoch"),
        ({"batch_size": 0}, "batch"),
        ({"learning_rate": 0.0}, "learning rate"),
        ({"learning_rate": math.nan}, "learning rate"),
        ({"threshold": 1.0}, "threshold"),
        ({"validation_share": 0.01}, "validation"),
        ({"monitor": "loss"}, "best epoch"),
        ({"plateau_patience": 0}, "rate"),
        ({"early_stopping_patience": 0}, "ends early"),
        ({"precision": "float16"}, "Precision"),
        ({"cache_share": 2.0}, "memory"),
        ({"seed": -1}, "seed"),
        ({"preprocessing": Preprocessing(size=32)}, "input size"),
        ({"network": NetworkConfig(name="resnet")}, "network"),
        ({"network": NetworkConfig(kernel_size=4)}, "odd"),
        ({"network": NetworkConfig(kernel_size=13)}, "kernel size"),
        ({"network": NetworkConfig(dropout=1.0)}, "Dropout"),
        ({"network": NetworkConfig(l1=-1.0)}, "L1"),
        ({"network": NetworkConfig(l2=math.inf)}, "L2"),
        ({"network": NetworkConfig(width=0.01)}, "width"),
        ({"network": NetworkConfig(num_blocks=0)}, "blocks"),
        ({"augmentation": AugmentationConfig(rotation=-1.0)}, "Rotation"),
        ({"augmentation": AugmentationConfig(zoom=1.0)}, "Zoom"),
        ({"augmentation": AugmentationConfig(tilt=90.0)}, "Tilt"),
        ({"augmentation": AugmentationConfig(fill="wrap")}, "outside"),
    ],
)
def test_that_a_setting_which_cannot_be_used_is_named(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(UserError, match=word):
        replace(PLAIN, **changes).check()


@pytest.mark.parametrize("augmentation", PRESETS.values(), ids=PRESETS.keys())
def test_that_every_preset_can_be_used(augmentation: AugmentationConfig) -> None:
    replace(PLAIN, augmentation=augmentation).check()


def test_that_settings_survive_a_file_and_newer_names_do_no_harm() -> None:
    config = notebook_preset(
        Path("films"), Path("runs"), positive="fractured", early_stopping_patience=3
    )
    values = json.loads(json.dumps(config.to_json())) | {"of_a_newer_version": 1}
    values["network"]["of_a_newer_version"] = 1
    assert TrainConfig.from_json(values) == config


def test_that_the_notebook_preset_is_as_published() -> None:
    config = notebook_preset(Path("films"), Path("runs"))
    config.check()
    assert (config.network, config.augmentation) == (NetworkConfig(name="notebook"), NOTEBOOK)
    assert (config.batch_size, config.epochs, config.learning_rate) == (64, 20, 1e-3)
    assert (config.monitor, config.lower_rate_on_plateau, config.patience) == (
        "val_accuracy",
        True,
        4,
    )
    assert config.preprocessing == Preprocessing(size=224, keep_aspect=False)
    published = {"rotation": 15.0, "shear": 0.2, "zoom": 0.2, "width_shift": 0.1}
    published |= {"height_shift": 0.1, "tilt": 0.0}
    for name, value in published.items():
        assert getattr(config.augmentation, name) == value
    assert config.augmentation.horizontal_flip
    assert config.augmentation.fill == "nearest"


@pytest.mark.parametrize(("epochs", "patience"), [(20, 4), (3, 2), (100, 20)])
def test_that_patience_is_a_fifth_of_the_epochs_but_two_at_least(
    epochs: int, patience: int
) -> None:
    assert replace(PLAIN, epochs=epochs).patience == patience
    assert replace(PLAIN, epochs=epochs, plateau_patience=7).patience == 7
