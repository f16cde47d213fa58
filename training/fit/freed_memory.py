"""Keeps the memory that one step of training frees for the next one. Needs glibc; elsewhere it does nothing.

A step takes and frees blocks of up to some hundred megabytes. glibc hands such a block back to the
system at once, which gives the next one out page by page, each page cleared first. With ``notebook``
that took a seventh of the processors' time (docs/performance.md). See mallopt(3).

For the command line alone: beside it the window stood still for longer.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import threading
from collections.abc import Iterator
from typing import Any

# <malloc.h>
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
_NEVER, _NONE = -1, 0
_DEFAULT_TRIM_THRESHOLD, _DEFAULT_MMAP_MAX = 128 * 1024, 65536

_lock = threading.Lock()
_num_runs = 0


def share_one_arena() -> None:
    """Let all threads take memory from one place; only there large blocks can be kept.

    For the start of a program, before it has threads: a thread keeps the arena that it once has.
    """
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_ARENA_MAX, 1)


@contextlib.contextmanager
def freed_memory_kept() -> Iterator[None]:
    """While this lasts, freed memory stays with the process; after the last of several it goes back."""
    # Of the whole process, as malloc's settings are.
    global _num_runs
    libc = _glibc()
    if libc is None:
        yield
        return
    with _lock:
        _num_runs += 1
        libc.mallopt(_MMAP_MAX, _NONE)
        libc.mallopt(_TRIM_THRESHOLD, _NEVER)
    try:
        yield
    finally:
        with _lock:
            _num_runs -= 1
            if not _num_runs:
                libc.mallopt(_MMAP_MAX, _DEFAULT_MMAP_MAX)
                libc.mallopt(_TRIM_THRESHOLD, _DEFAULT_TRIM_THRESHOLD)
                libc.malloc_trim(0)


@functools.cache
def _glibc() -> Any | None:
    """The C library, where it is glibc."""
    try:
        libc = ctypes.CDLL(None)
        # Others know mallopt too (musl's does nothing), but not this.
        libc.gnu_get_libc_version.restype = ctypes.c_char_p
        libc.mallopt.argtypes = [ctypes.c_int, ctypes.c_int]
        libc.malloc_trim.argtypes = [ctypes.c_size_t]
    except (AttributeError, OSError, TypeError):
        return None
    return libc
