"""What the run knows of its films, and what a data check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from training.data.dataset import Split
from training.fit.run_folder import FileScore
from training.report.document import Block, Section, Table, Text, Tone
from training.report.subject import Subject

MAX_LEFT_OUT = 30


def data_section(subject: Subject) -> Section:
    """Films behind files by part and class, what was left out, findings, fingerprint.

    Args:
        subject: The run or cross-validation.
    """
    return Section("Films", data_blocks(subject, _counts(subject)))


def data_blocks(subject: Subject, counts: Table) -> tuple[Block, ...]:
    """The blocks of the section below any table of counts.

    Args:
        subject: The run or cross-validation.
        counts: Films by part and class.
    """
    blocks: list[Block] = [counts, *_shared(subject), *_findings(subject)]
    blocks += _left_out(subject)
    fingerprint = subject.card.data_fingerprint
    if fingerprint:
        blocks.append(Text(f"Fingerprint of films, labels and parts: {fingerprint}.", Tone.NOTE))
    return tuple(blocks)


def _counts(subject: Subject) -> Table:
    negative, positive = subject.classes
    head = ("part", f"“{positive}”", f"“{negative}”", "all")
    rows = []
    for part in subject.parts:
        if part.kind == subject.main.kind:
            name = "all folds" if subject.crossval else part.split.value
            classes = [[file for file in part.files if file.label == label] for label in (1, 0)]
            rows.append((name, *(films_words(files) for files in (*classes, part.files))))
    return Table(head, tuple(rows), (0.19, 0.27, 0.27, 0.27))


def films_words(files: Sequence[FileScore]) -> str:
    """How many films and files: "12 films, 34 files"."""
    num_films = len({(file.label, file.film) for file in files})
    return f"{num_films:,} {'film' if num_films == 1 else 'films'}, {len(files):,} files"


def _shared(subject: Subject) -> list[Block]:
    """Films that, by their names, are in training and in a measured part too."""
    if subject.crossval is not None:
        return []
    films = {
        part.split: {(file.label, file.film) for file in part.files}
        for part in subject.all_parts
        if part.kind == subject.all_parts[0].kind
    }
    known = films.get(Split.TRAIN, set())
    found: list[Block] = []
    for split in (Split.VALIDATION, Split.TEST):
        common = len(films.get(split, set()) & known)
        if common:
            films_are = "film is" if common == 1 else "films are"
            words = f"{common:,} {split.value} {films_are}, by name, in training too"
            found.append(Text(f"{words}: a figure on such a film measures memory.", Tone.WARNING))
    return found


def _findings(subject: Subject) -> list[Block]:
    if subject.checked is None:
        words = "No data check was kept with this run: films are told apart by file names only."
        return [Text(words)]
    if not subject.checked:
        return [Text("The data check found nothing to mend.")]
    return [
        Text(note.words, Tone.WARNING if note.is_serious else Tone.PLAIN)
        for note in subject.checked
    ]


def _left_out(subject: Subject) -> list[Block]:
    if not subject.left_out:
        return [Text("No file was left out.")]
    reasons = Counter(reason for _, reason in subject.left_out)
    counted = "; ".join(f"{count:,} × {reason}" for reason, count in reasons.most_common(5))
    shown = tuple(subject.left_out[:MAX_LEFT_OUT])
    title = f"Files left out: {len(subject.left_out):,} ({counted})"
    more = len(subject.left_out) - len(shown)
    blocks: list[Block] = [Table(("file", "why"), shown, (0.5, 0.5), title)]
    if more:
        blocks.append(Text(f"{more:,} more are listed in the run's folder.", Tone.NOTE))
    return blocks
