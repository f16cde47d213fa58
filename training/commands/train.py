"""``train``: make a run, with its progress on the standard error and its table as the result."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from training.commands.output import (
    NOT_A_DEVICE,
    SYNTHETIC,
    ExitCode,
    by_film,
    complain,
    note,
    say,
    say_json,
    table,
)
from training.commands.run_view import RunView, interrupts
from training.commands.train_options import add_options, to_config
from training.errors import UserError
from training.evaluation.figures import Figures
from training.evaluation.many_wording import class_words
from training.evaluation.pointing import site_words
from training.evaluation.wording import number, percent
from training.fit.config import TrainConfig
from training.fit.control import RunControl
from training.fit.events import (
    Event,
    RunCancelled,
    RunFailed,
    RunFinished,
)
from training.fit.run_folder import ModelResult, Run, RunStatus, start_words
from training.fit.start import check_start

Train = Callable[[TrainConfig, Callable[[Event], None], RunControl], None]
_STOPPING = "Stopping after this step, to keep both models. Ctrl-C again discards them."
_CANCELLING = "Cancelling: the run will be discarded."


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "train",
        help="train a network on a folder of films",
        description="Train a network and keep its best and its final state, both measured. "
        "Ctrl-C stops and keeps what there is; a second Ctrl-C discards the run.",
    )
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and print the published table.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: A setting cannot be used.
    """
    config = to_config(arguments)
    # Before TensorFlow's seconds of loading.
    config.check()
    check_start(config)
    end = _train(config, _load_train())
    if isinstance(end, RunCancelled):
        complain("Cancelled; the run was discarded.")
        return ExitCode.CANCELLED
    if isinstance(end, RunFailed):
        if end.details:
            note(end.details)
        if end.kept:
            note(end.kept)
        complain(f"{end.what} {end.advice}")
        return ExitCode.FAILED
    if arguments.json:
        say_json(document(end.run))
    else:
        _say_run(end.run)
    return ExitCode.DONE


def document(finished: Run) -> dict[str, Any]:
    """A run for programs.

    Args:
        finished: The run.

    Returns:
        Values for ``say_json``.
    """
    return {
        "run_id": finished.run_id,
        "folder": finished.folder,
        "status": finished.status,
        "network": finished.config.network.name,
        "precision": finished.precision,
        "classes": finished.classes,
        "synthetic": finished.synthetic,
        "constant_guess": finished.constant_guess,
        "known_to_start": finished.known_to_start,
        "start": finished.start,
        "models": [model for model in (finished.best, finished.final) if model is not None],
        "history": finished.history,
        "site": finished.site,
    }


def _load_train() -> Train:
    from training.commands.quiet import load_tensorflow  # loads TensorFlow

    load_tensorflow()
    from training.fit.train import train  # loads Keras

    return train


def _train(config: TrainConfig, train: Train) -> RunFinished | RunCancelled | RunFailed:
    """Train under Ctrl-C and give the run's end."""
    view = RunView()
    control = RunControl()
    with interrupts(control, view, _STOPPING, _CANCELLING):
        train(config, view.show, control)
    view.close()
    if view.end is None:
        raise UserError("The run ended without a result.")
    return view.end


def _say_run(finished: Run) -> None:
    """The run for people: the published table, with figures by film beside it."""
    models = [model for model in (finished.best, finished.final) if model is not None]
    if finished.status is RunStatus.STOPPED:
        say("Stopped early and kept.")
    if finished.synthetic:
        say(SYNTHETIC)
    if models and start_words(finished):
        say(start_words(finished))
    say(table(_rows(models, finished.classes or ())))
    if finished.constant_guess is not None:
        say(f"constant guess on validation: {percent(finished.constant_guess)}")
    if finished.site:
        say(f"{site_words(finished.site)} Validation films; a hit is within 15 px of 224.")
    say(f"run folder: {finished.folder}")
    say(NOT_A_DEVICE)


def _rows(models: list[ModelResult], classes: Sequence[str]) -> list[list[str]]:
    """The published table: accuracy and loss of both models on both splits."""
    lines: tuple[tuple[str, Callable[[ModelResult], str]], ...] = (
        ("", lambda model: f"{model.kind} (epoch {model.epoch})"),
        ("train accuracy", lambda model: percent(model.train.accuracy)),
        ("train loss", lambda model: number(model.train.loss)),
        ("validation accuracy", lambda model: percent(model.validation.accuracy)),
        ("validation loss", lambda model: number(model.validation.loss)),
        ("validation area under ROC", lambda model: number(model.validation.auc)),
        ("train by film, 95 %", lambda model: by_film(model.train)),
        ("validation by film, 95 %", lambda model: by_film(model.validation)),
        ("validation, right of each class", lambda model: _each_class(model.validation, classes)),
    )
    rows = [[label, *(show(model) for model in models)] for label, show in lines]
    if all(model.test is not None for model in models):
        rows.append(
            ["test by film, 95 %", *(by_film(model.test) for model in models if model.test)]
        )
    return rows


def _each_class(figures: Figures, classes: Sequence[str]) -> str:
    if figures.is_many:
        return class_words(figures, classes)
    return f"{percent(figures.sensitivity)} positive, {percent(figures.specificity)} negative"
