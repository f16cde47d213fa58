"""Scored films as the results views list them: by film or by file, by cell, by band. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from training.evaluation.figures import Interval, wilson
from training.evaluation.groups import NOT_RECORDED, one_name
from training.evaluation.operating_points import Band, OperatingPoints
from training.fit.run_folder import FileScore
from training.models.prediction import leading
from training.report.subject import ManyPart, Part


class Unit(StrEnum):
    """What counts once."""

    FILM = "film"
    FILE = "file"


@dataclass(frozen=True)
class Entry:
    """A film, or a file, with its score.

    Args:
        path: The file to show: of a film the one furthest on the wrong side.
        name: The film's name, or the file's.
        label: 1 for the positive class, 0 for the other.
        score: As the network gives it, 0-1; of a film the mean over its files.
        paths: All its files, the worst first.
        region: Part of the body it shows, or "not recorded".
        view: DICOM View Position, or "not recorded".
        called: Of more than two classes the one that it is called, whose score ``score`` is; else
            None.
    """

    path: Path
    name: str
    label: int
    score: float
    paths: tuple[Path, ...]
    region: str = NOT_RECORDED
    view: str = NOT_RECORDED
    called: int | None = None

    @property
    def agreement(self) -> float:
        """How far the score speaks for the label, 0-1: the lower, the worse."""
        return self.score if self.label else 1.0 - self.score


ManyCells = dict[tuple[int, int], tuple[Entry, ...]]
"""The entries of each cell of a confusion matrix of many classes: (label, called)."""
Cells = dict[tuple[int, Band], tuple[Entry, ...]]


@dataclass(frozen=True)
class BandCount:
    """What lies in one band of scores.

    Args:
        band: Which.
        low: Lowest score of it.
        high: Scores of it are below this.
        count: Films, or files.
        positives: Of the positive class.
        share: Of positives among them, or None without any.
        interval: 95 % of that share (Wilson); None by file.
    """

    band: Band
    low: float
    high: float
    count: int
    positives: int
    share: float | None
    interval: Interval | None


def entries_of(part: Part, unit: Unit) -> tuple[Entry, ...]:
    """Every film, or file, of a part, the worst first.

    Args:
        part: Scores as the network gives them.
        unit: Film or file.
    """
    if unit is Unit.FILE:
        found = [
            Entry(
                file.path,
                file.path.name,
                file.label,
                file.score,
                (file.path,),
                one_name({file.region}),
                one_name({file.view}),
            )
            for file in part.files
        ]
    else:
        found = [_film(files) for files in _by_film(part.files).values()]
    return tuple(sorted(found, key=lambda entry: entry.agreement))


def many_entries_of(part: ManyPart, unit: Unit) -> tuple[Entry, ...]:
    """The same of more than two classes: what speaks least for its own class comes first.

    Args:
        part: Scores.
        unit: Film or file.
    """
    groups = [[file] for file in part.files]
    if unit is Unit.FILM:
        groups = list(_by_film(part.files).values())
    found = []
    for files in groups:
        label = files[0].label
        worst = sorted(files, key=lambda file: file.scores[label])
        means = [sum(each) / len(files) for each in zip(*(f.scores for f in files), strict=True)]
        called = leading(means)
        entry = Entry(
            worst[0].path,
            files[0].film if unit is Unit.FILM else worst[0].path.name,
            label,
            means[called],
            tuple(file.path for file in worst),
            called=called,
        )
        found.append((means[label], entry))
    return tuple(entry for _, entry in sorted(found, key=lambda pair: pair[0]))


def many_cells_of(entries: Sequence[Entry], num_classes: int) -> ManyCells:
    """The entries of each cell of the confusion matrix of more than two classes.

    Args:
        entries: The worst first; each cell keeps that order.
        num_classes: How many.
    """
    places = [(truth, called) for truth in range(num_classes) for called in range(num_classes)]
    cells: dict[tuple[int, int], list[Entry]] = {place: [] for place in places}
    for entry in entries:
        assert entry.called is not None
        cells[entry.label, entry.called].append(entry)
    return {place: tuple(found) for place, found in cells.items()}


def cells_of(entries: Sequence[Entry], points: OperatingPoints) -> Cells:
    """The entries of each cell of the confusion matrix.

    Args:
        entries: The worst first; each cell keeps that order.
        points: One threshold, or two with an unsure band between.
    """
    cells: dict[tuple[int, Band], list[Entry]] = {
        (label, band): [] for label in (0, 1) for band in Band
    }
    for entry in entries:
        cells[entry.label, points.band(entry.score)].append(entry)
    return {place: tuple(found) for place, found in cells.items()}


def band_counts(
    entries: Sequence[Entry], points: OperatingPoints, unit: Unit
) -> tuple[BandCount, ...]:
    """What lies in each band, lowest scores first; without an unsure band there are two.

    Args:
        entries: Films, or files.
        points: One threshold or two.
        unit: Which of both. Files have no interval: copies of a film are no witnesses of their own.
    """
    cells = cells_of(entries, points)
    low = points.low.threshold
    high = low if points.high is None else points.high.threshold
    bounds = [(Band.NEGATIVE, 0.0, low), (Band.POSITIVE, high, 1.0)]
    if points.has_unsure_band:
        bounds.insert(1, (Band.UNSURE, low, high))
    found = []
    for band, start, end in bounds:
        positives, negatives = len(cells[1, band]), len(cells[0, band])
        count = positives + negatives
        share = positives / count if count else None
        interval = wilson(positives, count) if count and unit is Unit.FILM else None
        found.append(BandCount(band, start, end, count, positives, share, interval))
    return tuple(found)


def doubtful(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those whose score speaks more against their label than for it, the strongest first."""
    return tuple(entry for entry in entries if entry.agreement < 0.5)


def _by_film(files: Sequence[FileScore]) -> dict[tuple[int, str], list[FileScore]]:
    films: dict[tuple[int, str], list[FileScore]] = {}
    for file in files:
        films.setdefault((file.label, file.film), []).append(file)
    return films


def _film(files: list[FileScore]) -> Entry:
    label = files[0].label
    worst = sorted(files, key=lambda file: file.score if label else 1.0 - file.score)
    score = sum(file.score for file in files) / len(files)
    return Entry(
        worst[0].path,
        files[0].film,
        label,
        score,
        tuple(file.path for file in worst),
        one_name({file.region for file in files}),
        one_name({file.view for file in files}),
    )
