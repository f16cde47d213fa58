"""``calibrate``: a model's temperature and operating points, from its run's validation films."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands.output import ExitCode, say, say_json, table
from training.errors import UserError
from training.evaluation.wording import number, percent

if TYPE_CHECKING:
    from training.evaluation.operating_points import OperatingPoint, OperatingPoints
    from training.evaluation.samples import Sample
    from training.models.card import ModelCard


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "calibrate",
        help="choose a model's calibration and operating points",
        description="Choose, on the validation films of a model's run, the temperature that its "
        "scores are stated with and the thresholds that it reads films by. Two thresholds make "
        "three bands, with films between them unsure. The choice is kept in the model file.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="in its run's folder")
    parser.add_argument(
        "--temperature",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="state scores calibrated, or as the network gives them",
    )
    parser.add_argument(
        "--sensitivity",
        type=float,
        metavar="SHARE",
        help="below the threshold that finds at least this share: no fracture",
    )
    parser.add_argument(
        "--specificity",
        type=float,
        metavar="SHARE",
        help="from the threshold on that spares at least this share: fracture",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        action="append",
        metavar="SCORE",
        help="the network's score to read films by; twice for three bands",
    )
    parser.add_argument("--no-points", action="store_true", help="take operating points out again")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Choose, keep and tell.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The model cannot be used, or a target cannot be reached.
    """
    from training.fit.choosing import (
        refuse_many,
        set_calibration,
        set_points,
        validation_scores,
    )
    from training.models.card_file import read_card

    refuse_many(read_card(arguments.model))
    chosen = _given(arguments)
    points = None
    if chosen:
        points = _points(validation_scores(arguments.model).by_film(), arguments)
    card = read_card(arguments.model)
    if arguments.temperature is not None:
        card = set_calibration(arguments.model, on=arguments.temperature)
    if chosen or arguments.no_points:
        card = set_points(arguments.model, points)
    if arguments.json:
        say_json(
            {
                "model": arguments.model,
                "threshold": card.threshold,
                "stated_threshold": card.stated_threshold,
                "calibration": card.calibration,
                "points": card.points,
            }
        )
    else:
        _tell(card)
    return ExitCode.DONE


def _given(arguments: argparse.Namespace) -> bool:
    """True where operating points are asked for; raises where they contradict each other."""
    targets = arguments.sensitivity is not None or arguments.specificity is not None
    values = arguments.threshold or []
    if arguments.no_points and (targets or values):
        raise UserError("Operating points are either chosen or taken out, not both.")
    if targets and values:
        raise UserError("Choose thresholds either by what they reach or by their values.")
    if len(values) > 2:
        raise UserError("There are two thresholds at most.")
    return targets or bool(values)


def _points(films: Sample, arguments: argparse.Namespace) -> OperatingPoints:
    from training.evaluation.operating_points import OperatingPoints, Target, two_points
    from training.fit.choosing import find_point

    if arguments.threshold:
        found = [find_point(films, Target.VALUE, each) for each in sorted(arguments.threshold)]
        return OperatingPoints(*found)
    wanted = (
        (Target.SENSITIVITY, arguments.sensitivity),
        (Target.SPECIFICITY, arguments.specificity),
    )
    found = [find_point(films, target, share) for target, share in wanted if share is not None]
    return OperatingPoints(found[0]) if len(found) == 1 else two_points(found[0], found[1])


def _tell(card: ModelCard) -> None:
    """The choice for people."""
    calibration = card.calibration
    if calibration is None:
        say("No calibration: scores are as the network gives them.")
    else:
        switched = "on" if calibration.is_on else "off"
        say(
            f"Temperature {calibration.temperature:.3g}, {switched}; fitted on "
            f"{calibration.num_films:,} validation films, whose loss it takes from "
            f"{number(calibration.loss_before)} to {number(calibration.loss_after)}."
        )
    if card.points is None:
        say(f"One threshold: {card.threshold:.3g}.")
        return
    negative, positive = card.classes
    points = [point for point in (card.points.low, card.points.high) if point is not None]
    heads = ("", f'found of "{positive}"', f'found of "{negative}"')
    say(table([heads, *(_row(point) for point in points)]))
    if card.points.has_unsure_band:
        say(
            f'Below the first: "{negative}". Between them: unsure. From the second on: "{positive}".'
        )
    say(
        f"Chosen on {points[0].num_films:,} validation films, where targets are reached by "
        "construction; the intervals say how far other films may differ."
    )


def _row(point: OperatingPoint) -> tuple[str, ...]:
    cells = []
    for value, interval in (
        (point.sensitivity, point.sensitivity_interval),
        (point.specificity, point.specificity_interval),
    ):
        bounds = f" ({100 * interval.low:.1f} to {100 * interval.high:.1f})" if interval else ""
        cells.append(percent(value) + bounds)
    wanted = "" if point.wanted is None else f", {point.target} of {point.wanted:g} wanted"
    return (f"from {point.threshold:.3g} on{wanted}", *cells)
