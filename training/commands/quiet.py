"""Loads TensorFlow without its start-up notices."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


def load_tensorflow() -> None:
    """Import TensorFlow and Keras, and let TensorFlow look for devices, in silence.

    Its libraries write to file descriptor 2 before their logging is set up, whatever
    ``TF_CPP_MIN_LOG_LEVEL`` says (TensorFlow 2.21, abseil issue 1718). If the import fails, what
    was held back is shown.

    Raises:
        ImportError: TensorFlow cannot be loaded on this machine.
    """
    with _standard_error_held_back():
        import keras  # noqa: F401 - loaded here, in silence
        import tensorflow as tf  # only where it is needed

        tf.config.list_physical_devices()


@contextlib.contextmanager
def _standard_error_held_back() -> Iterator[None]:
    """Send file descriptor 2 to a temporary file; give the text out only where the work fails."""
    try:
        real = os.dup(2)
    except OSError:
        # A process without a standard error has nothing to hold back.
        yield
        return
    with tempfile.TemporaryFile() as held:
        sys.stderr.flush()
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(real, held.read())
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)
