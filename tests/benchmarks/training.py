"""Training speed against the published recipe, and the pipeline against one cached batch.

The published recipe is a Python generator that bends film after film (Keras' ImageDataGenerator)
and feeds the notebook network in float32. Ours is the real ``train``, timed by its own events and
cancelled once enough steps have been seen. Everything is measured in turns, so that the ratios hold
on a machine whose speed comes and goes, and each in a process of its own, which takes memory as the
command line does, or for the recipe as Python does.

The recipe runs with the kernels that TensorFlow takes by itself, as it does for whoever runs the
notebook. Where these are not oneDNN's, which we ask for, it runs with ours too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.benchmarks.figures import Figure, tell
from tests.benchmarks.films import make_folder
from training.augmentation.config import NOTEBOOK
from training.films.preprocessing import Preprocessing
from training.fit.config import NetworkConfig, TrainConfig
from training.fit.control import RunControl
from training.fit.events import BatchEnded, Event, RunFailed
from training.fit.freed_memory import freed_memory_kept, share_one_arena
from training.fit.networks import build_network
from training.fit.precision import computes_in_half
from training.fit.train import train

BATCH = 64
# The first steps trace the graph and fill the pipeline.
WARM_UP = 2
NUM_FILMS = BATCH * 8
ROUNDS = 2
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


class StepClock(keras.callbacks.Callback):
    """Notes when each step ended."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.times.append(time.perf_counter())


def speeds(times: list[float]) -> list[float]:
    """Films/s of each step after the warm-up."""
    return [BATCH / (b - a) for a, b in zip(times[WARM_UP:], times[WARM_UP + 1 :], strict=False)]


def num_steps(network: str) -> int:
    """Enough steps for some seconds of each."""
    return WARM_UP + (6 if network == "notebook" else 24)


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


def published_recipe(folder: Path) -> list[float]:
    """Films/s of each step as the notebook trains."""
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
    clock = StepClock()
    model.fit(films, steps_per_epoch=num_steps("notebook"), verbose=0, callbacks=[clock])
    return speeds(clock.times)


def cached_batch(network: str, precision: str) -> list[float]:
    """Films/s of each step on one batch that is already there."""
    share_one_arena()
    films = np.random.default_rng(0).uniform(0, 255, (BATCH, 224, 224, 1)).astype(np.float32)
    labels = (np.arange(BATCH) % 2).astype(np.float32)[:, np.newaxis]
    weights = np.ones_like(labels)
    batches = tf.data.Dataset.from_tensors((films, labels, weights)).repeat()
    model = compiled(network, precision)
    clock = StepClock()
    steps = num_steps(network)
    # Nothing to shuffle: told so, Keras does not warn.
    with freed_memory_kept():
        model.fit(batches, steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[clock])
    return speeds(clock.times)


def our_training(config: TrainConfig) -> list[float]:
    """Films/s of each step of a real run, as its events tell."""
    share_one_arena()
    control = RunControl()
    times: list[float] = []
    failures: list[RunFailed] = []

    def report(event: Event) -> None:
        if isinstance(event, RunFailed):
            failures.append(event)
        if isinstance(event, BatchEnded):
            times.append(time.perf_counter())
            if len(times) == num_steps(config.network.name):
                control.cancel.set()

    with freed_memory_kept():
        train(config, report, control)
    if failures:
        raise RuntimeError(f"the run failed: {failures[0]}")
    return speeds(times)


def alone(measure: Callable[..., list[float]], *arguments: Any, kernels: str = "1") -> list[float]:
    """What a function measures in a process of its own, with oneDNN's kernels ("1") or without."""
    os.environ[KERNELS] = kernels
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, *arguments).result()


def own_kernels() -> str:
    """What TensorFlow chooses on this processor where nobody asks: "1" or "0"."""
    ask = "from tensorflow.python.framework import test_util as t; print(int(t.IsMklEnabled()))"
    environment = {name: value for name, value in os.environ.items() if name != KERNELS}
    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def main() -> None:
    """Measure in turns and tell the medians and their ratios."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        make_folder(folder / "films", NUM_FILMS)
        plain = TrainConfig(
            data=folder / "films",
            runs=folder / "runs",
            preprocessing=Preprocessing(size=224, keep_aspect=False),
            augmentation=NOTEBOOK,
            batch_size=BATCH,
            # Only as many epochs as steps are needed; a run is cancelled long before their end.
            epochs=50,
        )
        # Where the processor spells bfloat16 out, runs never take it and it would last an hour.
        forms = [form for form in FORMS if form[1] == "float32" or computes_in_half()]
        recipe: list[float] = []
        same_kernels: list[float] = []
        chosen = own_kernels()
        ours: dict[tuple[str, str], list[float]] = {form: [] for form in forms}
        cached: dict[tuple[str, str], list[float]] = {form: [] for form in forms}
        for _ in range(ROUNDS):
            recipe += alone(published_recipe, folder / "films", kernels=chosen)
            if chosen == "0":
                same_kernels += alone(published_recipe, folder / "films")
            for network, precision in forms:
                config = replace(plain, network=NetworkConfig(name=network), precision=precision)
                ours[network, precision] += alone(our_training, config)
                cached[network, precision] += alone(cached_batch, network, precision)
    base = statistics.median(recipe)
    tell(Figure("published recipe, notebook network, float32", base, "films/s"))
    for form in forms:
        tell_form(form, base, statistics.median(ours[form]), statistics.median(cached[form]))
        if same_kernels:
            ratio = statistics.median(ours[form]) / statistics.median(same_kernels)
            tell(Figure(f"{form[0]}: against the recipe with our kernels", ratio, "x"))


def tell_form(form: tuple[str, str], recipe: float, ours: float, cached: float) -> None:
    """Tell the figures of one network in one precision."""
    title = f"{form[0]}, {form[1].removeprefix('mixed_')}"
    tell(Figure(f"{title}: training", ours, "films/s"))
    goal = SAME_NETWORK_GOAL if form[0] == "notebook" else COMPACT_GOAL
    tell(Figure(f"{title}: against the published recipe", ours / recipe, "x", goal))
    tell(Figure(f"{title}: against one cached batch", ours / cached, "x", PIPELINE_GOAL))


if __name__ == "__main__":
    sys.exit(main())
