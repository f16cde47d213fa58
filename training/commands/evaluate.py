"""``evaluate``: measure a model on a folder of films, by file and by film."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands import evaluate_many
from training.commands.output import (
    SYNTHETIC,
    ExitCode,
    check_prevalence,
    check_target,
    complain,
    note,
    say,
    say_json,
    table,
)
from training.commands.progress import Progress
from training.commands.train_options import add_check_option
from training.data.dataset import DataSet, Item, Split
from training.errors import UserError
from training.evaluation.figures import FEW_FILMS, Figures
from training.evaluation.groups import Group, films_in_groups, groups_of
from training.evaluation.wording import few_films_words, figure_rows, group_rows, number
from training.fit.run_folder import CLASS_SCORE
from training.models.card import ModelCard

if TYPE_CHECKING:
    from training.commands.scoring import FilmScore
    from training.evaluation.many_classes import ManyMeasurement
    from training.evaluation.measurement import Measurement

_SPLITS = (*(split.value for split in Split), "all")


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "evaluate",
        help="measure a model on a folder of films",
        description="Measure a model on films whose class is known from their folder.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .keras file of a run")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="films sorted by class")
    add_check_option(parser)
    parser.add_argument(
        "--split",
        choices=_SPLITS,
        help="which part (validation; all where the folder has no parts of its own)",
    )
    parser.add_argument(
        "--positive", metavar="NAME", help="the folder's class that the model's score stands for"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of the run, to draw the same parts again (%(default)s)"
    )
    parser.add_argument(
        "--validation-share",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="of the run, likewise (%(default)s)",
    )
    parser.add_argument(
        "--prevalence",
        type=float,
        metavar="SHARE",
        help="share of positive films for which PPV and NPV are to hold, 0 to 1 "
        "(as among the films measured)",
    )
    parser.add_argument("--scores", type=Path, metavar="CSV", help="also write each film's score")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure the model.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: Model or folder cannot be used, or do not fit each other.
    """
    from training.models.card_file import read_card

    check_target(arguments.scores)
    prevalence: float | None = arguments.prevalence
    check_prevalence(prevalence)
    card = read_card(arguments.model)
    data = _scan(arguments, card)
    split, items = _choose(data, arguments.split)
    results = _score(arguments.model, items)
    measured = [
        (item, result)
        for item, result in zip(items, results, strict=True)
        if result.score is not None
    ]
    if not measured:
        raise UserError(f"None of the {len(items):,} films could be read.")
    if arguments.scores is not None:
        _write_scores(arguments.scores, items, results, card.classes)
    refused = [result for result in results if result.score is None]
    figures: Figures
    full: Measurement | ManyMeasurement
    regions: tuple[Group, ...] = ()
    if card.is_many:
        figures, full = evaluate_many.measure(measured)
    else:
        figures, full = _measure(measured, card, prevalence)
        regions = _regions(measured, card, arguments.folder)
    if arguments.json:
        more = {"measurement": full, "regions": regions}
        say_json(_document(arguments, card, split, figures, refused) | more)
    else:
        _say(arguments, card, split, full, regions)
    for result in refused:
        complain(result.error)
    return ExitCode.PARTLY if refused else ExitCode.DONE


def _scan(arguments: argparse.Namespace, card: ModelCard) -> DataSet:
    """Look through the folder, with the model's positive class as its positive class."""
    from training.audit.kept import apply_check, read_check
    from training.data.scan import scan_folder

    def scan(positive: str | None) -> DataSet:
        data = scan_folder(
            arguments.folder,
            positive=positive,
            validation_share=arguments.validation_share,
            seed=arguments.seed,
            progress=lambda done, total: progress.update("looking through the folder", done, total),
        )
        if arguments.data_check is None:
            return data
        return apply_check(
            data,
            read_check(arguments.data_check),
            validation_share=arguments.validation_share,
            seed=arguments.seed,
        )

    progress = Progress()
    data = scan(arguments.positive)
    if data.num_classes > 2 or card.is_many:
        evaluate_many.check_classes(data, card)
    elif arguments.positive is None:
        if _same_names(data.class_names, card.classes[::-1]):
            data = scan(data.negative)
        elif not _same_names(data.class_names, card.classes):
            raise UserError(
                f'The folder tells "{data.positive}" from "{data.negative}", '
                f'but the model tells "{card.classes[1]}" from "{card.classes[0]}".',
                f"If they mean the same, name the folder's class that stands for "
                f'"{card.classes[1]}": --positive "{data.positive}".',
            )
    progress.clear()
    for warning in data.warnings:
        note(f"note: {warning}")
    return data


def _same_names(left: Sequence[str], right: Sequence[str]) -> bool:
    return [name.casefold() for name in left] == [name.casefold() for name in right]


def _choose(data: DataSet, wanted: str | None) -> tuple[str, tuple[Item, ...]]:
    """The part to measure and its items."""
    split = wanted or ("all" if data.seeded_split else Split.VALIDATION.value)
    if wanted is None and data.seeded_split:
        note(
            "note: The folder has no parts of its own, so all its films are measured. If the model "
            "was trained on them the figures are too good: then use --split validation with the "
            "run's --seed and --validation-share."
        )
    items = data.items if split == "all" else data.of(Split(split))
    if not items:
        present = [part.value for part in Split if data.count(part)]
        raise UserError(
            f'{data.root} has no films in its "{split}" part.',
            f"It has: {', '.join(present)}. Choose one with --split.",
        )
    return split, items


def _score(model: Path, items: tuple[Item, ...]) -> list[FilmScore]:
    """Every item's score, in order."""
    from training.commands.quiet import load_tensorflow  # loads TensorFlow

    load_tensorflow()
    from training.commands.scoring import score_films  # loads Keras
    from training.models.predictor import Predictor  # loads Keras

    progress = Progress()
    predictor = Predictor(model)
    results = []
    for result in score_films(predictor, (item.path for item in items)):
        results.append(result)
        progress.update("scoring films", len(results), len(items))
    progress.clear()
    return results


def _measure(
    measured: Sequence[tuple[Item, FilmScore]], card: ModelCard, prevalence: float | None
) -> tuple[Figures, Measurement]:
    """The figures of a run's table, and all of them, of scores as they are stated."""
    import numpy as np

    from training.evaluation.figures import measure
    from training.evaluation.measurement import measure_fully

    labels = np.array([item.label for item, _ in measured])
    films = [item.film for item, _ in measured]
    scores = card.stated(np.array([result.score for _, result in measured], np.float32))
    greys = [result.grey for _, result in measured]
    full = measure_fully(
        labels,
        scores,
        films,
        card.stated_threshold,
        prevalence=prevalence,
        brightness=None if card.brightness is None else card.brightness.scores(greys),
    )
    return measure(labels, scores, films, card.stated_threshold), full


def _regions(
    measured: Sequence[tuple[Item, FilmScore]], card: ModelCard, folder: Path
) -> tuple[Group, ...]:
    """How each body region is read; empty where no film tells its own."""
    import numpy as np

    from training.evaluation.operating_points import OperatingPoints, point_at
    from training.evaluation.samples import make_sample
    from training.films.region import shown_by

    regions = [shown_by(item.path, folder).region for item, _ in measured]
    if not any(regions):
        return ()
    scores = card.stated(np.array([result.score for _, result in measured], np.float32))
    items = [item for item, _ in measured]
    sample = make_sample([one.label for one in items], scores, [one.film for one in items])
    points = OperatingPoints(point_at(sample.by_film(), card.stated_threshold))
    return groups_of(films_in_groups(sample, regions), points)


def _document(
    arguments: argparse.Namespace,
    card: ModelCard,
    split: str,
    figures: Figures,
    refused: list[FilmScore],
) -> dict[str, Any]:
    """The result for programs."""
    return {
        "model": arguments.model,
        "run": card.run_id,
        "kind": card.kind,
        "version": card.program_version,
        "classes": card.classes,
        "folder": arguments.folder,
        "split": split,
        "figures": figures,
        "refused": [{"path": result.path, "error": result.error} for result in refused],
    }


def _say(
    arguments: argparse.Namespace,
    card: ModelCard,
    split: str,
    full: Measurement | ManyMeasurement,
    regions: Sequence[Group],
) -> None:
    """The result for people."""
    from training.evaluation.measurement import Measurement

    head = f"{arguments.model} on {arguments.folder} ({split})"
    if isinstance(full, Measurement):
        _say_figures(head, card, full)
        _say_regions(regions)
    else:
        evaluate_many.say_figures(head, card, full)


def _say_figures(head: str, card: ModelCard, full: Measurement) -> None:
    say(head)
    if card.synthetic:
        say(SYNTHETIC)
    if full.has_few_films:
        say(few_films_words(full.by_film.count))
    rows = figure_rows(full, card.classes)
    say(table([*rows, ("threshold", number(full.threshold), "")]))
    if card.brightness is None:
        say("The model is of an older version: what brightness alone would reach is not known.")
    scores = "calibrated" if card.is_calibrated else "as the network gives them"
    say(f"Scores are {scores}; a film's is the mean of its files'. In brackets: 95 % interval.")


def _say_regions(regions: Sequence[Group]) -> None:
    """How each body region is read, for people."""
    if not regions:
        return
    say("")
    say(table(group_rows(regions, "body region")))
    if any(group.num_films < FEW_FILMS for group in regions):
        say(f"Groups of fewer than {FEW_FILMS} films say little. By film; intervals are 95 %.")


def _write_scores(
    path: Path, items: Sequence[Item], results: Sequence[FilmScore], classes: Sequence[str]
) -> None:
    """Write one line a film; of more than two classes with one score a class."""
    names = ["score"] if len(classes) == 2 else [f"{CLASS_SCORE}{name}" for name in classes]
    try:
        # Names that are no valid UTF-8 go out as the bytes they are.
        with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow(("path", "split", "film", "label", *names, "error"))
            for item, result in zip(items, results, strict=True):
                cells = [""] * len(names)
                if result.score is not None:
                    cells = [f"{score:.6f}" for score in result.scores or (result.score,)]
                row = (item.path, item.split.value, item.film, item.label, *cells, result.error)
                writer.writerow(row)
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error
