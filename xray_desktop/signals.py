"""Ctrl+C in the terminal and the system's request to end close the window in good order."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QSocketNotifier, Slot
from PySide6.QtWidgets import QWidget


class ClosesOnSignal(QSocketNotifier):
    """Closes a window on SIGINT or SIGTERM, as if its close button had been pressed.

    Python runs signal handlers only between two steps of Python code, and Qt's event loop takes
    none while idle; the socket wakes it up.

    Args:
        window: The window; its close event may ask, and refuse.
    """

    def __init__(self, window: QWidget) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        super().__init__(self._reader.fileno(), QSocketNotifier.Type.Read, window)
        self._window = window
        self._before = {
            number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)
        }
        for number in self._before:
            signal.signal(number, _do_nothing)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self.activated.connect(self._on_signal)

    @Slot()
    def _on_signal(self) -> None:
        self._reader.recv(64)
        self._window.close()

    def release(self) -> None:
        """Give the signals back."""
        self.setEnabled(False)
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Handled when the socket wakes the event loop."""
