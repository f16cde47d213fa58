"""How often the 95 % intervals hold the truth: simulated films, measured many times over.

Not part of ``./dev bench``: nothing here depends on the machine. The decision record 0007 quotes
its table. Run it as ``python -m tests.benchmarks.coverage``.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from training.evaluation.figures import Interval
from training.evaluation.interval_choice import IntervalChoice
from training.evaluation.intervals import FilmBootstrap, newcombe_auc
from training.evaluation.measurement import FIGURES
from training.evaluation.measures import measures
from training.evaluation.samples import Sample

FILMS = ((9, 4), (15, 15), (40, 40), (120, 70))
COPIES = 5
BY_FILM = ("accuracy", "sensitivity", "auc", "average_precision", "brier", "ece")
BY_FILE = ("accuracy", "sensitivity", "specificity", "auc", "average_precision", "brier")
BOOTSTRAPPED = ("accuracy", "sensitivity", "auc", "average_precision", "brier", "ece")


@dataclass(frozen=True)
class World:
    """Where films come from: normal scores on the logit scale, one mean a class.

    Args:
        gap: Between the classes' means; 1.5 is an AUC of 0.86.
        spread: Of one film's files around the film's own logit.
        steepness: Factor on the logits that makes the scores too sure (above 1).
    """

    gap: float = 1.5
    spread: float = 0.5
    steepness: float = 1.6

    def draw(self, positives: int, negatives: int, random: np.random.Generator) -> Sample:
        """Films with ``COPIES`` files each."""
        truth = np.arange(positives + negatives) < positives
        films = random.normal(np.where(truth, self.gap / 2, -self.gap / 2), 1.0)
        film_of = np.repeat(np.arange(len(truth)), COPIES)
        logits = films[film_of] + random.normal(0.0, self.spread, len(film_of))
        scores = 1.0 / (1.0 + np.exp(-self.steepness * logits))
        return Sample(truth[film_of], scores, film_of, tuple(map(str, range(len(truth)))))


def figures_of(sample: Sample, names: tuple[str, ...]) -> dict[str, float]:
    """The figures themselves."""
    known = measures(sample.truth, sample.scores, threshold=0.5, prevalence=None)
    ones = np.ones((1, len(sample.scores)))
    return {name: float(known[name](ones)[0]) for name in names}


@dataclass
class Tally:
    """How often an interval was given, and how often it held the truth."""

    given: int = 0
    held: int = 0

    def add(self, interval: Interval | None, truth: float) -> None:
        """Count one repeat."""
        if interval is not None:
            self.given += 1
            self.held += interval.low <= truth <= interval.high

    @property
    def coverage(self) -> float:
        """Share that held, of those given."""
        return self.held / self.given if self.given else float("nan")


Tallies = dict[tuple[str, str], Tally]


def coverage(
    world: World,
    positives: int,
    negatives: int,
    *,
    repeats: int,
    resamples: int,
    seed: int,
    only_shown: bool = False,
) -> Tallies:
    """Draw films and measure them ``repeats`` times; by (figure, method).

    ``only_shown`` leaves out the methods that the program does not show, and with them ``resamples``.
    """
    random = np.random.default_rng(seed)
    # The same mixture of classes, many films: some figures depend on it.
    scale = 200_000 // (COPIES * (positives + negatives))
    large = world.draw(positives * scale, negatives * scale, random)
    films = figures_of(large.by_film(), BY_FILM)
    files = figures_of(large, BY_FILE)
    found: Tallies = {}
    for repeat in range(repeats):
        sample = world.draw(positives, negatives, random)
        for part, unit, truths in ((sample.by_film(), "film", films), (sample, "file", files)):
            _measure(part, unit, truths, found)
            if not only_shown:
                _measure_otherwise(part, unit, truths, found, resamples, repeat)
    return found


def _measure(part: Sample, unit: str, truths: dict[str, float], found: Tallies) -> None:
    """As the program does."""
    known = measures(part.truth, part.scores, threshold=0.5, prevalence=None)
    values = figures_of(part, FIGURES)
    choice = IntervalChoice(part, values, None)
    for name, truth in truths.items():
        interval, _ = choice.interval(name, values[name], known[name])
        found.setdefault((f"{name} by {unit}", "shown"), Tally()).add(interval, truth)


def _measure_otherwise(
    part: Sample,
    unit: str,
    truths: dict[str, float],
    found: Tallies,
    resamples: int,
    seed: int,
) -> None:
    """By other methods, to compare with."""
    known = measures(part.truth, part.scores, threshold=0.5, prevalence=None)
    bootstrap = FilmBootstrap(part.film_truth(), part.film_of, num_resamples=resamples, seed=seed)
    values = figures_of(part, FIGURES)
    for name, truth in truths.items():
        intervals: dict[str, Interval | None] = {}
        if name in BOOTSTRAPPED:
            intervals["percentile"] = bootstrap.percentile(known[name])
            intervals["BCa"] = bootstrap.interval(known[name])
        if name == "auc":
            counts = (int(part.film_truth().sum()), int((~part.film_truth()).sum()))
            intervals["Newcombe"] = newcombe_auc(values[name], *counts)
        for method, interval in intervals.items():
            found.setdefault((f"{name} by {unit}", method), Tally()).add(interval, truth)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.coverage")
    parser.add_argument("--repeats", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--gap", type=float, default=1.5)
    options = parser.parse_args()
    for positives, negatives in FILMS:
        found = coverage(
            World(gap=options.gap),
            positives,
            negatives,
            repeats=options.repeats,
            resamples=options.resamples,
            seed=positives,
        )
        sys.stdout.write(f"{positives} + {negatives} films of {COPIES} files\n")
        for (name, method), tally in found.items():
            missing = options.repeats - tally.given
            rest = f"  ({missing} without)" if missing else ""
            row = f"  {name:<28}{method:<12}{100 * tally.coverage:6.1f} %{rest}"
            sys.stdout.write(row + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
