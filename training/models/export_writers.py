"""Writes a model with its preprocessing inside, in each format. Imports TensorFlow and Keras.

One TensorFlow function from film to answer is the source of all three; its weights are made
constants first, so that no format has variables of its own to fill.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from training.evaluation.calibration import SMALLEST
from training.models.card import ModelCard
from training.models.export_formats import ExportFormat
from training.models.export_preprocessing import as_input
from training.models.heat_map import SITE
from training.models.model_file import float32_policy

INPUT = "film"
SCORE = "score"
PLACE = "place"
# Of 2022; every runtime since then reads it, and all operations in use are in it.
_OPSET = 17


class ExportedNetwork:
    """A model as other programs will call it.

    Args:
        model: As from ``load_model``.
        card: Its card.
    """

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        self._card = card
        outputs = [model.output]
        # What a site means for more than two classes nobody has said.
        self.has_site = not card.is_many and any(layer.name == SITE for layer in model.layers)
        if self.has_site:
            outputs.append(model.get_layer(SITE).output)
        with float32_policy():
            self._network = keras.Model(model.inputs, outputs)
        spec = tf.TensorSpec((1, None, None, 1), tf.uint8, name=INPUT)
        function = tf.function(self._answer, input_signature=[spec], autograph=False)
        traced = function.get_concrete_function()
        frozen = convert_variables_to_constants_v2(traced)
        # Wrapped once more: freezing loses the names of the outputs.
        names = sorted(traced.structured_outputs)
        self.serve = tf.function(
            lambda film: dict(zip(names, frozen(film), strict=True)),
            input_signature=[spec],
            autograph=False,
        )

    def _answer(self, film: Any) -> dict[str, Any]:
        square, place = as_input(film, self._card.preprocessing)
        outputs = self._network(square, training=False)
        score, *site = outputs if self.has_site else [outputs]
        answer = {SCORE: score if self._card.is_many else self._stated(score[:, 0])}
        if site:
            answer |= {SITE: tf.sigmoid(site[0][..., 0]), PLACE: place}
        return answer

    def _stated(self, score: Any) -> Any:
        """As ``ModelCard.stated``."""
        calibration = self._card.calibration
        if calibration is None or not calibration.is_on:
            return score
        clipped = tf.clip_by_value(score, SMALLEST, 1.0 - SMALLEST)
        # ONNX has no log1p.
        logit = tf.math.log(clipped) - tf.math.log(1.0 - clipped)
        return tf.sigmoid(logit / calibration.temperature)


def write_model(network: ExportedNetwork, kind: ExportFormat, path: Path) -> None:
    """Write the model file, or folder for SavedModel.

    Args:
        network: The model.
        kind: The format.
        path: Does not exist; its folder does.

    Raises:
        OSError: It cannot be written.
    """
    write = {
        ExportFormat.ONNX: _write_onnx,
        ExportFormat.LITERT: _write_litert,
        ExportFormat.SAVED_MODEL: _write_saved_model,
    }[kind]
    write(network, path)


def _write_saved_model(network: ExportedNetwork, path: Path) -> None:
    # A module of its own: the network's layers would be tracked and saved once more.
    module = tf.Module()
    module.serve = network.serve
    tf.saved_model.save(module, str(path), signatures=network.serve.get_concrete_function())


def _write_litert(network: ExportedNetwork, path: Path) -> None:
    scratch = path.with_name("as saved model")
    _write_saved_model(network, scratch)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(scratch))
    path.write_bytes(converter.convert())
    tf.io.gfile.rmtree(str(scratch))


def _write_onnx(network: ExportedNetwork, path: Path) -> None:
    # Not by the package: it finds its modules by name, which a standalone program cannot.
    from tf2onnx.convert import from_function

    # What it cannot do shows when the file is opened.
    logging.getLogger("tf2onnx").setLevel(logging.CRITICAL)
    model, _ = from_function(
        network.serve, input_signature=network.serve.input_signature, opset=_OPSET
    )
    path.write_bytes(model.SerializeToString())
