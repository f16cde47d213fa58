"""The sharing worker's other functions: what they are given is written to files. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from training.errors import UserError
from training.films.film import Film
from training.report.document import Document
from training.sharing.facts import ModelSaid, model_name
from training.sharing.score_table import score_row, stated_row, to_csv, to_json
from training.sharing.writing import refuse_films, write_new, write_over
from xray_desktop.viewer_tab.sharing.gathering import (
    Asked,
    Listed,
    Progress,
    Room,
    reader_of,
    said_of,
)


def save_pdf(document: Document, target: Path, films: tuple[Path, ...]) -> str:
    """Write a report as PDF; gives the file's name.

    Args:
        document: The report.
        target: Where; the user has agreed to replace a file that is there.
        films: That must not be overwritten.

    Raises:
        UserError: It is a film, or the disk refuses.
    """
    # A quarter of a second that a preview does not need.
    from training.report.pdf import to_pdf

    refuse_films(target, films)
    write_over(target, to_pdf(document))
    return target.name


def save_scores(
    room: Room, films: Sequence[Listed], target: Path, paths: tuple[Path, ...]
) -> tuple[str, int, int]:
    """Write the list's scores as CSV or JSON, by the file's ending.

    Args:
        room: With the model.
        films: In the order of the list.
        target: Where; the user has agreed to replace a file that is there.
        paths: Films, which must not be overwritten.

    Returns:
        The file's name, films with a score, films whose score a blind reader must not be told.

    Raises:
        UserError: It is a film, or the disk refuses.
    """
    assert room.card is not None
    assert room.model is not None
    refuse_films(target, paths)
    rows = []
    for listed in films:
        # Named as a hidden film is, or by its whole path as the command does.
        name = listed.name if listed.name != listed.path.name else listed.path
        said = said_of(room, listed)
        if said is not None:
            rows.append(stated_row(said, name, room.model))
        else:
            why = {"error": listed.refused, "refused": listed.no_answer}
            rows.append(score_row(room.card, room.model, name, None, **why))
    is_json = target.suffix.lower() == ".json"
    write_over(target, to_json(room.card, rows) if is_json else to_csv(room.card, rows))
    num_scored = sum(row.score is not None for row in rows)
    return target.name, num_scored, sum(listed.withheld for listed in films)


def save_results(room: Room, listed: Listed, film: Film, target: Path) -> tuple[str, str]:
    """Write the model's answer to a DICOM film as DICOM; gives both files' names.

    Args:
        room: With the model.
        listed: The film as the window knows it.
        film: As read.
        target: The secondary capture's file.

    Raises:
        UserError: A file is there already, the disk refuses, or the film cannot be referred to.
    """
    from training.sharing.dicom_results import dicom_results, write_results

    assert room.model is not None
    try:
        prediction = room.predict(film)
    finally:
        room.models.put_away()
    said = ModelSaid.of(prediction, model_name(prediction.card, room.model.name))
    results = dicom_results(film, prediction, said, reader_of(room, listed))
    return target.name, write_results(results, target).name


def save_copy(film: Path, target: Path) -> tuple[str, str]:
    """Write an anonymous copy of one film.

    Args:
        film: The original.
        target: Where; its ending is replaced by the copy's.

    Returns:
        The copy's name, and what whoever gives it away must know.

    Raises:
        UserError: The film cannot be copied for certain, a file is there, or the disk refuses.
    """
    from training.sharing.anonymous import anonymous_copy

    copy = anonymous_copy(film)
    named = target if target.suffix.lower() == copy.ending else target.with_suffix(copy.ending)
    write_new(named, copy.content)
    return named.name, copy.warning


def save_copies(
    films: tuple[Path, ...], folder: Path, *, progress: Progress, cancelled: Asked
) -> tuple[str, bool]:
    """Write anonymous copies of many films; gives what came of it, and whether all is well.

    Args:
        films: The originals.
        folder: Where.
        progress: Called with (films done, films).
        cancelled: Asked between films.

    Raises:
        UserError: The disk refuses; what was written before stays.
    """
    from training.sharing.anonymous import BURNED_IN, MAY_BE_BURNED_IN, write_copies

    if not folder.is_dir():
        raise UserError(f"The folder {folder.name} is not there any more.", "Choose another.")
    made = write_copies(films, folder, progress=progress, cancelled=cancelled)
    copies = "1 copy" if made.num_written == 1 else f"{made.num_written:,} copies"
    words = [f"{'Stopped: ' if made.was_stopped else ''}{copies} written."]
    if made.refused:
        # Which ones is seen in the list; a message that names them would name patients.
        words.append(f"{len(made.refused):,} films could not be copied.")
    if made.num_burned_in:
        films_say = (
            "1 file says" if made.num_burned_in == 1 else f"{made.num_burned_in:,} files say"
        )
        words.append(f"{films_say} that text is burned in.")
    words.append(BURNED_IN if made.num_burned_in == 1 == made.num_written else MAY_BE_BURNED_IN)
    return " ".join(words), not made.refused
