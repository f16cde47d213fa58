"""Everything that decides a run, in one value that is stored beside its results."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from training.augmentation.config import NONE, NOTEBOOK, STRONG, AugmentationConfig
from training.errors import UserError
from training.films.preprocessing import Preprocessing

NETWORKS = ("compact", "notebook", "transfer")
MONITORS = ("val_accuracy", "val_loss", "val_auc")
PRECISIONS = ("auto", "float32", "mixed_bfloat16")
# Of the notebook's network in its plain form; the unpadded ones come first.
NOTEBOOK_BLOCKS = 6
NOTEBOOK_UNPADDED_BLOCKS = 4
# Of the transfer network: a stem, 17 blocks and a last convolution.
BACKBONE_PARTS = 19
POOLS = ("all", "train")
MAX_FOLDS = 20
# Settings that are paths; the first two are always there.
_PATHS = ("data", "runs", "data_check", "start")


def _require(*rules: tuple[bool, str]) -> None:
    """Raise ``UserError`` with the sentence of the first rule that does not hold."""
    for holds, sentence in rules:
        if not holds:
            raise UserError(sentence)


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Which network, and how it differs from its plain form.

    Args:
        name: "compact", "notebook" or "transfer".
        kernel_size: Side of the convolutions' kernels, odd.
        l1: L1 weight penalty, 0 for none.
        l2: L2 weight penalty, 0 for none.
        dropout: Fraction dropped before the dense layers' outputs, 0 to under 1.
        width: Factor on the number of filters of each block.
        num_blocks: Number of convolution blocks, or None for the network's own.
        trained_parts: Of "transfer": how many of the backbone's last parts learn beside the head,
            0 to ``BACKBONE_PARTS``. With 0 each film goes through the backbone once only.
    """

    name: str = "compact"
    kernel_size: int = 3
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.5
    width: float = 1.0
    num_blocks: int | None = None
    trained_parts: int = 0

    @property
    def learns_head_only(self) -> bool:
        """True where each film's features can be computed once and kept."""
        return self.name == "transfer" and self.trained_parts == 0

    def check(self) -> None:
        """Raise ``UserError`` naming the first option that cannot be used."""
        _require(
            (self.name in NETWORKS, f"The network must be one of {', '.join(NETWORKS)}."),
            (self.kernel_size % 2 == 1, "The kernel size must be odd."),
            (1 <= self.kernel_size <= 11, "The kernel size must lie between 1 and 11."),
            (0.0 <= self.dropout < 1.0, "Dropout must be at least 0 and less than 1."),
            (0.0 <= self.l1 <= 1.0, "The L1 penalty must lie between 0 and 1."),
            (0.0 <= self.l2 <= 1.0, "The L2 penalty must lie between 0 and 1."),
            (0.125 <= self.width <= 4.0, "The width must lie between 0.125 and 4."),
            (
                self.num_blocks is None or 1 <= self.num_blocks <= 8,
                "The network must have 1 to 8 blocks.",
            ),
            (
                0 <= self.trained_parts <= BACKBONE_PARTS,
                f"Of the backbone, 0 to {BACKBONE_PARTS} parts can learn.",
            ),
        )

    def check_size(self, size: int) -> None:
        """Raise ``UserError`` where films become too small for a block; compact's always fit.

        Args:
            size: Side of the network's input, in pixels.
        """
        if self.name != "notebook":
            return
        side = size
        for block in range(1, (self.num_blocks or NOTEBOOK_BLOCKS) + 1):
            # Without padding a convolution loses a rim of its kernel; then pooling halves.
            side -= self.kernel_size - 1 if block <= NOTEBOOK_UNPADDED_BLOCKS else 0
            if side < 2:
                raise UserError(
                    f"Films of {size} pixels become too small for block {block} of the network.",
                    "Choose fewer blocks, a smaller kernel or a larger input size.",
                )
            side //= 2


@dataclass(frozen=True, kw_only=True)
class FoldConfig:
    """Which fold of a cross-validation a run is.

    Args:
        number: The fold that is tested, from 1.
        count: Number of folds.
        pool: "all" films for training and validation are divided, or those for "train" only.
    """

    number: int
    count: int
    pool: str = "all"

    def check(self) -> None:
        """Raise ``UserError`` naming the first value that cannot be used."""
        _require(
            (self.count >= 2, "Cross-validation needs two folds or more."),
            (self.count <= MAX_FOLDS, f"Cross-validation takes at most {MAX_FOLDS} folds."),
            (1 <= self.number <= self.count, f"There is no fold {self.number} of {self.count}."),
            (self.pool in POOLS, f"Folds are made of one of {', '.join(POOLS)}."),
        )


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Settings of one run. ``check`` is called before anything is read.

    Args:
        data: Folder of films.
        runs: Folder that run folders are made in.
        network: The network.
        preprocessing: How films become the network's input.
        augmentation: Changes applied to training films only.
        positive: Name of the positive class, or None to find it by its name.
        validation_share: Share of films drawn for validation where the folder has no splits.
        epochs: Passes over the training films.
        batch_size: Files per step. 16 as a default: a small set learns by the number of its steps.
        learning_rate: Of Adam, at the start.
        monitor: Figure that decides the best epoch: one of ``MONITORS``.
        lower_rate_on_plateau: ReduceLROnPlateau on validation loss, factor 0.1.
        plateau_patience: Its patience in epochs, or None for a fifth of the epochs, two at least.
        early_stopping_patience: Epochs without gain after which the run ends, or None.
        class_weights: Weigh classes so that both count the same.
        threshold: Score from which on a film counts as positive.
        precision: One of ``PRECISIONS``; "auto" measures and chooses.
        cache_share: Share of this machine's memory that decoded films may take; beyond it a
            file beside the run is used.
        seed: Of split, weights, shuffling, augmentation.
        calibrate: Fit a temperature on the validation films and state scores with it.
        fold: Which fold of a cross-validation this run is, or None for the folder's own parts.
        data_check: File of the data check whose films, labels and splits count, or None to go by
            folders and file names.
        start: Model file that a transfer network begins from, or None for the starter model.
    """

    data: Path
    runs: Path
    network: NetworkConfig = field(default_factory=NetworkConfig)
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    augmentation: AugmentationConfig = STRONG
    positive: str | None = None
    validation_share: float = 0.2
    epochs: int = 20
    batch_size: int = 16
    learning_rate: float = 1e-3
    monitor: str = "val_accuracy"
    lower_rate_on_plateau: bool = True
    plateau_patience: int | None = None
    early_stopping_patience: int | None = None
    class_weights: bool = False
    threshold: float = 0.5
    precision: str = "auto"
    cache_share: float = 0.05
    seed: int = 0
    calibrate: bool = False
    fold: FoldConfig | None = None
    data_check: Path | None = None
    start: Path | None = None

    @property
    def patience(self) -> int:
        """Epochs of plateau before the rate is lowered."""
        return self.plateau_patience or max(2, self.epochs // 5)

    def check(self) -> None:
        """Raise ``UserError`` naming the first setting that cannot be used."""
        self.network.check()
        self.augmentation.check()
        if self.fold is not None:
            self.fold.check()
        patience, stopping = self.plateau_patience, self.early_stopping_patience
        _require(
            (self.epochs >= 1, "At least one epoch is needed."),
            (self.batch_size >= 1, "A batch needs at least one film."),
            (0.0 < self.learning_rate <= 1.0, "The learning rate must lie between 0 and 1."),
            (0.0 < self.threshold < 1.0, "The threshold must lie between 0 and 1."),
            (0.05 <= self.validation_share <= 0.5, "Keep 5 to 50 % of the films for validation."),
            (self.monitor in MONITORS, f"The best epoch goes by one of {', '.join(MONITORS)}."),
            (patience is None or patience >= 1, "The rate is lowered after one epoch or more."),
            (stopping is None or stopping >= 1, "A run ends early after one epoch or more."),
            (self.precision in PRECISIONS, f"Precision is one of {', '.join(PRECISIONS)}."),
            (0.0 <= self.cache_share <= 0.9, "Films may take 0 to 90 % of the memory."),
            (0 <= self.seed < 2**31, "The seed must lie between 0 and 2,147,483,647."),
            (64 <= self.preprocessing.size <= 1024, "The input size must lie between 64 and 1024."),
            (
                self.start is None or self.network.name == "transfer",
                "Only the transfer network begins from another model.",
            ),
        )
        self.network.check_size(self.preprocessing.size)

    def to_json(self) -> dict[str, Any]:
        """As plain values, paths as text."""
        paths = {name: getattr(self, name) for name in _PATHS}
        return asdict(self) | {
            name: None if path is None else str(path) for name, path in paths.items()
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TrainConfig:
        """From what ``to_json`` gave; names of a newer version are left out."""
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        network_names = {item.name for item in fields(NetworkConfig)}
        network = {name: value for name, value in kept["network"].items() if name in network_names}
        fold = kept.get("fold")
        if fold is not None:
            fold_names = {item.name for item in fields(FoldConfig)}
            fold = FoldConfig(**{name: fold[name] for name in fold_names if name in fold})
        return cls(
            **kept
            | {
                "fold": fold,
                **{name: Path(kept[name]) if kept.get(name) else None for name in _PATHS[2:]},
                "data": Path(kept["data"]),
                "runs": Path(kept["runs"]),
                "network": NetworkConfig(**network),
                "preprocessing": Preprocessing.from_json(kept["preprocessing"]),
                "augmentation": AugmentationConfig.from_json(kept["augmentation"]),
            }
        )


def notebook_preset(data: Path, runs: Path, **changes: Any) -> TrainConfig:
    """The published notebook's settings: its network, its augmentation, films squashed to 224 x 224."""
    settings: dict[str, Any] = {
        "network": NetworkConfig(name="notebook"),
        "preprocessing": Preprocessing(size=224, keep_aspect=False),
        "augmentation": NOTEBOOK,
        "batch_size": 64,
    }
    return TrainConfig(data=data, runs=runs, **(settings | changes))


def transfer_preset(data: Path, runs: Path, **changes: Any) -> TrainConfig:
    """A head on the starter model's backbone: larger films as they are, their greys stretched.

    Not changed: that would send each training film through the backbone twice and, in
    cross-validation, made no better models (docs/starter-model.md).
    """
    settings: dict[str, Any] = {
        "augmentation": NONE,
        "network": NetworkConfig(name="transfer"),
        "preprocessing": Preprocessing(size=320, keep_aspect=True, stretch=True),
    }
    return TrainConfig(data=data, runs=runs, **(settings | changes))
