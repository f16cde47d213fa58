"""Thresholds and calibration chosen in the window, and how they get into the model file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from training.evaluation.operating_points import (
    OperatingPoint,
    OperatingPoints,
    Target,
    point_at,
    two_points,
)
from training.evaluation.samples import Sample
from training.fit.choosing import find_point, set_calibration, set_points
from training.models.card import ModelCard
from xray_desktop.state.results_state import ResultsState
from xray_desktop.workers.jobs import JobThread

_KEY = "card"
Outcome = tuple[Path, str, ModelCard, str]


class Choosing:
    """The rules of choosing thresholds; writing goes to the worker.

    Args:
        jobs: Its results have the key "card".
    """

    def __init__(self, jobs: JobThread) -> None:
        self._jobs = jobs

    def by_value(self, state: ResultsState, number: int, value: float) -> ResultsState:
        """A threshold was typed or dragged; the other gives way where they would cross."""
        films = _films(state)
        if films is None:
            return state
        return state.with_points(_placed(state.shown_points, number, point_at(films, value)))

    def by_target(
        self, state: ResultsState, number: int, target: Target, share: float
    ) -> ResultsState:
        """A threshold by what it must reach on the films in sight.

        Raises:
            UserError: No threshold reaches it.
        """
        films = _films(state)
        if films is None:
            return state
        found = find_point(films, target, share)
        points = state.shown_points
        if points.high is None:
            return state.with_points(OperatingPoints(found))
        other = points.low if number else points.high
        pair = (other, found) if number else (found, other)
        return state.with_points(two_points(*pair))

    def with_bands(self, state: ResultsState, *, two: bool) -> ResultsState:
        """Two thresholds, at first a tenth of the scale apart at most, or one again."""
        films = _films(state)
        if films is None:
            return state
        points = state.shown_points
        if not two:
            kept = points.threshold_for(0.5)
            return state.with_points(OperatingPoints(point_at(films, kept)))
        middle = points.low.threshold
        low, high = max(0.0001, middle - 0.05), min(0.9999, middle + 0.05)
        return state.with_points(OperatingPoints(point_at(films, low), point_at(films, high)))

    def save(self, state: ResultsState) -> None:
        """Write the thresholds in sight to the model file."""
        films = _films(state)
        if state.model is None or state.shown is None or films is None:
            return
        # Tried on other films, perhaps: what is kept is what they reach on validation.
        tried = state.shown_points
        low = _measured(films, tried.low)
        high = None if tried.high is None else _measured(films, tried.high)
        points = OperatingPoints(low, high)
        self._jobs.submit(_KEY, _save, state.model, state.shown.kind, points)

    def take_out(self, state: ResultsState) -> None:
        """Leave the model file its one threshold."""
        if state.model is not None and state.shown is not None:
            self._jobs.submit(_KEY, _save, state.model, state.shown.kind, None)

    def switch(self, state: ResultsState, *, on: bool) -> None:
        """Switch the model's calibration."""
        if state.model is not None and state.shown is not None:
            self._jobs.submit(_KEY, _switch, state.model, state.shown.kind, on)


def _films(state: ResultsState) -> Sample | None:
    return state.shown.sample.by_film() if state.shown is not None else None


def _measured(films: Sample, point: OperatingPoint) -> OperatingPoint:
    found = point_at(films, point.threshold)
    return replace(found, target=point.target, wanted=point.wanted)


def _placed(points: OperatingPoints, number: int, found: OperatingPoint) -> OperatingPoints:
    """One point in the place of another, pushing the other along where it must."""
    if points.high is None:
        return OperatingPoints(found)
    if number == 0:
        high = points.high
        if high.threshold < found.threshold:
            high = replace(found)
        return OperatingPoints(found, high)
    low = points.low
    if low.threshold > found.threshold:
        low = replace(found)
    return OperatingPoints(low, found)


def _save(model: Path, kind: str, points: OperatingPoints | None) -> Outcome:
    said = f"Saved in {model.name}." if points is not None else f"Taken out of {model.name}."
    return model, kind, set_points(model, points), said


def _switch(model: Path, kind: str, on: bool) -> Outcome:
    card = set_calibration(model, on=on)
    said = (
        "Scores are stated calibrated"
        if card.is_calibrated
        else "Scores are as the network gives them"
    )
    return model, kind, card, f"{said} from now on; saved in {model.name}."
