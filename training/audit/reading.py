"""Reads every film of a set once: hashes, facts, small pictures. Nothing is written.

Called by ``check``. Makes threads of its own and joins them before it returns.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from training.audit.facts import FileFacts, Glance
from training.audit.rings import flat_of, spectra_of
from training.audit.views import dark_corners, views_of
from training.data.dataset import ScanCancelled
from training.data.families import name_depth
from training.data.fingerprint import content_hash
from training.films.film import FilmError, GreyPixels
from training.films.identity import identity_of
from training.films.reader import read_grey_bytes

# Small, so that "cancel" is heard at once and no more films are in memory than threads.
_AT_ONCE = 32
_MAX_THREADS = 8


def read_files(
    paths: Sequence[Path],
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Glance]:
    """Read files, several at a time.

    Args:
        paths: The files.
        progress: Called with (files read, files in all), in the calling thread.
        cancelled: Asked every few files, in the calling thread.

    Returns:
        A glance for each file, in order; one that cannot be read has its reason in ``error``.

    Raises:
        ScanCancelled: If ``cancelled`` said so.
    """
    key = secrets.token_bytes(32)
    glances: list[Glance] = []
    num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    with ThreadPoolExecutor(num_threads, thread_name_prefix="audit") as pool:
        for batch in _batches(paths):
            if cancelled is not None and cancelled():
                raise ScanCancelled
            glances += pool.map(lambda path: glance_at(path, key), batch)
            if progress is not None:
                progress(len(glances), len(paths))
    return glances


def glance_at(path: Path, key: bytes) -> Glance:
    """Read one file.

    Args:
        path: The file.
        key: For hashing the identifiers of patients; at most 64 bytes, random.

    Returns:
        Its facts and views.
    """
    try:
        content = path.read_bytes()
        grey = read_grey_bytes(path, content)
    except FilmError as error:
        return Glance(FileFacts(path, error=error.reason))
    except OSError as error:
        return Glance(FileFacts(path, error=f"the system cannot read it ({error.strerror})"))
    identity = identity_of(content)
    height, width = grey.shape
    facts = FileFacts(
        path,
        content_hash(content),
        _pixel_hash(grey),
        width,
        height,
        float(grey.mean()),
        dark_corners(grey),
        len(content),
        identity.format,
        identity.mode,
        name_depth(path),
        _hidden(identity.patient, key),
        _hidden(identity.study, key),
        _hidden(identity.sop, key),
    )
    views = views_of(grey)
    # Only the middle is looked for at other scales: the other views stand for other shapes.
    flats = tuple(flat_of(view) for view in views)
    spectra = (spectra_of(flats[0]), *(spectra_of(flat, 1) for flat in flats[1:]))
    return Glance(facts, views, flats, spectra)


def _pixel_hash(grey: GreyPixels) -> str:
    if grey.min() == grey.max():
        return ""
    digest = hashlib.blake2b(repr(grey.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(grey).data)
    return digest.hexdigest()


def _hidden(identifier: str, key: bytes) -> str:
    """A keyed hash: without the key a short patient number could be found by trying all."""
    if not identifier:
        return ""
    return hashlib.blake2b(identifier.encode(errors="replace"), key=key, digest_size=16).hexdigest()


def _batches(paths: Sequence[Path]) -> Iterator[list[Path]]:
    remaining = iter(paths)
    while batch := list(islice(remaining, _AT_ONCE)):
        yield batch
