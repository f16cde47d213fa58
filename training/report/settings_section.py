"""The settings of a run, in plain words."""

from __future__ import annotations

from training.fit.config import TrainConfig
from training.report.document import Section, Table
from training.report.subject import Subject

_WIDTHS = (0.34, 0.66)


def settings_section(subject: Subject) -> Section:
    """All that decides the run.

    Args:
        subject: The run or cross-validation.
    """
    return Section("Settings", (Table((), settings_rows(subject), _WIDTHS),))


def settings_rows(subject: Subject) -> tuple[tuple[str, str], ...]:
    """Each setting with its words.

    Args:
        subject: The run or cross-validation.
    """
    config = subject.config
    return (
        ("Films", f"folder “{subject.root.name}”"),
        ("Classes", _classes_words(subject)),
        *_division(subject),
        ("Network", network_words(config)),
        *_start(subject),
        ("Input", input_words(config)),
        ("Augmentation, of training films only", augmentation_words(config)),
        ("Epochs, batch", f"{config.epochs} epochs, {config.batch_size} files a step"),
        ("Learning", learning_words(config)),
        ("Best model", f"the epoch with the best {_MONITORS[config.monitor]}"),
        ("Class weights", _weights_words(subject)),
        ("Threshold", "none: the largest score" if subject.is_many else f"{config.threshold:g}"),
        ("Precision", subject.precision or config.precision),
        ("Seed", str(config.seed)),
    )


def _classes_words(subject: Subject) -> str:
    if subject.is_many:
        return "; ".join(f"“{name}”" for name in subject.classes)
    return f"positive: “{subject.classes[1]}”; negative: “{subject.classes[0]}”"


def _weights_words(subject: Subject) -> str:
    if not subject.config.class_weights:
        return "none"
    return f"{'all' if subject.is_many else 'both'} classes count the same"


_MONITORS = {
    "val_accuracy": "validation accuracy",
    "val_loss": "validation loss",
    "val_auc": "area under ROC on validation",
}


def _division(subject: Subject) -> list[tuple[str, str]]:
    return [("Division of the films", division_words(subject))]


def _start(subject: Subject) -> list[tuple[str, str]]:
    start = subject.card.start
    if start is None:
        return []
    told = f"{start.words}. {subject.start_words}".removesuffix(" ")
    return [("Begun from", told)]


def division_words(subject: Subject) -> str:
    """How films came to train, validate or test.

    Args:
        subject: The run or cross-validation.
    """
    share = f"{100 * subject.config.validation_share:g} %"
    if subject.crossval is not None:
        pool = "training part" if subject.crossval.pool == "train" else "films"
        return (
            f"{subject.crossval.count} folds by film, stratified by class, of the {pool}; each fold "
            f"is tested by a network trained on the others. {share} of the films outside a fold "
            "choose its best epoch"
        )
    return (
        f"as the folder divides them; where it does not, {share} of the films were drawn for "
        "validation, film by film"
    )


def network_words(config: TrainConfig) -> str:
    """The network and how it differs from its plain form."""
    network = config.network
    blocks = "" if network.num_blocks is None else f", {network.num_blocks} blocks"
    return (
        f"{network.name}{blocks}, kernels of {network.kernel_size} × {network.kernel_size}, width "
        f"{network.width:g}, dropout {network.dropout:g}, L1 {network.l1:g}, L2 {network.l2:g}"
    )


def input_words(config: TrainConfig) -> str:
    """How films become the network's input."""
    size = config.preprocessing.size
    way = "padded to a square" if config.preprocessing.keep_aspect else "squashed to a square"
    return f"the film in its own window, bone bright, grey, {way} of {size} × {size} pixels"


def augmentation_words(config: TrainConfig) -> str:
    """The ranges of the random changes."""
    ranges = config.augmentation
    if ranges.is_off:
        return "none"
    parts = [
        (ranges.rotation, f"turned up to {ranges.rotation:g}°"),
        (ranges.zoom, f"zoomed by up to {100 * ranges.zoom:g} %"),
        (ranges.width_shift, f"shifted up to {100 * ranges.width_shift:g} % across"),
        (ranges.height_shift, f"{100 * ranges.height_shift:g} % up or down"),
        (ranges.shear, f"sheared up to {ranges.shear:g}°"),
        (ranges.tilt, f"tilted up to {ranges.tilt:g}°"),
        (ranges.horizontal_flip, "mirrored every other time"),
    ]
    return f"{ranges.name}: " + ", ".join(words for value, words in parts if value)


def learning_words(config: TrainConfig) -> str:
    """Optimiser, rate and when it changes."""
    words = f"Adam, rate {config.learning_rate:g}"
    if config.lower_rate_on_plateau:
        words += f", a tenth after {config.patience} epochs without a lower validation loss"
    if config.early_stopping_patience is not None:
        words += f"; ends after {config.early_stopping_patience} epochs without gain"
    return words
