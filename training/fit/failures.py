"""Why a run failed, in words for a reader of films. Imports TensorFlow for its error types."""

from __future__ import annotations

import errno
import traceback

import tensorflow as tf

from training.errors import UserError
from training.fit.events import RunFailed

_NO_SPACE = ("No space left", "errno = 28", "Disk quota", "errno = 122")


def explain(error: BaseException, kept: str = "") -> RunFailed:
    """The end event of a run that an error ended.

    Args:
        error: What ended it.
        kept: What was saved, in words, or empty.

    Returns:
        With ``details`` for the log unless the cause is plain and the user's to mend.
    """
    if isinstance(error, UserError):
        return RunFailed(error.what, error.advice, kept=kept)
    if isinstance(error, (MemoryError, tf.errors.ResourceExhaustedError)):
        return RunFailed(
            "This machine's memory is too small for a training step of this size.",
            "Choose a smaller batch, a smaller input size or the compact network.",
            kept=kept,
        )
    if isinstance(error, OSError):
        return _explain_os(error, kept)
    return RunFailed(
        "The run ended by an error in the program.",
        "Please report it; the log has the details.",
        details="".join(traceback.format_exception(error)),
        kept=kept,
    )


def _explain_os(error: OSError, kept: str) -> RunFailed:
    # HDF5 gives no errno, only words.
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT) or any(
        words in str(error) for words in _NO_SPACE
    )
    if is_full:
        return RunFailed(
            "The run could not be saved: the disk is full.",
            "Free some space or choose another folder for runs, then train again.",
            kept=kept,
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return RunFailed(
            "The run could not be saved: its folder may not be written to.",
            "Choose a folder for runs that you may write to, then train again.",
            kept=kept,
        )
    return RunFailed(
        f"A file of the run could not be read or written ({error.strerror or error}).",
        "Check that the disk is connected, then train again.",
        details="".join(traceback.format_exception(error)),
        kept=kept,
    )
