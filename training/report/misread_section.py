"""The films that are read wrong, worst first; in a cross-validation also doubts about labels."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from training.errors import UserError
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey
from training.fit.run_folder import FileScore
from training.report.document import Block, Picture, Pictures, Section, Table, Text, Tone
from training.report.subject import Part, Subject, shown_name

MAX_FILMS = 40
MAX_PICTURES = 12
_PICTURE = Preprocessing(size=160)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Misread:
    """A film that is read wrong.

    Args:
        worst: Its file with the score furthest on the wrong side.
        label: The film's class, 0 or 1.
        score: Mean score of its files.
        num_files: Files of the film.
    """

    worst: FileScore
    label: int
    score: float
    num_files: int


def misread_films(part: Part) -> tuple[Misread, ...]:
    """Films whose mean score is on the wrong side of the threshold, the furthest first.

    Args:
        part: Scores and figures.
    """
    files: dict[tuple[int, str], list[FileScore]] = {}
    for file in part.files:
        files.setdefault((file.label, file.film), []).append(file)
    films = part.sample.by_film()
    found = []
    for truth, name, score in zip(films.truth, films.names, films.scores, strict=True):
        if (score >= part.measured.threshold) != truth:
            shown = files[int(truth), name]
            worst = (min if truth else max)(shown, key=lambda file: file.score)
            found.append(Misread(worst, int(truth), float(score), len(shown)))
    threshold = part.measured.threshold
    return tuple(sorted(found, key=lambda film: -abs(film.score - threshold)))


def misread_section(subject: Subject, *, pictures: bool) -> Section:
    """A table of misread films, and their pictures where they may be shown.

    Args:
        subject: The run or cross-validation.
        pictures: Show the worst as pictures.
    """
    part = subject.main
    found = misread_films(part)
    title = "Misread films"
    if not found:
        return Section(title, (Text(f"The {part.name} reads every film right."),))
    count = part.measured.by_film.count
    words = f"Of the {part.name}: {len(found):,} of {count:,} films, the worst first."
    blocks: list[Block] = [Text(words)]
    if subject.crossval is not None:
        title = "Misread films and doubtful labels"
        blocks.append(Text(_DOUBTS))
    head = ("file", "is labelled", "score", "files of the film")
    films = [
        MisreadRow(
            film.worst.path,
            (subject.classes[film.label], f"{film.score:.3f}", f"{film.num_files:,}"),
            f"is “{subject.classes[film.label]}”, score {film.score:.2f}",
        )
        for film in found
    ]
    widths = (0.05, 0.5, 0.2, 0.1, 0.15)
    blocks += misread_blocks(films, head, widths, subject.root, pictures=pictures)
    return Section(title, tuple(blocks))


_DOUBTS = (
    "No network that scored a film here had seen it. A film far up this list is either hard to "
    "read or labelled wrong: look at it before you believe either."
)


@dataclass(frozen=True)
class MisreadRow:
    """A misread film in words.

    Args:
        path: The file shown for it.
        cells: What the table says of it, after the file's name.
        caption: What its picture says below.
    """

    path: Path
    cells: tuple[str, ...]
    caption: str


def misread_blocks(
    films: Sequence[MisreadRow],
    head: tuple[str, ...],
    widths: tuple[float, ...],
    root: Path,
    *,
    pictures: bool,
) -> list[Block]:
    """The table of misread films, and their pictures where they may be shown.

    Args:
        films: The worst first.
        head: Of the table, from the file's name on.
        widths: Of its columns, the number's first.
        root: What file names are told from.
        pictures: Show the worst as pictures.
    """
    rows = tuple(
        (str(number), shown_name(film.path, root), *film.cells)
        for number, film in enumerate(films[:MAX_FILMS], start=1)
    )
    blocks: list[Block] = [Table(("", *head), rows, widths)]
    if len(films) > MAX_FILMS:
        blocks.append(Text(f"{len(films) - MAX_FILMS:,} more are not listed.", Tone.NOTE))
    if not pictures:
        blocks.append(Text("Pictures of films were left out of this report.", Tone.NOTE))
        return blocks
    shown = films[:MAX_PICTURES]
    pngs = [(number, film, _film_png(film.path)) for number, film in enumerate(shown, start=1)]
    made = [Picture(png, f"{number}: {film.caption}") for number, film, png in pngs if png]
    if made:
        blocks.append(Pictures(tuple(made)))
    if len(made) < len(shown):
        missing = len(shown) - len(made)
        blocks.append(Text(f"{missing:,} films could not be read any more.", Tone.NOTE))
    return blocks


def _film_png(path: Path) -> bytes | None:
    """The film as the network is given it, small; None where it cannot be read any more."""
    try:
        grey = _PICTURE.apply(read_grey(path))
    except UserError as error:
        _log.info("a film is missing from the report: %s", type(error).__name__)
        return None
    target = io.BytesIO()
    Image.fromarray(grey).save(target, "PNG")
    return target.getvalue()
