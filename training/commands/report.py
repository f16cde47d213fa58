"""``report``: a run, a cross-validation or a study as one HTML file or as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.commands.output import ExitCode, check_prevalence, say


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "report",
        help="write a run, a cross-validation or a study down, as HTML or PDF",
        description="Write settings, films, figures with intervals, curves, misread films, model "
        "card and two reporting checklists into one file; of a study its comparison and each variant. File names are shown from the folder of "
        "films on; pictures of films only where asked for.",
    )
    parser.add_argument(
        "folder", type=Path, metavar="RUN", help="of a run, a cross-validation or a study"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="ending in .html or .pdf (report.html in the folder)",
    )
    parser.add_argument(
        "--pictures",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="show misread films as pictures; they may not be public (no)",
    )
    parser.add_argument(
        "--prevalence",
        type=float,
        metavar="SHARE",
        help="share of positive films for which PPV and NPV are to hold",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the report.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: There is nothing to report, or the file cannot be written.
    """
    from training.report.make import write_report

    check_prevalence(arguments.prevalence)
    target: Path = arguments.out or arguments.folder / "report.html"
    write_report(
        arguments.folder, target, pictures=arguments.pictures, prevalence=arguments.prevalence
    )
    say(str(target))
    return ExitCode.DONE
