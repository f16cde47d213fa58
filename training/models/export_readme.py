"""What lies beside an exported model for whoever will use it. Loads no TensorFlow."""

from __future__ import annotations

from training.models.card import ModelCard
from training.models.export_formats import ExportFormat
from training.models.export_parity import Parity

_ONE_SCORE = 'print(float(answer["score"][0]))'
_MANY_SCORES = 'print(np.asarray(answer["score"])[0])'
_USE = {
    ExportFormat.ONNX: """\
import numpy as np
import onnxruntime
from PIL import Image

session = onnxruntime.InferenceSession("model.onnx")
film = np.asarray(Image.open("film.png").convert("L"))  # 8 bits
names = [output.name for output in session.get_outputs()]
answer = dict(zip(names, session.run(names, {"film": film[None, :, :, None]})))
print(float(answer["score"][0]))
""",
    ExportFormat.LITERT: """\
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

model = Interpreter("model.tflite").get_signature_runner()
film = np.asarray(Image.open("film.png").convert("L"))  # 8 bits
answer = model(film=film[None, :, :, None])
print(float(answer["score"][0]))
""",
    ExportFormat.SAVED_MODEL: """\
import numpy as np
import tensorflow as tf
from PIL import Image

model = tf.saved_model.load("model")
film = np.asarray(Image.open("film.png").convert("L"))  # 8 bits
answer = model.signatures["serving_default"](film=tf.constant(film[None, :, :, None]))
print(float(answer["score"][0]))
""",
}


def readme(kind: ExportFormat, card: ModelCard, parity: Parity) -> str:
    """The README of an export's folder.

    Args:
        kind: Its format.
        card: The model's.
        parity: What the certificate says.
    """
    return "\n".join(
        [
            f"A film classifier of X-ray Desktop as {kind.full_name}",
            "",
            "For research and teaching, not for diagnosis.",
            *(
                ["Trained on synthetic films only: the score means nothing on a real film."]
                if card.synthetic
                else []
            ),
            "",
            "FILES",
            f"{kind.file_name:<14} the network with its preprocessing inside",
            "card.json      what the model is: classes, threshold, origin, figures",
            "parity.txt     that this file says the same as the program; parity.json has every film",
            "",
            *_input_words(card),
            "",
            *_output_words(card, has_site=parity.largest_site_difference is not None),
            "",
            "PARITY",
            f"Measured with {parity.runtime} on {parity.num_films:,} films:",
            f"largest difference of a score {parity.largest_difference:.2g}, "
            f"decisions changed {parity.num_changed_decisions:,}.",
            "",
            "USE (Python)",
            _use(kind, card),
        ]
    )


def _use(kind: ExportFormat, card: ModelCard) -> str:
    if card.is_many:
        return _USE[kind].replace(_ONE_SCORE, _MANY_SCORES)
    return _USE[kind]


def _input_words(card: ModelCard) -> list[str]:
    size = card.preprocessing.size
    fit = (
        f"resized with its aspect kept and padded with black to {size} x {size}"
        if card.preprocessing.keep_aspect
        else f"resized to {size} x {size} without regard to its aspect"
    )
    stretch = (
        ", greys stretched from the 1st to the 99th percentile"
        if card.preprocessing.stretch
        else ""
    )
    return [
        "INPUT",
        '"film": uint8, (1, height, width, 1), one grey film of any size up to 10,000 pixels a side.',
        "0 is black and 255 white, bone bright. DICOM films: after modality LUT, the film's own",
        "window and polarity (MONOCHROME1 inverted). Do not resize or scale it yourself: inside it is",
        f"{fit}{stretch}.",
    ]


def _output_words(card: ModelCard, *, has_site: bool) -> list[str]:
    kind = "with the model's temperature" if card.is_calibrated else "as the network gives it"
    if card.is_many:
        names = ", ".join(f'"{name}"' for name in card.classes)
        return [
            "OUTPUT",
            f'"score": float32, (1, {len(card.classes)}), 0 to 1: the probability of each class, in '
            "this order:",
            f"{names}. They add up to 1; the largest is the model's answer. There is no threshold.",
        ]
    lines = [
        "OUTPUT",
        f'"score": float32, (1,), 0 to 1: the probability of "{card.classes[1]}", {kind}.',
        f'From {card.stated_threshold:.6g} on the model says "{card.classes[1]}", '
        f'below "{card.classes[0]}".',
    ]
    if card.points is not None and card.points.high is not None:
        low, high = (
            float(card.stated(point.threshold)) for point in (card.points.low, card.points.high)
        )
        lines.append(f"From {low:.6g} to below {high:.6g} it is unsure.")
    if has_site:
        lines += [
            '"site": float32, (1, rows, columns), 0 to 1: where a fracture may lie. It covers the',
            "whole padded square, not the film alone; see the model's figures before relying on it.",
            '"place": int32, (4,): top, left, height, width of the film within that square, in',
            f"pixels of {card.preprocessing.size} x {card.preprocessing.size}.",
        ]
    return lines
