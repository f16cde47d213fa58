"""Exports a model file to a folder that other programs can use, with proof that it says the same.

Called by the command line and by the window's worker. Imports TensorFlow and Keras.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.errors import UserError
from training.films.film import GreyPixels
from training.models.card import ModelCard
from training.models.card_writing import saving_error
from training.models.export_formats import ExportFormat, check_packages
from training.models.export_parity import Pair, Parity, compare
from training.models.export_readme import readme
from training.models.export_runtimes import Runtime, open_export
from training.models.export_writers import SCORE, ExportedNetwork, write_model
from training.models.heat_map import SITE
from training.models.model_file import float32_policy, load_model
from training.models.prediction import leading
from training.models.predictor import Predictor

CARD = "card.json"
README = "README.txt"
PARITY = "parity.json"
PARITY_WORDS = "parity.txt"


def export_model(
    path: Path,
    target: Path,
    kind: ExportFormat,
    films: Iterable[tuple[str, GreyPixels]],
    *,
    origin: str,
    after_film: Callable[[int], None] = lambda _: None,
) -> Parity:
    """Write the folder: the model, its card, a README and the parity certificate.

    It appears whole or not at all.

    Args:
        path: A model file of this program.
        target: The folder to make; it does not exist yet, or is empty.
        kind: The format.
        films: Name and grey pixels (uint8, as from ``Film.grey``) of the films to compare by; at
            least one.
        origin: Where they come from, in words.
        after_film: Told how many were compared; whatever it raises ends the export.

    Returns:
        What the certificate says.

    Raises:
        UserError: The model cannot be used, the folder cannot be written, there is no film, or the
            exported file says something else than the program.
    """
    check_packages(kind)
    check_target(target)
    model, card = load_model(path)
    network = ExportedNetwork(model, card)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".exporting-", dir=target.parent) as scratch:
            made = Path(scratch, "export")
            made.mkdir()
            runtime = _converted(network, kind, made / kind.file_name)
            pairs = _pairs(_Program(path, model, card), runtime, films, after_film)
            parity = compare(
                pairs,
                card,
                model=_name(path),
                kind=kind.full_name,
                runtime=runtime.name,
                films=origin,
            )
            if not parity.is_kept:
                raise _says_otherwise(parity)
            _write_papers(made, kind, card, parity)
            if target.is_dir():
                target.rmdir()
            made.rename(target)
    except OSError as error:
        raise saving_error(target, error) from error
    return parity


def check_target(target: Path) -> None:
    """Refuse a folder that holds something, before the long work.

    Raises:
        UserError: It is a file, or not empty.
    """
    if target.is_file():
        raise UserError(f"{target} is a file; an export is a folder.", "Choose another name.")
    try:
        holds_something = target.is_dir() and any(target.iterdir())
    except OSError as error:
        raise saving_error(target, error) from error
    if holds_something:
        raise UserError(
            f"The folder {target} is not empty, so nothing was exported to it.",
            "Choose a new folder.",
        )


def _converted(network: ExportedNetwork, kind: ExportFormat, path: Path) -> Runtime:
    """Write the file and open it again."""
    try:
        write_model(network, kind, path)
        return open_export(kind, path)
    except OSError:
        raise
    except Exception as error:  # Converters and runtimes answer what they lack with any type.
        raise UserError(
            f"This model cannot be written as {kind.full_name}: its network has a part that the "
            "format does not know.",
            "Try another format.",
        ) from error


class _Program:
    """What the program itself says: its predictor, and the site as its network gives it.

    Args:
        path: The model file.
        model: As read from it.
        card: Its card.
    """

    def __init__(self, path: Path, model: keras.Model, card: ModelCard) -> None:
        self._predictor = Predictor(path)
        self._preprocessing = card.preprocessing
        self._site: Callable[[tf.Tensor], tf.Tensor] | None = None
        if not card.is_many and any(layer.name == SITE for layer in model.layers):
            self._site = _compiled_site(model)

    def scores(self, film: GreyPixels) -> tuple[float, ...]:
        """The score as it is stated, 0-1; of more than two classes one each, by label."""
        told = self._predictor.predict(film)
        return told.scores or (told.score,)

    def site(self, film: GreyPixels) -> npt.NDArray[np.float64] | None:
        """float64, (rows, columns), 0-1, or None where the network knows none."""
        if self._site is None:
            return None
        square = self._preprocessing.apply(film)[np.newaxis, :, :, np.newaxis]
        logits = np.asarray(self._site(tf.constant(square, tf.float32)), np.float64)
        sites: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits[0, :, :, 0]))
        return sites


def _compiled_site(model: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """What the site says, before its sigmoid; layer by layer it takes ten times as long."""
    with float32_policy():
        site = keras.Model(model.input, model.get_layer(SITE).output)
    function = tf.function(lambda film: site(film, training=False), autograph=False)
    spec = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)
    return function.get_concrete_function(spec)  # type: ignore[no-any-return]


def _pairs(
    program: _Program,
    runtime: Runtime,
    films: Iterable[tuple[str, GreyPixels]],
    after_film: Callable[[int], None],
) -> list[Pair]:
    """Score every film by both."""
    pairs: list[Pair] = []
    for name, film in films:
        outputs = runtime.run(film)
        site, scores = program.site(film), program.scores(film)
        given = tuple(float(score) for score in np.atleast_1d(outputs[SCORE][0]))
        named = leading(scores)
        pairs.append(
            Pair(
                film=name,
                height=film.shape[0],
                width=film.shape[1],
                program=scores[named],
                export=given[named],
                site_difference=None
                if site is None
                else float(np.max(np.abs(site - outputs[SITE][0]))),
                programs=scores if len(scores) > 1 else (),
                exports=given if len(scores) > 1 else (),
            )
        )
        after_film(len(pairs))
    if not pairs:
        raise UserError(
            "There is no film to compare the exported file with the program by.",
            "Name films that can be read.",
        )
    return pairs


def _write_papers(folder: Path, kind: ExportFormat, card: ModelCard, parity: Parity) -> None:
    """Card, README and certificate."""

    def write(name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8", newline="\n")

    write(CARD, json.dumps(card.to_json(), indent=1, allow_nan=False) + "\n")
    write(PARITY, json.dumps(parity.to_json(), indent=1, allow_nan=False) + "\n")
    write(PARITY_WORDS, parity.words())
    write(README, readme(kind, card, parity))


def _says_otherwise(parity: Parity) -> UserError:
    return UserError(
        f"The exported file says something else than the program: on {parity.num_films:,} films "
        f"its scores differ by up to {parity.largest_difference:.3g} "
        f"(limit {parity.limit:g}), so nothing was exported.",
        "Try another format.",
    )


def _name(path: Path) -> str:
    """The model file with its run: run folders all hold a best.keras."""
    return f"{path.absolute().parent.name}/{path.name}"
