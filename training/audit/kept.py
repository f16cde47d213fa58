"""Keeps a set's data check in a file of the program's own, never among the user's films.

The file bears the set's listing as its name: it fits films of these names and sizes in these
classes wherever the folder lies, and no others. It holds names of files below the folder, what was
found and what the user decided; no picture and no patient.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from training.audit.films import drawn_anew, name_of, with_films
from training.audit.repairs import (
    JoinFilms,
    LeaveOut,
    PartFilm,
    Relabel,
    Repair,
    SplitAnew,
    apply_repairs,
)
from training.data.dataset import DataError, DataSet
from training.errors import UserError
from training.formats import head, refuse_newer

if TYPE_CHECKING:
    from training.audit.check import Audit

FORMAT = 2
# Checks of two classes are of the first format, so that older programs read them.
_TWO_CLASSES_FORMAT = 1
_KINDS: dict[str, type[Repair]] = {
    kind.__name__: kind for kind in (SplitAnew, LeaveOut, Relabel, JoinFilms, PartFilm)
}


@dataclass(frozen=True)
class Noted:
    """A finding as it is kept.

    Args:
        kind: As in ``findings.Kind``.
        words: Whole sentences.
        serious: True where figures are worth less for it.
    """

    kind: str
    words: str
    serious: bool = False


@dataclass(frozen=True)
class KeptCheck:
    """A data check as its file tells it.

    Args:
        listing: Of the set, see ``listing``.
        fingerprint: Of the set as it was found, with the bytes of its files.
        classes: Names by label that ``repairs`` go by.
        films: The films, each as the names of its files below the set's folder.
        related: Numbers in ``films`` that belong together (one patient's).
        findings: Of the set with its repairs, as they were when the films were last checked.
        repairs: What the user decided, in order.
        found_with: The repairs that ``findings`` speak of, or None where they are ``repairs``.
    """

    listing: str
    fingerprint: str
    classes: tuple[str, ...]
    films: tuple[tuple[str, ...], ...]
    related: tuple[tuple[int, ...], ...] = ()
    findings: tuple[Noted, ...] = ()
    repairs: tuple[Repair, ...] = ()
    found_with: tuple[Repair, ...] | None = None

    @property
    def told(self) -> tuple[Noted, ...]:
        """The findings, after a word of warning where they are of other repairs than those kept."""
        if self.found_with is None or self.found_with == self.repairs:
            return self.findings
        return (Noted("stale", _STALE, serious=True), *self.findings)


_STALE = (
    "Labels changed since the last check: its findings are out of date. Training goes by the new "
    "labels; check the films again to have findings of them."
)


def listing(data: DataSet) -> str:
    """What a set is recognised by without reading its films: names, sizes and classes of its files.

    Args:
        data: As scanned; its splits play no part, since they may have been drawn.

    Returns:
        64 hexadecimal digits.

    Raises:
        DataError: For a file that is gone since the scan.
    """
    try:
        lines = sorted(
            json.dumps(
                [
                    # macOS may name the same file in another Unicode form than other systems do.
                    unicodedata.normalize("NFC", name_of(data, item)),
                    data.class_names[item.label],
                    item.path.stat().st_size,
                ]
            )
            for item in data.items
        )
    except OSError as error:
        raise DataError(
            f"The folder changed while it was looked at ({error.strerror or error}).",
            "Choose it again.",
        ) from error
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def default_folder() -> Path:
    """Where data checks lie unless the caller says otherwise: beside the program's own data."""
    chosen = os.environ.get("XRAY_DESKTOP_HOME", "").strip()
    home = Path(chosen).expanduser() if chosen else None
    if home is None:
        home = Path(platformdirs.user_data_dir("x-ray-desktop", appauthor=False))
    return home.absolute() / "data checks"


def default_path(data: DataSet) -> Path:
    """The file of a set's data check in the default folder; it need not be there.

    Raises:
        DataError: For a file that is gone since the scan.
    """
    return default_folder() / f"{listing(data)}.json"


def apply_check(data: DataSet, kept: KeptCheck, *, validation_share: float, seed: int) -> DataSet:
    """A scanned set with the films that its data check found, and with its repairs.

    Args:
        data: As scanned.
        kept: Its data check.
        validation_share: Share of films to draw for validation where the folder has none.
        seed: Of that draw.

    Returns:
        The set; no film is in two of the splits that were drawn.

    Raises:
        DataError: If the check is of other films, or leaves too few.
    """
    if listing(data) != kept.listing:
        raise DataError(
            "The data check was made of other films than the folder holds now.",
            "Check the folder again.",
        )
    numbers = {name_of(data, item): number for number, item in enumerate(data.items)}
    films = [[numbers[name] for name in film] for film in kept.films]
    named = replace(data, items=with_films(data.items, films))
    related = tuple(
        frozenset(named.items[films[number][0]].film for number in tied) for tied in kept.related
    )
    drawn = drawn_anew(named, share=validation_share, seed=seed)
    return apply_repairs(drawn, repairs_for(data, kept), related)


def repairs_for(data: DataSet, kept: KeptCheck) -> tuple[Repair, ...]:
    """The repairs with the labels that a set goes by; its positive class may be the other one.

    Args:
        data: As scanned.
        kept: Its data check.
    """
    return _in_classes_of(data, kept, kept.repairs)


def _in_classes_of(
    data: DataSet, kept: KeptCheck, repairs: tuple[Repair, ...]
) -> tuple[Repair, ...]:
    if data.class_names == kept.classes:
        return repairs
    return tuple(
        replace(one, label=data.class_names.index(kept.classes[one.label]))
        if isinstance(one, Relabel)
        else one
        for one in repairs
    )


def read_check(path: Path) -> KeptCheck:
    """Read a data check.

    Args:
        path: Its file.

    Raises:
        UserError: If it is not there, damaged, or of a newer program.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        refuse_newer(values, FORMAT, f"The data check in {path}")
        return KeptCheck(
            listing=str(values["listing"]),
            fingerprint=str(values["fingerprint"]),
            classes=tuple(str(name) for name in values["classes"]),
            films=tuple(tuple(str(name) for name in film) for film in values["films"]),
            related=tuple(tuple(int(number) for number in tied) for tied in values["related"]),
            findings=tuple(
                Noted(str(found["kind"]), str(found["words"]), bool(found["serious"]))
                for found in values["findings"]
            ),
            repairs=tuple(_repair(entry) for entry in values["repairs"]),
            found_with=_found_with(values.get("found_with")),
        )
    except OSError as error:
        raise UserError(
            f"The data check in {path} cannot be read: {error.strerror or error}.",
            "Check the folder of films first.",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{path} is no data check, or it is damaged.",
            "Delete it and check the folder of films again.",
        ) from error


def keep_audit(path: Path, audit: Audit, repairs: Sequence[Repair] = ()) -> KeptCheck:
    """Write what a data check found and what was decided.

    Args:
        path: The file; its folder is made.
        audit: Of the set without repairs.
        repairs: All repairs, in order.

    Returns:
        What was written.

    Raises:
        UserError: If it cannot be written, or a repair does not fit the set.
    """
    from training.audit.check import with_repairs

    data = audit.data
    kept = KeptCheck(
        listing=listing(data),
        fingerprint=audit.fingerprint,
        classes=data.class_names,
        films=tuple(
            tuple(name_of(data, data.items[number]) for number in film)
            for film in audit.grouping.films
        ),
        related=audit.grouping.related,
        findings=tuple(
            Noted(found.kind.value, found.words, found.is_serious)
            for found in with_repairs(audit, repairs).findings
        ),
        repairs=tuple(repairs),
    )
    _write(path, kept)
    return kept


def find_kept(data: DataSet) -> tuple[Path, KeptCheck]:
    """The data check of a set in the default folder.

    Args:
        data: As scanned.

    Returns:
        Its file and what it holds.

    Raises:
        UserError: There is none, or it cannot be read.
    """
    path = default_path(data)
    if not path.exists():
        raise UserError(
            "These films have not been checked, so there is no place to keep a new label.",
            "Open Data check… in the training tab and check them once.",
        )
    return path, read_check(path)


def change_repairs(
    path: Path, data: DataSet, kept: KeptCheck, repairs: Sequence[Repair]
) -> KeptCheck:
    """Write other repairs into a data check; its findings stay, and are told as out of date.

    Args:
        path: Its file.
        data: The set as scanned.
        kept: What the file holds.
        repairs: All repairs from now on, with the labels that ``data`` goes by.

    Returns:
        What was written.

    Raises:
        UserError: A repair does not fit the set, or the file cannot be written.
    """
    found_with = kept.repairs if kept.found_with is None else kept.found_with
    changed = replace(
        kept,
        classes=data.class_names,
        repairs=tuple(repairs),
        found_with=_in_classes_of(data, kept, found_with),
    )
    # Proves that they fit before they are written; the draw plays no part.
    apply_check(data, changed, validation_share=0.2, seed=0)
    _write(path, changed)
    return changed


def _write(path: Path, kept: KeptCheck) -> None:
    number = _TWO_CLASSES_FORMAT if len(kept.classes) == 2 else FORMAT
    values = head(number) | asdict(kept)
    values["repairs"] = _as_values(kept.repairs)
    values["found_with"] = None if kept.found_with is None else _as_values(kept.found_with)
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        # So that nobody ever reads half of it.
        beside.replace(path)
    except OSError as error:
        raise UserError(
            f"The data check could not be written to {path}: {error.strerror or error}.",
            "Free some space, or choose another place for it.",
        ) from error


def _as_values(repairs: tuple[Repair, ...]) -> list[dict[str, Any]]:
    return [{"kind": type(one).__name__} | asdict(one) for one in repairs]


def _found_with(values: list[dict[str, Any]] | None) -> tuple[Repair, ...] | None:
    return None if values is None else tuple(_repair(entry) for entry in values)


def _repair(entry: dict[str, Any]) -> Repair:
    kind = _KINDS[entry["kind"]]
    known = {field.name for field in fields(kind)}
    values = {name: value for name, value in entry.items() if name in known}
    if "files" in values:
        values["files"] = tuple(str(name) for name in values["files"])
    return kind(**values)
