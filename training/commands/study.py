"""``study``: several settings cross-validated on the same folds, compared in one table."""

from __future__ import annotations

import argparse
import functools
from pathlib import Path
from typing import Any

from training.commands.following import follow
from training.commands.output import (
    NOT_A_DEVICE,
    SYNTHETIC,
    ExitCode,
    complain,
    note,
    say,
    say_json,
    table,
)
from training.evaluation.figures import FEW_FILMS
from training.evaluation.wording import few_films_words
from training.fit.crossval import Train
from training.fit.events import RunFailed
from training.fit.study_events import StudyFinished, StudyStopped
from training.fit.study_folder import StudyState
from training.fit.study_settings import read_settings
from training.fit.study_wording import how_words, study_rows


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "study",
        help="compare several settings on the same folds",
        description="Cross-validate every variant of a settings file on the same folds and compare "
        "them by film with the first. Ctrl-C stops after the fold that is going on, a second one "
        "at once; finished folds are kept, and --resume goes on.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="films sorted by class")
    parser.add_argument(
        "--settings",
        type=Path,
        required=True,
        metavar="FILE",
        help="a TOML file; the user guide has an example",
    )
    parser.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder for runs (%(default)s)",
    )
    parser.add_argument(
        "--resume", type=Path, metavar="DIR", help="go on with this one, with the same settings"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Do the study, and print its table.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The settings cannot be used.
    """
    # Before TensorFlow's seconds of loading.
    study = read_settings(arguments.settings, arguments.folder, arguments.runs)
    from training.fit.study import run_study

    work = functools.partial(run_study, study, folder=arguments.resume, train=load_train())
    end = follow(work)
    if isinstance(end, StudyFinished):
        _tell(end.result, as_json=arguments.json)
        return ExitCode.DONE
    assert isinstance(end, (StudyStopped, RunFailed))
    return _tell_unfinished(end)


def load_train() -> Train:
    """The engine's function, with TensorFlow loaded quietly."""
    from training.commands.quiet import load_tensorflow  # loads TensorFlow

    load_tensorflow()
    from training.fit.train import train

    return train


def _tell_unfinished(end: StudyStopped | RunFailed) -> int:
    if isinstance(end, StudyStopped):
        complain(
            f"Stopped with {end.num_finished} of {end.count} variants finished. "
            f"Go on with --resume {end.folder}"
        )
        return ExitCode.CANCELLED
    for text in (end.details, end.kept):
        if text:
            note(text)
    complain(f"{end.what} {end.advice}")
    return ExitCode.FAILED


def _tell(result: StudyState, *, as_json: bool) -> None:
    if as_json:
        say_json({"folder": result.folder, "folds": result.study.folds, "rows": result.rows})
        return
    if any(run and run.synthetic for each in result.results if each for run in each.runs):
        say(SYNTHETIC)
    num_films = result.rows[0].pooled.by_film.count
    if num_films < FEW_FILMS:
        say(few_films_words(num_films))
    say(f"best models by film, {num_films:,} films, each scored by a network that has not seen it")
    say(table(study_rows(result.rows)))
    left_out = [row for row in result.rows if row.against_first and row.against_first.num_left_out]
    for row in left_out:
        assert row.against_first is not None
        say(
            f'"{row.name}": {row.against_first.num_left_out:,} films only one of the two has scored'
        )
    say(how_words(len(result.rows) - 1))
    say(f"folder: {result.folder}")
    say(NOT_A_DEVICE)
