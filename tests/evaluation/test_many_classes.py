"""Figures of more than two classes, against scikit-learn and closed forms."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

from training.evaluation.figures import Figures, wilson
from training.evaluation.many_classes import (
    ManyMeasurement,
    brief_figures,
    measure_many,
)
from training.evaluation.many_samples import make_many_sample
from training.evaluation.many_wording import class_words, confusion_rows, many_rows


def scored(
    num_films: int, num_classes: int, files_each: int = 3, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Labels, scores that lean to the label, and films of several files."""
    random = np.random.default_rng(seed)
    labels = np.repeat(random.integers(0, num_classes, num_films), files_each)
    labels[:num_classes] = np.arange(num_classes)
    logits = random.normal(0, 1, (len(labels), num_classes))
    logits[np.arange(len(labels)), labels] += 1.0
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    films = [f"film {number // files_each}" for number in range(len(labels))]
    return labels, scores, films


@pytest.mark.parametrize("num_classes", [3, 5])
def test_that_figures_by_file_are_scikit_learns(num_classes: int) -> None:
    labels, scores, films = scored(60, num_classes)
    unit = measure_many(labels, scores, films).by_file
    called = scores.argmax(axis=1)
    assert np.array_equal(unit.confusion, confusion_matrix(labels, called))
    assert unit.accuracy.value == pytest.approx(accuracy_score(labels, called))
    assert unit.balanced_accuracy.value == pytest.approx(balanced_accuracy_score(labels, called))
    assert unit.auc.value == pytest.approx(
        roc_auc_score(labels, scores, multi_class="ovr", average="macro")
    )
    areas = roc_auc_score(labels, scores, multi_class="ovr", average=None)
    recalls = recall_score(labels, called, average=None)
    precisions = precision_score(labels, called, average=None)
    for label, each in enumerate(unit.by_class):
        truth = labels == label
        assert each.count == truth.sum()
        assert each.sensitivity.value == pytest.approx(recalls[label])
        assert each.ppv.value == pytest.approx(precisions[label])
        assert each.auc.value == pytest.approx(areas[label])
        assert each.specificity.value == pytest.approx(
            recall_score(~truth, called != label, pos_label=True)
        )


def test_that_a_film_counts_once_with_the_mean_of_its_files() -> None:
    labels = np.array([0, 0, 1, 2])
    scores = np.array([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.4, 0.5, 0.1], [0.5, 0.2, 0.3]])
    measured = measure_many(labels, scores, ["a", "a", "b", "c"])
    assert (measured.by_file.count, measured.by_film.count) == (4, 3)
    # Film a: 0.55, 0.30, 0.15 on average, though one of its files is called 1.
    assert measured.by_film.confusion == ((1, 0, 0), (0, 1, 0), (1, 0, 0))
    assert measured.by_file.confusion == ((1, 1, 0), (0, 1, 0), (1, 0, 0))
    assert measured.by_film.accuracy.value == pytest.approx(2 / 3)
    assert measured.by_film.accuracy.interval == wilson(2, 3)
    assert measured.by_film.constant_guess == pytest.approx(1 / 3)
    assert measured.has_few_films


def test_that_intervals_are_over_films() -> None:
    labels, scores, films = scored(80, 3, files_each=1)
    once = measure_many(labels, scores, films)
    copied = measure_many(np.repeat(labels, 5), np.repeat(scores, 5, axis=0), np.repeat(films, 5))
    for name in ("accuracy", "balanced_accuracy", "auc"):
        plain, many = getattr(once.by_film, name), getattr(copied.by_file, name)
        assert plain.value == pytest.approx(many.value)
        assert plain.interval is not None
        assert many.interval is not None
        width = plain.interval.high - plain.interval.low
        # Copies add no certainty: a width over files would be less than half of this.
        assert many.interval.high - many.interval.low > 0.7 * width
        assert plain.interval.low < plain.value < plain.interval.high
    for each in once.by_film.by_class:
        assert each.sensitivity.interval == wilson(
            round(each.sensitivity.value * each.count), each.count
        )


def test_that_the_interval_of_the_mean_area_covers_the_truth() -> None:
    # The area of a class against the rest where scores say nothing is one half.
    random = np.random.default_rng(1)
    inside = 0
    for _ in range(40):
        labels = np.arange(90) % 3
        scores = random.dirichlet(np.ones(3), 90)
        interval = measure_many(labels, scores, [str(n) for n in range(90)]).by_film.auc.interval
        assert interval is not None
        inside += interval.low <= 0.5 <= interval.high
    assert inside >= 34


def test_that_the_table_of_a_run_has_the_same_figures() -> None:
    labels, scores, films = scored(40, 4)
    figures = brief_figures(labels, scores, films)
    called = scores.argmax(axis=1)
    assert figures.loss == pytest.approx(log_loss(labels, scores))
    assert figures.accuracy == pytest.approx(accuracy_score(labels, called))
    assert figures.auc == pytest.approx(roc_auc_score(labels, scores, multi_class="ovr"))
    assert [each.total for each in figures.by_class] == np.bincount(labels).tolist()
    assert [each.right for each in figures.by_class] == np.diag(
        confusion_matrix(labels, called)
    ).tolist()
    assert figures.is_many
    assert (figures.sensitivity, figures.specificity) == (None, None)
    assert Figures.from_json(json.loads(json.dumps(figures.to_json()))) == figures
    assert class_words(figures, list("abcd")).endswith(" % d")


def test_that_a_class_without_films_has_no_figures_and_spoils_no_mean() -> None:
    labels, scores, films = scored(30, 3)
    four = np.concatenate([scores * 0.9, np.full((len(scores), 1), 0.1)], axis=1)
    measured = measure_many(labels, four, films)
    absent = measured.by_film.by_class[3]
    assert absent.count == 0
    assert absent.sensitivity.value is None
    assert absent.auc.value is None
    three = measure_many(labels, scores, films)
    assert measured.by_film.auc.value == pytest.approx(three.by_film.auc.value)
    assert measured.by_film.balanced_accuracy.value == pytest.approx(
        three.by_film.balanced_accuracy.value
    )


def test_that_a_measurement_survives_its_file() -> None:
    labels, scores, films = scored(20, 3)
    measured = measure_many(labels, scores, films)
    assert ManyMeasurement.from_json(json.loads(json.dumps(measured.to_json()))) == measured


def test_that_rows_name_every_class() -> None:
    labels, scores, films = scored(20, 3)
    measured = measure_many(labels, scores, films)
    rows = many_rows(measured, ("none", "hairline", "displaced"))
    assert all(len(row) == 3 for row in rows)
    assert [row[0] for row in rows if row[0].startswith('"')] == [
        '"none"',
        '"hairline"',
        '"displaced"',
    ]
    table = confusion_rows(measured.by_film, ("none", "hairline", "displaced"))
    assert [len(row) for row in table] == [5] * 4
    cells = [int(cell) for row in table[1:] for cell in row[1:4]]
    assert sum(cells) == measured.by_film.count


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        ([], np.zeros((0, 3))),
        ([3], [[0.2, 0.3, 0.5]]),
        ([0], [[0.2, 0.3, 0.1]]),
        ([0], [[0.2, np.nan, 0.5]]),
        ([0, 1], [[0.2, 0.3, 0.5]]),
    ],
)
def test_that_what_cannot_be_measured_is_refused(labels: list[int], scores: np.ndarray) -> None:
    with pytest.raises(ValueError):
        measure_many(labels, scores, ["a"] * len(labels))


def test_that_accuracies_can_be_compared_film_by_film() -> None:
    labels, scores, films = scored(25, 3)
    sample = make_many_sample(labels, scores, films)
    right = sample.films_right()
    by_film = sample.by_film()
    assert right.truth.all()
    assert np.array_equal(right.scores == 1.0, by_film.called == by_film.labels)
