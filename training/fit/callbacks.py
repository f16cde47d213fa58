"""What a run does after each step and each epoch. Imports Keras; made by ``train``."""

# ruff: noqa: ARG002 - Keras calls its callbacks with arguments of these names.

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras

from training.errors import UserError
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.events import BatchEnded, EpochEnded, Event, Phase, PhaseChanged
from training.fit.progress import Progress

# Keras' "loss" holds class weights and weight penalties; this metric is the cross-entropy alone,
# which is what every figure of this program calls the loss.
PLAIN_LOSS = "plain_loss"
_SPEED_STEPS = 20
_Logs = dict[str, float] | None


def monitored(config: TrainConfig) -> tuple[str, str]:
    """The name in Keras' logs of the figure that decides the best epoch, and "min" or "max"."""
    if config.monitor == "val_loss":
        return f"val_{PLAIN_LOSS}", "min"
    return config.monitor, "max"


def standard_callbacks(config: TrainConfig, checkpoint: Path) -> list[keras.callbacks.Callback]:
    """Keras' own callbacks as the settings ask for them.

    Args:
        config: The run's settings.
        checkpoint: Where the best weights go; ends in ``.weights.h5``.

    Returns:
        ModelCheckpoint, and where they are on ReduceLROnPlateau and EarlyStopping.
    """
    monitor, mode = monitored(config)
    made: list[keras.callbacks.Callback] = [
        keras.callbacks.ModelCheckpoint(
            str(checkpoint), monitor=monitor, mode=mode, save_best_only=True, save_weights_only=True
        )
    ]
    if config.lower_rate_on_plateau:
        made.append(
            keras.callbacks.ReduceLROnPlateau(
                f"val_{PLAIN_LOSS}", factor=0.1, patience=config.patience, mode="min"
            )
        )
    if config.early_stopping_patience is not None:
        made.append(
            keras.callbacks.EarlyStopping(
                monitor, mode=mode, patience=config.early_stopping_patience
            )
        )
    return made


@dataclass(frozen=True)
class Sizes:
    """How much there is to do.

    Args:
        num_train: Training films.
        num_validation: Validation films.
        batch_size: Films per step; the last step of an epoch may have fewer.
    """

    num_train: int
    num_validation: int
    batch_size: int

    @property
    def steps(self) -> int:
        """Training steps per epoch."""
        return -(-self.num_train // self.batch_size)

    def films(self, step: int) -> int:
        """Films of a step, from 1."""
        return min(self.batch_size, self.num_train - (step - 1) * self.batch_size)


class RunCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Reports steps and epochs and looks at the run's switches, in training and in validation.

    Args:
        config: The run's settings.
        sizes: How much there is to do.
        report: Takes the events; called in the training thread.
        control: The switches. Leaving is by exception: ``stop_training`` would first validate.
        keep_epoch: Told each epoch after it was reported: writes it down.
    """

    def __init__(
        self,
        config: TrainConfig,
        sizes: Sizes,
        report: Callable[[Event], None],
        control: RunControl,
        keep_epoch: Callable[[EpochEnded], None],
    ) -> None:
        super().__init__()
        self.history_so_far: list[EpochEnded] = []
        self.steps_since_epoch = 0
        self._config = config
        self._sizes = sizes
        self._report = report
        self._control = control
        self._keep_epoch = keep_epoch
        self._best = math.nan
        self._sums = _Sums()
        self._speed: deque[tuple[float, int]] = deque(maxlen=_SPEED_STEPS)
        self._began = self._step_began = time.perf_counter()
        self._rate = config.learning_rate
        self._validation: Progress | None = None
        self._validated = 0

    @property
    def best_epoch(self) -> int:
        """The best epoch so far, from 1; 0 before the first has ended."""
        return max((line.epoch for line in self.history_so_far if line.is_best), default=0)

    def on_train_begin(self, logs: _Logs = None) -> None:
        """Start the clock."""
        self._began = time.perf_counter()

    def on_epoch_begin(self, epoch: int, logs: _Logs = None) -> None:
        """Tell that training goes on."""
        self._sums = _Sums()
        self._rate = float(self.model.optimizer.learning_rate)
        self.steps_since_epoch = 0
        if epoch > 0:
            self._report(PhaseChanged(Phase.TRAINING))
        self._step_began = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: _Logs = None) -> None:
        """Report the step; leave if asked to."""
        now = time.perf_counter()
        step = self.steps_since_epoch = self.steps_since_epoch + 1
        films = self._sizes.films(step)
        epoch = len(self.history_so_far) + 1
        if epoch > 1 or step > 1:
            # The first step traces the graph and says nothing of the speed.
            self._speed.append((now - self._step_began, films))
        loss, accuracy = self._sums.alone(logs or {}, films)
        if not math.isfinite(loss):
            raise _ran_away(epoch)
        if epoch == 1 and step == 1:
            self._report(PhaseChanged(Phase.TRAINING))
        self._report(
            BatchEnded(epoch, step, self._sizes.steps, loss, accuracy, self._films_per_second())
        )
        self._control.check_training()
        self._step_began = time.perf_counter()

    def on_test_begin(self, logs: _Logs = None) -> None:
        """Tell that validation begins."""
        self._validated = 0
        self._validation = Progress(self._report, Phase.VALIDATING, self._sizes.num_validation)

    def on_test_batch_end(self, batch: int, logs: _Logs = None) -> None:
        """Tell how far validation is; leave if asked to."""
        total = self._sizes.num_validation
        self._validated = min(total, self._validated + self._sizes.batch_size)
        if self._validation:
            self._validation(self._validated, total)
        self._control.check_training()

    def on_epoch_end(self, epoch: int, logs: _Logs = None) -> None:
        """Report the epoch and write it down."""
        logs = logs or {}
        if not math.isfinite(logs[f"val_{PLAIN_LOSS}"]):
            raise _ran_away(epoch + 1)
        line = EpochEnded(
            epoch=epoch + 1,
            loss=logs[PLAIN_LOSS],
            accuracy=logs["accuracy"],
            val_loss=logs[f"val_{PLAIN_LOSS}"],
            val_accuracy=logs["val_accuracy"],
            val_auc=logs["val_auc"],
            learning_rate=self._rate,
            seconds=time.perf_counter() - self._began,
            is_best=self._is_best(logs),
        )
        self.history_so_far.append(line)
        self.steps_since_epoch = 0
        self._keep_epoch(line)
        self._report(line)

    def _is_best(self, logs: dict[str, float]) -> bool:
        """As ModelCheckpoint decides: strictly better than all before."""
        name, mode = monitored(self._config)
        value = logs[name]
        is_better = value < self._best if mode == "min" else value > self._best
        if math.isnan(self._best) or is_better:
            self._best = value
            return True
        return False

    def _films_per_second(self) -> float:
        seconds = sum(each for each, _ in self._speed)
        return sum(films for _, films in self._speed) / seconds if seconds else 0.0


def _ran_away(epoch: int) -> UserError:
    return UserError(
        f"The training ran away in epoch {epoch}: its loss is no number any more.",
        "Choose a lower learning rate, for example a tenth, and train again.",
    )


class _Sums:
    """Takes Keras' running means of an epoch apart into the figures of each batch."""

    def __init__(self) -> None:
        self._films = 0
        self._loss = 0.0
        self._right = 0.0

    def alone(self, logs: dict[str, float], films: int) -> tuple[float, float]:
        """Loss and accuracy of the newest batch, of ``films`` films."""
        self._films += films
        loss = logs.get(PLAIN_LOSS, math.nan) * self._films
        right = logs.get("accuracy", math.nan) * self._films
        mine = (loss - self._loss) / films, (right - self._right) / films
        self._loss, self._right = loss, right
        # Differences of rounded means: a hair outside the range is rounding.
        return max(mine[0], 0.0) if math.isfinite(mine[0]) else mine[0], min(max(mine[1], 0.0), 1.0)
