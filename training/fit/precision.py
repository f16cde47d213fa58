"""Chooses the arithmetic that trains fastest on this machine. Imports Keras.

bfloat16 pays only on processors that compute with it (1.6 to 2.1 times on one with AVX512-BF16), so
both are timed; no list of processors stays true. Others spell it out, at several
times the cost, and there a single convolution tells that in a second.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.fit.config import NetworkConfig
from training.fit.networks import build_network

_PROBE_FILMS = 16
_PROBE_STEPS = 2
# A gain below this is within the timing's noise, and float32 is the plainer choice.
_WORTH_IT = 0.9
# One convolution says less than a network, so it rules out only what is far away.
_HOPELESS = 3.0
_PROBE_CONVOLUTIONS = 3

_choices: dict[tuple[NetworkConfig, int], str] = {}
_lock = threading.Lock()


def choose_precision(
    network: NetworkConfig, size: int, *, check: Callable[[], None] = lambda: None
) -> str:
    """Time a few real steps in both precisions; once per network, size and process.

    Args:
        network: The network to be trained.
        size: Side of the input, in pixels.
        check: Called between steps; whatever it raises ends the timing.

    Returns:
        "float32" or "mixed_bfloat16".
    """
    key = (network, size)
    with _lock:
        if key not in _choices and not computes_in_half():
            _choices[key] = "float32"
        if key not in _choices:
            half = _step_seconds(network, size, "mixed_bfloat16", check)
            full = _step_seconds(network, size, "float32", check)
            _choices[key] = "mixed_bfloat16" if half < _WORTH_IT * full else "float32"
        return _choices[key]


def computes_in_half() -> bool:
    """Whether bfloat16 is worth a trial at all here: one convolution, there and back, in both.

    Returns:
        False where bfloat16 takes more than three times as long as float32. Takes about a second.
    """
    return _convolution_seconds(tf.bfloat16) < _HOPELESS * _convolution_seconds(tf.float32)


def _convolution_seconds(dtype: tf.DType) -> float:
    films = tf.ones((4, 56, 56, 32), dtype)
    kernel = tf.ones((3, 3, 32, 32), dtype)

    @functools.partial(tf.function, autograph=False)
    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(kernel)
            total = tf.reduce_sum(tf.nn.conv2d(films, kernel, 1, "SAME"))
        return tape.gradient(total, kernel)

    step()
    best = np.inf
    for _ in range(_PROBE_CONVOLUTIONS):
        start = time.perf_counter()
        step().numpy()
        best = min(best, time.perf_counter() - start)
    return best


def _step_seconds(
    network: NetworkConfig, size: int, dtype: str, check: Callable[[], None]
) -> float:
    model = build_network(network, size, seed=0, dtype=dtype, fused_norm=True)
    # Without XLA, as runs are compiled: Keras' default takes it, and compiles for many seconds.
    model.compile(keras.optimizers.Adam(), keras.losses.BinaryCrossentropy(), jit_compile=False)
    # As runs do; else the first step is traced twice.
    model.optimizer.build(model.trainable_weights)
    films = np.full((_PROBE_FILMS, size, size, 1), 127.0, np.float32)
    labels = (np.arange(_PROBE_FILMS) % 2).astype(np.float32)[:, np.newaxis]

    def step() -> None:
        if network.learns_head_only:
            # Its films go through the network once and train nothing in it.
            model.predict_on_batch(films)
        else:
            model.train_on_batch(films, labels)

    # The first step also traces the graph and lays out the weights.
    check()
    step()
    best = np.inf
    for _ in range(_PROBE_STEPS):
        check()
        start = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - start)
    return best
