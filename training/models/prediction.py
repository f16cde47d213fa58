"""What a model says of a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from training.augmentation.variant import Variant
from training.evaluation.operating_points import Band
from training.models.card import ModelCard
from training.models.nearest_films import NearFilm

__all__ = ["Band", "HeatMap", "MapKind", "Prediction", "Refusal", "Variant"]


class MapKind(StrEnum):
    """What a map shows; the values are what settings keep."""

    FOR = "for"
    """Grad-CAM: where the network looked, and what it saw spoke for the positive class."""
    AGAINST = "against"
    """Grad-CAM the other way round: what it saw spoke for the negative class."""
    SITE = "site"
    """Where a fracture most likely lies, learnt from outlines."""


@dataclass(frozen=True)
class Refusal:
    """Why a model should not be asked about a picture.

    Args:
        reason: "colour", "a CT slice", "blank"; empty for a picture that is merely unlike the
            films that the model learnt from.
    """

    reason: str = ""

    @property
    def is_no_radiograph(self) -> bool:
        """True where the picture itself says so; False where it is only unlike the known ones."""
        return bool(self.reason)

    @property
    def words(self) -> str:
        """In words for people."""
        why = self.why
        return f"No answer: {why[0].lower()}{why[1:]}"

    @property
    def why(self) -> str:
        """The reason alone, as a sentence."""
        if self.is_no_radiograph:
            return f"This picture does not look like a radiograph ({self.reason})."
        return "Unlike the films that this model learnt from."


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Where the network looked (Grad-CAM), which is not where the fracture is; or its site.

    Args:
        values: float32, (rows, columns) of the network's last convolution, covering its whole
            input square; 0-1, the largest is 1 unless ``is_empty``.
        is_empty: True where nothing spoke for the class: the map is all zero.
    """

    values: npt.NDArray[np.float32]
    is_empty: bool


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of one film.

    Args:
        score: Probability of the positive class as it is told, 0-1: calibrated where the card says
            so, else as the network gives it. Of more than two classes, of the leading one.
        card: Of the model that said so.
        heat_map: For the positive class, or the leading one of more than two; None where it was not
            asked for.
        raw_score: As the network gives it; None for the same as ``score``.
        against: What spoke against the positive class; None where it was not asked for, and with
            more than two classes.
        site: Where a fracture most likely lies; None where it was not asked for, or the card has no
            measured rate that beats a guess.
        refusal: Why the score should not be told, or None.
        is_learnt: True where the film is among those that the model, or its start, learnt from.
        near: The training films that it looks most like, as far as the run's folder keeps them.
        scores: Of more than two classes each one's probability, by label; else empty.
    """

    score: float
    card: ModelCard
    heat_map: HeatMap | None = None
    raw_score: float | None = None
    against: HeatMap | None = None
    site: HeatMap | None = None
    refusal: Refusal | None = None
    is_learnt: bool = False
    near: tuple[NearFilm, ...] = ()
    scores: tuple[float, ...] = ()

    @property
    def is_many(self) -> bool:
        """True with more than two classes: then there is no threshold and no band."""
        return bool(self.scores)

    @property
    def label(self) -> int:
        """Number of the class that the model names."""
        return leading(self.scores) if self.is_many else int(self.is_positive)

    def map_of(self, kind: MapKind) -> HeatMap | None:
        """One of its maps, or None where there is none.

        Of a film that the model calls negative there is no site: how often it is right was
        measured on films with a fracture.
        """
        if self.is_many:
            return self.heat_map if kind is MapKind.FOR else None
        if kind is MapKind.SITE:
            return None if self.band is Band.NEGATIVE else self.site
        return self.heat_map if kind is MapKind.FOR else self.against

    @property
    def threshold(self) -> float:
        """The model's threshold on the scale of ``score``."""
        return self.card.stated_threshold

    @property
    def is_positive(self) -> bool:
        """True at or above the model's threshold; only of two classes."""
        return self._raw >= self.card.threshold

    @property
    def band(self) -> Band:
        """Negative, unsure or positive, by the model's operating points; only of two classes."""
        return self.card.band(self._raw)

    @property
    def word(self) -> str:
        """The class's name as the model knows it."""
        return self.card.classes[self.label]

    @property
    def _raw(self) -> float:
        return self.score if self.raw_score is None else self.raw_score


def leading(scores: Sequence[float]) -> int:
    """Number of the class with the largest score; of equal ones the first.

    Args:
        scores: One a class.
    """
    return max(range(len(scores)), key=lambda label: scores[label])
