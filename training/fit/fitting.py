"""Builds the network and fits it. Imports TensorFlow; called by ``train``."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.data.dataset import Split
from training.evaluation.pointing import SiteLearnt
from training.fit import run_folder
from training.fit.batch_norm import ExactStatistics
from training.fit.callbacks import (
    PLAIN_LOSS,
    RunCallback,
    Sizes,
    standard_callbacks,
)
from training.fit.config import TrainConfig
from training.fit.control import CancelledError, RunControl, StoppedError
from training.fit.event_file import EventFile
from training.fit.events import EpochEnded, Event, Phase, PhaseChanged
from training.fit.features import StoredFeatures, compute_features
from training.fit.head import LearningHead, head_batches, head_validation, training_versions
from training.fit.joint import JointModel
from training.fit.networks import build_network
from training.fit.outlined import OutlinedFilms
from training.fit.pipeline import plain_batches, training_batches
from training.fit.precision import choose_precision
from training.fit.preparing import RunData
from training.fit.progress import Progress
from training.fit.run_writer import RunWriter
from training.fit.site import learn_site, num_to_learn_from
from training.fit.start import start_path
from training.fit.transfer import choose_trained, give_start_weights

# Eight batches of 16 were about as good as 24 in a trial; these are twice as many, forward only.
_STATISTICS_FILMS = 256


@dataclass(frozen=True, eq=False)
class Trained:
    """A network that was fitted.

    Args:
        model: With its final weights, in the precision it was trained in.
        fitted: What was fitted: the model itself, or the head of it.
        head: Takes what a head learnt back to the model; None where the model itself learnt.
        features: What the head was fitted on, or None.
        checkpoint: File of the best epoch's weights of ``fitted``; missing where no epoch ended.
        best_epoch: From 1; 0 where no epoch ended.
        epochs: Epochs that ended.
        steps_since: Steps made after the last epoch that ended.
        is_stopped: True where the user ended it early.
        site: What became of the site, where it alone could learn from outlines.
        num_outlined: Outlined training films that score and site learnt from together.
    """

    model: keras.Model
    fitted: keras.Model
    head: LearningHead | None
    features: StoredFeatures | None
    checkpoint: Path
    best_epoch: int
    epochs: int
    steps_since: int
    is_stopped: bool
    site: SiteLearnt | None = None
    num_outlined: int = 0

    @property
    def best_is_final(self) -> bool:
        """True where the best weights are the final ones."""
        return self.best_epoch == 0 or (self.best_epoch == self.epochs and not self.steps_since)

    def load_best(self) -> None:
        """Give the model its best weights."""
        if not self.best_is_final:
            self.load_checkpoint()

    def load_checkpoint(self) -> None:
        """Give the model the weights of its best epoch, whatever came after it."""
        self.fitted.load_weights(self.checkpoint)
        if self.head is not None:
            self.head.give_back()


class FittingError(Exception):
    """An error ended the training; its cause is ``__cause__``.

    Args:
        trained: What there is by then; the model's own weights may be spoilt.
    """

    def __init__(self, trained: Trained) -> None:
        super().__init__()
        self.trained = trained


def fit_network(
    config: TrainConfig,
    data: RunData,
    writer: RunWriter,
    report: Callable[[Event], None],
    control: RunControl,
) -> Trained:
    """Build the network and train it to its last epoch, or until it is stopped.

    Args:
        config: The run's settings.
        data: The films.
        writer: Of the run's folder.
        report: Takes phases, steps and epochs.
        control: The switches.

    Returns:
        The trained network.

    Raises:
        CancelledError: If the run is to be discarded.
        FittingError: If another error ended it.
    """
    model = _build(config, data, writer, report, control)
    task = _task(model, config, data, report, control)
    _compile(task.fitted, config)
    control.check_before_training()
    checkpoint = writer.folder / run_folder.CHECKPOINT
    sizes = Sizes(
        len(data.numbers(Split.TRAIN)), len(data.numbers(Split.VALIDATION)), config.batch_size
    )
    with contextlib.closing(EventFile(writer.folder / run_folder.TENSORBOARD)) as event_file:

        def keep_epoch(line: EpochEnded) -> None:
            writer.append_epoch(line)
            event_file.add(line)

        ours = RunCallback(config, sizes, report, control, keep_epoch)

        def trained(*, is_stopped: bool) -> Trained:
            if task.head is not None:
                task.head.give_back()
            return Trained(
                model=model,
                fitted=task.fitted,
                head=task.head,
                features=task.features,
                checkpoint=checkpoint,
                best_epoch=ours.best_epoch,
                epochs=len(ours.history_so_far),
                steps_since=ours.steps_since_epoch,
                is_stopped=is_stopped,
                site=task.site,
                num_outlined=task.num_outlined,
            )

        report(PhaseChanged(Phase.FIRST_STEP))
        norms = _exact_statistics(config, data, control)
        try:
            # The statistics first: every other callback is to see the network as it is validated.
            _fit(task, config, data, [*norms, *standard_callbacks(config, checkpoint), ours])
        except StoppedError:
            for each in norms:
                each.measure(control.check_cancel)
            return trained(is_stopped=True)
        except CancelledError:
            raise
        except Exception as error:
            raise FittingError(trained(is_stopped=False)) from error
        return trained(is_stopped=False)


def _build(
    config: TrainConfig,
    data: RunData,
    writer: RunWriter,
    report: Callable[[Event], None],
    control: RunControl,
) -> keras.Model:
    size = config.preprocessing.size
    check = control.check_before_training
    precision = config.precision
    if precision == "auto":
        report(PhaseChanged(Phase.BUILDING, detail="finding the fastest arithmetic"))
        precision = choose_precision(config.network, size, check=check)
    writer.update(precision=precision)
    writer.write_versions(
        seed=config.seed, data_fingerprint=data.films.fingerprint, precision=precision
    )
    report(PhaseChanged(Phase.BUILDING, detail=precision))
    model = build_network(
        config.network,
        size,
        seed=config.seed,
        num_classes=data.dataset.num_classes,
        dtype=precision,
        fused_norm=True,
    )
    start = start_path(config)
    if start is not None:
        give_start_weights(model, start, data.dataset.class_names)
        choose_trained(model, config.network.trained_parts)
    check()
    return model


@dataclass(frozen=True, eq=False)
class _Task:
    """What is fitted on what."""

    fitted: keras.Model
    train: tf.data.Dataset
    validation: tf.data.Dataset
    head: LearningHead | None = None
    features: StoredFeatures | None = None
    site: SiteLearnt | None = None
    num_outlined: int = 0


def _task(
    model: keras.Model,
    config: TrainConfig,
    data: RunData,
    report: Callable[[Event], None],
    control: RunControl,
) -> _Task:
    """The whole network on films; where only the head learns, the head on stored features."""
    outlined = OutlinedFilms(data, config.preprocessing)
    # With more than two classes nobody has said which of them an outline speaks of.
    has_site = data.dataset.num_classes == 2
    if not config.network.learns_head_only:
        is_transfer = config.network.name == "transfer"
        num = num_to_learn_from(outlined) if is_transfer and has_site else 0
        batches = _film_batches(config, data, outlined if num else None)
        return _Task(JointModel(model) if num else model, *batches, num_outlined=num)
    # First, because its largest value is one of the features.
    site = None
    if has_site:
        site = learn_site(
            model,
            outlined,
            seed=config.seed,
            report=report,
            check=control.check_before_training,
        )
    features = compute_features(
        model,
        data,
        config,
        progress=Progress(report, Phase.FEATURES, len(data.items)),
        check=control.check_before_training,
    )
    versions = training_versions(features, data)
    head = LearningHead(model, versions)
    return _Task(
        head.network,
        head_batches(versions, data, config),
        head_validation(features, data, config),
        head,
        features,
        site,
    )


def _compile(model: keras.Model, config: TrainConfig) -> None:
    num_outputs = model.output_shape[1]
    if num_outputs == 1:
        loss = keras.losses.BinaryCrossentropy()
        metrics = [
            keras.metrics.BinaryAccuracy(name="accuracy", threshold=config.threshold),
            keras.metrics.AUC(name="auc"),
            keras.metrics.BinaryCrossentropy(name=PLAIN_LOSS),
        ]
    else:
        loss = keras.losses.CategoricalCrossentropy()
        metrics = [
            keras.metrics.CategoricalAccuracy(name="accuracy"),
            # Each class against the rest, and the mean of these.
            keras.metrics.AUC(name="auc", multi_label=True, num_labels=num_outputs),
            keras.metrics.CategoricalCrossentropy(name=PLAIN_LOSS),
        ]
    model.compile(
        keras.optimizers.Adam(config.learning_rate),
        loss,
        metrics=metrics,
        # XLA halves the speed on processors (measured).
        jit_compile=False,
    )
    # Else the first step makes its variables, and TensorFlow traces it twice.
    model.optimizer.build(model.trainable_weights)


def _film_batches(
    config: TrainConfig, data: RunData, outlined: OutlinedFilms | None
) -> tuple[tf.data.Dataset, tf.data.Dataset]:
    numbers = data.numbers(Split.TRAIN)
    train = training_batches(
        data.store,
        numbers,
        data.targets(Split.TRAIN),
        data.weights(by_class=config.class_weights),
        augmentation=config.augmentation,
        batch_size=config.batch_size,
        epochs=config.epochs,
        seed=config.seed,
        outlines=outlined,
    )
    validation = plain_batches(
        data.store,
        data.numbers(Split.VALIDATION),
        data.targets(Split.VALIDATION),
        batch_size=config.batch_size,
    )
    return train, validation


def _exact_statistics(
    config: TrainConfig, data: RunData, control: RunControl
) -> list[ExactStatistics]:
    """For the one network whose batch norms learn and whose recipe is ours to choose."""
    if config.network.name != "compact":
        return []
    numbers = data.numbers(Split.TRAIN)
    count = min(_STATISTICS_FILMS, len(numbers))
    # Whole batches: a last one of a few films would count as much as the others.
    count = count // config.batch_size * config.batch_size or count
    places = np.sort(np.random.default_rng(config.seed).permutation(len(numbers))[:count])
    films = training_batches(
        data.store,
        numbers[places],
        data.targets(Split.TRAIN)[places],
        data.weights(by_class=config.class_weights)[places],
        augmentation=config.augmentation,
        batch_size=config.batch_size,
        epochs=1,
        seed=config.seed,
    )
    return [ExactStatistics(films.map(_films_alone), control.check_training)]


def _films_alone(films: Any, *_: Any) -> Any:
    return films


def _fit(
    task: _Task,
    config: TrainConfig,
    data: RunData,
    callbacks: list[keras.callbacks.Callback],
) -> None:
    task.fitted.fit(
        task.train,
        epochs=config.epochs,
        steps_per_epoch=-(-len(data.numbers(Split.TRAIN)) // config.batch_size),
        shuffle=False,
        validation_data=task.validation,
        callbacks=callbacks,
        verbose=0,
    )
