"""How a run is told to end early, from any thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


class CancelledError(Exception):
    """Raised within a run's thread to leave it; never seen outside ``train``."""


class StoppedError(Exception):
    """Raised within a run's thread to leave the training; never seen outside ``train``."""


@dataclass(frozen=True)
class RunControl:
    """Two switches that the caller sets and the run looks at after every step.

    Args:
        stop: "Stop and keep": end after the current step, save and measure both models. Before the
            first step there is nothing to keep, and the run ends as cancelled.
        cancel: Discard the run. Wins over ``stop``, also while saving and measuring.
    """

    stop: threading.Event = field(default_factory=threading.Event)
    cancel: threading.Event = field(default_factory=threading.Event)

    def check_cancel(self) -> None:
        """Raise ``CancelledError`` if the run is to be discarded."""
        if self.cancel.is_set():
            raise CancelledError

    def check_before_training(self) -> None:
        """Raise ``CancelledError`` if the run is to be discarded or stopped: nothing is made yet."""
        if self.cancel.is_set() or self.stop.is_set():
            raise CancelledError

    def check_training(self) -> None:
        """Raise ``CancelledError`` or ``StoppedError`` if either switch is set."""
        self.check_cancel()
        if self.stop.is_set():
            raise StoppedError
