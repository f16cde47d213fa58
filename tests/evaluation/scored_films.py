"""Scored files and films for the tests of figures."""

from __future__ import annotations

import numpy as np

from training.evaluation.samples import Sample, make_sample


def scored(count: int, seed: int, files_each: int = 1) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Labels, scores with ties, and film names of ``count`` films."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, count)
    labels[:4] = (0, 1, 0, 1)
    labels = np.repeat(labels, files_each)
    # A film's files resemble each other: their mean is no better than one of them.
    noise = np.repeat(generator.uniform(0, 0.7, count), files_each)
    noise += generator.normal(0, 0.05 if files_each > 1 else 0, len(labels))
    scores = np.round(np.clip(0.25 * labels + noise, 0, 1), 2)
    films = [f"film {number}" for number in range(count) for _ in range(files_each)]
    return labels, scores, films


def sample_of(count: int, seed: int, files_each: int = 1) -> Sample:
    return make_sample(*scored(count, seed, files_each))


def ones(sample: Sample) -> np.ndarray:
    return np.ones((1, len(sample.truth)))
