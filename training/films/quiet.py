"""Collects what Pillow and pydicom warn of while one film is read, thread by thread.

Called by the readers in this package only. A warning about a film belongs in that film's
notes, not on the console. ``warnings.catch_warnings`` cannot do this here: it swaps filters of
the whole process, so two films read at once would restore each other's filters, and a filter
set for good would hide warnings from the rest of the program. Instead the library modules that
warn are given a stand-in for the ``warnings`` module. It keeps the messages of a thread that is
reading a film and hands every other call on unchanged.

pydicom logs each warning as well, with the value it dislikes, which may be a patient's name:
those records are dropped for the reading thread.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Collected(threading.local):
    """The messages of the film that this thread reads; None while it reads none."""

    messages: list[str] | None = None


_collected = _Collected()


class _WarningsStandIn:
    """What a library module sees as ``warnings``."""

    def warn(
        self,
        message: str | Warning,
        category: type[Warning] | None = None,
        stacklevel: int = 1,
        source: Any = None,
    ) -> None:
        """Keep the message for the film, or warn as usual where no film is being read."""
        if _collected.messages is None:
            warnings.warn(message, category, stacklevel + 1, source)
        else:
            _collected.messages.append(str(message))

    def __getattr__(self, name: str) -> Any:
        return getattr(warnings, name)


_stand_in = _WarningsStandIn()


def _is_not_reading(_record: logging.LogRecord) -> bool:
    """Logging filter: let a record through only where this thread reads no film."""
    return _collected.messages is None


def hush(*modules: ModuleType, loggers: tuple[str, ...] = ()) -> None:
    """Route the warnings of library modules to ``collected_warnings``. Harmless if repeated.

    Args:
        modules: Modules that call ``warnings.warn`` through a global named ``warnings``.
        loggers: Their loggers, whose records are dropped while a film is read.
    """
    for module in modules:
        vars(module)["warnings"] = _stand_in
    for name in loggers:
        logging.getLogger(name).addFilter(_is_not_reading)


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Gather the warnings that hushed modules raise in this thread.

    Yields:
        The messages so far, growing. They may hold values of the file: never show or log them.
    """
    outer = _collected.messages
    messages: list[str] = []
    _collected.messages = messages
    try:
        yield messages
    finally:
        _collected.messages = outer
