"""Which worker threads still run below a widget: what a closing window has to wait for."""

from __future__ import annotations

from PySide6.QtCore import QObject, QThread


def running_threads(owner: QObject) -> list[QThread]:
    """The running threads among an object's children, at any depth.

    Destroying a running ``QThread`` aborts the process, so whoever destroys ``owner`` first
    asks its threads to end and goes on when this list is empty.
    """
    return [thread for thread in owner.findChildren(QThread) if thread.isRunning()]
