"""Training speed against the published recipe, and the pipeline against one cached batch.

The published recipe is a Python generator that bends film after film (Keras' ImageDataGenerator)
and feeds the notebook network in float32. Ours is the real ``train``, timed by its own events. All
work by turns (``turns``), each in a process of its own.

The recipe runs with the kernels that TensorFlow takes by itself, as it does for whoever runs the
notebook. Where these are not oneDNN's, which we ask for, it runs with ours too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_folder
from tests.benchmarks.turns import Turn, Worker, by_turns, ratio
from training.augmentation.config import NOTEBOOK
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.events import BatchEnded, Event, RunFailed
from training.fit.networks import build_network
from training.fit.precision import computes_in_half
from training.fit.train import train

BATCH = 64
# The first steps trace the graph and fill the pipeline.
WARM_UP = 3
ROUNDS = 14
# Some seconds of each.
STEPS = {"notebook": 1, "compact": 8}
# So many that no epoch ends, with its validation, while steps are timed.
NUM_FILMS = BATCH * (WARM_UP + ROUNDS * max(STEPS.values()) + 1)
FORMS = (
    ("notebook", "float32"),
    ("notebook", "mixed_bfloat16"),
    ("compact", "float32"),
    ("compact", "mixed_bfloat16"),
)
SAME_NETWORK_GOAL = 1.5
COMPACT_GOAL = 12.0
PIPELINE_GOAL = 0.95
KERNELS = "TF_ENABLE_ONEDNN_OPTS"


class TakesTurns(keras.callbacks.Callback):
    """Tells the turn of each step; ends the epoch where no more are wanted."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self._turn = turn

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if not self._turn.step_ended():
            self.model.stop_training = True


def compiled(network: str, precision: str) -> keras.Model:
    """The network as a run compiles it."""
    model = build_network(
        NetworkConfig(name=network), 224, seed=0, dtype=precision, fused_norm=True
    )
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.BinaryCrossentropy(),
        metrics=[
            keras.metrics.BinaryAccuracy(name="accuracy"),
            keras.metrics.AUC(name="auc"),
            keras.metrics.BinaryCrossentropy(name="plain_loss"),
        ],
        jit_compile=False,
    )
    return model


def published_recipe(turn: Turn, folder: Path) -> None:
    """Train as the notebook does."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=15,
        shear_range=0.2,
        zoom_range=0.2,
        horizontal_flip=True,
        width_shift_range=0.1,
        height_shift_range=0.1,
        fill_mode="nearest",
    )
    films = generator.flow_from_directory(
        folder / "train",
        target_size=(224, 224),
        color_mode="grayscale",
        class_mode="binary",
        batch_size=BATCH,
        seed=0,
    )
    model = build_network(NetworkConfig(name="notebook"), 224, seed=0)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], jit_compile=False)
    model.fit(films, verbose=0, callbacks=[TakesTurns(turn)])


def cached_batch(turn: Turn, network: str, precision: str) -> None:
    """Train on one batch that is already there."""
    films = np.random.default_rng(0).uniform(0, 255, (BATCH, 224, 224, 1)).astype(np.float32)
    labels = (np.arange(BATCH) % 2).astype(np.float32)[:, np.newaxis]
    weights = np.ones_like(labels)
    batches = tf.data.Dataset.from_tensors((films, labels, weights)).repeat()
    model = compiled(network, precision)
    # Nothing to shuffle: told so, Keras does not warn.
    model.fit(
        batches,
        steps_per_epoch=NUM_FILMS // BATCH,
        shuffle=False,
        verbose=0,
        callbacks=[TakesTurns(turn)],
    )


def our_training(turn: Turn, config: TrainConfig) -> None:
    """A real run, by its events."""
    control = RunControl()
    failures: list[RunFailed] = []

    def report(event: Event) -> None:
        if isinstance(event, RunFailed):
            failures.append(event)
        if isinstance(event, BatchEnded) and not turn.step_ended():
            control.cancel.set()

    train(config, report, control)
    if failures:
        raise RuntimeError(f"the run failed: {failures[0]}")


def own_kernels() -> str:
    """What TensorFlow chooses on this processor where nobody asks: "1" or "0"."""
    ask = "from tensorflow.python.framework import test_util as t; print(int(t.IsMklEnabled()))"
    environment = {name: value for name, value in os.environ.items() if name != KERNELS}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def workers(folder: Path) -> dict[str, Worker]:
    """Everything that is measured on a folder of films."""
    plain = TrainConfig(
        data=folder / "films",
        runs=folder / "runs",
        preprocessing=Preprocessing(size=224, keep_aspect=False),
        augmentation=NOTEBOOK,
        batch_size=BATCH,
        # Ended long before.
        epochs=1,
    )
    chosen = own_kernels()
    steps = STEPS["notebook"]
    recipe = Worker(published_recipe, (plain.data,), WARM_UP, steps, {KERNELS: chosen})
    made = {"recipe": recipe}
    if chosen == "0":
        made["recipe, our kernels"] = replace(recipe, environment={KERNELS: "1"})
    for network, precision in FORMS:
        # Where the processor spells bfloat16 out, runs never take it and it would last an hour.
        if precision != "float32" and not computes_in_half():
            continue
        config = replace(plain, network=NetworkConfig(name=network), precision=precision)
        steps, ours = STEPS[network], {KERNELS: "1"}
        made[f"{network}, {precision}: training"] = Worker(
            our_training, (config,), WARM_UP, steps, ours
        )
        made[f"{network}, {precision}: cached"] = Worker(
            cached_batch, (network, precision), WARM_UP, steps, ours
        )
    return made


def main() -> None:
    """Measure by turns and tell the speeds and their ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        make_folder(folder / "films", NUM_FILMS)
        seconds = by_turns(workers(folder), ROUNDS)
    tell_speed("published recipe, notebook network, float32", seconds["recipe"])
    for network, precision in FORMS:
        title = f"{network}, {precision}"
        if f"{title}: training" not in seconds:
            continue
        ours = seconds[f"{title}: training"]
        short = title.replace("mixed_", "")
        goal = SAME_NETWORK_GOAL if network == "notebook" else COMPACT_GOAL
        tell_speed(f"{short}: training", ours)
        tell_ratio(f"{short}: against the published recipe", seconds["recipe"], ours, goal)
        tell_ratio(
            f"{short}: against one cached batch", seconds[f"{title}: cached"], ours, PIPELINE_GOAL
        )
        if same := seconds.get("recipe, our kernels"):
            tell_ratio(f"{short}: against the recipe with our kernels", same, ours)


def tell_speed(name: str, seconds: list[float]) -> None:
    """Tell the middle speed of the rounds."""
    tell(Figure(name, BATCH / statistics.median(seconds), "films/s"))


def tell_ratio(name: str, slow: list[float], fast: list[float], goal: float | None = None) -> None:
    """Tell how many times as fast, and within which limits."""
    found = ratio(slow, fast)
    tell(Figure(name, found.value, "x", goal))
    tell(Figure("    95 % interval, from", found.low, "x"))
    tell(Figure("    95 % interval, to", found.high, "x"))


if __name__ == "__main__":
    sys.exit(main())
