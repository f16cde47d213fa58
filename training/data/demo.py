"""Writes the built-in sample set: synthetic films for a first start, lessons and tests.

Called by the training tab ("Sample set", in a worker thread) and by ``demo-data``.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from training import __version__
from training.data.dataset import DEMO_MARKER, DataError, ScanCancelled, Split
from training.data.demo_film import DemoFilm, draw_film

__all__ = ["BOXES_FILE", "DEMO_MARKER", "FORMAT", "is_demo_set", "make_demo_set"]

BOXES_FILE = "boxes.csv"
# Raised whenever the same seed draws other pixels: sets of an older program are then made anew.
FORMAT = 1

_CLASSES = ("not fractured", "fractured")
_NOTE = "synthetic: drawn by X-ray Desktop, no patient"
_FIRST_LINE = "SYNTHETIC FILMS - NO PATIENTS"
_README = """\
{first_line}
=============================

Every picture in this folder was drawn by the program X-ray Desktop. None shows a patient, and no
real film was used to make one. They serve to try the program out and to teach with; a model
trained on them knows nothing about real bones.

train/, validation/           one folder per class in each: "fractured", "not fractured"
boxes.csv                     where the fracture lies, one line for each broken bone: file, x0, y0, x1,
                              y1 (left, top, right, bottom, as shares of width and height, 0 to 1),
                              kind (displaced, stepped, hairline) and region
{marker}    how the set was made; the program knows the set by it

Both classes are drawn by one process; the break is the only difference between them.
"""


@dataclass(frozen=True)
class _Planned:
    """A film that is to be drawn."""

    file: str
    seed: tuple[int, ...]
    fractured: bool


def make_demo_set(
    out: Path,
    *,
    num_train: int = 1400,
    num_validation: int = 350,
    size: int = 224,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Write the sample set, or leave it alone where it is there whole.

    A half-written set (the marker file is written last) or one of other settings is made anew.

    Args:
        out: Folder for the set; made if it is not there.
        num_train: Training films, half of them fractured; at least 4.
        num_validation: Validation films, half of them fractured; at least 2.
        size: Side of the films in pixels, at least 64.
        seed: Of the drawing; the same arguments give the same pixels on every machine.
        progress: Called with (films written, films in all), in the calling thread.
        cancelled: Called before each film; once it says True the writing ends.

    Raises:
        DataError: Where the folder holds something else or cannot be written.
        ScanCancelled: If ``cancelled`` said so; the set is then half-written and never used so.
        ValueError: For numbers out of range.
    """
    if num_train < 4 or num_validation < 2 or size < 64 or seed < 0:
        raise ValueError(f"{num_train} + {num_validation} films of {size} pixels, seed {seed}")
    settings = {
        "synthetic": True,
        "format": FORMAT,
        "num_train": num_train,
        "num_validation": num_validation,
        "size": size,
        "seed": seed,
    }
    plan = _plan(num_train, num_validation, seed)
    if is_demo_set(out, settings) and all((out / film.file).is_file() for film in plan):
        if progress is not None:
            progress(len(plan), len(plan))
        return
    try:
        _clear(out)
        _write(out, plan, size, progress, cancelled)
        _write_whole(out / DEMO_MARKER, json.dumps(settings | {"program": __version__}, indent=2))
    except OSError as error:
        raise DataError(
            f'The sample set cannot be written to "{out}" ({error.strerror or error}).',
            "Free some space (it needs about 50 MB), or choose a folder that you may write to.",
        ) from error


def is_demo_set(folder: Path, settings: Mapping[str, object] | None = None) -> bool:
    """True where ``folder`` holds a whole sample set, made with ``settings`` where given."""
    try:
        found = json.loads((folder / DEMO_MARKER).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    return settings is None or all(found.get(name) == value for name, value in settings.items())


def _plan(num_train: int, num_validation: int, seed: int) -> list[_Planned]:
    plan = []
    for split, count in ((Split.TRAIN, num_train), (Split.VALIDATION, num_validation)):
        for number in range(count):
            fractured = number % 2 == 1
            # Numbered across both classes and splits: no film shares its name with another.
            name = f"film {number + 1 + (split is Split.VALIDATION) * num_train:04d}.png"
            file = f"{split.value}/{_CLASSES[fractured]}/{name}"
            plan.append(_Planned(file, (seed, split is Split.VALIDATION, number), fractured))
    return plan


def _clear(out: Path) -> None:
    """Make room: remove what an earlier, unfinished writing left, but never anybody's own films."""
    if out.exists() and not out.is_dir():
        raise DataError(f'"{out.name}" is a file, not a folder.', "Choose a folder.")
    splits = [split.value for split in (Split.TRAIN, Split.VALIDATION)]
    ours = {*splits, BOXES_FILE, "README.txt", DEMO_MARKER}
    names = {path.name.removesuffix(".part") for path in out.iterdir()} if out.is_dir() else set()
    strangers = sorted(names if not _is_ours(out) else names - ours)
    if strangers:
        raise DataError(
            f'The folder "{out.name}" holds something else already ("{strangers[0]}"), '
            "so the sample set is not written there.",
            "Choose an empty folder.",
        )
    # The marker goes first: from here on the set counts as half-written.
    (out / DEMO_MARKER).unlink(missing_ok=True)
    for split in splits:
        if (out / split).is_dir():
            shutil.rmtree(out / split)


def _is_ours(out: Path) -> bool:
    """True where this program wrote here: the read-me is the first thing that it writes."""
    try:
        return (out / "README.txt").read_text("ascii").startswith(_FIRST_LINE)
    except (OSError, UnicodeDecodeError):
        return False


def _write(
    out: Path,
    plan: list[_Planned],
    size: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    out.mkdir(parents=True, exist_ok=True)
    _write_whole(out / "README.txt", _readme())
    for folder in sorted({(out / film.file).parent for film in plan}):
        folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, film in enumerate(plan):
        if cancelled is not None and cancelled():
            raise ScanCancelled
        drawn = draw_film(film.seed, fractured=film.fractured, size=size)
        _save(out / film.file, drawn)
        rows += [
            [film.file, *(f"{edge:.5f}" for edge in box), drawn.kind, drawn.region]
            for box in drawn.boxes
        ]
        if progress is not None:
            progress(number + 1, len(plan))
    with (out / BOXES_FILE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "x0", "y0", "x1", "y1", "kind", "region"])
        writer.writerows(rows)


def _save(path: Path, film: DemoFilm) -> None:
    text = PngInfo()
    text.add_text("synthetic", _NOTE)
    # Level 1 is three times as fast as the default; noise hardly compresses anyway.
    Image.fromarray(film.pixels).save(path, "PNG", pnginfo=text, compress_level=1)


def _readme() -> str:
    return _README.format(first_line=_FIRST_LINE, marker=DEMO_MARKER)


def _write_whole(path: Path, text: str) -> None:
    """Write a text so that it is there whole or not at all."""
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="ascii", newline="\n")
    temporary.replace(path)
