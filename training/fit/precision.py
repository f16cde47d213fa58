"""Chooses the arithmetic that trains fastest on this machine. Imports Keras.

bfloat16 pays only on processors that compute with it (1.6 to 2.1 times on one with AVX512-BF16) and
costs up to three times on others, so both are timed; no list of processors stays true.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import keras
import numpy as np

from training.fit.config import NetworkConfig
from training.fit.networks import build_network

_PROBE_FILMS = 16
_PROBE_STEPS = 2
# A gain below this is within the timing's noise, and float32 is the plainer choice.
_WORTH_IT = 0.9

_choices: dict[tuple[NetworkConfig, int], str] = {}
_lock = threading.Lock()


def choose_precision(
    network: NetworkConfig, size: int, *, check: Callable[[], None] = lambda: None
) -> str:
    """Time a few real training steps in both precisions; once per network, size and process.

    Args:
        network: The network to be trained.
        size: Side of the input, in pixels.
        check: Called between steps; whatever it raises ends the timing.

    Returns:
        "float32" or "mixed_bfloat16".
    """
    key = (network, size)
    with _lock:
        if key not in _choices:
            half = _step_seconds(network, size, "mixed_bfloat16", check)
            full = _step_seconds(network, size, "float32", check)
            _choices[key] = "mixed_bfloat16" if half < _WORTH_IT * full else "float32"
        return _choices[key]


def _step_seconds(
    network: NetworkConfig, size: int, dtype: str, check: Callable[[], None]
) -> float:
    model = build_network(network, size, seed=0, dtype=dtype, fused_norm=True)
    model.compile(keras.optimizers.Adam(), keras.losses.BinaryCrossentropy())
    films = np.full((_PROBE_FILMS, size, size, 1), 127.0, np.float32)
    labels = (np.arange(_PROBE_FILMS) % 2).astype(np.float32)[:, np.newaxis]
    # The first step also traces the graph and lays out the weights.
    check()
    model.train_on_batch(films, labels)
    best = np.inf
    for _ in range(_PROBE_STEPS):
        check()
        start = time.perf_counter()
        model.train_on_batch(films, labels)
        best = min(best, time.perf_counter() - start)
    return best
