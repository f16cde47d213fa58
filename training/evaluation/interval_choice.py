"""Which interval a figure gets. The measured coverage of each is in docs/decisions/0007."""

from __future__ import annotations

from collections.abc import Mapping

from training.evaluation.chance import calibration_interval
from training.evaluation.figures import FEW_FILMS, Interval, wilson
from training.evaluation.intervals import FilmBootstrap, newcombe_auc, predictive_intervals
from training.evaluation.measures import Measure
from training.evaluation.samples import Sample

WILSON = "Wilson"
NEWCOMBE = "Newcombe"
KOOPMAN = "Koopman"
BOOTSTRAP = "bootstrap over films"
_SHARES = ("accuracy", "sensitivity", "specificity", "ppv", "npv")


class IntervalChoice:
    """Chooses by unit, figure and number of films.

    Shares of films have formulas that hold for any number of films. All else is resampled by film;
    below ``FEW_FILMS`` films that is too narrow, so figures of files then get the formula too, with
    the number of films: as if all files of a film always agreed, which errs to the wide side.

    Args:
        entries: Files, or films.
        values: The figures themselves, by name; at least sensitivity and specificity.
        prevalence: As asked for, or None for the entries' own.
    """

    def __init__(
        self, entries: Sample, values: Mapping[str, float | None], prevalence: float | None
    ) -> None:
        self._entries = entries
        self._values = values
        film_truth = entries.film_truth()
        self._bootstrap = FilmBootstrap(film_truth, entries.film_of)
        self._positives = int(film_truth.sum())
        self._negatives = entries.num_films - self._positives
        self._prevalence = float(entries.truth.mean()) if prevalence is None else prevalence

    def interval(self, name: str, value: float, measure: Measure) -> tuple[Interval | None, str]:
        """The interval of a figure and the name of its method; none where films cannot tell.

        Args:
            name: As in ``measures``.
            value: The figure.
            measure: What computes it from weights.
        """
        if name == "ece":
            found = calibration_interval(self._entries, self._bootstrap)
            return (found, BOOTSTRAP) if found else (None, "")
        is_by_film = self._entries.num_films == len(self._entries.truth)
        is_few = self._entries.num_films < FEW_FILMS
        formula = self._by_formula(name, value)
        if formula[0] and (is_few or (is_by_film and name in _SHARES)):
            return formula
        found = self._bootstrap.interval(measure)
        # Where all resamples agree (no film misread) the formula still has a width.
        return (found, BOOTSTRAP) if found else formula

    def _by_formula(self, name: str, value: float) -> tuple[Interval | None, str]:
        count = {
            "accuracy": self._entries.num_films,
            "sensitivity": self._positives,
            "specificity": self._negatives,
        }.get(name)
        if count is not None:
            return wilson(round(value * count), count), WILSON
        if not self._positives or not self._negatives:
            return None, ""
        if name == "auc":
            return newcombe_auc(value, self._positives, self._negatives), NEWCOMBE
        if name in ("ppv", "npv"):
            found = self._values["sensitivity"] or 0.0
            spared = self._values["specificity"] or 0.0
            both = predictive_intervals(
                (found * self._positives, self._positives),
                (spared * self._negatives, self._negatives),
                self._prevalence,
            )
            return both[name == "npv"], KOOPMAN
        return None, ""
