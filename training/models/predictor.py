"""Scores films with one model file. Imports Keras.

Used by the viewer's worker and the command line. It shares nothing with a training run, so it may
work beside one in another thread, whatever precision that run uses.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.augmentation.config import AugmentationConfig
from training.augmentation.variants import make_variants
from training.films.film import GreyPixels
from training.models.card import ModelCard
from training.models.heat_map import SITE, GradCam, to_heat_map
from training.models.kept_films import digest_of, read_kept_films
from training.models.look import look_of
from training.models.model_file import float32_policy, load_model
from training.models.nearest_films import NearFilm, read_nearest
from training.models.prediction import Prediction, Refusal, Variant, leading
from training.models.starter import STARTER

# Larger batches gain nothing on a processor and cost 50 MB each with the notebook network.
_BATCH = 32


class Predictor:
    """One loaded model. One thread at a time.

    The first call of each kind compiles it (under a second); later calls are fast.

    Args:
        path: A model file.

    Attributes:
        path: The model file.
        card: What the file says of itself.
        can_refuse: True where it can tell films unlike those that it learnt from.

    Raises:
        UserError: The file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        model, card = load_model(path)
        self.path = path
        self.card: ModelCard = card
        self._model = model
        names = {layer.name for layer in model.layers}
        kept = read_kept_films(path)
        statistics = kept.statistics
        self._statistics = statistics if statistics and statistics.layer in names else None
        # A transfer network begins as the starter model, and knows what that one learnt from.
        begun = card.network == "transfer" and not kept.learnt and path != STARTER
        self._learnt = read_kept_films(STARTER) if begun else kept
        nearest = read_nearest(path.parent)
        fits = statistics is not None and nearest is not None and nearest.limit == statistics.limit
        self._nearest = nearest if fits else None
        self._has_site = SITE in names and card.site is not None and card.site.beats_the_centre

    @property
    def can_refuse(self) -> bool:
        """Whether its file keeps how its training films look to it."""
        return self._statistics is not None

    def predict(self, grey: GreyPixels, *, heat_map: bool = False) -> Prediction:
        """Score one film.

        Args:
            grey: uint8, (height, width), as from ``Film.grey``.
            heat_map: Also say where the network looked, for and against, and where a fracture would
                lie, if the card has a measured rate of that.

        Raises:
            UserError: A heat map was asked of a network that has none.
        """
        _check(grey)
        picture = self.card.preprocessing.apply(grey)
        if not heat_map:
            scores, looks = self._run([picture])
            return dataclasses.replace(self._told(scores, looks)[0], near=self._near(looks))
        parts = self._explain(tf.constant(picture[np.newaxis, :, :, np.newaxis]))
        scores, looks, spoken, sites = (part.numpy() for part in parts)
        is_many = self.card.is_many
        return dataclasses.replace(
            self._told(scores, looks)[0],
            near=self._near(looks),
            heat_map=to_heat_map(np.maximum(spoken[0], 0.0)),
            # What speaks against one of many classes speaks for no other one.
            against=None if is_many else to_heat_map(np.maximum(-spoken[0], 0.0)),
            site=to_heat_map(sites[0]) if self._has_site else None,
        )

    def scores(self, pictures: Sequence[GreyPixels]) -> npt.NDArray[np.float32]:
        """Score films that are already as the network takes them, not calibrated, whatever they show.

        Args:
            pictures: uint8, (size, size) each, as from ``card.preprocessing.apply``.

        Returns:
            float32, (number of films,), 0-1; of more than two classes (number of films, classes).
        """
        return self._run(pictures)[0]

    def tell(self, pictures: Sequence[GreyPixels]) -> tuple[Prediction, ...]:
        """Score films that are already as the network takes them, and say which it should not be asked.

        Args:
            pictures: As for ``scores``.
        """
        return self._told(*self._run(pictures))

    def _run(
        self, pictures: Sequence[GreyPixels]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Scores and looks of films, some at a time."""
        none = (0, len(self.card.classes)) if self.card.is_many else (0,)
        parts = [(np.zeros(none, np.float32), np.zeros((0, self._num_looks), np.float32))]
        for start in range(0, len(pictures), _BATCH):
            batch = np.stack(pictures[start : start + _BATCH])[..., np.newaxis]
            score, look = self._score(tf.constant(batch))
            parts.append((score.numpy(), look.numpy()))
        scores, looks = zip(*parts, strict=True)
        return np.concatenate(scores), np.concatenate(looks)

    def _told(
        self,
        scores: npt.NDArray[np.float32],
        looks: npt.NDArray[np.float32],
    ) -> tuple[Prediction, ...]:
        """Predictions from what the network gave: those of films that it does not know are refused."""
        known = self._statistics
        far = np.zeros(len(scores), bool) if known is None else known.distances(looks) > known.limit
        refusals = [Refusal() if is_far else None for is_far in far]
        if self.card.is_many:
            return tuple(
                Prediction(max(each), self.card, refusal=refusal, scores=tuple(each))
                for each, refusal in zip(scores.tolist(), refusals, strict=True)
            )
        return tuple(
            Prediction(float(self.card.stated(raw)), self.card, raw_score=raw, refusal=refusal)
            for raw, refusal in zip(scores.tolist(), refusals, strict=True)
        )

    def variants(
        self, grey: GreyPixels, config: AugmentationConfig, *, count: int = 12, seed: int = 0
    ) -> tuple[Variant, ...]:
        """The forms of a film that training would see, each with its score, calibrated if that is on.

        Of more than two classes a variant's score is that of the class that leads on the film as it
        is, and its ``label`` the class that leads on the variant.

        Args:
            grey: uint8, (height, width), as from ``Film.grey``.
            config: How far they may differ from the film.
            count: How many.
            seed: Equal seeds give equal variants.
        """
        _check(grey)
        picture = self.card.preprocessing.apply(grey)
        variants = make_variants(picture, config, count=count, seed=seed)
        if self.card.is_many:
            original, *each = self.scores([picture, *(v.picture for v in variants)]).tolist()
            named = leading(original)
            return tuple(
                dataclasses.replace(variant, score=scores[named], label=leading(scores))
                for variant, scores in zip(variants, each, strict=True)
            )
        scores = self.card.stated(self.scores([variant.picture for variant in variants]))
        return tuple(
            dataclasses.replace(variant, score=float(score))
            for variant, score in zip(variants, scores, strict=True)
        )

    def has_learnt(self, film: Path) -> bool:
        """True where a file is among those that the model, or its start, is known to have learnt from.

        Args:
            film: Compared by its content.
        """
        if not self._learnt.learnt:
            return False
        digest = digest_of(film)
        return bool(digest) and self._learnt.has_learnt(digest)

    def _near(self, looks: npt.NDArray[np.float32]) -> tuple[NearFilm, ...]:
        """The training films that one film looks most like."""
        if self._nearest is None or self._statistics is None:
            return ()
        return self._nearest.near(self._statistics.placed(looks)[0])

    @property
    def _num_looks(self) -> int:
        return 0 if self._statistics is None else len(self._statistics.mean)

    def _network(self) -> keras.Model:
        """The network with what is asked of it beside its score."""
        layer = self._statistics.layer if self._statistics is not None else None
        outputs = [self._model.output]
        if layer is not None:
            outputs.append(self._model.get_layer(layer).output)
        with float32_policy():
            return keras.Model(self._model.input, outputs)

    @functools.cached_property
    def _score(self) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]]:
        """Compiled: uint8 (films, size, size, 1) to scores and looks (films, features)."""
        network = self._network()

        def score(pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            given = network(tf.cast(pictures, tf.float32), training=False)
            if self._statistics is None:
                output = given[0] if isinstance(given, list) else given
                return _plain(output), tf.zeros((tf.shape(pictures)[0], 0))
            return _plain(given[0]), look_of(given[1])

        return self._compile(score)

    @functools.cached_property
    def _explain(self) -> Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]]:
        """Compiled: uint8 (films, size, size, 1) to scores, looks, class maps and sites."""
        more = []
        if self._statistics is not None:
            more.append(self._model.get_layer(self._statistics.layer).output)
        if self._has_site:
            more.append(self._model.get_layer(SITE).output)
        grad_cam = GradCam(self._model, more)

        def explain(pictures: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
            scores, spoken, others = grad_cam.both_ways(tf.cast(pictures, tf.float32))
            none = tf.zeros((tf.shape(pictures)[0], 0))
            looks = look_of(others[0]) if self._statistics is not None else none
            sites = tf.sigmoid(others[-1][..., 0]) if self._has_site else none
            return scores, looks, spoken, sites

        return self._compile(explain)

    def _compile(self, function: Callable[[tf.Tensor], Any]) -> Callable[[tf.Tensor], Any]:
        size = self.card.preprocessing.size
        spec = tf.TensorSpec((None, size, size, 1), tf.uint8)
        # AutoGraph off: there is nothing to convert, and a frozen program has no sources to read.
        # The concrete function: TensorFlow takes a tf.function per model for needless retracing.
        compiled = tf.function(function, autograph=False)
        traced: Callable[[tf.Tensor], Any] = compiled.get_concrete_function(spec)
        return traced


def _plain(output: tf.Tensor) -> tf.Tensor:
    """Two classes give one score a film."""
    return output[:, 0] if output.shape[1] == 1 else output


def _check(grey: GreyPixels) -> None:
    """Refuse pixels that the reader cannot have given; they would be scored as nonsense."""
    if grey.dtype != np.uint8 or grey.ndim != 2 or grey.size == 0:
        raise ValueError(f"Expected grey uint8 (height, width), got {grey.dtype} {grey.shape}")
