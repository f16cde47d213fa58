"""Writes and reads model files: a ``.keras`` file with its card inside. Imports Keras.

``training.fit`` saves with it, ``training.models.predictor`` and the command line load with it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from training.errors import UserError
from training.models.card import ModelCard
from training.models.card_file import (
    CARD_KEY,
    CONFIG,
    METADATA,
    SUFFIX,
    card_of,
    check_contents,
    open_archive,
    read_json,
)

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


def save_model(model: keras.Model, card: ModelCard, path: Path) -> None:
    """Write a model file with its card inside.

    What is written is ``inference_copy(model)``: no optimiser, a third of the size. The file
    appears whole or not at all, and an older file of that name stays until then.

    Args:
        model: Input (size, size, 1), grey 0-255; output (1,), a sigmoid.
        card: What it must be known by.
        path: Ends in ``.keras``; its folder exists.

    Raises:
        UserError: The folder is missing or read-only, or the disk is full.
        ValueError: Card and model do not fit each other.
    """
    if path.suffix != SUFFIX:
        raise ValueError(f"{path.name} does not end in {SUFFIX}")
    card.check()
    mismatch = _mismatch(model, card)
    if mismatch:
        raise ValueError(f"The model does not fit its card: {mismatch}")
    copy = inference_copy(model)
    try:
        with tempfile.TemporaryDirectory(prefix=".saving-", dir=path.parent) as scratch:
            plain = Path(scratch, f"plain{SUFFIX}")
            complete = Path(scratch, f"complete{SUFFIX}")
            keras.saving.save_model(copy, plain)
            _copy_with_card(plain, complete, card)
            complete.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _saving_error(path, error) from error


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


def _in_float32(layer: keras.layers.Layer) -> keras.layers.Layer:
    """A new layer of the same settings that computes in float32."""
    config = layer.get_config()
    config["dtype"] = "float32"
    return layer.__class__.from_config(config)


def _copy_with_card(plain: Path, complete: Path, card: ModelCard) -> None:
    """Copy Keras' archive with the card added to its metadata, and see it safely on disk."""
    with (
        complete.open("wb") as file,
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(file, "w") as target,
    ):
        for name in source.namelist():
            if name == METADATA:
                metadata = json.loads(source.read(name)) | {CARD_KEY: card.to_json()}
                target.writestr(name, json.dumps(metadata, indent=1, allow_nan=False))
            else:
                with source.open(name) as old, target.open(name, "w") as new:
                    shutil.copyfileobj(old, new, 2**20)
        target.close()
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power cut, where the system can (Windows cannot open folders)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network shares refuse; the file itself is safe.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _saving_error(path: Path, error: OSError) -> UserError:
    """An ``OSError`` of saving in plain words."""
    # HDF5 gives no errno, only its words.
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return UserError(
            f"{path.name} could not be saved: the disk is full.",
            f"Free some space on the disk of {path.parent} and try again.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return UserError(
            f"{path.name} could not be saved: {path.parent} may not be written to.",
            "Choose another folder.",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return UserError(
            f"{path.name} could not be saved: the folder {path.parent} is not there.",
            "Connect the disk or choose another folder.",
        )
    return UserError(
        f"{path.name} could not be saved: {error.strerror or error}.", "Choose another folder."
    )


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
    if len(model.outputs) != 1 or model.output_shape != (None, 1):
        return "it does not give one score"
    if not ends_in_sigmoid(model):
        return "its score is not a probability (no sigmoid)"
    return ""
