"""Scores the films of a run with a model, and proves that a saved model is the one trained.

Imports TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.errors import UserError
from training.fit.reading import FilmStore
from training.models.model_file import inference_copy, load_model

# The copy and the reloaded model run the same float32 operations; only their order may differ.
SAME_SCORE = 1e-6
_PROOF_FILMS = 32


def score_films(
    model: keras.Model,
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    *,
    batch_size: int,
    progress: Callable[[int], None],
) -> npt.NDArray[np.float32]:
    """Score films as they are, not augmented.

    Args:
        model: Its output is (n, 1), or (n, classes) of more than two classes.
        store: The decoded films.
        numbers: int64, (n,): which of them.
        batch_size: Films at a time.
        progress: Told the number of films of each batch done; whatever it raises ends the scoring.

    Returns:
        float32, (n,), 0-1; (n, classes) of more than two classes.
    """
    spec = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)

    num_outputs = model.output_shape[1]

    def score(films: tf.Tensor) -> tf.Tensor:
        output = model(films, training=False)
        return output[:, 0] if num_outputs == 1 else output

    # The concrete function: TensorFlow would take one tf.function a model for needless retracing.
    compiled = tf.function(score, autograph=False).get_concrete_function(spec)
    shape = (len(numbers),) if num_outputs == 1 else (len(numbers), num_outputs)
    scores = np.zeros(shape, np.float32)
    for first in range(0, len(numbers), batch_size):
        part = numbers[first : first + batch_size]
        films = tf.constant(store.gather(part).astype(np.float32))
        scores[first : first + len(part)] = compiled(films).numpy()
        progress(len(part))
    return scores


def prove_saved(
    model: keras.Model,
    path: Path,
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    *,
    progress: Callable[[int], None],
) -> keras.Model:
    """Load a saved model and compare its scores with those of the model it was made of.

    Args:
        model: The trained model.
        path: The file it was saved to.
        store: The decoded films.
        numbers: int64, (n,): real films to compare on; some of them, spread evenly, are used.
        progress: Called between batches; whatever it raises ends the proof.

    Returns:
        The loaded model, float32.

    Raises:
        UserError: If a score differs by more than ``SAME_SCORE``.
    """
    loaded, _ = load_model(path)
    chosen = numbers[:: max(1, len(numbers) // _PROOF_FILMS)][:_PROOF_FILMS]
    expected, found = (
        score_films(each, store, chosen, batch_size=_PROOF_FILMS, progress=progress)
        for each in (inference_copy(model), loaded)
    )
    difference = float(np.max(np.abs(expected - found)))
    if not difference <= SAME_SCORE:
        raise UserError(
            f"{path.name} was saved, but gives other scores when it is read back "
            f"(they differ by up to {difference:.2g}).",
            "The disk may be failing: choose another folder for runs and train again.",
        )
    return loaded
