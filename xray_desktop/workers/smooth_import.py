"""Loads TensorFlow in a worker without freezing the window.

A plain ``import tensorflow`` holds Python's lock while the system maps 1.2 GB of libraries, and
the garbage collector walks the half million new objects again and again. Measured on 2 cores
(5 ms heartbeat in the main thread, longest gap): plain 410 ms warm, 1,300 ms from a cold disk;
as done here 20 to 45 ms. The time itself sinks from 4.0 to 3.6 s.

Workers call ``import_tensorflow`` before their first import of a module that needs it.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import importlib.util
import os
import sys
import threading
from pathlib import Path

from xray_desktop.workers.giving_way import make_threads

SWITCH_INTERVAL_S = 0.001
"""For ``sys.setswitchinterval`` at start: a waiting GUI thread gets Python's lock after 1 ms, not
5. While Keras trained in a worker the 99th percentile of the gaps sank from 12 to 8 ms; the speed
of training did not change."""

# In the order of their dependence.
_LIBRARIES = (
    "libtensorflow_framework.so.2",
    "libtensorflow_cc.so.2",
    "libtensorflow_framework.2.dylib",
    "libtensorflow_cc.2.dylib",
)

_lock = threading.Lock()


def import_tensorflow() -> None:
    """Import TensorFlow as smoothly as can be; returns at once where it is loaded.

    To be called in a worker thread. Errors of the import itself are raised as they are.
    """
    with _lock:
        if "tensorflow.python" in sys.modules:
            return
        # Faster and quieter is all this does: whatever goes wrong here, the import will tell.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            _load_libraries()
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            tensorflow = importlib.import_module("tensorflow")
            # Looking for devices makes its computing threads, which all runs and predictions share.
            make_threads(tensorflow.config.list_logical_devices)
            # What TensorFlow made at import stays for good: never walk it again.
            gc.freeze()
        finally:
            if was_enabled:
                gc.enable()


def _load_libraries() -> None:
    """Map TensorFlow's libraries through a foreign call, which gives Python's lock away.

    ``ctypes.CDLL(path)`` keeps the lock while loading (CPython 3.11 to 3.13); calling the
    loader's own function does not. Elsewhere than on Linux and macOS nothing is done.
    """
    spec = importlib.util.find_spec("tensorflow")
    if os.name != "posix" or spec is None or not spec.submodule_search_locations:
        return
    folder = Path(spec.submodule_search_locations[0])
    loader = ctypes.CDLL(None).dlopen
    loader.restype = ctypes.c_void_p
    loader.argtypes = [ctypes.c_char_p, ctypes.c_int]
    for name in _LIBRARIES:
        if (folder / name).is_file():
            loader(os.fsencode(folder / name), os.RTLD_NOW | os.RTLD_LOCAL)
