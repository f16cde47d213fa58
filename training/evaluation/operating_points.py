"""Thresholds chosen on validation films, and the bands that one or two of them make.

A threshold is a score as the network states it, before any calibration, so that it means the same
whether calibration is on or off, and to a version of this program that knows nothing of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

import numpy as np

from training.evaluation.figures import Interval, wilson
from training.evaluation.samples import Sample, Values


class Band(StrEnum):
    """What a score amounts to."""

    NEGATIVE = "negative"
    UNSURE = "unsure"
    POSITIVE = "positive"


class Target(StrEnum):
    """What a threshold was chosen by."""

    SENSITIVITY = "sensitivity"
    SPECIFICITY = "specificity"
    VALUE = "value"


@dataclass(frozen=True)
class OperatingPoint:
    """A threshold with what it reaches on the films it was chosen on.

    On these films the target is reached by construction; on others it may not be. The intervals say
    how far that may go.

    Args:
        threshold: Score of the network from which on a film counts as positive, 0-1 excluded.
        target: What it was chosen by.
        wanted: The figure asked for, 0-1, or None for a threshold that was given.
        sensitivity: Share of positive films found, or None without any.
        sensitivity_interval: 95 % (Wilson).
        specificity: Share of negative films spared, or None without any.
        specificity_interval: 95 % (Wilson).
        num_films: Films it was chosen on.
    """

    threshold: float
    target: Target = Target.VALUE
    wanted: float | None = None
    sensitivity: float | None = None
    sensitivity_interval: Interval | None = None
    specificity: float | None = None
    specificity_interval: Interval | None = None
    num_films: int = 0

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> OperatingPoint:
        """From plain values; names of a newer version are left out.

        Raises:
            KeyError: The threshold is missing.
            TypeError: A value is of the wrong kind.
            ValueError: The threshold, or what it was chosen by, makes no sense.
        """
        known = {item.name for item in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        threshold = float(kept["threshold"])
        if not 0.0 < threshold < 1.0:
            raise ValueError("an operating point does not lie between 0 and 1")
        for name in ("sensitivity_interval", "specificity_interval"):
            if kept.get(name) is not None:
                kept[name] = Interval(float(kept[name]["low"]), float(kept[name]["high"]))
        kept["target"] = Target(kept.get("target", Target.VALUE))
        return cls(**kept | {"threshold": threshold})


@dataclass(frozen=True)
class OperatingPoints:
    """One threshold, or two with an unsure band between them.

    Args:
        low: Below it: negative.
        high: From it on: positive. None for the same threshold as ``low``.

    Raises:
        ValueError: Where they are the wrong way round; see ``two_points``.
    """

    low: OperatingPoint
    high: OperatingPoint | None = None

    def __post_init__(self) -> None:
        if self.high is not None and self.high.threshold < self.low.threshold:
            raise ValueError("the operating points are the wrong way round")

    @property
    def has_unsure_band(self) -> bool:
        """True where there are scores between the two thresholds."""
        return self.high is not None and self.high.threshold > self.low.threshold

    def band(self, score: float) -> Band:
        """The band of a score of the network, not calibrated."""
        if score < self.low.threshold:
            return Band.NEGATIVE
        high = self.low if self.high is None else self.high
        return Band.POSITIVE if score >= high.threshold else Band.UNSURE

    def threshold_for(self, threshold: float) -> float:
        """The single threshold that fits the bands best: the nearest to the one there was.

        For whoever knows one threshold only, such as an older version of this program.
        """
        high = self.low if self.high is None else self.high
        return min(max(threshold, self.low.threshold), high.threshold)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> OperatingPoints:
        """From what ``to_json`` gave.

        Raises:
            KeyError: A threshold is missing.
            TypeError: A value is of the wrong kind.
            ValueError: A value makes no sense.
        """
        high = values.get("high")
        return cls(
            OperatingPoint.from_json(values["low"]),
            None if high is None else OperatingPoint.from_json(high),
        )


def point_at(films: Sample, threshold: float) -> OperatingPoint:
    """What a threshold reaches.

    Args:
        films: Validation films (``Sample.by_film``), scored by the network.
        threshold: 0-1, both excluded.

    Raises:
        ValueError: For a threshold out of range.
    """
    if not (math.isfinite(threshold) and 0.0 < threshold < 1.0):
        raise ValueError(f"a threshold of {threshold}")
    called = films.scores >= threshold
    positives, found = int(films.truth.sum()), int(np.sum(called & films.truth))
    negatives = len(films.truth) - positives
    spared = negatives - int(np.sum(called & ~films.truth))
    return OperatingPoint(
        threshold=float(threshold),
        sensitivity=found / positives if positives else None,
        sensitivity_interval=wilson(found, positives) if positives else None,
        specificity=spared / negatives if negatives else None,
        specificity_interval=wilson(spared, negatives) if negatives else None,
        num_films=len(films.truth),
    )


def point_for(films: Sample, target: Target, wanted: float) -> OperatingPoint:
    """The threshold that reaches a target and gives away least of the other figure.

    For a sensitivity the highest such threshold, for a specificity the lowest; halfway to the next
    film's score, since all thresholds between two films do the same on these films.

    Args:
        films: Validation films (``Sample.by_film``), scored by the network.
        target: Sensitivity or specificity.
        wanted: At least so much, above 0, at most 1.

    Raises:
        ValueError: Without films of the class that the target is about, for a ``wanted`` that is
            no share, or where no threshold reaches it (scores of exactly 0 or 1).
    """
    if target is Target.VALUE or not 0.0 < wanted <= 1.0:
        raise ValueError(f"a {target} of {wanted}")
    members = films.truth if target is Target.SENSITIVITY else ~films.truth
    if not members.any():
        raise ValueError(f"no film tells a {target}")
    thresholds = _thresholds(films.scores)
    ranked = np.sort(films.scores[members])
    below = np.searchsorted(ranked, thresholds, side="left")
    right = len(ranked) - below if target is Target.SENSITIVITY else below
    # Counts, not shares: 19 of 20 is 95 %, whatever 0.95 is in binary.
    good = thresholds[right >= math.ceil(wanted * len(ranked) - 1e-9)]
    if not len(good):
        raise ValueError(f"no threshold reaches a {target} of {wanted}")
    chosen = good.max() if target is Target.SENSITIVITY else good.min()
    found = _values(point_at(films, float(chosen)))
    return OperatingPoint(**found | {"target": target, "wanted": wanted})


def two_points(sensitive: OperatingPoint, specific: OperatingPoint) -> OperatingPoints:
    """Two points as bands, whichever way round they lie.

    Where one threshold reaches both targets there is no unsure band: the middle of the two serves
    both, being lower than the one and higher than the other.

    Args:
        sensitive: Below it a film is called negative.
        specific: From it on a film is called positive.
    """
    if sensitive.threshold <= specific.threshold:
        return OperatingPoints(sensitive, specific)
    middle = (sensitive.threshold + specific.threshold) / 2.0
    return OperatingPoints(
        *(
            OperatingPoint(**_values(point) | {"threshold": middle})
            for point in (sensitive, specific)
        )
    )


def _values(point: OperatingPoint) -> dict[str, Any]:
    """The values of a point by name, intervals as they are."""
    return {item.name: getattr(point, item.name) for item in fields(point)}


def _thresholds(scores: Values) -> Values:
    """One threshold between each two different scores, and one beyond either end."""
    edges = np.unique(np.concatenate([[0.0], scores, [1.0]]))
    middles: Values = (edges[1:] + edges[:-1]) / 2.0
    return middles
