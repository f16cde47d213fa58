"""Where measurements are kept: one small file a film, in the user's folder, never beside the film.

The frames of a film's file have sheets of their own in it. As long as only the first has one, the
file is of version 1, which older programs read. A film is known by its content, as it is for verdicts, so a moved or renamed file keeps its
measurements. Each file is written whole and put in place at once: killed or not, there is the old
one or the new one. For worker threads: everything here waits for disks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training import __version__
from training.errors import UserError
from training.films.film import FloatPixels, Spacing
from training.formats import PROGRAM, newer
from xray_desktop.review.identity import stored_text
from xray_desktop.state.measure_book import Sheet
from xray_desktop.state.measure_table import VERSION, as_values, rows_of, sheet_of, sheets_of
from xray_desktop.tables import write_rows

_EMPTY = as_values(Sheet(), None, None)


class MeasureStore:
    """Sheets by film.

    Args:
        folder: Made when the first is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, film: str, frame: int = 0) -> tuple[Sheet, str]:
        """What was kept of a film, and what must be told of it.

        Args:
            film: SHA-256 of its file.
            frame: Which of its frames, from 0.

        Returns:
            An empty sheet where nothing was kept, or where it was damaged: that file is put aside.
            The text is empty where all is well.

        Raises:
            UserError: It is of a newer version, or the disk refuses: nothing may be kept over it.
        """
        place = self._place(film)
        try:
            sheets = {key: sheet_of(part) for key, part in sheets_of(_read(place)).items()}
            return sheets.get(frame, Sheet()), ""
        except FileNotFoundError:
            return Sheet(), ""
        except OSError as error:
            raise UserError(f"Kept measurements cannot be read: {error.strerror}.") from error
        except ValueError:
            place.replace(place.with_suffix(".damaged"))
            return Sheet(), "The kept measurements of this film were damaged and are put aside."

    def keep(
        self,
        film: str,
        path: Path,
        sheet: Sheet,
        spacing: Spacing | None,
        pixels: FloatPixels | None,
        *,
        frame: int = 0,
    ) -> None:
        """Keep a film's sheet in place of the one before; nothing but empty ones is no file.

        Args:
            film: SHA-256 of its file.
            path: Its file, of which the name is kept, not the folder.
            sheet: What is drawn, and the calibration.
            spacing: The film's millimetres as they are in use.
            pixels: float32, (height, width), for the figures of regions; None to leave those out.
            frame: Which of its frames this is of, from 0; the others' sheets stay.

        Raises:
            UserError: The disk refuses; the one before is still there. Or it is of a newer version.
        """
        place = self._place(film)
        try:
            parts = _kept_parts(place)
            parts[frame] = as_values(sheet, spacing, pixels)
            further = {
                str(key + 1): part for key, part in sorted(parts.items()) if key and part != _EMPTY
            }
            first = parts.get(0, _EMPTY)
            if first == _EMPTY and not further:
                place.unlink(missing_ok=True)
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            head = {
                "version": VERSION if further else 1,
                PROGRAM: __version__,
                "film": film,
                "file_name": stored_text(path.name),
                "changed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            }
            values = head | first | ({"frames": further} if further else {})
            text = json.dumps(values, indent=1, allow_nan=False)
            beside = place.with_suffix(".new")
            with beside.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
        except OSError as error:
            raise UserError(f"Measurements cannot be kept: {error.strerror}.") from error

    def export(self, target: Path) -> int:
        """Write all that is kept as a table (CSV).

        Returns:
            The number of measurements.

        Raises:
            UserError: It cannot be written.
        """
        rows = rows_of(self._all())
        try:
            write_rows(target, rows)
        except OSError as error:
            raise UserError(f"{target.name} cannot be written: {error.strerror}.") from error
        return len(rows) - 1

    def _all(self) -> Iterator[dict[str, Any]]:
        for place in sorted(self._folder.glob("*.json")):
            try:
                values = _read(place)
                for part in sheets_of(values).values():
                    sheet_of(part)
            except (OSError, ValueError, UserError):
                # It is told of when its film is opened.
                continue
            yield values

    def _place(self, film: str) -> Path:
        return self._folder / f"{film}.json"


def _kept_parts(place: Path) -> dict[int, dict[str, Any]]:
    """The sheets of a film's frames as they are kept; none where the file is damaged."""
    try:
        sheets = sheets_of(_read(place))
        # Of the first, only the sheet: the file's head stands beside it.
        return {frame: {name: part[name] for name in _EMPTY} for frame, part in sheets.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # A damaged file was told of, and put aside, when its film was shown.
        return {}


def _read(place: Path) -> dict[str, Any]:
    """One film's file.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged.
        UserError: It is of a newer version.
    """
    values = json.loads(place.read_text(encoding="utf-8"))
    try:
        version = int(values["version"])
    except (KeyError, TypeError) as error:
        raise ValueError("no measurements") from error
    if version > VERSION:
        raise newer("What was measured on this film", str(values.get(PROGRAM, "")))
    found: dict[str, Any] = values
    return found
