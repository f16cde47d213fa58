"""``predict``: score films with a model, and say where it looked."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
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
from training.models.prediction import MapKind, Refusal
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
        help="also save each film with a map",
    )
    parser.add_argument(
        "--map",
        choices=[kind.value for kind in MapKind],
        default=MapKind.FOR.value,
        help="what the maps show: where the network looked and what spoke for a fracture (for) or "
        "against it, or where a fracture most likely lies (site; only models that learnt it and "
        "whose rate was measured)",
    )
    parser.add_argument(
        "--unlike",
        action="store_true",
        help="also score films unlike those that the model learnt from",
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
    _check_map(card, MapKind(arguments.map))
    films, refused = find_films(arguments.paths)
    load_tensorflow()
    from training.models.predictor import Predictor  # loads Keras

    task = _Task(MapKind(arguments.map), arguments.heat_maps, scores_unlike=arguments.unlike)
    predictor = Predictor(arguments.model)
    if not predictor.can_refuse:
        note("note: this model cannot tell films unlike those that it learnt from.")
    rows = _score(predictor, films, task)
    rows += [
        score_row(card, arguments.model, path, None, error=error) for path, error in refused.items()
    ]
    rows.sort(key=lambda row: Path(row.path))
    if arguments.csv is not None:
        _write_csv(arguments.csv, card, rows)
    failed = [row for row in rows if row.error]
    if arguments.json:
        say_json(as_values(card, rows))
    else:
        _say_rows(card, rows)
    for row in failed:
        complain(row.error)
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


@dataclass(frozen=True)
class _Task:
    """What is wanted beside scores.

    Args:
        map: What the maps show.
        folder: Where they go, or None for no maps.
        scores_unlike: True to score films unlike those that the model learnt from.
    """

    map: MapKind
    folder: Path | None
    scores_unlike: bool

    def refuses(self, refusal: Refusal | None) -> bool:
        """True where the model is to give no answer."""
        return refusal is not None and (refusal.is_no_radiograph or not self.scores_unlike)


def _check_map(card: ModelCard, kind: MapKind) -> None:
    """Refuse a map that the model does not have, before the long work starts."""
    if kind is not MapKind.FOR and card.is_many:
        raise UserError(
            "A model of more than two classes has maps of what spoke for the class that it names "
            "only.",
            "Use --map for.",
        )
    if kind is MapKind.SITE and (card.site is None or not card.site.beats_the_centre):
        raise UserError(
            "This model does not know where a fracture lies: it learnt no site, or nobody has "
            "measured how often its site is right.",
            "Use --map for, or the starter model.",
        )


def _score(predictor: Predictor, films: list[Path], task: _Task) -> list[ScoreRow]:
    """A row a film, with progress."""
    progress = Progress()
    rows = []
    for row in _rows(predictor, films, task):
        rows.append(row)
        progress.update("scoring films", len(rows), len(films))
    progress.clear()
    return rows


def _rows(predictor: Predictor, films: list[Path], task: _Task) -> Iterator[ScoreRow]:
    card, model = predictor.card, predictor.path
    if task.folder is not None:
        yield from _rows_with_maps(predictor, films, task.folder, task)
        return
    from training.commands.scoring import score_films  # loads Keras

    for result in score_films(predictor, films, refuse=True):
        refused = task.refuses(result.refusal)
        raw = None if refused else result.scores or result.score
        why = result.refusal.words if result.refusal is not None and refused else ""
        yield score_row(card, model, result.path, raw, error=result.error, refused=why)


def _rows_with_maps(
    predictor: Predictor, films: list[Path], folder: Path, task: _Task
) -> Iterator[ScoreRow]:
    """Score one film at a time and save its map."""
    from training.commands.heat_picture import HeatPictures
    from training.films.film import FilmError
    from training.films.oddity import oddity_of
    from training.films.reader import read_grey

    card, model = predictor.card, predictor.path
    pictures = HeatPictures(folder)
    for path in films:
        try:
            grey = read_grey(path)
        except FilmError as error:
            yield score_row(card, model, path, None, error=str(error))
            continue
        prediction = predictor.predict(grey, heat_map=True)
        oddity = oddity_of(path, grey)
        refusal = Refusal(oddity) if oddity else prediction.refusal
        if refusal is not None and task.refuses(refusal):
            yield score_row(card, model, path, None, refused=refusal.words)
            continue
        pictures.save(path, grey, prediction, task.map)
        yield score_row(card, model, path, prediction.scores or prediction.raw_score)


def _say_rows(card: ModelCard, rows: list[ScoreRow]) -> None:
    """The result for people."""
    if card.synthetic:
        say(SYNTHETIC)
    cells = [
        ("-" if row.score is None else f"{row.score:.3f}", _told(row), row.path) for row in rows
    ]
    say(table([("score", "", ""), *cells]))
    for row in rows:
        if row.refused:
            say(f"{row.path}: {row.refused}")
    if card.is_many:
        say(f"The score is the network's, of the class that leads among {len(card.classes)}.")
        say(NOT_A_DEVICE)
        return
    source = "calibrated" if card.is_calibrated else "the network's"
    say(
        f'The score is {source} for "{card.classes[1]}", '
        f"from {card.stated_threshold:.3g} on. {NOT_A_DEVICE}"
    )


def _told(row: ScoreRow) -> str:
    """The word for a person: a film between the two operating points has none."""
    if row.refused:
        return "no answer"
    return row.band if row.band == "unsure" else row.word or "not read"


def _write_csv(path: Path, card: ModelCard, rows: list[ScoreRow]) -> None:
    try:
        path.write_bytes(to_csv(card, rows))
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error
