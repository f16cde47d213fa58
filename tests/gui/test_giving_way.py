"""TensorFlow's computing threads let the window's thread go first."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.conftest import REPOSITORY
from xray_desktop.workers.giving_way import NICENESS, make_threads

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere niceness is the whole process's"
)


def own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_that_what_is_made_gives_way_and_its_maker_does_not() -> None:
    before = own_niceness()
    found: list[int] = []

    def make() -> None:
        thread = threading.Thread(target=lambda: found.append(own_niceness()))
        thread.start()
        thread.join()

    make_threads(make)
    assert found == [max(before, NICENESS)]
    assert own_niceness() == before


def test_that_an_error_is_raised_where_it_is_waited_for() -> None:
    def make() -> None:
        raise ValueError("nothing to make")

    with pytest.raises(ValueError, match="nothing to make"):
        make_threads(make)


_ASK = """
import os
from pathlib import Path
from xray_desktop.workers.smooth_import import import_tensorflow
import_tensorflow()
import tensorflow as tf
tf.function(lambda x: tf.nn.conv2d(x, tf.ones((3, 3, 8, 8)), 1, "SAME"))(tf.ones((8, 64, 64, 8)))
for task in Path("/proc/self/task").iterdir():
    if (task / "comm").read_text().startswith("tf_Compute"):
        print(os.getpriority(os.PRIO_PROCESS, int(task.name)))
"""


@pytest.mark.slow
def test_that_tensorflows_computing_threads_give_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    told = [int(line) for line in done.stdout.split()]
    assert told
    assert set(told) == {NICENESS}
