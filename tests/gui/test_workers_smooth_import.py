"""TensorFlow comes in whole, and the collector is left as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

IN_A_WORKER = """
import gc, importlib.util, sys, threading, types
from xray_desktop.workers import smooth_import
imported, loaded, failed = [], [], []
plain_import, plain_load = importlib.import_module, smooth_import._load_libraries
def import_module(name):
    # The collector would walk all that is being made.
    imported.append((name, gc.isenabled()))
    return plain_import(name)
def load_libraries():
    loaded.append(threading.current_thread().name)
    plain_load()
# Its own view of importlib: TensorFlow's modules import by name themselves.
smooth_import.importlib = types.SimpleNamespace(import_module=import_module, util=importlib.util)
smooth_import._load_libraries = load_libraries
both_ready = threading.Barrier(2)
def work():
    both_ready.wait()
    try:
        smooth_import.import_tensorflow()
        tensorflow = sys.modules["tensorflow"]
        assert float(tensorflow.reduce_sum(tensorflow.constant([1.0, 2.0]))) == 3.0
    except BaseException as error:
        failed.append(error)
threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert not failed, failed
# Once for both workers, and its libraries mapped before it; a third call does nothing at all.
smooth_import.import_tensorflow()
assert imported == [("tensorflow", False)], imported
assert len(loaded) == 1, loaded
assert gc.isenabled()
assert gc.get_freeze_count() > 100_000
"""


@pytest.mark.slow
def test_that_two_workers_get_tensorflow_once_and_the_collector_works_again() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", IN_A_WORKER],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_that_a_missing_tensorflow_raises_as_a_plain_import_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from xray_desktop.workers.smooth_import import import_tensorflow

    monkeypatch.delitem(sys.modules, "tensorflow.python", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ModuleNotFoundError):
        import_tensorflow()
