"""Figures with their intervals, beside both guesses; folds and their spread."""

from __future__ import annotations

from training.data.dataset import Split
from training.evaluation.figures import FEW_FILMS
from training.evaluation.groups import films_in_groups, groups_of
from training.evaluation.measurement import UnitFigures
from training.evaluation.operating_points import OperatingPoints, point_at
from training.evaluation.wording import (
    few_films_words,
    figure_rows,
    figure_text,
    group_rows,
    percent,
)
from training.fit.crossval_folder import PooledFigures
from training.fit.crossval_wording import fold_rows
from training.report.document import Block, Section, Table, Text, Tone
from training.report.subject import Part, Subject

_READING = (
    "In brackets: 95 % interval, over films. By film, a film's score is the mean of its files' and "
    "it counts once; read these figures first. Scores are as the network gives them."
)
_CHOSEN = (
    "There is no test part. The validation films chose the best epoch, so the best model's figures "
    "on them are a little too good; a cross-validation or films kept for testing would be fairer."
)

_REGIONS = (
    "By film. Regions are those that DICOM films record (Body Part Examined) and that names of files "
    "and folders tell; no film's region is guessed. Differences between many groups arise by chance too."
)


def figures_section(subject: Subject) -> Section:
    """An overview of all parts, then every figure of the parts to look at closely.

    Args:
        subject: The run or cross-validation.
    """
    blocks: list[Block] = []
    if subject.main.measured.has_few_films:
        words = few_films_words(subject.main.measured.by_film.count)
        blocks.append(Text(words, Tone.WARNING))
    blocks.append(_overview(subject))
    for part in subject.parts:
        if part.split is subject.main.split:
            blocks.append(_full(part, subject.classes))
    blocks += _regions(subject)
    if subject.main.split is Split.VALIDATION:
        blocks.append(Text(_CHOSEN))
    blocks.append(Text(_READING, Tone.NOTE))
    return Section("Figures", tuple(blocks))


def folds_section(subject: Subject) -> Section:
    """Fold by fold, mean and spread.

    Args:
        subject: A cross-validation.
    """
    assert subject.crossval is not None
    blocks: list[Block] = [
        _fold_table(figures, subject.crossval.count) for figures in subject.crossval.figures
    ]
    blocks.append(
        Text(
            "By film. The spread is the standard deviation over the folds: how much a figure owes "
            "to chance. It is no error of the mean, because folds share most training films.",
            Tone.NOTE,
        )
    )
    return Section("Fold by fold", tuple(blocks))


def _overview(subject: Subject) -> Table:
    head = ("by film", "films", "accuracy", "area under ROC", "constant guess", "brightness alone")
    rows = tuple(_overview_row(part) for part in subject.parts)
    return Table(head, rows, (0.24, 0.08, 0.22, 0.22, 0.12, 0.12))


def _overview_row(part: Part) -> tuple[str, ...]:
    film = part.measured.by_film
    few = " (few!)" if part.measured.has_few_films else ""
    guess = "not known" if film.brightness_guess is None else percent(film.brightness_guess)
    return (
        part.name,
        f"{film.count:,}{few}",
        figure_text("accuracy", film.accuracy),
        figure_text("auc", film.auc),
        percent(film.constant_guess),
        guess,
    )


def _full(part: Part, classes: tuple[str, ...]) -> Table:
    head, *rows = figure_rows(part.measured, classes)
    return Table(head, tuple(rows), (0.46, 0.27, 0.27), _capital(part.name))


def _fold_table(figures: PooledFigures, count: int) -> Table:
    head, *rows = fold_rows(figures, count)
    each = 0.55 / (count + 2)
    widths = (0.25, *(2 * each for _ in range(2)), *(each for _ in range(count)))
    title = f"{_capital(figures.kind)} models"
    return Table(head, tuple(rows), widths, title)


def _regions(subject: Subject) -> list[Block]:
    """How each body region is read, where any film tells its own."""
    part = subject.main
    if not any(file.region for file in part.files):
        return []
    points = OperatingPoints(point_at(part.sample.by_film(), part.measured.threshold))
    films = films_in_groups(part.sample, [file.region for file in part.files])
    groups = groups_of(films, points)
    head, *rows = group_rows(groups, "body region")
    few = [
        (row[0], f"{row[1]} (few!)", *row[2:]) if group.num_films < FEW_FILMS else row
        for row, group in zip(rows, groups, strict=True)
    ]
    title = f"By body region, {part.name}"
    table = Table(head, tuple(few), (0.22, 0.14, 0.1, 0.26, 0.14, 0.14), title)
    return [table, Text(_REGIONS, Tone.NOTE)]


def accuracy_words(unit: UnitFigures) -> str:
    """Accuracy, area and both guesses in one sentence.

    Args:
        unit: By film or by file.
    """
    words = (
        f"accuracy {figure_text('accuracy', unit.accuracy)}, area under ROC "
        f"{figure_text('auc', unit.auc)}; constant guess {percent(unit.constant_guess)}"
    )
    if unit.brightness_guess is not None:
        words += f", brightness alone {percent(unit.brightness_guess)}"
    return words


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
