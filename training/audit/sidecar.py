"""Keeps a set's repairs in a small file of the program's own, never among the user's films.

The file bears the set's fingerprint as its name: it fits these films with these labels wherever
they lie, and no others. It holds names of files below the set's folder and nothing else of them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import platformdirs

from training.audit.repairs import JoinFilms, LeaveOut, PartFilm, Relabel, Repair, SplitAnew
from training.errors import UserError

FORMAT = 1
_KINDS: dict[str, type[Repair]] = {
    kind.__name__: kind for kind in (SplitAnew, LeaveOut, Relabel, JoinFilms, PartFilm)
}


def default_folder() -> Path:
    """Where sidecars lie unless the caller says otherwise: beside the program's own data."""
    chosen = os.environ.get("XRAY_DESKTOP_HOME", "").strip()
    home = Path(chosen).expanduser() if chosen else None
    if home is None:
        home = Path(platformdirs.user_data_dir("x-ray-desktop", appauthor=False))
    return home.absolute() / "repairs"


class Sidecar:
    """The repairs of one set on disk.

    Args:
        folder: Where sidecars lie; made with the first repair.
        fingerprint: Of the set as it was found.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.path = folder / f"{fingerprint}.json"

    def repairs(self) -> tuple[Repair, ...]:
        """The repairs in order; none where nothing was written yet.

        Raises:
            UserError: If the file is damaged or of a newer program.
        """
        try:
            document = json.loads(self.path.read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise self._damaged()
            return tuple(_from_json(entry) for entry in document["repairs"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged() from error

    def add(self, repair: Repair) -> tuple[Repair, ...]:
        """Append a repair; gives all of them."""
        return self._write((*self.repairs(), repair))

    def undo(self) -> tuple[Repair, ...]:
        """Drop the last repair, if there is one; gives what is left."""
        return self._write(self.repairs()[:-1])

    def _write(self, repairs: Sequence[Repair]) -> tuple[Repair, ...]:
        entries = [{"kind": type(one).__name__} | asdict(one) for one in repairs]
        text = json.dumps({"format": FORMAT, "repairs": entries}, indent=1)
        beside = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            # So that nobody ever reads half of it.
            beside.replace(self.path)
        except OSError as error:
            raise UserError(
                f"The repairs could not be written to {self.path}: {error.strerror or error}.",
                "Free some space, or choose another folder for them.",
            ) from error
        return tuple(repairs)

    def _damaged(self) -> UserError:
        return UserError(
            f"The repairs in {self.path} cannot be read.",
            "Delete the file to start again without repairs.",
        )


def _from_json(entry: dict[str, Any]) -> Repair:
    kind = _KINDS[entry["kind"]]
    known = {field.name for field in fields(kind)}
    values = {name: value for name, value in entry.items() if name in known}
    if "files" in values:
        values["files"] = tuple(str(name) for name in values["files"])
    return kind(**values)
