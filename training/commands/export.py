"""``export``: a model for other programs, with proof that it says the same."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.commands.output import ExitCode, say, say_json
from training.commands.progress import Progress
from training.models.export_formats import ExportFormat, check_packages


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "export",
        help="write a model as ONNX, LiteRT or SavedModel",
        description="Write a model for other programs, its preprocessing inside: a folder with the "
        "model, its card, a README and a parity certificate. The same films are scored by the "
        "program and by the exported file; where the two differ nothing is exported.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .keras file of a run")
    parser.add_argument("out", type=Path, metavar="OUT", help="the folder to make")
    parser.add_argument(
        "--format",
        choices=[kind.value for kind in ExportFormat],
        default=ExportFormat.ONNX.value,
        help="what to write (%(default)s)",
    )
    parser.add_argument(
        "--films",
        type=Path,
        nargs="+",
        default=(),
        metavar="PATH",
        help="films or folders to compare by (the run's validation films, else drawn ones)",
    )
    parser.add_argument("--json", action="store_true", help="print the certificate as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Export the model.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The model cannot be used, the folder cannot be written, or the exported file says
            something else than the program.
    """
    from training.commands.predict import find_films
    from training.commands.quiet import load_tensorflow  # loads TensorFlow
    from training.fit.export_films import films_to_compare
    from training.models.card_file import read_card

    kind = ExportFormat(arguments.format)
    check_packages(kind)
    read_card(arguments.model)
    given = find_films(list(arguments.films))[0] if arguments.films else []
    films = films_to_compare(arguments.model, given)
    load_tensorflow()
    from training.models.export import export_model  # loads Keras

    progress = Progress()
    progress.update(f"writing {kind.full_name}", 0, len(films))
    parity = export_model(
        arguments.model,
        arguments.out,
        kind,
        films,
        origin=films.origin,
        after_film=lambda done: progress.update("comparing films", done, len(films)),
    )
    progress.clear()
    if arguments.json:
        say_json(parity)
    else:
        say(f"{arguments.out}: {kind.full_name}, with its card and a README")
        say(parity.words())
    return ExitCode.DONE
