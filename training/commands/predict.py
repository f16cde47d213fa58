"""``predict``: score films with a model, and say where it looked."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands.output import (
    NOT_A_DEVICE,
    SYNTHETIC,
    ExitCode,
    check_target,
    complain,
    note,
    say,
    say_json,
    table,
)
from training.commands.progress import Progress
from training.errors import UserError
from training.sharing.score_table import ScoreRow, as_values, score_row, to_csv

if TYPE_CHECKING:
    from training.models.card import ModelCard
    from training.models.predictor import Predictor

# What a film's file is usually called; only for saying that such a file was no film after all.
_FILM_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".dcm", ".dicom")


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "predict",
        help="score films with a model",
        description="Score films: DICOM or pictures, single files or whole folders.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .keras file of a run")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="a film or a folder")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write the result as CSV")
    parser.add_argument(
        "--heat-maps",
        type=Path,
        metavar="DIR",
        help="also save each film with a map of where the network looked",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Score the films.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The model cannot be used, there are no films, or a result cannot be written.
    """
    from training.commands.quiet import load_tensorflow  # loads TensorFlow
    from training.models.card_file import read_card

    check_target(arguments.csv)
    card = read_card(arguments.model)
    films, refused = find_films(arguments.paths)
    load_tensorflow()
    from training.models.predictor import Predictor  # loads Keras

    rows = _score(Predictor(arguments.model), films, arguments.heat_maps)
    rows += [score_row(card, arguments.model, path, None, error) for path, error in refused.items()]
    rows.sort(key=lambda row: Path(row.path))
    if arguments.csv is not None:
        _write_csv(arguments.csv, rows)
    failed = [row for row in rows if row.refused]
    if arguments.json:
        say_json(as_values(card, rows))
    else:
        _say_rows(card, rows)
    for row in failed:
        complain(row.refused)
    return ExitCode.PARTLY if failed else ExitCode.DONE


def find_films(paths: list[Path]) -> tuple[list[Path], dict[Path, str]]:
    """The files to score.

    Every named file counts as a film. In a folder, and below it, files count by their content.

    Args:
        paths: Files and folders.

    Returns:
        The files, each once; and files that look like films by name only, with the reason.

    Raises:
        UserError: There is no film at all.
    """
    from training.data.walk import Walker

    films: dict[Path, None] = {}
    refused: dict[Path, str] = {}
    for path in paths:
        if not path.is_dir():
            films[path] = None
            continue
        walker = Walker(path)
        found = [file for file in walker.files_below(path) if walker.format_of(file) is not None]
        films |= dict.fromkeys(found)
        left_out = [skipped for skipped in walker.skipped if skipped.path.is_file()]
        refused |= {
            skipped.path: f"{skipped.path.name} cannot be opened: {skipped.reason}."
            for skipped in left_out
            if skipped.path.suffix.lower() in _FILM_SUFFIXES
        }
        others = sum(skipped.path not in refused for skipped in left_out)
        if others:
            note(f"note: {others:,} other files in {path} are no films.")
    if not films and not refused:
        raise UserError("There is no film in what was named.", "Name films or folders of films.")
    return list(films), refused


def _score(predictor: Predictor, films: list[Path], heat_maps: Path | None) -> list[ScoreRow]:
    """A row a film, with progress."""
    progress = Progress()
    rows = []
    for row in _rows(predictor, films, heat_maps):
        rows.append(row)
        progress.update("scoring films", len(rows), len(films))
    progress.clear()
    return rows


def _rows(predictor: Predictor, films: list[Path], heat_maps: Path | None) -> Iterator[ScoreRow]:
    card, model = predictor.card, predictor.path
    if heat_maps is not None:
        yield from _rows_with_maps(predictor, films, heat_maps)
        return
    from training.commands.scoring import score_films  # loads Keras

    for result in score_films(predictor, films):
        yield score_row(card, model, result.path, result.score, result.error)


def _rows_with_maps(predictor: Predictor, films: list[Path], folder: Path) -> Iterator[ScoreRow]:
    """Score one film at a time and save its map."""
    from training.commands.heat_picture import HeatPictures
    from training.films.film import FilmError
    from training.films.reader import read_grey

    pictures = HeatPictures(folder)
    for path in films:
        try:
            grey = read_grey(path)
        except FilmError as error:
            yield score_row(predictor.card, predictor.path, path, None, str(error))
            continue
        prediction = predictor.predict(grey, heat_map=True)
        pictures.save(path, grey, prediction)
        yield score_row(predictor.card, predictor.path, path, prediction.raw_score, "")


def _say_rows(card: ModelCard, rows: list[ScoreRow]) -> None:
    """The result for people."""
    if card.synthetic:
        say(SYNTHETIC)
    cells = [
        ("-" if row.score is None else f"{row.score:.3f}", _told(row), row.path) for row in rows
    ]
    say(table([("score", "", ""), *cells]))
    source = "calibrated" if card.is_calibrated else "the network's"
    say(
        f'The score is {source} for "{card.classes[1]}", '
        f"from {card.stated_threshold:.3g} on. {NOT_A_DEVICE}"
    )


def _told(row: ScoreRow) -> str:
    """The word for a person: a film between the two operating points has none."""
    return row.band if row.band == "unsure" else row.word or "not read"


def _write_csv(path: Path, rows: list[ScoreRow]) -> None:
    try:
        path.write_bytes(to_csv(rows))
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error
