"""Reads every film of a run once and keeps it as a small grey square. No TensorFlow.

Called by ``train`` in its thread; the pipeline's threads then call ``FilmStore.gather``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import psutil

from training.data.dataset import Item, Skipped
from training.data.fingerprint import content_hash, fingerprint
from training.errors import UserError
from training.films.film import FilmError, GreyPixels
from training.films.preprocessing import Preprocessing
from training.films.reader import read_grey_bytes

# However much memory a machine has, the program stays small beside its owner's other work: the
# system's file cache makes a cache file nearly as quick.
MEMORY_LIMIT = 640 * 2**20
# Kept free on the disk beside a cache file: models, history and everybody else's files.
_SPARE_BYTES = 500 * 2**20


class FilmStore(Protocol):
    """Decoded films, by number."""

    def append(self, picture: GreyPixels) -> None:
        """Add the next film: uint8, (size, size)."""

    def gather(self, numbers: npt.NDArray[np.integer]) -> GreyPixels:
        """Films by number, from any thread: uint8, (n, size, size, 1)."""

    def close(self) -> None:
        """Free memory or delete the file; may be called twice."""


class MemoryStore:
    """Films in one array.

    Args:
        capacity: Most films that will be added.
        size: Side of each, in pixels.
    """

    def __init__(self, capacity: int, size: int) -> None:
        # The system gives pages only when they are written.
        self._pictures = np.empty((capacity, size, size, 1), np.uint8)
        self._count = 0

    def append(self, picture: GreyPixels) -> None:
        """Add the next film: uint8, (size, size)."""
        self._pictures[self._count, :, :, 0] = picture
        self._count += 1

    def gather(self, numbers: npt.NDArray[np.integer]) -> GreyPixels:
        """Films by number, from any thread: uint8, (n, size, size, 1)."""
        chosen: GreyPixels = self._pictures[numbers]
        return chosen

    def close(self) -> None:
        """Free the memory."""
        self._pictures = self._pictures[:0]


class FileStore:
    """Films in one file, read by offset.

    Not a memory map: its pages would count as the program's memory, and Windows cannot delete a
    mapped file.

    Args:
        folder: Where the file is made; it is deleted by ``close``.
        size: Side of each film, in pixels.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._shape = (size, size, 1)
        self._bytes_each = size * size
        handle, name = tempfile.mkstemp(prefix="films-", suffix=".cache", dir=folder)
        self._path = Path(name)
        self._file = os.fdopen(handle, "w+b")
        self._count = 0
        self._lock = threading.Lock()

    def append(self, picture: GreyPixels) -> None:
        """Add the next film: uint8, (size, size)."""
        with self._lock:
            self._file.seek(self._count * self._bytes_each)
            self._file.write(np.ascontiguousarray(picture).data)
            self._count += 1

    def gather(self, numbers: npt.NDArray[np.integer]) -> GreyPixels:
        """Films by number, from any thread: uint8, (n, size, size, 1)."""
        pictures = np.empty((len(numbers), *self._shape), np.uint8)
        with self._lock:
            for place, number in enumerate(numbers):
                self._file.seek(int(number) * self._bytes_each)
                if self._file.readinto(pictures[place].data) != self._bytes_each:
                    raise OSError(f"the cache file {self._path.name} is cut short")
        return pictures

    def close(self) -> None:
        """Delete the file."""
        with self._lock:
            self._file.close()
        self._path.unlink(missing_ok=True)


@dataclass(frozen=True, eq=False)
class ReadFilms:
    """What reading gave.

    Args:
        items: The items that could be read, in the order of the data set; film ``k`` of the store is
            item ``k``.
        store: Their pictures. Whoever asked for them closes it.
        skipped: Files that could not be read, and why.
        fingerprint: Of the items and their contents (``training.data.fingerprint``).
        greys: float32, (n,): mean grey of each item's picture, 0-255.
        digests: SHA-256 of each item's file, in hexadecimal digits.
        shapes: int32, (n, 2): rows and columns of each film itself.
    """

    items: tuple[Item, ...]
    store: FilmStore
    skipped: tuple[Skipped, ...]
    fingerprint: str
    greys: npt.NDArray[np.float32]
    digests: tuple[str, ...]
    shapes: npt.NDArray[np.int32]

    @property
    def labels(self) -> npt.NDArray[np.float32]:
        """float32, (n,): 0 or 1."""
        return np.array([item.label for item in self.items], np.float32)


def make_store(num_films: int, size: int, cache_share: float, folder: Path) -> FilmStore:
    """Choose memory where the films fit the share of it, else a file.

    Args:
        num_films: Most films that will be added.
        size: Side of each, in pixels.
        cache_share: Share of this machine's memory that they may take, 0-1.
        folder: For the file.

    Returns:
        An empty store.

    Raises:
        UserError: If the disk has no room for the file.
    """
    needed = num_films * size * size
    if needed <= min(cache_share * psutil.virtual_memory().total, MEMORY_LIMIT):
        return MemoryStore(num_films, size)
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise UserError(
            f"The decoded films need {needed / 2**30:.1f} GB on the disk of {folder}, "
            f"which has {free / 2**30:.1f} GB left.",
            "Free some space, choose another folder for runs, or a smaller input size.",
        )
    return FileStore(folder, size)


def read_films(
    root: Path,
    items: Sequence[Item],
    preprocessing: Preprocessing,
    store: FilmStore,
    *,
    progress: Callable[[int, int], None],
    check: Callable[[], None],
) -> ReadFilms:
    """Read every film once, several at a time, and add it to the store in order.

    Args:
        root: The data set's folder.
        items: What to read.
        preprocessing: How films become squares.
        store: An empty store; stays open whatever happens.
        progress: Told (done, total) after each film.
        check: Called after each film; whatever it raises ends the reading.

    Returns:
        The films that could be read.

    Raises:
        UserError: If the folder is gone.
    """
    kept: list[Item] = []
    skipped: list[Skipped] = []
    contents: list[tuple[Item, str]] = []
    greys: list[float] = []
    shapes: list[tuple[int, ...]] = []
    for number, (item, outcome) in enumerate(_decoded(items, preprocessing, check), start=1):
        if isinstance(outcome, str):
            if not root.is_dir():
                raise UserError(
                    f"The folder {root} is gone.",
                    "If it lies on a network or a stick, connect it again and start anew.",
                )
            skipped.append(Skipped(item.path, outcome))
        else:
            store.append(outcome.picture)
            kept.append(item)
            contents.append((item, outcome.digest))
            greys.append(float(outcome.picture.mean()))
            shapes.append(outcome.shape)
        progress(number, len(items))
    return ReadFilms(
        tuple(kept),
        store,
        tuple(skipped),
        fingerprint(root, contents),
        np.array(greys, np.float32),
        tuple(digest for _, digest in contents),
        np.array(shapes, np.int32).reshape(-1, 2),
    )


@dataclass(frozen=True, eq=False)
class _Decoded:
    picture: GreyPixels
    digest: str
    shape: tuple[int, ...]


def _decode(path: Path, preprocessing: Preprocessing) -> _Decoded | str:
    """One film, or why it cannot be read."""
    try:
        content = path.read_bytes()
        grey = read_grey_bytes(path, content)
        return _Decoded(preprocessing.apply(grey), content_hash(content), grey.shape)
    except FilmError as error:
        return error.reason
    except OSError as error:
        return f"the file cannot be read ({error.strerror or error})"


def _decoded(
    items: Sequence[Item], preprocessing: Preprocessing, check: Callable[[], None]
) -> Iterator[tuple[Item, _Decoded | str]]:
    """Outcomes in order, decoded ahead by a few threads (the decoders let go of the GIL)."""
    num_threads = min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(num_threads, thread_name_prefix="read-films") as pool:
        waiting: deque[tuple[Item, Future[_Decoded | str]]] = deque()
        try:
            for item in items:
                waiting.append((item, pool.submit(_decode, item.path, preprocessing)))
                # Bounded, or a million films would be held decoded while one is being stored.
                if len(waiting) >= 4 * num_threads:
                    check()
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                check()
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
