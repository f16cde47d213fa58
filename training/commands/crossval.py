"""``crossval``: k runs, each tested on films that it has not seen, and all films pooled."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training.commands.following import follow
from training.commands.output import (
    NOT_A_DEVICE,
    SYNTHETIC,
    ExitCode,
    check_prevalence,
    complain,
    note,
    say,
    say_json,
    table,
)
from training.commands.train_options import add_options, to_config
from training.evaluation.many_classes import ManyMeasurement
from training.evaluation.many_wording import confusion_rows, many_rows
from training.evaluation.wording import few_films_words, figure_rows
from training.fit.config import POOLS, FoldConfig
from training.fit.crossval_events import (
    CrossValFinished,
    CrossValStopped,
)
from training.fit.crossval_folder import CrossValidation, at_prevalence
from training.fit.crossval_wording import fold_rows, known_in_folds
from training.fit.events import RunFailed
from training.fit.run_folder import Run
from training.fit.start import check_start

CrossValidate = Callable[..., None]


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "crossval",
        help="cross-validate by film",
        description="Divide the films into folds, train a network for each fold on the others and "
        "test it on the fold; every film is scored once by a network that has not seen it. "
        "Validation films, which choose the best epoch, come from outside the fold. Ctrl-C stops "
        "after the fold that is going on, a second one at once; finished folds are kept, and "
        "--resume goes on.",
    )
    add_options(parser)
    add_fold_options(parser)
    parser.add_argument(
        "--resume", type=Path, metavar="DIR", help="go on with this one, with the same settings"
    )
    parser.add_argument(
        "--prevalence",
        type=float,
        metavar="SHARE",
        help="share of positive films for which PPV and NPV are to hold, 0 to 1 "
        "(as among the films measured)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def add_fold_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how films are divided.

    Args:
        parser: The command's parser.
    """
    parser.add_argument("--folds", type=int, default=5, metavar="N", help="(%(default)s)")
    parser.add_argument(
        "--pool",
        choices=POOLS,
        default="all",
        help="divide all films for training and validation, or those for training only "
        "(%(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Cross-validate, and print the pooled figures and their spread over the folds.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: A setting cannot be used.
    """
    check_prevalence(arguments.prevalence)
    config = to_config(arguments)
    # Before TensorFlow's seconds of loading.
    config.check()
    check_start(config)
    FoldConfig(number=1, count=arguments.folds, pool=arguments.pool).check()
    work = functools.partial(
        load_cross_validate(), config, arguments.folds, pool=arguments.pool, folder=arguments.resume
    )
    end = follow(work)
    if isinstance(end, CrossValFinished):
        result = end.result
        if arguments.prevalence is not None:
            result = at_prevalence(result, arguments.prevalence)
        _tell(result, as_json=arguments.json)
        return ExitCode.DONE
    assert isinstance(end, (CrossValStopped, RunFailed))
    return _tell_unfinished(end)


def _tell_unfinished(end: CrossValStopped | RunFailed) -> int:
    if isinstance(end, CrossValStopped):
        complain(
            f"Stopped with {end.num_finished} of {end.count} folds finished."
            + (f" Go on with --resume {end.folder}" if end.folder else "")
        )
        return ExitCode.CANCELLED
    for text in (end.details, end.kept):
        if text:
            note(text)
    complain(f"{end.what} {end.advice}")
    return ExitCode.FAILED


def load_cross_validate() -> CrossValidate:
    """The engine's function, with TensorFlow loaded quietly."""
    from training.commands.quiet import load_tensorflow  # loads TensorFlow

    load_tensorflow()
    from training.fit.crossval import cross_validate

    return cross_validate


def document(result: CrossValidation) -> dict[str, Any]:
    """A cross-validation for programs.

    Args:
        result: Finished.
    """
    return {
        "folder": result.folder,
        "network": result.config.network.name,
        "folds": result.count,
        "pool": result.pool,
        "runs": [_run_document(number, run) for number, run in enumerate(result.runs, start=1)],
        "figures": result.figures,
    }


def _run_document(fold: int, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"fold": fold}
    models = [model for model in (run.best, run.final) if model is not None]
    return {"fold": fold, "folder": run.folder, "models": models, "history": run.history}


def _tell(result: CrossValidation, *, as_json: bool) -> None:
    if as_json:
        say_json(document(result))
        return
    classes: tuple[str, ...] = ("negative", "positive")
    synthetic = False
    for each in result.runs:
        if each is not None and each.classes:
            classes, synthetic = each.classes, each.synthetic
    if synthetic:
        say(SYNTHETIC)
    if known_in_folds(result.runs):
        say(known_in_folds(result.runs))
    for figures in result.figures:
        say(f"{figures.kind} models, each film scored by the one that has not seen it")
        if figures.pooled.has_few_films:
            say(few_films_words(figures.pooled.by_film.count))
        if isinstance(figures.pooled, ManyMeasurement):
            say(table(many_rows(figures.pooled, classes)))
            say()
            say("films by their class (down) and by what they are called (across)")
            say(table(confusion_rows(figures.pooled.by_film, classes)))
        else:
            say(table(figure_rows(figures.pooled, classes)))
        say()
        say("by film, fold by fold")
        say(table(fold_rows(figures, result.count)))
        say()
    say(f"folder: {result.folder}")
    say(NOT_A_DEVICE)
