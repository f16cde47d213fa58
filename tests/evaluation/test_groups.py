"""Groups of films: counted by hand, intervals from SciPy."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from training.evaluation.groups import NOT_RECORDED, SEVERAL, films_in_groups, groups_of
from training.evaluation.operating_points import OperatingPoints, point_at
from training.evaluation.samples import make_sample
from training.evaluation.wording import group_rows


def test_that_each_film_is_counted_once_in_its_group() -> None:
    labels = [1, 1, 1, 0, 0, 1, 0, 0]
    scores = [0.9, 0.3, 0.8, 0.2, 0.7, 0.1, 0.4, 0.3]
    films = ["a", "a", "b", "c", "d", "e", "f", "g"]
    said = ["wrist", "wrist", "wrist", "wrist", "wrist", "hand", "", "wrist"]
    sample = make_sample(labels, scores, films)
    points = OperatingPoints(point_at(sample.by_film(), 0.5))
    groups = groups_of(films_in_groups(sample, said), points)
    assert [(one.name, one.num_films, one.num_files) for one in groups] == [
        ("wrist", 5, 6),
        ("hand", 1, 1),
        (NOT_RECORDED, 1, 1),
    ]
    wrist = groups[0]
    # Film a scores 0.6 in the mean, d is called positive.
    assert (wrist.right, wrist.found, wrist.positives) == (4, 2, 2)
    assert (wrist.spared, wrist.negatives) == (2, 3)
    expected = binomtest(4, 5).proportion_ci(method="wilson")
    assert wrist.interval.low == pytest.approx(expected.low)
    assert wrist.interval.high == pytest.approx(expected.high)
    assert group_rows(groups)[1] == (
        "wrist", "5", "6", "80 % (38 to 96)", "2 of 2", "2 of 3",
    )  # fmt: skip


def test_that_files_of_a_film_that_say_different_things_are_told_apart() -> None:
    sample = make_sample([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.1], ["a", "a", "b", "c"])
    films = films_in_groups(sample, ["hand", "wrist", "", "hand"])
    assert [film.group for film in films] == [SEVERAL, NOT_RECORDED, "hand"]
