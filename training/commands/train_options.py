"""The options of ``train`` and the run settings they make. Loads no TensorFlow."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.augmentation.config import PRESETS, AugmentationConfig
from training.fit.config import (
    MONITORS,
    NETWORKS,
    PRECISIONS,
    NetworkConfig,
    TrainConfig,
    notebook_preset,
    transfer_preset,
)

_PRESETS: dict[str, Callable[..., TrainConfig]] = {
    "default": TrainConfig,
    "notebook": notebook_preset,
    "transfer": transfer_preset,
}
_FILLS = ("nearest", "reflect", "constant")

# Options that are named like the setting they give; one that is not given is None.
_NETWORK = ("kernel_size", "l1", "l2", "dropout", "width", "num_blocks", "trained_parts")
_AUGMENTATION = (
    "rotation",
    "shear",
    "zoom",
    "horizontal_flip",
    "width_shift",
    "height_shift",
    "tilt",
    "fill",
)
_RUN = (
    "positive",
    "validation_share",
    "epochs",
    "batch_size",
    "learning_rate",
    "monitor",
    "lower_rate_on_plateau",
    "plateau_patience",
    "early_stopping_patience",
    "class_weights",
    "threshold",
    "precision",
    "cache_share",
    "seed",
    "calibrate",
    "data_check",
    "start",
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options that make a ``TrainConfig``.

    Args:
        parser: The command's parser.
    """
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="films sorted by class")
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder for runs (%(default)s)",
    )
    parser.add_argument(
        "--preset",
        choices=tuple(_PRESETS),
        default="default",
        help="settings to start from; notebook: those of the published notebook; "
        "transfer: a head on the starter model's backbone",
    )
    add_check_option(parser)
    _add_network(parser.add_argument_group("network"))
    _add_augmentation(parser.add_argument_group("augmentation, of training films only"))
    _add_run(parser.add_argument_group("run"))


def add_check_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that names a data check.

    Args:
        parser: The command's parser.
    """
    parser.add_argument(
        "--check",
        dest="data_check",
        type=Path,
        metavar="FILE",
        help="go by the films, labels and splits of a data check (see audit), not by file names",
    )


def to_config(arguments: argparse.Namespace) -> TrainConfig:
    """The run that the options ask for: the preset, changed by every option that was given.

    Args:
        arguments: As parsed.

    Returns:
        The settings, not checked.
    """
    config: TrainConfig = _PRESETS[arguments.preset](data=arguments.folder, runs=arguments.runs)
    network = _given(arguments, _NETWORK)
    if arguments.network is not None:
        network["name"] = arguments.network
    changes = _given(arguments, _RUN) | {
        "network": _changed(config.network, network),
        "augmentation": _augmentation(arguments, config.augmentation),
    }
    framing: dict[str, Any] = _given(arguments, ("size", "keep_aspect", "stretch"))
    changes["preprocessing"] = dataclasses.replace(config.preprocessing, **framing)
    return dataclasses.replace(config, **changes)


def _given(arguments: argparse.Namespace, names: tuple[str, ...]) -> dict[str, Any]:
    """The options of these names that were given."""
    values = {name: getattr(arguments, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _changed(network: NetworkConfig, changes: dict[str, Any]) -> NetworkConfig:
    return dataclasses.replace(network, **changes)


def _augmentation(arguments: argparse.Namespace, preset: AugmentationConfig) -> AugmentationConfig:
    """The chosen preset, named "custom" as soon as one of its ranges is changed."""
    if arguments.augmentation is not None:
        preset = PRESETS[arguments.augmentation]
    changes = _given(arguments, _AUGMENTATION)
    changed = dataclasses.replace(preset, **changes)
    return preset if changed == preset else dataclasses.replace(changed, name="custom")


def _add_network(group: Any) -> None:
    group.add_argument("--network", choices=NETWORKS, help="compact is some ten times faster")
    group.add_argument("--kernel-size", type=int, metavar="N", help="side of the kernels, odd")
    group.add_argument("--l1", type=float, metavar="X", help="L1 weight penalty")
    group.add_argument("--l2", type=float, metavar="X", help="L2 weight penalty")
    group.add_argument("--dropout", type=float, metavar="SHARE", help="0 to under 1")
    group.add_argument("--width", type=float, metavar="FACTOR", help="factor on the filters")
    group.add_argument(
        "--blocks", dest="num_blocks", type=int, metavar="N", help="number of convolution blocks"
    )
    group.add_argument(
        "--trained-parts",
        type=int,
        metavar="N",
        help="of transfer's backbone, the last parts that learn beside the head",
    )
    group.add_argument(
        "--start",
        type=Path,
        metavar="FILE",
        help="of transfer: begin from this transfer model, not from the starter model",
    )
    group.add_argument("--size", type=int, metavar="PIXELS", help="side of the input square")
    group.add_argument(
        "--keep-aspect",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="pad films to a square; otherwise squash them",
    )
    group.add_argument(
        "--stretch",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="draw each film's greys over the full range",
    )


def _add_augmentation(group: Any) -> None:
    group.add_argument("--augmentation", choices=tuple(PRESETS), help="ranges to start from")
    group.add_argument("--rotation", type=float, metavar="DEGREES", help="to either side")
    group.add_argument("--shear", type=float, metavar="DEGREES", help="to either side")
    group.add_argument("--zoom", type=float, metavar="SHARE", help="0.2: scales of 0.8 to 1.2")
    group.add_argument(
        "--flip", dest="horizontal_flip", action=argparse.BooleanOptionalAction, default=None
    )
    group.add_argument("--width-shift", type=float, metavar="SHARE", help="to either side")
    group.add_argument("--height-shift", type=float, metavar="SHARE", help="up and down")
    group.add_argument("--tilt", type=float, metavar="DEGREES", help="out of the film's plane")
    group.add_argument("--fill", choices=_FILLS, help="what comes in from outside")


def _add_run(group: Any) -> None:
    group.add_argument(
        "--positive", metavar="NAME", help="of two classes the one that the score stands for"
    )
    group.add_argument(
        "--validation-share",
        type=float,
        metavar="SHARE",
        help="of films drawn for validation where the folder has none",
    )
    group.add_argument("--epochs", type=int, metavar="N")
    group.add_argument("--batch-size", type=int, metavar="N")
    group.add_argument("--learning-rate", type=float, metavar="X", help="of Adam, at the start")
    group.add_argument("--monitor", choices=MONITORS, help="figure that decides the best epoch")
    group.add_argument(
        "--lower-rate",
        dest="lower_rate_on_plateau",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="lower the learning rate where validation loss stays",
    )
    group.add_argument(
        "--plateau-patience", type=int, metavar="EPOCHS", help="before it is lowered"
    )
    group.add_argument(
        "--early-stopping",
        dest="early_stopping_patience",
        type=int,
        metavar="EPOCHS",
        help="end after so many epochs without gain",
    )
    group.add_argument(
        "--class-weights",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let both classes count the same",
    )
    group.add_argument(
        "--threshold", type=float, metavar="SCORE", help="of two classes: positive from here on"
    )
    group.add_argument("--precision", choices=PRECISIONS, help="auto measures, then chooses")
    group.add_argument("--cache-share", type=float, metavar="SHARE", help="of memory for films")
    group.add_argument(
        "--calibrate",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="of two classes: fit a temperature on validation and state scores with it",
    )
    group.add_argument("--seed", type=int, metavar="N", help="of all that is drawn")
