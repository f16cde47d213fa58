"""The formats that a model is exported to, in plain values. Loads no TensorFlow."""

from __future__ import annotations

import importlib.util
from enum import StrEnum

from training.errors import UserError


class ExportFormat(StrEnum):
    """What other programs run."""

    ONNX = "onnx"
    LITERT = "litert"
    SAVED_MODEL = "savedmodel"

    @property
    def full_name(self) -> str:
        """Its name as its makers write it."""
        return {"onnx": "ONNX", "litert": "LiteRT", "savedmodel": "SavedModel"}[self.value]

    @property
    def file_name(self) -> str:
        """Of the model in the export's folder; a folder itself for SavedModel."""
        return {"onnx": "model.onnx", "litert": "model.tflite", "savedmodel": "model"}[self.value]

    @property
    def runtime(self) -> str:
        """What runs it, as a package's name; also what the parity is measured with."""
        return {
            "onnx": "onnxruntime",
            "litert": "tensorflow (its LiteRT interpreter)",
            "savedmodel": "tensorflow (tf.saved_model)",
        }[self.value]


# Import names; they come with the program, but somebody may have installed it without.
_ONNX_PACKAGES = ("onnx", "onnxruntime", "tf2onnx")


def check_packages(kind: ExportFormat) -> None:
    """Refuse a format whose packages are not there.

    Raises:
        UserError: Some are missing; says which.
    """
    if kind is not ExportFormat.ONNX:
        return
    missing = [name for name in _ONNX_PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        names = " ".join(missing)
        raise UserError(
            f"Exporting to ONNX needs packages that are not installed: {names}.",
            f"Install them with: pip install {names}",
        )
