"""The report of a study: the comparison first, then each variant by itself."""

from __future__ import annotations

from collections.abc import Sequence

from training.errors import UserError
from training.evaluation.comparison import Comparison
from training.evaluation.wording import few_films_words, percent
from training.fit.study_folder import Row, StudyState
from training.fit.study_wording import how_words, p_words, study_rows
from training.report.contents import NOT_A_DEVICE, SYNTHETIC
from training.report.curves_section import curves_section, training_section
from training.report.data_section import data_section
from training.report.document import Block, Document, Drawings, Section, Table, Text, Tone
from training.report.figures_section import figures_section, folds_section
from training.report.many_sections import (
    many_curves_section,
    many_data_section,
    many_figures_section,
    many_misread_section,
)
from training.report.misread_section import misread_section
from training.report.pointing_section import pointing_sections
from training.report.settings_section import settings_rows
from training.report.subject import Subject, read_subject
from training.report.variants_plot import variants_plot

_SELECTION = (
    "Whoever takes the best of several variants takes some luck with it: its figures here are a "
    "little too good. Films that no variant has seen would tell how much."
)
_ONE_BY_ONE = (
    "Reports of single variants, with model card and checklists, are made of their folders in the "
    "study's folder."
)


def make_study_document(
    state: StudyState, *, pictures: bool = False, prevalence: float | None = None
) -> Document:
    """The report of a study.

    Args:
        state: Finished.
        pictures: Show each variant's misread films as pictures; they may not be shown publicly.
        prevalence: Share of positives for PPV and NPV of the variants.

    Raises:
        UserError: The study is not finished, or a run's files are damaged.
    """
    if not state.rows:
        raise UserError(
            f"The study {state.folder.name} is not finished.",
            "Go on with it first: study --resume.",
        )
    subjects = [
        read_subject(each.folder, prevalence=prevalence)
        for each in state.results
        if each is not None
    ]
    names = [row.name for row in state.rows]
    notices = [Text(NOT_A_DEVICE)]
    if any(subject.synthetic for subject in subjects):
        notices.append(Text(SYNTHETIC, Tone.WARNING))
    variants = (
        _variant_section(number, name, subject, pictures)
        for number, (name, subject) in enumerate(zip(names, subjects, strict=True), start=1)
    )
    started = subjects[0].started
    return Document(
        title=f"Study: {state.folder.name}",
        subtitle=f"Started {started}" if started else "",
        notices=tuple(notices),
        sections=(
            _comparison_section(state.rows),
            _settings_section(names, subjects),
            many_data_section(subjects[0]) if subjects[0].is_many else data_section(subjects[0]),
            *variants,
        ),
    )


def _comparison_section(rows: Sequence[Row]) -> Section:
    film = rows[0].pooled.by_film
    blocks: list[Block] = []
    if rows[0].pooled.has_few_films:
        blocks.append(Text(few_films_words(film.count), Tone.WARNING))
    blocks.append(
        Text(
            f"Best models by film: {film.count:,} films, each scored by a network that has not seen "
            f"it, on the same folds for all variants. Constant guess: {percent(film.constant_guess)}."
        )
    )
    head, *body = study_rows(tuple(rows))
    widths = (0.2, 0.17, 0.15, 0.17, 0.17, 0.07, 0.07)
    blocks.append(Table(("variant", *head[1:]), tuple(body), widths))
    accuracies = [(row.name, row.pooled.by_film.accuracy) for row in rows]
    areas = [(row.name, row.pooled.by_film.auc) for row in rows]
    blocks.append(
        Drawings(
            (
                variants_plot(accuracies, "accuracy", film.constant_guess, "constant guess"),
                variants_plot(areas, "area under ROC", 0.5, "chance"),
            )
        )
    )
    tests = [(row, row.against_first) for row in rows if row.against_first is not None]
    if tests:
        blocks.append(_tests_table(tests))
    blocks += [Text(how_words(len(tests)), Tone.NOTE), Text(_SELECTION)]
    return Section("Comparison", tuple(blocks))


def _tests_table(tests: Sequence[tuple[Row, Comparison]]) -> Table:
    head = (
        "against the first, paired by film",
        "films",
        "only the first right",
        "only this right",
        "p, accuracy",
        "p, Holm",
        "p, area",
        "p, Holm",
    )
    rows = []
    for row, test in tests:
        left_out = f" ({test.num_left_out:,} by one only)" if test.num_left_out else ""
        rows.append(
            (
                row.name,
                f"{test.num_films:,}{left_out}",
                f"{test.accuracy.only_first:,}",
                f"{test.accuracy.only_second:,}",
                p_words(test.accuracy.p_value),
                p_words(row.accuracy_p),
                p_words(None if test.auc is None else test.auc.p_value),
                p_words(row.auc_p),
            )
        )
    widths = (0.26, 0.12, 0.13, 0.13, 0.09, 0.09, 0.09, 0.09)
    return Table(head, tuple(rows), widths, "Paired tests")


def _settings_section(names: Sequence[str], subjects: Sequence[Subject]) -> Section:
    """What all variants share, and what each has of its own."""
    settings = [dict(settings_rows(subject)) for subject in subjects]
    first = settings[0]
    shared = tuple(
        (name, words)
        for name, words in first.items()
        if all(own[name] == words for own in settings)
    )
    own_rows = tuple(
        (variant if not number else "", name, own[name])
        for variant, own in zip(names, settings, strict=True)
        for number, name in enumerate(name for name in first if (name, first[name]) not in shared)
    )
    blocks: list[Block] = []
    if own_rows:
        widths = (0.2, 0.2, 0.6)
        blocks.append(Table(("variant", "setting", ""), own_rows, widths, "Of each variant"))
    else:
        blocks.append(Text("The variants differ in nothing that a report tells."))
    blocks.append(Table((), shared, (0.34, 0.66), "Of all variants"))
    return Section("Settings", tuple(blocks))


def _variant_section(number: int, name: str, subject: Subject, pictures: bool) -> Section:
    parts: tuple[Section, ...]
    if subject.is_many:
        parts = (
            many_figures_section(subject),
            folds_section(subject),
            many_curves_section(subject),
            training_section(subject),
            many_misread_section(subject, pictures=pictures),
        )
    else:
        parts = (
            figures_section(subject),
            folds_section(subject),
            *pointing_sections(subject),
            curves_section(subject),
            training_section(subject),
            misread_section(subject, pictures=pictures),
        )
    blocks = [block for part in parts for block in part.blocks]
    if number == 1:
        blocks.insert(0, Text(_ONE_BY_ONE, Tone.NOTE))
    return Section(f"Variant {number}: {name}", tuple(blocks))
