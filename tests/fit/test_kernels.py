"""TensorFlow is asked for its oneDNN kernels by whoever imports the engine, unless the user says otherwise."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
_ASK = """
import training
from tensorflow.python.framework import test_util
print(test_util.IsMklEnabled())
"""


def _kernels(chosen: str | None) -> str:
    """What TensorFlow itself says in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    if chosen is not None:
        environment[VARIABLE] = chosen
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        env=environment | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="other packages of TensorFlow may lack them",
)
@pytest.mark.slow
@pytest.mark.parametrize(("chosen", "used"), [(None, "True"), ("1", "True"), ("0", "False")])
def test_the_kernels_are_used_unless_the_user_refuses(chosen: str | None, used: str) -> None:
    assert _kernels(chosen) == used
