"""The sections of a report that more than two classes have of their own."""

from __future__ import annotations

from dataclasses import dataclass

from training.data.dataset import Split
from training.evaluation.curves import roc
from training.evaluation.many_wording import LEFT_OUT, READING, confusion_rows, many_rows
from training.evaluation.wording import few_films_words, figure_text, percent
from training.fit.run_folder import FileScore
from training.report.data_section import data_blocks, films_words
from training.report.document import Block, Drawings, Section, Table, Text, Tone
from training.report.misread_section import MisreadRow, misread_blocks
from training.report.plots import roc_plot
from training.report.subject import ManyPart, Subject

_CHECKLISTS = (
    "The reporting checklists of this program are worded for two classes, so they are left out."
)


@dataclass(frozen=True)
class ManyMisread:
    """A film that is called another class than its own.

    Args:
        worst: Its file with the least score for its own class.
        label: The film's class.
        called: What it is called.
        score: Mean score of its files for what it is called.
        own_score: Likewise for its own class.
    """

    worst: FileScore
    label: int
    called: int
    score: float
    own_score: float


def many_misread(part: ManyPart) -> tuple[ManyMisread, ...]:
    """Films that are called another class than their own, the surest mistakes first.

    Args:
        part: Scores and figures.
    """
    files: dict[tuple[int, str], list[FileScore]] = {}
    for file in part.files:
        files.setdefault((file.label, file.film), []).append(file)
    films = part.sample.by_film()
    found = []
    for own, called, name, scores in zip(
        films.labels.tolist(), films.called.tolist(), films.names, films.scores, strict=True
    ):
        if own != called:
            worst = min(files[own, name], key=lambda file, own=own: file.scores[own])  # type: ignore[misc]
            found.append(ManyMisread(worst, own, called, float(scores[called]), float(scores[own])))
    return tuple(sorted(found, key=lambda film: film.own_score - film.score))


def many_figures_section(subject: Subject) -> Section:
    """An overview of all parts, then every figure and the confusion of those to look at closely.

    Args:
        subject: The run or cross-validation.
    """
    main = subject.many[0]
    blocks: list[Block] = []
    if main.measured.has_few_films:
        blocks.append(Text(few_films_words(main.measured.by_film.count), Tone.WARNING))
    head = ("by film", "films", "accuracy", "mean found of a class", "mean area", "constant guess")
    rows = tuple(_overview_row(part) for part in subject.many)
    blocks.append(Table(head, rows, (0.22, 0.08, 0.2, 0.2, 0.18, 0.12)))
    for part in subject.many:
        if part.split is main.split:
            blocks += _full(part, subject.classes)
    if main.split is Split.VALIDATION:
        blocks.append(Text(_CHOSEN))
    blocks += [Text(READING, Tone.NOTE), Text(f"{LEFT_OUT} {_CHECKLISTS}", Tone.NOTE)]
    return Section("Figures", tuple(blocks))


_CHOSEN = (
    "There is no test part. The validation films chose the best epoch, so the best model's figures "
    "on them are a little too good; a cross-validation or films kept for testing would be fairer."
)


def _overview_row(part: ManyPart) -> tuple[str, ...]:
    film = part.measured.by_film
    few = " (few!)" if part.measured.has_few_films else ""
    return (
        part.name,
        f"{film.count:,}{few}",
        figure_text("accuracy", film.accuracy),
        figure_text("balanced_accuracy", film.balanced_accuracy),
        figure_text("auc", film.auc),
        percent(film.constant_guess),
    )


def _full(part: ManyPart, classes: tuple[str, ...]) -> list[Block]:
    head, *rows = many_rows(part.measured, classes)
    name = part.name[:1].upper() + part.name[1:]
    blocks: list[Block] = [Table(head, tuple(rows), (0.46, 0.27, 0.27), name)]
    for unit, words in ((part.measured.by_film, "film"), (part.measured.by_file, "file")):
        head, *rows = confusion_rows(unit, classes)
        first = min(0.3, 0.9 / (len(classes) + 2) * 2)
        each = (1.0 - first) / (len(classes) + 1)
        widths = (first, *(each for _ in range(len(classes) + 1)))
        title = f"{name}: true class down, called class across, by {words}"
        blocks.append(Table(head, tuple(rows), widths, title))
    return blocks


def many_data_section(subject: Subject) -> Section:
    """Films behind files by part and class, and what two classes tell too.

    Args:
        subject: The run or cross-validation.
    """
    parts = [part for part in subject.many if part.kind == subject.many[0].kind]
    names = ["all folds" if subject.crossval else part.split.value for part in parts]
    rows = [
        (
            f"“{name}”",
            *(films_words([f for f in part.files if f.label == label]) for part in parts),
        )
        for label, name in enumerate(subject.classes)
    ]
    rows.append(("all", *(films_words(part.files) for part in parts)))
    each = 0.7 / len(parts)
    table = Table(("class", *names), tuple(rows), (0.3, *(each for _ in parts)))
    return Section("Films", data_blocks(subject, table))


def many_curves_section(subject: Subject) -> Section:
    """The ROC curve of each class against the rest, of the main part, by film.

    Args:
        subject: The run or cross-validation.
    """
    part = subject.many[0]
    films, unit = part.sample.by_film(), part.measured.by_film
    blocks: list[Block] = [
        Text(f"Of the {part.name}, by film: {unit.count:,} films; each class against the rest.")
    ]
    drawings = [
        roc_plot(
            roc(films.against_rest(label)),
            f"“{name}”, area {figure_text('auc', unit.by_class[label].auc)}",
        )
        for label, name in enumerate(subject.classes)
        if 0 < unit.by_class[label].count < unit.count
    ]
    blocks.append(Drawings(tuple(drawings)) if drawings else Text(_ONE_CLASS))
    blocks.append(
        Text("Bands: 95 %, over films, at each position by itself. Dotted: chance.", Tone.NOTE)
    )
    return Section("Curves", tuple(blocks))


_ONE_CLASS = "With films of one class only there is no ROC."


def many_misread_section(subject: Subject, *, pictures: bool) -> Section:
    """A table of misread films, and their pictures where they may be shown.

    Args:
        subject: The run or cross-validation.
        pictures: Show the worst as pictures.
    """
    part = subject.many[0]
    found = many_misread(part)
    title = "Misread films"
    if not found:
        return Section(title, (Text(f"The {part.name} reads every film right."),))
    count = part.measured.by_film.count
    words = f"Of the {part.name}: {len(found):,} of {count:,} films, the surest mistakes first."
    head = ("file", "is labelled", "is called", "score", "score of its label")
    films = []
    for film in found:
        label, called = subject.classes[film.label], subject.classes[film.called]
        cells = (label, called, f"{film.score:.3f}", f"{film.own_score:.3f}")
        films.append(MisreadRow(film.worst.path, cells, f"is “{label}”, called “{called}”"))
    widths = (0.05, 0.39, 0.18, 0.18, 0.08, 0.12)
    blocks = misread_blocks(films, head, widths, subject.root, pictures=pictures)
    return Section(title, (Text(words), *blocks))
