"""``audit``: what a folder of films is worth, before a network learns from it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands.audit_text import document, report
from training.commands.output import ExitCode, check_target, say, say_json
from training.commands.progress import Progress
from training.data.dataset import DataSet
from training.errors import UserError

if TYPE_CHECKING:
    from training.audit.check import Audit
    from training.audit.repairs import Repair

_REPAIRS = ("split", "leave-out-leaked", "leave-out-unreadable", "relabel", "join", "part", "undo")


def add_parser(commands: Any) -> None:
    """Add the command to the command line.

    Args:
        commands: What ``ArgumentParser.add_subparsers`` gave.
    """
    parser = commands.add_parser(
        "audit",
        help="check a folder of films: copies, leaks, labels, shortcuts",
        description="Find the films behind the files of a folder by their content, and what that "
        "means for splits and labels. Your files are only ever read.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="films sorted by class")
    parser.add_argument("--positive", metavar="NAME", help="the class that counts as positive")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--films", type=Path, metavar="CSV", help="also write each file's film and why"
    )
    parser.add_argument(
        "--check",
        type=Path,
        metavar="FILE",
        help="keep the data check here (else beside the program's own data); give the same file "
        "to train, crossval and evaluate with their --check",
    )
    _add_repairs(parser)
    parser.set_defaults(run=run)


def _add_repairs(parser: argparse.ArgumentParser) -> None:
    repairs = parser.add_argument_group(
        "repairs", "kept with the data check; the films themselves are never changed"
    )
    repairs.add_argument("--repair", choices=_REPAIRS, help="add one, or undo the last")
    repairs.add_argument(
        "--file",
        action="append",
        default=[],
        metavar="NAME",
        help="a file below FOLDER, for relabel, join and part; may be given again",
    )
    repairs.add_argument("--label", metavar="CLASS", help="the right class, for relabel")
    repairs.add_argument(
        "--share", type=float, default=0.2, help="validation films, for split (%(default)s)"
    )
    repairs.add_argument(
        "--test-share", type=float, default=0.0, help="test films, for split (%(default)s)"
    )
    repairs.add_argument("--seed", type=int, default=0, help="for split (%(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Check the set, with its repairs.

    Args:
        arguments: As parsed.

    Returns:
        The exit code; ``PARTLY`` where some films could not be read.

    Raises:
        UserError: The folder cannot be used, or a repair does not fit it.
    """
    from training.audit.check import check_data, with_repairs
    from training.audit.kept import default_path, keep_audit
    from training.data.scan import scan_folder

    check_target(arguments.films)
    check_target(arguments.check)
    progress = Progress()
    data = scan_folder(
        arguments.folder,
        positive=arguments.positive,
        progress=lambda done, total: progress.update("looking through the folder", done, total),
    )
    path = arguments.check or default_path(data)
    repairs = _known_repairs(path, data)
    audit = check_data(data, progress=progress.update)
    progress.clear()
    if arguments.repair == "undo":
        repairs = repairs[:-1]
    elif arguments.repair is not None:
        repairs = (*repairs, _repair(arguments, with_repairs(audit, repairs)))
    repaired = with_repairs(audit, repairs)
    keep_audit(path, audit, repairs)
    _tell(arguments, repaired, repairs, path)
    readable = all(fact.error is None for fact in repaired.facts)
    return ExitCode.DONE if readable else ExitCode.PARTLY


def _known_repairs(path: Path, data: DataSet) -> tuple[Repair, ...]:
    """What was decided in an earlier check of the same films.

    Raises:
        UserError: The file is damaged, or of other films.
    """
    from training.audit.kept import listing, read_check, repairs_for

    if not path.exists():
        return ()
    kept = read_check(path)
    if kept.listing != listing(data):
        raise UserError(
            f"The data check in {path} was made of other films.", "Name another file for this one."
        )
    return repairs_for(data, kept)


def _repair(arguments: argparse.Namespace, audit: Audit) -> Repair:
    """The repair that the command line asks for."""
    from training.audit.films import name_of
    from training.audit.repairs import (
        JoinFilms,
        LeaveOut,
        PartFilm,
        Relabel,
        SplitAnew,
        leaked_files,
    )

    wanted, data = arguments.repair, audit.data
    if wanted == "split":
        return SplitAnew(arguments.share, arguments.seed, arguments.test_share)
    if wanted == "leave-out-leaked":
        leaked = leaked_files(data)
        if not leaked:
            raise UserError("No film lies in two splits; there is nothing to leave out.")
        return LeaveOut(leaked, "its film is in another split too")
    if wanted == "leave-out-unreadable":
        bad = {fact.path for fact in audit.facts if fact.error is not None}
        if not bad:
            raise UserError("Every file can be read; there is nothing to leave out.")
        names = tuple(name_of(data, item) for item in data.items if item.path in bad)
        return LeaveOut(names, "it cannot be read")
    files = tuple(_below(name, data) for name in arguments.file)
    if wanted == "relabel":
        return Relabel(files, _label(arguments.label, data))
    return JoinFilms(files) if wanted == "join" else PartFilm(files)


def _below(name: str, data: DataSet) -> str:
    """A file's name below the set's folder, however it was given."""
    path = Path(name)
    if path.is_absolute() and path.is_relative_to(data.root):
        path = path.relative_to(data.root)
    return path.as_posix()


def _label(name: str | None, data: DataSet) -> int:
    if name not in data.class_names:
        names = " or ".join(f'"{each}"' for each in data.class_names)
        raise UserError(f"Say with --label which class is right: {names}.")
    return data.class_names.index(name)


def _tell(
    arguments: argparse.Namespace, audit: Audit, repairs: Sequence[Repair], kept: Path
) -> None:
    if arguments.films is not None:
        from training.commands.audit_text import write_films

        write_films(arguments.films, audit)
    if arguments.json:
        say_json(document(audit, repairs, kept))
    else:
        say(report(audit, repairs, kept))
