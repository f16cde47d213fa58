"""The data check as text, as JSON and as a table; called by ``audit``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.commands.output import table
from training.data.dataset import Split
from training.errors import UserError
from training.evaluation.wording import number

if TYPE_CHECKING:
    from training.audit.check import Audit
    from training.audit.repairs import Repair

_SHOWN = 3


def report(audit: Audit, repairs: Sequence[Repair], kept: Path) -> str:
    """The result for people."""
    data = audit.data
    lines = [f"{data.root}", "", _counts(audit), ""]
    for at, finding in enumerate(audit.findings, 1):
        lines.append(f"{at}. {finding.words}")
        lines += [f"     {_film(audit, film)}" for film in finding.films[:_SHOWN]]
        if len(finding.films) > _SHOWN:
            lines.append(f"     ... and {len(finding.films) - _SHOWN:,} more")
    if not audit.findings:
        lines.append("Nothing to complain of.")
    if audit.shortcuts:
        lines += ["", "What tells the classes apart without the bone (AUC by file, by film):"]
        lines.append(_shortcuts(audit))
    if repairs:
        lines += ["", "Repairs that are applied:", *(f"  {_words(one)}" for one in repairs)]
    lines += ["", f"Kept in {kept}", "Train on these films with: train FOLDER --check FILE"]
    return "\n".join(lines)


def document(audit: Audit, repairs: Sequence[Repair], kept: Path) -> dict[str, Any]:
    """The result for programs."""
    data = audit.data
    return {
        "folder": data.root,
        "fingerprint": audit.fingerprint,
        "classes": data.class_names,
        "counts": [
            {"split": split.value, "class": data.class_names[label], "files": files, "films": films}
            for split, label, files, films in _rows(audit)
        ],
        "findings": [
            {
                "kind": finding.kind.value,
                "words": finding.words,
                "figures": dict(finding.figures),
                "films": finding.films,
            }
            for finding in audit.findings
        ],
        "shortcuts": audit.shortcuts,
        "films": _films(audit),
        "joins": audit.grouping.joins,
        "repairs": [{"kind": type(one).__name__} | asdict(one) for one in repairs],
        "check_file": kept,
    }


def write_films(path: Path, audit: Audit) -> None:
    """Write one line a file: its film, split, label, and the join that tied it.

    Raises:
        UserError: If the file cannot be written.
    """
    why = {join.second: join for join in audit.grouping.joins}
    try:
        with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as file:
            writer = csv.writer(file)
            writer.writerow(("path", "split", "label", "film", "like", "reason", "agreement"))
            for item in audit.data.items:
                join = why.get(item.path)
                row = (item.path, item.split.value, item.label, item.film)
                agreement = None if join is None else join.agreement
                tie = ("", "", "") if join is None else (join.first, join.reason, number(agreement))
                writer.writerow(row + tie)
    except OSError as error:
        raise UserError(f"{path} could not be written: {error.strerror or error}.") from error


def _rows(audit: Audit) -> list[tuple[Split, int, int, int]]:
    """Split, label, files and films of every part that has files."""
    rows = []
    for split in Split:
        for label in (1, 0) if audit.data.num_classes == 2 else range(audit.data.num_classes):
            items = [item for item in audit.data.of(split) if item.label == label]
            if items:
                rows.append((split, label, len(items), len({item.film for item in items})))
    return rows


def _counts(audit: Audit) -> str:
    rows = [("split", "class", "files", "films")]
    rows += [
        (split.value, audit.data.class_names[label], f"{files:,}", f"{films:,}")
        for split, label, files, films in _rows(audit)
    ]
    rows.append(("all", "", f"{audit.data.count():,}", f"{audit.data.num_films():,}"))
    return table(rows)


def _shortcuts(audit: Audit) -> str:
    splits = [split for split in Split if any(one.split is split for one in audit.shortcuts)]
    rows = [["", *(split.value for split in splits)]]
    for name in dict.fromkeys(one.name for one in audit.shortcuts):
        cells = {one.split: one for one in audit.shortcuts if one.name == name}
        rows.append(
            [name, *(f"{number(cells[s].auc)}, {number(cells[s].film_auc)}" for s in splits)]
        )
    return table(rows)


def _film(audit: Audit, paths: Sequence[Path]) -> str:
    """A film in one line: its first files by split."""
    names = [_below(audit, path) for path in paths]
    by_folder: dict[str, list[str]] = {}
    for name in names:
        folder, _, file = name.rpartition("/")
        by_folder.setdefault(folder, []).append(file)
    parts = [
        f"{folder}/{files[0]}" + (f" and {len(files) - 1} more" if len(files) > 1 else "")
        for folder, files in by_folder.items()
    ]
    return " = ".join(parts)


def _films(audit: Audit) -> list[dict[str, Any]]:
    films: dict[str, list[str]] = {}
    for item in audit.data.items:
        films.setdefault(item.film, []).append(_below(audit, item.path))
    return [{"film": film, "files": files} for film, files in films.items()]


def _below(audit: Audit, path: Path) -> str:
    return path.relative_to(audit.data.root).as_posix()


def _words(repair: Repair) -> str:
    """A repair in one line."""
    values = asdict(repair)
    files = values.pop("files", None)
    if files is not None:
        values["files"] = f"{files[0]}" + (f" and {len(files) - 1} more" if len(files) > 1 else "")
    return f"{type(repair).__name__}: " + ", ".join(f"{k} {v}" for k, v in values.items())
