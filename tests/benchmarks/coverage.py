"""How often the 95 % intervals hold the truth: simulated films, measured many times over.

Not part of ``./dev bench``: nothing here depends on the machine. The decision record 0007 quotes
its table. Run it as ``python -m tests.benchmarks.coverage``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.evaluation.chance import calibration_interval
from training.evaluation.figures import Interval
from training.evaluation.intervals import FilmBootstrap, newcombe_auc
from training.evaluation.measures import measures
from training.evaluation.samples import Sample

FILMS = ((9, 4), (15, 15), (40, 40), (120, 70))
COPIES = 5
BOOTSTRAPPED = ("auc", "average_precision", "brier", "ece")
BY_FILE = ("accuracy", "sensitivity", "auc", "brier")


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


def coverage(
    world: World, positives: int, negatives: int, *, repeats: int, resamples: int, seed: int
) -> dict[tuple[str, str], float]:
    """Share of repeats whose interval holds the truth, by (figure, method)."""
    random = np.random.default_rng(seed)
    # The same mixture of classes, many films: some figures depend on it.
    scale = 200_000 // (COPIES * (positives + negatives))
    large = world.draw(positives * scale, negatives * scale, random)
    truths = {"film": figures_of(large.by_film(), BOOTSTRAPPED)}
    truths["file"] = figures_of(large, BY_FILE)
    held: dict[tuple[str, str], int] = {}

    def count(name: str, method: str, interval: Interval | None, truth: float) -> None:
        holds = interval is not None and interval.low <= truth <= interval.high
        held[name, method] = held.get((name, method), 0) + holds

    for repeat in range(repeats):
        sample = world.draw(positives, negatives, random)
        for unit, names in (("film", BOOTSTRAPPED), ("file", BY_FILE)):
            part = sample.by_film() if unit == "film" else sample
            known = measures(part.truth, part.scores, threshold=0.5, prevalence=None)
            bootstrap = FilmBootstrap(
                sample.film_truth(), part.film_of, num_resamples=resamples, seed=repeat
            )
            methods: dict[str, Callable[..., Interval | None]] = {
                "percentile": bootstrap.percentile,
                "BCa": bootstrap.interval,
            }
            for name in names:
                truth = truths[unit][name]
                for method, interval in methods.items():
                    count(f"{name} by {unit}", method, interval(known[name]), truth)
                if name == "ece":
                    count(
                        "ece by film",
                        "allowing for chance",
                        calibration_interval(part, bootstrap),
                        truth,
                    )
                if (unit, name) == ("film", "auc"):
                    area = float(known[name](np.ones((1, len(part.scores))))[0])
                    count(
                        "auc by film", "Newcombe", newcombe_auc(area, positives, negatives), truth
                    )
    return {key: value / repeats for key, value in held.items()}


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
        for (name, method), share in found.items():
            sys.stdout.write(f"  {name:<28}{method:<12}{100 * share:6.1f} %\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
