"""``demo-data``: write the built-in sample set of synthetic films."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from training.commands.output import ExitCode, say, say_json
from training.commands.progress import Progress


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "demo-data",
        help="write a sample set of synthetic films to practise with",
        description="Write a folder of synthetic bone films, with and without fractures: "
        "equal options write equal films. Nothing learnt from them holds for real films.",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="folder to make")
    parser.add_argument(
        "--films",
        type=_at_least_8,
        default=800,
        metavar="N",
        help="how many, a quarter of them for validation (%(default)s)",
    )
    parser.add_argument(
        "--size",
        type=_at_least_64,
        default=224,
        metavar="PIXELS",
        help="side of a film (%(default)s)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="another seed draws other films (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the set.

    Args:
        arguments: As parsed.

    Returns:
        The exit code.

    Raises:
        UserError: The folder cannot be written to.
    """
    from training.data.demo import make_demo_set

    num_validation = arguments.films // 4
    num_train = arguments.films - num_validation
    progress = Progress()
    make_demo_set(
        arguments.out,
        num_train=num_train,
        num_validation=num_validation,
        size=arguments.size,
        seed=arguments.seed,
        progress=lambda done, total: progress.update("drawing films", done, total),
    )
    progress.clear()
    if arguments.json:
        say_json(
            {
                "folder": arguments.out,
                "num_train": num_train,
                "num_validation": num_validation,
                "seed": arguments.seed,
                "synthetic": True,
            }
        )
    else:
        say(
            f"{num_train:,} training and {num_validation:,} validation films, synthetic: {arguments.out}"
        )
    return ExitCode.DONE


def _at_least_8(text: str) -> int:
    return _whole_number(text, 8)


def _at_least_64(text: str) -> int:
    return _whole_number(text, 64)


def _whole_number(text: str, smallest: int) -> int:
    value = int(text)
    if value < smallest:
        raise argparse.ArgumentTypeError(f"must be {smallest} or more")
    return value
