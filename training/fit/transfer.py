"""What a transfer network begins with, and which of its layers learn. Imports Keras."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from training.data.classes import same_classes
from training.errors import UserError
from training.models.model_file import load_model
from training.models.starter import STARTER


def give_start_weights(
    model: keras.Model, start: Path = STARTER, classes: Sequence[str] | None = None
) -> None:
    """Let a transfer network begin with the weights of a trained one.

    Its score is taken too where both tell the same classes apart; else the score begins fresh: what
    was learnt of fractures says nothing of implants. A
    start of a version that knew fewer features says the same of a film as before: the others count
    nothing in the beginning.

    Args:
        model: A transfer network of any input size, fresh.
        start: Model file of another.
        classes: What the network is to tell apart, by label; None for the same as the start.

    Raises:
        UserError: If the file cannot be read, or holds another network.
    """
    facts = start.stat() if start.is_file() else None
    theirs, their_classes = _weights_of(start, facts and (facts.st_mtime_ns, facts.st_size))
    takes_score = classes is None or same_classes(their_classes, classes)
    ours = {layer.name: layer for layer in model.layers if layer.weights}
    if theirs.keys() != ours.keys():
        raise UserError(f"{start.name} holds another network than transfer.")
    for name, layer in ours.items():
        if name == "score" and not takes_score:
            continue
        try:
            layer.set_weights(_score(theirs[name], layer) if name == "score" else theirs[name])
        except ValueError as error:
            raise UserError(f"{start.name} holds another network than transfer.") from error


def _score(theirs: list[npt.NDArray[np.float32]], layer: keras.Layer) -> list[Any]:
    """A score's weights with zeros for the features that its network does not have."""
    kernel, bias = theirs
    num_more = max(layer.kernel.shape[0] - len(kernel), 0)
    return [np.pad(kernel, ((0, num_more), (0, 0))), bias]


@functools.lru_cache(maxsize=1)
def _weights_of(
    start: Path, _changed: tuple[int, int] | None
) -> tuple[dict[str, list[npt.NDArray[np.float32]]], tuple[str, ...]]:
    """A model's weights by layer, and its classes; kept for the next fold or variant."""
    source, card = load_model(start)
    weights = {layer.name: layer.get_weights() for layer in source.layers if layer.weights}
    return weights, card.classes


def choose_trained(model: keras.Model, num_parts: int) -> None:
    """Set which layers learn: the head, and the backbone's last parts.

    Batch norms keep their statistics and scales: those of many films serve better than those of
    the few in a batch.

    Args:
        model: A transfer network, not compiled.
        num_parts: 0 for the head alone.
    """
    names = list(dict.fromkeys(_part(layer.name) for layer in model.layers))
    backbone = names[names.index("stem") : names.index("top") + 1]
    learning = {*backbone[len(backbone) - num_parts :], "score"} | (
        {"site"} if num_parts else set()
    )
    for layer in model.layers:
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = _part(layer.name) in learning and not is_norm


def _part(layer_name: str) -> str:
    """The part a layer belongs to: block07 for block07_widen_conv."""
    return layer_name.split("_")[0]
