"""The engine's command line: ``python -m training COMMAND``.

Results go to the standard output, progress and complaints to the standard error, so that
``--json`` can be piped. Importing this module loads no TensorFlow.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import textwrap
from collections.abc import Sequence

from training import __version__
from training.commands import (
    audit,
    calibrate,
    crossval,
    demo_data,
    evaluate,
    export,
    locate,
    predict,
    report,
    study,
    train,
)
from training.commands.output import ExitCode, complain
from training.errors import UserError

_EXIT_CODES = """\
exit codes:
  0    done; also a run that was stopped with Ctrl-C and kept
  1    failed: the last line on the standard error says why
  2    the command line was wrong
  3    done in part: some films could not be read
  130  cancelled: Ctrl-C, for a run twice

A research and teaching aid, not a medical device.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: Without the program's name; None takes the process's own.

    Returns:
        The exit code, see ``--help``.

    Raises:
        SystemExit: After ``--help`` or ``--version`` (0), or for a wrong command line (2).
    """
    _write_any_name()
    # TensorFlow reads these when it is imported, which only the commands do.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    parsed = build_parser().parse_args(arguments)
    try:
        code: int = parsed.run(parsed)
        sys.stdout.flush()
    except UserError as error:
        complain(str(error))
        return ExitCode.FAILED
    except KeyboardInterrupt:
        complain("Cancelled.")
        return ExitCode.CANCELLED
    except BrokenPipeError:
        # The reader ("| head") has gone; Python would complain once more when it shuts down.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED
    return code


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; each command's values carry its function as ``run``."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description="Train a fracture classifier on a folder of bone films, measure it, use it.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"X-ray Desktop {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    everything = (audit, train, crossval, study, evaluate, calibrate, report, predict)
    for command in (*everything, locate, export, demo_data):
        command.add_parser(commands)
    for sub_parser in commands.choices.values():
        sub_parser.description = textwrap.fill(sub_parser.description or "", 78)
        sub_parser.epilog = _EXIT_CODES
        sub_parser.formatter_class = argparse.RawDescriptionHelpFormatter
    return parser


def _write_any_name() -> None:
    """Let file names be printed that the terminal's encoding cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
