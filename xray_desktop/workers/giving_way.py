"""Threads that compute leave the processors to the window first. Linux; elsewhere nothing is done.

On two cores a run's threads keep both busy, and the window's thread, when a click wakes it, waits
for its turn. Linux gives each thread a niceness of its own, and a new thread that of its maker; on
other systems it is the whole process's.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable

NICENESS = 10
"""0 is everybody's, 19 the most. It can be raised by anyone and lowered by nobody."""


def make_threads(make: Callable[[], object]) -> None:
    """Call what makes threads that are to give way, without giving way oneself.

    Args:
        make: Called in a thread that ends with it; an error in it is raised here.
    """
    errors: list[Exception] = []

    def run() -> None:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        try:
            make()
        except Exception as error:  # noqa: BLE001 - raised where it is waited for.
            errors.append(error)

    maker = threading.Thread(target=run, name="maker of threads")
    maker.start()
    maker.join()
    if errors:
        raise errors[0]
