"""The data check of 10,000 files: drawn films with rotated copies, as published sets have them."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.benchmarks.figures import Figure, tell
from training.audit.check import check_data
from training.data.demo_film import draw_film
from training.data.scan import scan_folder

NUM_FILMS = 1000
COPIES = 10
SIZE = 224
GOAL_S = 60.0


def make_copies(folder: Path) -> None:
    """Write each film turned by another angle for each copy, as JPEG."""
    for number in range(NUM_FILMS):
        label = ("not fractured", "fractured")[number % 2]
        place = folder / label
        place.mkdir(parents=True, exist_ok=True)
        film = draw_film((9, number), fractured=bool(number % 2), size=SIZE)
        image = Image.fromarray(film.pixels)
        for copy in range(COPIES):
            turned = image.rotate(33 * copy, Image.Resampling.BICUBIC)
            # Names of their own, so that only the pictures tie them.
            turned.save(place / f"{copy:02d}x{number:05d}y.jpg", quality=85)


def main() -> None:
    """Check the folder and tell how long it took and whether every film was found."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        make_copies(folder)
        start = time.perf_counter()
        data = scan_folder(folder)
        audit = check_data(data)
        seconds = time.perf_counter() - start
    tell(Figure(f"data check of {data.count():,} files", seconds, "s", GOAL_S, at_most=True))
    tell(Figure(f"films found, of {NUM_FILMS:,}", audit.data.num_films(), ""))
    drawn: dict[str, set[str]] = {}
    for item in audit.data.items:
        drawn.setdefault(item.film, set()).add(item.path.stem[3:8])
    wrong = sum(len(numbers) > 1 for numbers in drawn.values())
    tell(Figure("films that hold another's files", wrong, "", 0, at_most=True))


if __name__ == "__main__":
    sys.exit(main())
