"""A small progress bar on the standard error; quiet where nobody watches."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

_BAR = 24
_MIN_SECONDS = 0.1


class Progress:
    """One line that is drawn over and over on a terminal.

    Elsewhere (a file, a pipe, a CI log) only ``line`` writes.

    Args:
        stream: Where to; the standard error as it is now if None.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._drawn = 0
        self._last = -_MIN_SECONDS

    def update(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Draw the bar, at most ten times a second, and always when it is full.

        Args:
            label: What is being done.
            done: How much of it.
            total: Of how much; 0 where that is unknown draws no bar.
            detail: A few words behind the bar.
        """
        if not self._is_terminal:
            return
        now = time.monotonic()
        if now - self._last < _MIN_SECONDS and done < total:
            return
        self._last = now
        text = label
        if total > 0:
            share = min(done / total, 1.0)
            filled = round(share * _BAR)
            text = f"{label}  [{'#' * filled}{'.' * (_BAR - filled)}] {100 * share:3.0f} %"
        self._draw(f"{text}  {detail}".rstrip())

    def line(self, text: str) -> None:
        """Write a lasting line above the bar."""
        self.clear()
        self._stream.write(text + "\n")
        self._stream.flush()

    def clear(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()
            self._drawn = 0

    def _draw(self, text: str) -> None:
        # One column short: a full line would wrap and scroll.
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + text.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(text)
