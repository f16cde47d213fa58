"""What is said of a film when it leaves the program, as plain values. Light: no pydicom, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from training.data.classes import known_label
from training.models.card import ModelCard
from training.models.prediction import Band, Prediction, leading

RESEARCH_USE = "Research use only. Not for diagnostic use: never decide on a patient by it."
LEGEND = "where the network looked, not where the fracture is"


@dataclass(frozen=True)
class ReaderSaid:
    """A reader's verdict.

    Args:
        opinion: "fracture", "no fracture" or "unsure".
        reader: Who.
        note: In the reader's words, or empty.
        given_at: When, with a time zone; None where only the word is known.
        mark: x, y, width, height in pixels of the film as stored, a point where both last are 0;
            or None.
        model_seen: Something of the model's answer was in sight before the verdict.
    """

    opinion: str
    reader: str
    note: str
    given_at: datetime | None
    mark: tuple[float, float, float, float] | None = None
    model_seen: bool = False


@dataclass(frozen=True)
class ModelSaid:
    """A model's answer to a film.

    Args:
        word: The class as the model knows it, or "unsure".
        band: Negative, unsure or positive.
        score: As it is stated, 0-1.
        threshold: As it is stated, 0-1.
        limits: The threshold, or both ends of the unsure band, as they are stated.
        model: The model's name: its run and kind, or its network, or its file.
        card: What the model file says of itself.
        scores: Of more than two classes each one's score, by label; else empty. Then ``band``,
            ``threshold`` and ``limits`` mean nothing, and ``score`` is the largest.
    """

    word: str
    band: Band
    score: float
    threshold: float
    limits: tuple[float, ...]
    model: str
    card: ModelCard
    scores: tuple[float, ...] = ()

    @classmethod
    def of(cls, prediction: Prediction, model: str) -> ModelSaid:
        """From a prediction.

        Args:
            prediction: Of the film.
            model: The model's name.
        """
        card = prediction.card
        if prediction.is_many:
            return cls.of_scores(card, model, prediction.scores)
        band = prediction.band
        word = "unsure" if band is Band.UNSURE else prediction.word
        limits = stated_limits(card)
        return cls(word, band, prediction.score, prediction.threshold, limits, model, card)

    @classmethod
    def of_scores(cls, card: ModelCard, model: str, scores: tuple[float, ...]) -> ModelSaid:
        """From the scores of more than two classes.

        Args:
            card: Of the model that gave them.
            model: The model's name.
            scores: One a class, by label.
        """
        word = card.classes[leading(scores)]
        return cls(word, Band.POSITIVE, max(scores), 0.0, (), model, card, scores)

    @classmethod
    def stated(cls, card: ModelCard, model: str, score: float, opinion: str) -> ModelSaid:
        """From an answer of which only the stated score was kept.

        Args:
            card: Of the model that gave it.
            model: The model's name.
            score: As it is stated, 0-1.
            opinion: "fracture", "no fracture" or "unsure".
        """
        band = Band.UNSURE
        if opinion != "unsure":
            is_positive = (opinion == "fracture") == _speaks_of_fracture(card)
            band = Band.POSITIVE if is_positive else Band.NEGATIVE
        word = "unsure" if band is Band.UNSURE else card.classes[band is Band.POSITIVE]
        threshold = card.stated_threshold
        return cls(word, band, score, threshold, stated_limits(card), model, card)

    @property
    def opinion(self) -> str:
        """The answer in the words of verdicts; empty with more than two classes."""
        if self.scores:
            return ""
        if self.band is Band.UNSURE:
            return "unsure"
        is_fracture = (self.band is Band.POSITIVE) == _speaks_of_fracture(self.card)
        return "fracture" if is_fracture else "no fracture"


def _speaks_of_fracture(card: ModelCard) -> bool:
    # A set may have been trained with the films without a fracture as its positive class.
    return known_label(card.classes[1]) != 0


def model_name(card: ModelCard, file_name: str) -> str:
    """What a model is called: its run and kind, its network and kind, or its file."""
    return ", ".join(part for part in (card.run_id, card.kind) if part) or file_name


def stated_limits(card: ModelCard) -> tuple[float, ...]:
    """The threshold, or both with an unsure band between, on the scale of stated scores."""
    points = card.points
    if points is None or points.high is None or not points.has_unsure_band:
        return (card.stated_threshold,)
    return tuple(float(card.stated(point.threshold)) for point in (points.low, points.high))


def limits_words(said: ModelSaid) -> str:
    """How the score is to be read: "unsure from 0.30 to 0.64"."""
    if said.scores:
        return f"the largest of {len(said.scores)} classes"
    if len(said.limits) == 2:
        low, high = said.limits
        return f"unsure from {low:.2f} to {high:.2f}"
    return f"positive from {said.limits[0]:.2f} on"
