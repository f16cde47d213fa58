"""``locate``: how often a model points at the fractures that somebody outlined."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands.output import ExitCode, note, say, say_json, table
from training.commands.progress import Progress
from training.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from training.evaluation.pointing import Hits
    from training.films.film import GreyPixels
    from training.models.card import ModelCard

_NAMES = {
    "site": "the model's site",
    "Grad-CAM": "heat map's maximum",
    "centre": "centre of the film, always",
}


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "locate",
        help="measure how often a model points at outlined fractures",
        description="Compare where a model points with outlines that somebody drew. They are read "
        "from labels/ (YOLO), *.json (COCO) or outlines.csv in the folder of films, which need not "
        "be sorted by class.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .keras file")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="films with outlines")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure it.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The model cannot be used, or there is no film with an outline.
    """
    from training.commands.predict import find_films
    from training.commands.quiet import load_tensorflow  # loads TensorFlow
    from training.data.outlines import find_outlines
    from training.models.card_file import read_card

    card = read_card(arguments.model)
    if card.is_many:
        raise UserError(
            f"This model tells {len(card.classes)} classes apart: which of them an outline speaks "
            "of is not known, so nothing is measured.",
            "Choose a model of two classes.",
        )
    paths, _ = find_films([arguments.folder])
    outlines = find_outlines(arguments.folder, paths)
    for problem in outlines.problems:
        note(f"note: {problem}")
    if not outlines.num_outlined:
        raise UserError(
            f"No film in {arguments.folder} has an outline that can be read.",
            "Outlines are read from labels/ (YOLO text), *.json (COCO) or outlines.csv.",
        )
    chosen = {film.path: film.outlines for film in outlines.films if film.outlines}
    pictures, sites, kept = _read(chosen, card)
    load_tensorflow()
    from training.data.families import film_names
    from training.models.model_file import load_model  # loads Keras
    from training.models.pointing import play, points

    model, _ = load_model(arguments.model)
    films = film_names([path.relative_to(arguments.folder) for path in kept])
    found = play(points(model, pictures), sites, films)
    if arguments.json:
        say_json(
            {"model": arguments.model, "hits": found, "files": len(kept)}
            | {"problems": [str(problem) for problem in outlines.problems]}
        )
    else:
        _say(found, len(kept))
    return ExitCode.PARTLY if len(kept) < len(chosen) else ExitCode.DONE


def _read(
    chosen: dict[Path, Any], card: ModelCard
) -> tuple[GreyPixels, npt.NDArray[np.uint8], list[Path]]:
    """Films and outlines as the network sees them, and their files."""
    import numpy as np

    from training.data.outlines_drawing import draw_outlines
    from training.films.film import FilmError
    from training.films.reader import read_grey

    progress = Progress()
    pictures, sites, kept = [], [], []
    for number, (path, outlines) in enumerate(chosen.items(), start=1):
        progress.update("reading films", number, len(chosen))
        try:
            grey = read_grey(path)
        except FilmError as error:
            note(f"note: {error}")
            continue
        corners = [outline.corners for outline in outlines]
        site = draw_outlines(corners, card.preprocessing, *grey.shape)
        if site.any():
            pictures.append(card.preprocessing.apply(grey))
            sites.append(site)
            kept.append(path)
    progress.clear()
    if not kept:
        raise UserError("None of the films with an outline can be read.")
    return np.stack(pictures)[..., np.newaxis], np.stack(sites)[..., np.newaxis], kept


def _say(found: dict[str, Hits], num_files: int) -> None:
    from training.evaluation.pointing import share_words

    rows = [("", "inside the outline", "within 15 px (of 224)")]
    rows += [
        (
            _NAMES[name],
            share_words(hits.inside, hits.inside_interval),
            share_words(hits.near, hits.near_interval),
        )
        for name, hits in found.items()
    ]
    say(table(rows))
    count = next(iter(found.values())).num_films
    say(
        f"By film, {count:,} films ({num_files:,} files) with an outline. In brackets: 95 % interval."
    )
    say("What the model shows on films without a fracture is not counted here.")
