"""Rules about settings that belong together: what cannot be, and what is worth a remark. No Qt."""

from __future__ import annotations

from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.start import check_start


def problem(config: TrainConfig) -> str:
    """Why these settings cannot be used, as a sentence or two, or empty."""
    try:
        config.check()
        check_start(config)
    except UserError as error:
        return str(error)
    return ""


def remarks(config: TrainConfig, num_train: int | None) -> tuple[str, ...]:
    """What the user should know about settings that can be used.

    Args:
        config: The settings.
        num_train: Files to train on, or None before films are chosen.

    Returns:
        Whole sentences, the most important first.
    """
    said = []
    if num_train is not None and config.batch_size > num_train:
        said.append(
            f"The batch is larger than the {num_train:,} training films: one step an epoch."
        )
    stop_after = config.early_stopping_patience
    if stop_after is not None and stop_after >= config.epochs:
        said.append(
            f"Early stopping after {stop_after} epochs without gain cannot happen "
            f"in {config.epochs} epochs."
        )
    elif stop_after is not None and config.lower_rate_on_plateau and stop_after <= config.patience:
        said.append(
            "The run stops early before its rate is lowered: give early stopping more patience."
        )
    if config.lower_rate_on_plateau and config.epochs > 1 and config.patience >= config.epochs:
        said.append("The rate is never lowered: its patience is as long as the run.")
    # A head alone has few weights, and its films changed once more cost as long as all the rest.
    if config.augmentation.is_off and not config.network.learns_head_only:
        said.append("Without augmentation a small set of films is soon learned by heart.")
    return tuple(said)
