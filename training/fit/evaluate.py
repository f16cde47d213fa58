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
from training.models.model_file import load_model

# The copy and the reloaded model run the same float32 operations; only their order may differ.
SAME_SCORE = 1e-6
_PROOF_FILMS = 32


class Scorer:
    """Scores films with a model. TensorFlow traces the model once, at the first films.

    Args:
        model: Its output is (n, 1), or (n, classes) of more than two classes. Its weights may
            change; each call uses those it has by then.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self._compiled: Callable[[tf.Tensor], tf.Tensor] | None = None

    def score(
        self,
        store: FilmStore,
        numbers: npt.NDArray[np.int64],
        *,
        batch_size: int,
        progress: Callable[[int], None],
    ) -> npt.NDArray[np.float32]:
        """Score films as they are, not augmented.

        Args:
            store: The decoded films.
            numbers: int64, (n,): which of them.
            batch_size: Films at a time.
            progress: Told the number of films of each batch done; whatever it raises ends the
                scoring.

        Returns:
            float32, (n,), 0-1; (n, classes) of more than two classes.
        """
        if self._compiled is None:
            self._compiled = self._compile()
        num_outputs = self.model.output_shape[1]
        shape = (len(numbers),) if num_outputs == 1 else (len(numbers), num_outputs)
        scores = np.zeros(shape, np.float32)
        for first in range(0, len(numbers), batch_size):
            part = numbers[first : first + batch_size]
            films = tf.constant(store.gather(part).astype(np.float32))
            scores[first : first + len(part)] = self._compiled(films).numpy()
            progress(len(part))
        return scores

    def _compile(self) -> Callable[[tf.Tensor], tf.Tensor]:
        spec = tf.TensorSpec((None, *self.model.input_shape[1:]), tf.float32)
        num_outputs = self.model.output_shape[1]

        def score(films: tf.Tensor) -> tf.Tensor:
            output = self.model(films, training=False)
            return output[:, 0] if num_outputs == 1 else output

        # The concrete function: TensorFlow would take one tf.function a model for needless
        # retracing.
        function = tf.function(score, autograph=False)
        return function.get_concrete_function(spec)  # type: ignore[no-any-return]


def score_films(
    model: keras.Model,
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    *,
    batch_size: int,
    progress: Callable[[int], None],
) -> npt.NDArray[np.float32]:
    """``Scorer.score`` for once.

    Args:
        model: As of ``Scorer``.
        store: As of ``Scorer.score``, likewise the others.
        numbers: Which films.
        batch_size: Films at a time.
        progress: Told of each batch.

    Returns:
        float32, (n,), 0-1; (n, classes) of more than two classes.
    """
    return Scorer(model).score(store, numbers, batch_size=batch_size, progress=progress)


def prove_saved(
    written: Scorer,
    path: Path,
    store: FilmStore,
    numbers: npt.NDArray[np.int64],
    *,
    progress: Callable[[int], None],
) -> Scorer:
    """Load a saved model and compare its scores with those of the model it was made of.

    Args:
        written: Of ``inference_copy`` of the trained model.
        path: The file it was saved to.
        store: The decoded films.
        numbers: int64, (n,): real films to compare on; some of them, spread evenly, are used.
        progress: Called between batches; whatever it raises ends the proof.

    Returns:
        Of the loaded model, float32.

    Raises:
        UserError: If a score differs by more than ``SAME_SCORE``.
    """
    loaded = Scorer(load_model(path)[0])
    chosen = numbers[:: max(1, len(numbers) // _PROOF_FILMS)][:_PROOF_FILMS]
    expected, found = (
        each.score(store, chosen, batch_size=_PROOF_FILMS, progress=progress)
        for each in (written, loaded)
    )
    difference = float(np.max(np.abs(expected - found)))
    if not difference <= SAME_SCORE:
        raise UserError(
            f"{path.name} was saved, but gives other scores when it is read back "
            f"(they differ by up to {difference:.2g}).",
            "The disk may be failing: choose another folder for runs and train again.",
        )
    return loaded
