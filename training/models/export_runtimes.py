"""Runs exported models as another program would: from the file alone. Imports the runtimes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.films.film import GreyPixels
from training.models.export_formats import ExportFormat

Outputs = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Runtime:
    """An exported file, opened.

    Args:
        name: What runs it, with its version.
        run: From a film, uint8 (height, width), to the outputs by name.
    """

    name: str
    run: Callable[[GreyPixels], Outputs]


def open_export(kind: ExportFormat, path: Path) -> Runtime:
    """Open an exported model.

    Args:
        kind: Its format.
        path: The model file, or folder for SavedModel.
    """
    opening = {
        ExportFormat.ONNX: _open_onnx,
        ExportFormat.LITERT: _open_litert,
        ExportFormat.SAVED_MODEL: _open_saved_model,
    }[kind]
    return opening(path)


def _open_onnx(path: Path) -> Runtime:
    import onnxruntime

    # From memory: Windows renames no folder with an open file in it.
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    entry = session.get_inputs()[0].name

    def run(film: GreyPixels) -> Outputs:
        return dict(zip(names, session.run(names, {entry: _batch(film)}), strict=True))

    return Runtime(f"onnxruntime {onnxruntime.__version__}", run)


def _open_litert(path: Path) -> Runtime:
    import tensorflow as tf

    with warnings.catch_warnings():
        # TensorFlow 2.21 says that its interpreter has moved to a package of its own.
        warnings.filterwarnings("ignore", "(?s).*tf.lite.Interpreter is deprecated", UserWarning)
        interpreter = tf.lite.Interpreter(model_content=path.read_bytes())
    signature = interpreter.get_signature_runner()
    return Runtime(
        f"LiteRT interpreter of TensorFlow {tf.__version__}",
        lambda film: signature(film=_batch(film)),
    )


def _open_saved_model(path: Path) -> Runtime:
    import tensorflow as tf

    # The signature does not keep what it belongs to.
    loaded = tf.saved_model.load(str(path))
    signature = loaded.signatures["serving_default"]

    def run(film: GreyPixels) -> Outputs:
        assert loaded
        return {
            name: value.numpy() for name, value in signature(film=tf.constant(_batch(film))).items()
        }

    return Runtime(f"tf.saved_model of TensorFlow {tf.__version__}", run)


def _batch(film: GreyPixels) -> GreyPixels:
    """One film as the exported model takes it: uint8, (1, height, width, 1)."""
    return np.ascontiguousarray(film[np.newaxis, :, :, np.newaxis])
