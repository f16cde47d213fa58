"""Writes and reads model files: a ``.keras`` file with its card inside. Imports Keras.

``training.fit`` saves with it, ``training.models.predictor`` and the command line load with it.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from training.errors import UserError
from training.models.card import ModelCard
from training.models.card_file import (
    CONFIG,
    SUFFIX,
    card_of,
    check_contents,
    open_archive,
    read_json,
)
from training.models.card_writing import place_with_card, saving_error
from training.models.kept_films import KeptFilms

# Classes that a model file may name. Anything else could reach code or files outside the archive
# (Lambda runs Python, TFSMLayer opens any folder); "safe mode" alone has been got round before.
_SAFE_MODULES = ("keras", "keras.layers", "keras.initializers", "keras.regularizers")
_UNSAFE_CLASSES = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
_NETWORKS = ("Functional", "Sequential")


@contextlib.contextmanager
def float32_policy() -> Iterator[None]:
    """Build layers in float32 whatever precision this thread trains in; then put that back.

    Keras keeps its precision policy per thread.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def inference_copy(model: keras.Model) -> keras.Model:
    """The same network and weights in float32, not compiled: what a model file holds.

    A model trained in ``mixed_bfloat16`` keeps its weights in float32, so nothing is lost; its
    scores differ from the copy's by the rounding of bfloat16.

    Args:
        model: A flat functional or sequential model, built.

    Returns:
        A new model that shares nothing with ``model``.
    """
    with float32_policy():
        # A clone of a compiled model brings its optimiser; this view of the same layers has none.
        view = keras.Model(model.input, model.output, name=model.name)
        copy = keras.models.clone_model(view, clone_function=_in_float32)
    copy.set_weights(view.get_weights())
    return copy


def bring_up_to_date(copy: keras.Model, model: keras.Model) -> None:
    """Give a copy the weights that its model has by now: faster than another copy.

    Args:
        copy: As from ``inference_copy(model)``.
        model: The model.
    """
    view = keras.Model(model.input, model.output)
    copy.set_weights(view.get_weights())


def save_model(
    model: keras.Model, card: ModelCard, path: Path, kept: KeptFilms | None = None
) -> None:
    """Write a model file with its card inside.

    What is written is ``inference_copy(model)``: no optimiser, a third of the size. The file
    appears whole or not at all, and an older file of that name stays until then.

    Args:
        model: Input (size, size, 1), grey 0-255; output (1,), a sigmoid, or of more than two classes
            (classes,), a softmax.
        card: What it must be known by.
        path: Ends in ``.keras``; its folder exists.
        kept: What it is to keep of its training films.

    Raises:
        UserError: The folder is missing or read-only, or the disk is full.
        ValueError: Card and model do not fit each other.
    """
    write_copy(inference_copy(model), card, path, kept)


def write_copy(
    copy: keras.Model, card: ModelCard, path: Path, kept: KeptFilms | None = None
) -> None:
    """``save_model`` of a model that is an inference copy already.

    Args:
        copy: As from ``inference_copy``.
        card: As for ``save_model``, likewise the others.
        path: Where to.
        kept: What to keep of the training films.

    Raises:
        UserError: As of ``save_model``.
        ValueError: Card and model do not fit each other.
    """
    if path.suffix != SUFFIX:
        raise ValueError(f"{path.name} does not end in {SUFFIX}")
    card.check()
    mismatch = _mismatch(copy, card)
    if mismatch:
        raise ValueError(f"The model does not fit its card: {mismatch}")
    try:
        with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as scratch:
            plain = Path(scratch, f"plain{SUFFIX}")
            keras.saving.save_model(copy, plain)
            place_with_card(plain, path, card, kept.to_json() if kept else None)
    except OSError as error:
        raise saving_error(path, error) from error


def load_model(path: Path) -> tuple[keras.Model, ModelCard]:
    """Read a model file and its card.

    Args:
        path: A ``.keras`` file that this program wrote.

    Returns:
        The model, not compiled, float32 in any thread; and its card.

    Raises:
        UserError: The file is missing, broken, unsafe, of another program or of a newer version.
    """
    with open_archive(path) as archive:
        card = card_of(archive, path)
        _check_network(read_json(archive, CONFIG, path), path)
        check_contents(archive, path)
    if path.suffix != SUFFIX:
        raise UserError(f"The name {path.name} must end in {SUFFIX}.", "Rename the file.")
    try:
        with float32_policy():
            model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras answers a bad file with almost any type.
        raise UserError(
            f"{path.name} cannot be loaded: its network and its weights do not fit each other.",
            "Copy it again from where it came from, or train anew.",
        ) from error
    mismatch = _mismatch(model, card)
    if mismatch:
        raise UserError(
            f"{path.name} is not a film classifier of this program: {mismatch}.",
            "Choose another model.",
        )
    return model, card


def ends_in_sigmoid(model: keras.Model) -> bool:
    """True where the last layer gives a sigmoid: a dense layer's, or an activation layer of its own."""
    return getattr(model.layers[-1], "activation", None) is keras.activations.sigmoid


def ends_in_softmax(model: keras.Model) -> bool:
    """True where the last layer gives a softmax."""
    return getattr(model.layers[-1], "activation", None) is keras.activations.softmax


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """A new layer of the same settings that computes in float32.

    A layer made for training alone names Keras' own in its ``saved_as``.
    """
    config = layer.get_config()
    config["dtype"] = "float32"
    kind: type[keras.layers.Layer] = getattr(layer, "saved_as", layer.__class__)
    return kind.from_config(config)


def _check_network(config: dict[str, Any], path: Path) -> None:
    """Refuse a network that names anything but Keras' plain parts."""
    module = config.get("module")
    if config.get("class_name") not in _NETWORKS or str(module).split(".")[0] != "keras":
        raise UserError(f"{path.name} holds no network that this program can use.")
    # The outermost part is the network itself, whose module is Keras' own.
    parts: list[Any] = [config.get("config")]
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            if "class_name" in part and not _is_safe(part):
                raise UserError(
                    f"{path.name} is not a safe model file: it brings program code of its own "
                    f"({part['class_name']}).",
                    "Use models only from people you trust; choose another one.",
                )
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)


def _is_safe(part: dict[str, Any]) -> bool:
    """True for a plain Keras object, or a tensor's place in the network."""
    if part["class_name"] in _UNSAFE_CLASSES:
        return False
    if part["class_name"] in ("__keras_tensor__", "__tuple__"):
        return True
    return part.get("module") in _SAFE_MODULES and part.get("registered_name") is None


def _mismatch(model: keras.Model, card: ModelCard) -> str:
    """How a model differs from what its card promises, in words; empty where it does not."""
    size = card.preprocessing.size
    if len(model.inputs) != 1 or model.input_shape != (None, size, size, 1):
        return f"it does not take grey films of {size} x {size} pixels"
    if card.is_many:
        if len(model.outputs) != 1 or model.output_shape != (None, len(card.classes)):
            return f"it does not give one score for each of {len(card.classes)} classes"
        return "" if ends_in_softmax(model) else "its scores are no probabilities (no softmax)"
    if len(model.outputs) != 1 or model.output_shape != (None, 1):
        return "it does not give one score"
    if not ends_in_sigmoid(model):
        return "its score is not a probability (no sigmoid)"
    return ""
