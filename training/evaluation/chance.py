"""How large the calibration error is by chance alone, and an interval that allows for it.

Expected calibration error is a sum of distances: chance only ever adds to it, and resampling adds
more. A plain bootstrap interval of it held the truth in 0 of 500 simulated sets of 30 films.
"""

from __future__ import annotations

import numpy as np

from training.evaluation.figures import Interval
from training.evaluation.intervals import NUM_RESAMPLES, SEED, FilmBootstrap, parts_of
from training.evaluation.measures import NUM_BINS, bin_of, calibration_error
from training.evaluation.samples import Sample, Values


def errors_by_chance(
    sample: Sample, *, num_resamples: int = NUM_RESAMPLES, seed: int = SEED
) -> Values:
    """Calibration errors that these scores would show if every film's score were exactly right.

    Consistency resampling (J. Broecker and L. A. Smith, Weather and Forecasting 22, 2007): each
    film's class is drawn anew with its own mean score as the probability; its files share it.

    Args:
        sample: The scores; their labels play no part.
        num_resamples: How many draws.
        seed: Of the draws.

    Returns:
        float64, (draws,), 0-1.
    """
    films = sample.film_means(sample.scores)
    random = np.random.default_rng(seed)
    # Sums over each film's files in each bin: a draw is then two small products, not n numbers.
    bins = bin_of(sample.scores)
    scores = np.bincount(bins, weights=sample.scores, minlength=NUM_BINS)
    counts = np.zeros((sample.num_films, NUM_BINS))
    np.add.at(counts, (sample.film_of, bins), 1.0)
    parts = []
    for first, last in parts_of(num_resamples, sample.num_films):
        drawn = random.random((last - first, sample.num_films)) < films
        parts.append(np.abs(drawn @ counts - scores).sum(axis=1))
    errors: Values = np.concatenate(parts) / len(sample.scores)
    return errors


def calibration_interval(sample: Sample, bootstrap: FilmBootstrap) -> Interval | None:
    """A 95 % interval for the expected calibration error.

    Below, 0 where scores that are exactly right would show as large an error in one set of 20 or
    more, else the reflected ("basic") bootstrap limit; above, the percentile limit, and in the
    first case at least what chance shows in one set of 40.

    Args:
        sample: Files or films.
        bootstrap: Of the same entries.

    Returns:
        None where resampling cannot tell.
    """
    if not bootstrap.can_vary:
        return None

    def measure(weights: Values) -> Values:
        return calibration_error(sample.truth, sample.scores, weights)

    point = float(measure(np.ones((1, len(sample.scores))))[0])
    high = float(np.quantile(bootstrap.values(measure), 0.975))
    usual, largest = np.quantile(errors_by_chance(sample), (0.95, 0.975))
    if point <= usual:
        # Where all scores are much alike no resample differs, yet the error may be what chance hides.
        return Interval(0.0, max(high, point, float(largest)))
    return Interval(max(0.0, 2 * point - high), max(high, point))
