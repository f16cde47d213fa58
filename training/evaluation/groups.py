"""How groups of films are read: by folder, by body region, by anything that films have.

Called by the results window, by ``evaluate`` and by the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from training.evaluation.figures import Interval, wilson
from training.evaluation.operating_points import Band, OperatingPoints
from training.evaluation.samples import Sample

NOT_RECORDED = "not recorded"
"""The group of films of which nothing is known."""

SEVERAL = "several"
"""The group of films whose files say different things."""


@dataclass(frozen=True)
class GroupedFilm:
    """A film and the group it belongs to.

    Args:
        group: Name of the group.
        label: 1 for the positive class, 0 for the other.
        score: Mean over its files, 0-1.
        num_files: Its files.
    """

    group: str
    label: int
    score: float
    num_files: int


@dataclass(frozen=True)
class Group:
    """The films of one group.

    Args:
        name: A folder, a file family, a body region.
        num_films: Films of it.
        num_files: Files of it.
        right: Films read right.
        interval: 95 % of the share of films read right (Wilson).
        found: Positive films found.
        positives: Positive films.
        spared: Negative films spared.
        negatives: Negative films.
    """

    name: str
    num_films: int
    num_files: int
    right: int
    interval: Interval
    found: int
    positives: int
    spared: int
    negatives: int


def groups_of(films: Sequence[GroupedFilm], points: OperatingPoints) -> tuple[Group, ...]:
    """How films are read, group by group.

    Args:
        films: All films.
        points: The thresholds; an unsure film is neither found nor spared.

    Returns:
        The largest group first, what is not recorded last.
    """
    found: dict[str, list[GroupedFilm]] = {}
    for film in films:
        found.setdefault(film.group, []).append(film)
    groups = [_group(name, own, points) for name, own in found.items()]
    return tuple(
        sorted(groups, key=lambda one: (one.name == NOT_RECORDED, -one.num_films, one.name))
    )


def films_in_groups(sample: Sample, names: Sequence[str]) -> tuple[GroupedFilm, ...]:
    """The films of a sample with what their files say.

    Args:
        sample: Files, with scores.
        names: What each file says, empty where it says nothing.
    """
    said: list[set[str]] = [set() for _ in sample.names]
    counts = [0] * sample.num_films
    for film, name in zip(sample.film_of, names, strict=True):
        said[film].add(name)
        counts[film] += 1
    films = sample.by_film()
    return tuple(
        GroupedFilm(one_name(own), int(label), float(score), count)
        for own, label, score, count in zip(said, films.truth, films.scores, counts, strict=True)
    )


def one_name(said: set[str]) -> str:
    """The group of a film by what its files say, empty texts counting for nothing."""
    names = said - {""}
    if not names:
        return NOT_RECORDED
    return names.pop() if len(names) == 1 else SEVERAL


def _group(name: str, films: Sequence[GroupedFilm], points: OperatingPoints) -> Group:
    bands = [(film.label, points.band(film.score)) for film in films]
    found, spared = bands.count((1, Band.POSITIVE)), bands.count((0, Band.NEGATIVE))
    positives = sum(film.label for film in films)
    return Group(
        name,
        len(films),
        sum(film.num_files for film in films),
        found + spared,
        wilson(found + spared, len(films)),
        found,
        positives,
        spared,
        len(films) - positives,
    )
